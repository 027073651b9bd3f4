"""What the animators of its place do with a document: set aside, and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from core import log
from core.audience import State
from core.errors import NotAllowed
from core.events import emit, run_hooks
from library.errors import ReasonNeeded
from library.models import Document
from library.permissions import Rights
from library.services.common import locked, settle

if TYPE_CHECKING:
    from accounts.models import User


def require_reason(reason: str) -> str:
    """The reason on one line. Raises `ReasonNeeded` when there is none."""
    reason = " ".join(reason.split())[:400]
    if not reason:
        raise ReasonNeeded
    return reason


def moderated(document: Document, by: User) -> tuple[Document, Rights]:
    """The locked document, if `by` animates its place. Raises `Missing`, `NotAllowed`."""
    document, rights = locked(document, by)
    if not rights.moderates:
        raise NotAllowed
    return document, rights


@transaction.atomic
def hide_document(document: Document, *, by: User, reason: str) -> Document:
    """Set it aside: from then on it does not exist, except for those who moderate its place.

    Raises `Missing`, `NotAllowed`, `ReasonNeeded`.
    """
    reason = require_reason(reason)
    document, _rights = moderated(document, by)
    if document.state in (State.PUBLISHED, State.PENDING):
        document.state = State.HIDDEN
        document.save(update_fields=("state",))
        log.record("document.hidden", document, by=by, reason=reason)
        emit("document.hidden", document=document.pk)
        run_hooks("audience.changed", kind="document", ids=[document.pk])
    return document


@transaction.atomic
def restore_document(document: Document, *, by: User, reason: str = "") -> Document:
    """Put back what was set aside or withdrawn: to its readers, or to await what it awaited.

    Raises `Missing`, `NotAllowed`.
    """
    document, _rights = moderated(document, by)
    withdrawn = document.state == State.REMOVED and document.replaced_by_id is None
    if document.state == State.HIDDEN or withdrawn:
        document.state = State.PUBLISHED
        document.withdrawn_at, document.withdrawn_reason = None, ""
        settle(document)
        document.save(update_fields=("state", "withdrawn_at", "withdrawn_reason"))
        log.record("document.restored", document, by=by, reason=reason)
        emit("document.restored", document=document.pk)
    return document
