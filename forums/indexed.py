"""How threads and messages are found by the search (`core.content.Indexed`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from core.audience import State
from core.content import Entry, Indexed
from forums.models import Post, Thread

if TYPE_CHECKING:
    from accounts.models import User

OPENING = 1


def _name(author: User | None) -> str:
    return author.full_name if author is not None else ""


def threads(ids: Sequence[int]) -> Iterator[Entry]:
    """Threads, with the text of their opening message. Three queries."""
    rows = Thread.objects.filter(pk__in=list(ids), merged_into=None)
    rows = rows.select_related("space", "owner")
    openings = Post.objects.filter(thread__in=list(ids), position=OPENING)
    texts = dict(openings.values_list("thread_id", "text"))
    thread: Any
    for thread in rows.prefetch_related("tags"):  # type: ignore[misc]  # of taggit
        # Whoever chose to be unnamed is nobody here either; `owner` is for the audience rule.
        author = thread.author
        yield Entry(
            object_id=thread.pk,
            level=thread.level,
            space_id=thread.space_id,
            organisation_id=thread.organisation_id,
            owner_id=thread.owner_id,
            state=thread.state,
            title=thread.title,
            url=thread.get_absolute_url(),
            dated_at=thread.created_at,
            pages=[texts.get(thread.pk, "")],
            keywords="\n".join(tag.name for tag in thread.tags.all()),
            author_id=author.pk if author is not None else None,
            author_name=_name(author) or thread.outsider,
            type=thread.kind,
            meta={"resolved": thread.resolved},
        )


def posts(ids: Sequence[int]) -> Iterator[Entry]:
    """The messages after the opening one, which is found as its thread. One query."""
    rows = Post.objects.filter(pk__in=list(ids), position__gt=OPENING)
    for post in rows.select_related("thread__space", "author"):
        thread, author = post.thread, post.signed_by
        yield Entry(
            object_id=post.pk,
            level=thread.level,
            space_id=thread.space_id,
            organisation_id=thread.organisation_id,
            owner_id=thread.owner_id,
            # Nobody reads one that is set aside, not even who opened the thread.
            state=thread.state if post.state == State.PUBLISHED else State.HIDDEN,
            title=thread.title,
            titled=False,
            url=post.get_absolute_url(),
            dated_at=post.created_at,
            pages=[post.text],
            author_id=author.pk if author is not None else None,
            author_name=_name(author) or post.outsider,
            container=("thread", thread.pk),
        )


def thread_ids(after: int, limit: int) -> list[int]:
    rows = Thread.objects.filter(pk__gt=after, merged_into=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def post_ids(after: int, limit: int) -> list[int]:
    rows = Post.objects.filter(pk__gt=after, position__gt=OPENING).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


# ------------------------------------------------------------------ what an event touches


def _this_thread(payload: dict[str, Any]) -> list[int]:
    return [payload["thread"]]


def _opened_by(payload: dict[str, Any]) -> list[int]:
    rows = Post.objects.filter(pk=payload["post"], position=OPENING)
    return list(rows.values_list("thread_id", flat=True))


def _threads_of_person(payload: dict[str, Any]) -> list[int]:
    rows = Thread.objects.filter(owner_id=payload["user"], unnamed=False)
    return list(rows.values_list("pk", flat=True))


def _threads_of_space(payload: dict[str, Any]) -> list[int]:
    """Those of a space that becomes confidential, or no longer is: their addresses change."""
    if "confidentiality" not in payload["fields"]:
        return []
    return list(Thread.objects.filter(space_id=payload["space"]).values_list("pk", flat=True))


def _this_post(payload: dict[str, Any]) -> list[int]:
    return [payload["post"]]


def _posts_of_thread(payload: dict[str, Any]) -> list[int]:
    rows = Post.objects.filter(thread_id=payload["thread"], position__gt=OPENING)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _threads_of_move(payload: dict[str, Any]) -> list[int]:
    return [payload["origin"], payload["thread"]]


def _posts_of_move(payload: dict[str, Any]) -> list[int]:
    """Those that came, one that now opens its thread included: it is no longer found by itself."""
    rows = Post.objects.filter(thread_id=payload["thread"])
    rows = rows.between(payload["first"], payload["last"])
    return list(rows.values_list("pk", flat=True))


def _imported_threads(payload: dict[str, Any]) -> list[int]:
    return list(payload["threads"])


def _imported_posts(payload: dict[str, Any]) -> list[int]:
    return list(payload["posts"])


def _posts_of_person(payload: dict[str, Any]) -> list[int]:
    rows = Post.objects.filter(author_id=payload["user"], unnamed=False, position__gt=OPENING)
    return list(rows.values_list("pk", flat=True))


def _posts_of_space(payload: dict[str, Any]) -> list[int]:
    if "confidentiality" not in payload["fields"]:
        return []
    rows = Post.objects.filter(thread__space_id=payload["space"], position__gt=OPENING)
    return list(rows.values_list("pk", flat=True))


THREADS = Indexed(
    entries=threads,
    ids=thread_ids,
    scheme="types_fil",
    events={
        "thread.created": _this_thread,
        "thread.changed": _this_thread,
        "thread.hidden": _this_thread,
        "thread.restored": _this_thread,
        "thread.moved": _this_thread,
        "threads.imported": _imported_threads,
        "posts.moved": _threads_of_move,
        "post.edited": _opened_by,
        "account.renamed": _threads_of_person,
        "space.changed": _threads_of_space,
    },
)
POSTS = Indexed(
    entries=posts,
    ids=post_ids,
    events={
        "post.created": _this_post,
        "post.edited": _this_post,
        "post.hidden": _this_post,
        "post.restored": _this_post,
        "thread.hidden": _posts_of_thread,
        "thread.restored": _posts_of_thread,
        "thread.moved": _posts_of_thread,
        "threads.imported": _imported_posts,
        "posts.moved": _posts_of_move,
        "thread.renamed": _posts_of_thread,
        "account.renamed": _posts_of_person,
        "space.changed": _posts_of_space,
    },
)
