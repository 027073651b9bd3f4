"""Approving what awaits it, and publishing what an embargo kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from core import log
from core.audience import State
from core.errors import NotAllowed
from core.events import emit
from core.schedule import daily
from library.errors import NothingWaits, ReasonNeeded
from library.models import Document
from library.services.common import locked, settle

if TYPE_CHECKING:
    from accounts.models import User

Approval = Document.Approval
KEPT = ("approval", "approval_reason", "state", "updated_at")


@transaction.atomic
def approve(document: Document, *, by: User) -> Document:
    """Let its readers read it, at the end of its embargo if it has one; its depositor is told.

    Raises `Missing`, `NotAllowed`, `NothingWaits`.
    """
    document = _waiting(document, by)
    document.approval, document.approval_reason = Approval.GIVEN, ""
    settle(document)
    document.save(update_fields=KEPT)
    line = log.record("document.approved", document, by=by)
    emit("document.approved", document=document.pk, decision=line.pk)
    return document


@transaction.atomic
def refuse(document: Document, *, by: User, reason: str) -> Document:
    """Keep it from its readers; its depositor is told why, may mend it, and so send it again.

    Raises `Missing`, `NotAllowed`, `NothingWaits`, `ReasonNeeded`.
    """
    reason = " ".join(reason.split())[:400]
    if not reason:
        raise ReasonNeeded
    document = _waiting(document, by)
    document.approval, document.approval_reason = Approval.REFUSED, reason
    settle(document)
    document.save(update_fields=KEPT)
    line = log.record("document.refused", document, by=by, reason=reason)
    emit("document.refused", document=document.pk, decision=line.pk)
    return document


def _waiting(document: Document, by: User) -> Document:
    document, rights = locked(document, by)
    if not rights.decide:
        raise NotAllowed
    if document.approval not in (Approval.WAITING, Approval.REFUSED):
        raise NothingWaits
    return document


@daily(hour=0, name="library.end_embargoes")
def end_embargoes() -> None:
    """Publish what was under embargo until today."""
    over = Document.objects.filter(
        state=State.PENDING,
        embargo_until__lte=timezone.localdate(),
        approval__in=(Approval.NONE, Approval.GIVEN),
    )
    for pk in over.values_list("pk", flat=True):
        _end_embargo(pk)


@transaction.atomic
def _end_embargo(pk: int) -> None:
    document = Document.objects.select_for_update().get(pk=pk)
    if document.state != State.PENDING:
        return
    settle(document)
    if document.state == State.PUBLISHED:
        document.save(update_fields=KEPT)
        log.record("document.published", document)
        emit("document.published", document=document.pk)
