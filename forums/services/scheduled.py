"""Messages that wait for their hour: published by the worker as if written then.

Nothing that was true when it was written is believed: the account, the rights, the space and the
text are looked at again. What cannot be published becomes a draft, and its author is told why.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from core import files, leases, links, richtext
from core.errors import NotAllowed, Refused
from core.mail import queue
from core.models import StoredFile
from core.schedule import every
from forums import attachments as joined
from forums import warning
from forums.errors import (
    CouldIdentify,
    ForeignAttachment,
    ForeignParent,
    PlaceChanged,
    TooManyScheduled,
    WrongHour,
)
from forums.models import Draft, Post, ScheduledPost, Thread
from forums.services.common import body, checked_title
from forums.services.drafts import keep_draft
from forums.services.posts import reply
from forums.services.threads import create_thread

if TYPE_CHECKING:
    from accounts.models import User
    from community.models import SubCommunity

logger = logging.getLogger(__name__)
FARTHEST = timedelta(days=91)
MOST = 20
KIND = "scheduledpost"


class _Undone(Exception):
    """Takes back what was only tried."""


@transaction.atomic
def schedule_post(
    *,
    by: User,
    space: SubCommunity,
    publish_at: datetime,
    submission: uuid.UUID,
    thread: Thread | None = None,
    title: str = "",
    text: str = "",
    html: str = "",
    details: dict[str, Any] | None = None,
    attachments: Collection[uuid.UUID] = (),
    as_is: bool = False,
) -> ScheduledPost:
    """Keep a reply to `thread`, or a new thread in `space`, until its hour.

    It is published once and taken back, so that what cannot be published now is refused now, for
    the same reasons: those of `reply` and `create_thread`. Also raises `WrongHour`,
    `TooManyScheduled`. The same `submission` sent again gives the same row.
    """
    now = timezone.now()
    if not now < publish_at <= now + FARTHEST:
        raise WrongHour
    waiting = ScheduledPost.objects.of(by)
    already = waiting.filter(submission=submission).first()
    if already is not None:
        return already
    if waiting.count() >= MOST:
        raise TooManyScheduled
    written = body(text, html)
    row = ScheduledPost(
        user=by,
        thread=thread,
        space=space,
        title=checked_title(title),
        body=written.html if html else text,
        is_html=bool(html),
        details=(details or {}) | ({"confidential": True} if space.confidential else {}),
        as_is=as_is,
        publish_at=publish_at,
        submission=submission,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # The same form, committed by another request in the meantime.
        return waiting.get(submission=submission)
    _tie(row, attachments, shown=richtext.image_ids(written.html))
    try:
        with transaction.atomic():
            _publish(row)
            raise _Undone
    except _Undone:
        return ScheduledPost.objects.get(pk=row.pk)


def _tie(row: ScheduledPost, ids: Collection[uuid.UUID], *, shown: Collection[uuid.UUID]) -> None:
    """Its files belong to it until then: what belongs to nothing is swept after two days."""
    pictures = joined.loose(shown, by=row.user).values_list("pk", flat=True)
    try:
        files.attach({*ids, *pictures}, to_kind=KIND, object_id=row.pk, by=row.user)
    except files.ForeignFile:
        raise ForeignAttachment from None


def _untie(row: ScheduledPost) -> list[uuid.UUID]:
    """Its files, belonging to nothing again."""
    tied = StoredFile.objects.filter(kind=KIND, object_id=row.pk)
    found = list(tied.values_list("pk", flat=True))
    tied.update(kind="", object_id=None)
    return found


@every(minutes=1, name="forums.publish_scheduled")
def publish_due() -> None:
    """Publish what is due, each in its own transaction; what fails otherwise than by a refusal
    stays, and is tried again the next minute."""
    due = ScheduledPost.objects.filter(publish_at__lte=timezone.now()).order_by("publish_at", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        try:
            _publish_or_give_back(pk)
        except Exception as error:
            name = leases.error_name(error)
            logger.error("scheduled message #%s failed with %s", pk, name)


@transaction.atomic
def _publish_or_give_back(pk: int) -> None:
    rows = ScheduledPost.objects.select_for_update(of=("self",))
    # Unless another worker, or its author, took it in the meantime.
    row = rows.select_related("user", "space", "thread__space").filter(pk=pk).first()
    if row is None:
        return
    try:
        with transaction.atomic():
            _publish(row)
    except (Refused, Http404) as refusal:
        why = type(refusal).__name__
        draft = give_back(row, why=why)
        if draft is not None:
            queue("scheduled_back", to=row.user, about=draft, data={"why": why})


def _publish(row: ScheduledPost) -> None:
    """What the composer would do if its author pressed "Publier" now."""
    by, details = row.user, row.details
    if not by.is_current:
        raise NotAllowed
    _same_place(row)
    if not row.as_is and warning.look(row.body, is_html=row.is_html, title=row.title):
        raise CouldIdentify
    pictures = set(richtext.image_ids(row.body)) if row.is_html else set()
    attached = [one for one in _untie(row) if one not in pictures]
    common: dict[str, Any] = {
        "by": by,
        "unnamed": bool(details.get("unnamed")),
        "as_animation": bool(details.get("as_animation")),
        "attachments": attached,
        "submission": row.submission,
        "html" if row.is_html else "text": row.body,
    }
    if row.thread is not None:
        reply(row.thread, parent=_parent(row), **common)
    else:
        create_thread(
            space=row.space,
            title=row.title,
            kind=details.get("kind") or "question",
            tags=details.get("tags", []),
            about=links.parse(details.get("about", ""), by),
            **common,
        )
    ScheduledPost.objects.filter(pk=row.pk).delete()


def _same_place(row: ScheduledPost) -> None:
    """She wrote for certain readers: a thread moved elsewhere, or a space opened, has others."""
    moved = row.thread is not None and row.thread.space_id != row.space_id
    if moved or (row.details.get("confidential") and not row.space.confidential):
        raise PlaceChanged


def _parent(row: ScheduledPost) -> Post | None:
    number = row.details.get("parent")
    if not number:
        return None
    found = Post.objects.readable_by(row.user).filter(pk=number, thread=row.thread).first()
    if found is None:
        raise ForeignParent
    return found


def give_back(row: ScheduledPost, *, why: str = "") -> Draft | None:
    """Make a draft of it: of its thread while its author reads it, else of a new thread, so that
    she finds her words. Its files belong to nothing again. `why` is the name of the refusal."""
    by, thread = row.user, row.thread
    if thread is not None and not thread.can_be_read_by(by):
        thread = None
    details = {name: value for name, value in row.details.items() if name != "confidential"}
    details["tags"] = ", ".join(details.get("tags", []))
    count = len(_untie(row))
    draft = keep_draft(
        by=by,
        thread=thread,
        space=row.space if row.thread_id is None else None,
        title=row.title,
        details=details | {"returned": why or "asked"} | ({"files": count} if count else {}),
        html=row.body if row.is_html else "",
        text="" if row.is_html else row.body,
    )
    row.delete()
    return draft


@transaction.atomic
def unschedule(number: int, *, by: User) -> Draft | None:
    """Its author no longer wants it published by itself: it becomes her draft. Raises `Http404`
    when it is not hers, or is published already."""
    rows = ScheduledPost.objects.select_for_update(of=("self",)).of(by)
    row = rows.select_related("user", "space", "thread__space").filter(pk=number).first()
    if row is None:
        raise Http404
    return give_back(row)
