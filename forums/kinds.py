"""What the other rooms know of threads and messages: the contract of `core.content`."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Reaction, SubCommunity
from core import content
from core.content import Kind, OpenItem
from forums import aftermath, home, indexed, passages, services
from forums.models import Post, Thread

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer

COLUMNS = {
    Reaction.Type.THANKS: "thanks_count",
    Reaction.Type.USEFUL: "useful_count",
    Reaction.Type.SAME: "same_count",
}
OPEN_ITEMS = 100


def thread_title(thread: Thread, viewer: Viewer) -> str:
    """The title; of a confidential space, only for who reads it there."""
    if thread.space.confidential and not thread.can_be_read_by(viewer):
        return _("Thread in a confidential space")
    return thread.title


def post_title(post: Post, viewer: Viewer) -> str:
    return thread_title(post.thread, viewer)


def thread_author(thread: Thread, viewer: Viewer) -> User | None:
    return thread.author


def post_author(post: Post, viewer: Viewer) -> User | None:
    return post.signed_by


def thread_snapshot(thread: Thread) -> dict[str, Any]:
    opening = Post.objects.filter(thread=thread, position=1).first()
    return {"title": thread.title, "text": opening.text if opening else "", "kind": thread.kind}


def post_snapshot(post: Post) -> dict[str, Any]:
    return {"title": post.thread.title, "text": post.text, "position": post.position}


def open_threads(user: User, viewer: Viewer) -> Iterable[OpenItem]:
    """The questions that `user` leaves unresolved, as `viewer` may read them: never an unnamed
    one, which nobody is to trace back to her."""
    rows = Thread.objects.readable_by(viewer).filter(owner=user, unnamed=False, resolved_at=None)
    return [
        OpenItem(title=thread.title, url=thread.get_absolute_url())
        for thread in rows.select_related("space").recent_first()[:OPEN_ITEMS]
    ]


def move(thread: Thread, *, space: SubCommunity, by: User, reason: str = "") -> None:
    services.move_thread(thread, space, by=by, reason=reason)


def post_lock(post: Post, *, by: User, reason: str = "") -> None:
    services.lock(post.thread, by=by, reason=reason)


def post_unlock(post: Post, *, by: User, reason: str = "") -> None:
    services.unlock(post.thread, by=by, reason=reason)


def post_move(post: Post, *, space: SubCommunity, by: User, reason: str = "") -> None:
    services.move_thread(post.thread, space, by=by, reason=reason)


def post_destinations(post: Post, *, by: User) -> QuerySet[SubCommunity]:
    return services.destinations(post.thread, by=by)


def post_reacted(post_id: int, type: str, delta: int) -> None:
    column = COLUMNS[Reaction.Type(type)]
    Post.objects.filter(pk=post_id).update(**{column: F(column) + delta})


class CappedCount(Subquery):
    """How many rows a queryset has, counting no further than its own limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()


def unread_counts(user: User, space_ids: list[int]) -> dict[int, int]:
    """Unread threads of each space, capped: one query, whatever the number of spaces."""
    unread = Thread.objects.unread_by(user).filter(space_id=OuterRef("pk")).order_by()
    capped = CappedCount(unread.values("pk")[: content.UNREAD_CEILING])
    rows = SubCommunity.objects.filter(pk__in=space_ids).order_by()
    return dict(rows.annotate(unread=capped).values_list("pk", "unread"))


def register() -> None:
    content.register(
        Kind(
            name="thread",
            model=Thread,
            label=gettext_lazy("thread"),
            plural=gettext_lazy("threads"),
            icon="chat",
            title=thread_title,
            author=thread_author,
            snapshot=thread_snapshot,
            row_template="forums/thread_row.html",
            indexed=indexed.THREADS,
            for_rows=lambda rows: rows.select_related("space", "owner"),
            passages=passages.of_thread,
            open_items=open_threads,
            hide=services.hide_thread,
            restore=services.restore_thread,
            lock=services.lock,
            unlock=services.unlock,
            move=move,
            destinations=services.destinations,
            reading=home.reading,
            appeal=home.appeal,
            waiting=home.waiting,
            first_reading=home.first_reading,
            in_space=home.in_space,
        )
    )
    content.register(
        Kind(
            name="post",
            model=Post,
            label=gettext_lazy("message"),
            plural=gettext_lazy("messages"),
            icon="reply",
            title=post_title,
            author=post_author,
            writer=attrgetter("author_id"),
            snapshot=post_snapshot,
            own_words=lambda post: aftermath.own_words(post.text),
            row_template="forums/post_row.html",
            for_rows=lambda rows: rows.select_related("thread__space", "author__organisation"),
            passages_of=passages.of_posts,
            inside=attrgetter("thread"),
            indexed=indexed.POSTS,
            hide=services.hide_post,
            restore=services.restore_post,
            lock=post_lock,
            unlock=post_unlock,
            move=post_move,
            destinations=post_destinations,
            reacted=post_reacted,
            reactions=tuple(Reaction.Type.values),
            to_thank=home.to_thank,
        )
    )
    content.register_counter("forums", unread_counts)
