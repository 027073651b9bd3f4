"""What is done to threads: one function, one mutation, whoever calls it."""

from forums.services.asking import ask
from forums.services.bookmarks import bookmark, drop_bookmark
from forums.services.drafts import draft_of_edit, drop_draft, keep_draft
from forums.services.moving import merge, move_posts, receiving, split
from forums.services.polls import close_poll, open_poll, remove_poll, vote
from forums.services.posts import (
    edit_post,
    hide_post,
    reply,
    restore_post,
    see_author,
    unnamed_in,
)
from forums.services.reading import first_unread, mark_all_read, mark_read, visit
from forums.services.scheduled import schedule_post, unschedule
from forums.services.synthesis import (
    draft_of_synthesis,
    drop_draft_of_synthesis,
    withdraw_synthesis,
    write_synthesis,
)
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
    "ask",
    "bookmark",
    "close_poll",
    "create_thread",
    "destinations",
    "draft_of_edit",
    "draft_of_synthesis",
    "drop_bookmark",
    "drop_draft",
    "drop_draft_of_synthesis",
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
    "open_poll",
    "pin",
    "receiving",
    "release_answer",
    "remove_poll",
    "reopen",
    "reply",
    "resolve",
    "restore_post",
    "restore_thread",
    "retain_answer",
    "schedule_post",
    "see_author",
    "set_tags",
    "split",
    "unlock",
    "unnamed_in",
    "unpin",
    "unschedule",
    "visit",
    "vote",
    "withdraw_synthesis",
    "write_synthesis",
]
