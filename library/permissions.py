"""What may be done to a document: plain predicates over facts read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from community.models import SubCommunity
from core.audience import Level, State
from library.models import Document

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from core.audience import Viewer


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do to one document.

    reads       sees it at all
    owns        deposited it
    answers     is the référente of the organisation that published it, or that it is shared with
    moderates   animates its space; the federation's animators, what has no space
    alive       is neither withdrawn nor replaced by another
    """

    reads: bool
    owns: bool
    answers: bool
    moderates: bool
    alive: bool

    @property
    def sees(self) -> bool:
        """Whether it exists for her."""
        return self.reads or self.moderates

    @property
    def edit(self) -> bool:
        """Change what is said of it, and give it new versions."""
        return self.alive and (self.moderates or (self.reads and (self.owns or self.answers)))

    @property
    def decide(self) -> bool:
        """Approve or refuse it."""
        return self.alive and self.moderates


def rights_of(user: Viewer, document: Document) -> Rights:
    """The person's rights; no query when `document` came from `with_rights(user)` and its
    `publisher` and `organisation` were read with it."""
    known: Any = document
    if not hasattr(document, "viewer_reads"):
        known = Document.objects.with_rights(user).filter(pk=document.pk).only("pk").first()
    member = user.is_authenticated and user.is_current and not user.is_guest
    places = (document.publisher, document.organisation)
    return Rights(
        reads=bool(known and known.viewer_reads),
        owns=member and document.owner_id == user.pk,
        answers=member and any(place and place.contact_id == user.pk for place in places),
        moderates=bool(known and known.viewer_moderates),
        alive=document.state != State.REMOVED and document.replaced_by_id is None,
    )


def may_deposit(user: User) -> bool:
    """Members and animators deposit; guests read."""
    return user.is_current and not user.is_guest


def spaces_to_deposit_in(user: User) -> QuerySet[SubCommunity]:
    """The open spaces of hers, and those she animates."""
    rows = SubCommunity.objects.open().readable_by(user)
    mine = rows.filter(memberships__user=user, memberships__ended_at=None)
    return (mine | rows & SubCommunity.objects.moderated_by(user)).distinct()


def levels_of(user: User) -> list[str]:
    """How far she may share a document, the widest last."""
    found = [Level.COMMUNITY, Level.SPACE]
    if user.organisation_id is not None:
        found.append(Level.ORGANISATION)
    if user.is_animator:
        found.append(Level.ANIMATION)
    return [*found, Level.PUBLIC]
