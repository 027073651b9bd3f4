"""What the services share: the locked document, and when others may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils import timezone

from community.models import SubCommunity
from core.audience import State
from library.errors import NotYours, Withdrawn
from library.models import Document
from library.permissions import Rights, rights_of

if TYPE_CHECKING:
    from accounts.models import User

Approval = Document.Approval


class Missing(Http404):
    """The document is not there for this person: said as for an address that does not exist."""


def locked(document: Document, by: User) -> tuple[Document, Rights]:
    """The document as it is now, its row locked until the end of the transaction, and the rights
    of `by` in it. Raises `Missing` when she neither reads nor moderates it."""
    rows = Document.objects.with_rights(by)
    rows = rows.select_related("space", "current", "publisher", "organisation")
    found = rows.select_for_update(of=("self",)).with_pk(document.pk)
    if found is None:
        raise Missing
    rights = rights_of(by, found)
    if not rights.sees:
        raise Missing
    return found, rights


def editable(document: Document, by: User) -> Document:
    """The locked document, if `by` may change it. Raises `Missing`, `NotYours`, `Withdrawn`."""
    found, rights = locked(document, by)
    if not rights.alive:
        raise Withdrawn
    if not rights.edit:
        raise NotYours
    return found


def settle(document: Document, *, by: User | None = None, placed: bool = False) -> None:
    """Set `state` from the approval and the embargo. `placed` by somebody, it first asks whether
    its place approves documents. What was set aside or withdrawn stays so."""
    if placed and by is not None:
        document.approval = Approval.WAITING if _awaits(document, by) else Approval.NONE
        document.approval_reason = ""
    if document.state in (State.HIDDEN, State.REMOVED):
        return
    before = document.state
    document.state = State.PENDING if held(document) else State.PUBLISHED
    if document.pk and document.state != before:
        # Published, it is news for those who follow a feed.
        document.updated_at = timezone.now()


def held(document: Document) -> bool:
    """Whether an approval or an embargo still keeps it from its readers."""
    until = document.embargo_until
    waiting = document.approval in (Approval.WAITING, Approval.REFUSED)
    return waiting or (until is not None and until > timezone.localdate())


def _awaits(document: Document, by: User) -> bool:
    """Whether its place approves documents: its space, or the common one when it has none. What
    an animator shares where she animates is approved by that."""
    space = document.space or SubCommunity.objects.filter(is_common=True).first()
    if space is None or not space.approves_documents:
        return False
    if document.space is None:
        return not by.is_animator
    return not SubCommunity.objects.moderated_by(by).filter(pk=space.pk).exists()
