"""What follows from what happened in a thread, in the worker."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import Q

from core.audience import State
from core.events import hook, on
from core.mail import queue_many
from core.models import OutgoingMail
from forums.models import Post, ReadPosition, Thread
from notifications.models import Attention
from notifications.services import recipients_for

# A mail waits so long: what is mended in the meantime leaves mended, what is read does not leave.
HELD = timedelta(minutes=3)


@on("post.created")
def tell_followers(payload: dict[str, Any]) -> None:
    """One mail for each person who is to be told at once but the author, in a few statements.

    Who may have it, and with what in it, is asked again when each one leaves.
    """
    _tell(payload["post"])


@on("thread.created")
def tell_of_thread(payload: dict[str, Any]) -> None:
    """The opening message, to who follows the space or is named in it."""
    opening = Post.objects.filter(thread_id=payload["thread"], position=1).first()
    if opening is not None:
        _tell(opening.pk)


@on("people.mentioned")
def tell_mentioned(payload: dict[str, Any]) -> None:
    """Those who are named in a message, at once or when it was changed: one copy a person."""
    if payload["kind"] == "post":
        _tell(payload["id"], among=payload["people"])


def _tell(post_id: int, among: Collection[int] | None = None) -> None:
    posts = Post.objects.select_related("thread__space")
    post = posts.filter(pk=post_id, state=State.PUBLISHED).first()
    if post is None or post.thread.state != State.PUBLISHED:
        return
    people = recipients_for(post.thread, post.thread.space, part=post)
    if post.is_opening:
        # Who follows the thread itself has seen it; the space is what tells of a new one.
        people = people.filter(Q(place=Attention.FOLLOW) | Q(named=True))
    if among is not None:
        people = people.filter(pk__in=among)
    seen = ReadPosition.objects.filter(thread_id=post.thread_id, position__gte=post.position)
    people = people.exclude(pk=post.author_id or 0).exclude(pk__in=seen.values("user_id"))
    if among is not None:
        # Who was to be told of it otherwise, and was not in the end, is told that it names her.
        OutgoingMail.objects.filter(
            name="reply",
            object_id=post.pk,
            recipient__in=among,
            state=OutgoingMail.State.CANCELLED,
        ).delete()
    queue_many(
        "reply",
        to=people.only("pk").iterator(2000),
        about=post,
        not_before=(post.edited_at or post.created_at) + HELD,
        dedupe=f"reply:{post.pk}",
    )


@hook("thread.gave_sheet")
def mark_thread(*, thread_id: int, gave: bool) -> None:
    """A practice sheet made from it is published, or none is any more."""
    Thread.objects.filter(pk=thread_id).update(gave_sheet=gave)
