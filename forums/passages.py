"""The messages of a thread as the rooms that quote it read them (`core.content.Passage`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.content import Passage, Passages
from forums.models import Post, Thread
from forums.models.post import PAGE_SIZE, page_of

if TYPE_CHECKING:
    from core.audience import Viewer

WITH = ("author__organisation", "thread__space")


def of_thread(thread: Thread, viewer: Viewer, page: int = 1) -> Passages:
    """Twenty places of the thread, without what was set aside or moved; one query."""
    pages = page_of(thread.last_position)
    page = min(max(page, 1), pages)
    rows = Post.objects.readable_by(viewer).filter(thread_id=thread.pk)
    rows = rows.between((page - 1) * PAGE_SIZE + 1, page * PAGE_SIZE).select_related(*WITH)
    return Passages([passage(post) for post in rows], page, pages)


def of_posts(numbers: Iterable[int], viewer: Viewer) -> dict[int, Passage]:
    """Those of these messages that `viewer` may read now; one query."""
    rows = Post.objects.readable_by(viewer).filter(pk__in=list(numbers)).select_related(*WITH)
    return {post.pk: passage(post) for post in rows}


def passage(post: Post) -> Passage:
    """One message; its thread, its space and its author were read with it."""
    author = post.author
    role = "question" if post.is_opening else ""
    if post.pk == post.thread.answer_id:
        role = "answer"
    return Passage(
        kind="post",
        object_id=post.pk,
        author=post.signed_by,
        signature=post.signature,
        role=role,
        text=post.text,
        url=post.get_absolute_url(),
        at=post.created_at,
        reachable=post.unnamed or (author is not None and author.is_current),
    )
