"""The synthesis of a thread: written, improved by others, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core import log
from forums.errors import GuestsReply, NotAMember, SpaceClosed, SynthesisChanged
from forums.models import Draft, Synthesis, SynthesisVersion, Thread
from forums.services.common import (
    Missing,
    body,
    locked,
    require,
    require_open,
    require_reason,
)

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def write_synthesis(
    thread: Thread, *, by: User, text: str = "", html: str = "", number: int = 0
) -> Synthesis:
    """Pin a synthesis above the thread, or replace it; what it said is kept. Signed by `by`.

    `number` is the version that she had before her eyes, 0 when there was none. The same text sent
    twice is one version. Raises `Missing`, `NotAMember`, `GuestsReply`, `ThreadClosed`,
    `SpaceClosed`, `EmptyMessage`, `TooLong`, `SynthesisChanged`.
    """
    written = body(text, html)
    thread, rights = locked(thread, by)
    if not rights.reads:
        raise Missing
    if not rights.write:
        raise NotAMember
    if by.is_guest:
        raise GuestsReply
    if thread.space.archived_at is not None:
        raise SpaceClosed
    if not rights.moderates:
        require_open(thread)
    now = Synthesis.objects.filter(thread=thread).first()
    if now is not None and now.html == written.html:
        return now
    if (now.number if now is not None else 0) != number:
        raise SynthesisChanged
    if now is not None:
        _put_away(now)
    last = thread.synthesis_versions.aggregate(last=Max("number"))["last"] or 0
    found, _made = Synthesis.objects.update_or_create(
        thread=thread,
        defaults={
            "number": last + 1,
            "html": written.html,
            "text": written.text,
            "author": by,
            "written_at": timezone.now(),
        },
    )
    log.record("synthesis.written", thread, by=by, number=found.number)
    return found


def _put_away(synthesis: Synthesis) -> None:
    SynthesisVersion.objects.create(
        thread_id=synthesis.thread_id,
        number=synthesis.number,
        html=synthesis.html,
        text=synthesis.text,
        author_id=synthesis.author_id,
        written_at=synthesis.written_at,
    )


@transaction.atomic
def withdraw_synthesis(thread: Thread, *, by: User, reason: str) -> None:
    """Take it and its earlier versions away from readers; the animators of the space still read
    them. Raises `Missing`, `NotAllowed`, `ReasonNeeded`."""
    reason = require_reason(reason)
    thread, rights = locked(thread, by)
    require(rights.moderates)
    now = Synthesis.objects.filter(thread=thread).first()
    if now is None:
        raise Missing
    _put_away(now)
    now.delete()
    thread.synthesis_versions.update(hidden=True)
    log.record("synthesis.withdrawn", thread, by=by, reason=reason)


@transaction.atomic
def drop_draft_of_synthesis(thread: Thread, *, by: User) -> None:
    """The synthesis that `by` was writing has served."""
    Draft.objects.filter(user=by, thread=thread, details__synthesis=True).delete()


def draft_of_synthesis(thread: Thread, *, by: User) -> Draft | None:
    """The synthesis that `by` was writing, when it was interrupted."""
    return Draft.objects.of(by).filter(thread=thread, details__synthesis=True).first()
