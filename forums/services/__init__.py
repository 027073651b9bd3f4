"""What is done to threads: one function, one mutation, whoever calls it."""

from forums.services.drafts import draft_of_edit, drop_draft, keep_draft
from forums.services.moving import merge, move_posts, receiving, split
from forums.services.posts import (
    edit_post,
    hide_post,
    reply,
    restore_post,
    see_author,
)
from forums.services.reading import first_unread, mark_all_read, mark_read, visit
from forums.services.threads import (
    create_thread,
    destinations,
    hide_thread,
    lock,
    move_thread,
    pin,
    release_answer,
    reopen,
    resolve,
    restore_thread,
    retain_answer,
    set_tags,
    unlock,
    unpin,
)

__all__ = [
    "create_thread",
    "destinations",
    "draft_of_edit",
    "drop_draft",
    "edit_post",
    "first_unread",
    "hide_post",
    "hide_thread",
    "keep_draft",
    "lock",
    "mark_all_read",
    "mark_read",
    "merge",
    "move_posts",
    "move_thread",
    "pin",
    "receiving",
    "release_answer",
    "reopen",
    "reply",
    "resolve",
    "restore_post",
    "restore_thread",
    "retain_answer",
    "see_author",
    "set_tags",
    "split",
    "unlock",
    "unpin",
    "visit",
]
