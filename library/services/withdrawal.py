"""Withdrawing a document: its text goes, and a tombstone says that it was here, and why not now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from core import log
from core.audience import State
from core.events import emit, run_hooks
from library.models import Document
from library.services.asides import require_reason
from library.services.common import editable

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def withdraw_document(document: Document, *, by: User, reason: str) -> Document:
    """Take it away from its readers, who find its title and `reason` at its address.

    What nobody had read yet, because it was not approved or is under embargo, leaves no trace. Its
    depositor, the référente of its organisation and the animators of its place may. Raises
    `Missing`, `NotYours`, `Withdrawn`, `ReasonNeeded`.
    """
    reason = require_reason(reason)
    document = editable(document, by)
    if document.state == State.PUBLISHED:
        document.withdrawn_at, document.withdrawn_reason = timezone.now(), reason
    document.state = State.REMOVED
    document.save(update_fields=("state", "withdrawn_at", "withdrawn_reason"))
    log.record("document.withdrawn", document, by=by, reason=reason)
    emit("document.withdrawn", document=document.pk)
    run_hooks("audience.changed", kind="document", ids=[document.pk])
    return document
