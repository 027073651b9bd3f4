"""What may be done to a sheet: plain predicates over facts read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.audience import State
from practices.models import Sheet

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do to one sheet.

    reads       sees its published version, or began it
    bears       is one of those whom the bearing organisation named
    answers     is the référente of the bearing organisation
    moderates   is an animator of the federation
    began       began it, is still of the bearing organisation (or animates), and no version was
                published yet
    writes      is a member: guests read
    alive       was not withdrawn nor set aside
    published   a version is there for its readers
    """

    reads: bool
    bears: bool
    answers: bool
    moderates: bool
    began: bool
    writes: bool
    alive: bool
    published: bool

    @property
    def sees(self) -> bool:
        """Whether it exists for her."""
        return self.reads or self.moderates or self.bears

    @property
    def edit(self) -> bool:
        """Change its sections, publish a new version, answer improvements."""
        return self.alive and self.writes and (self.bears or self.moderates or self.began)

    @property
    def review(self) -> bool:
        """Claim it, ask for corrections, publish it for the first time, refuse it."""
        return self.alive and self.moderates

    @property
    def consent(self) -> bool:
        """Consent to the showcase in the name of the organisation, name its bearers."""
        return self.alive and self.writes and (self.answers or self.moderates)

    @property
    def propose(self) -> bool:
        """Propose an improvement, tell a trial, adapt it."""
        return self.alive and self.published and self.writes and self.reads


def rights_of(user: Viewer, sheet: Sheet) -> Rights:
    """The person's rights; no query when `sheet` came from `with_rights(user)` and its `bearer`
    was read with it."""
    known: Any = sheet
    if not hasattr(sheet, "viewer_reads"):
        known = Sheet.objects.with_rights(user).filter(pk=sheet.pk).only("pk").first()
    member = may_write(user)
    return Rights(
        reads=bool(known and known.viewer_reads),
        bears=bool(known and known.viewer_bears),
        answers=member and sheet.bearer.contact_id == user.pk,
        moderates=bool(known and known.viewer_moderates),
        began=member and sheet.current_id is None and _began(user, sheet),
        writes=member,
        alive=sheet.state not in (State.REMOVED, State.HIDDEN),
        published=sheet.is_published,
    )


def _began(user: Any, sheet: Sheet) -> bool:
    """Who left the organisation leaves it what she began there."""
    return sheet.owner_id == user.pk and (
        user.organisation_id == sheet.bearer_id or user.is_animator
    )


def may_write(user: Viewer) -> bool:
    """Members and animators write in the directory; guests and visitors read."""
    return bool(user.is_authenticated and user.is_current and not user.is_guest)


def may_begin(user: User) -> bool:
    """Whether she may begin a sheet: of her organisation, or of any for an animator."""
    return may_write(user) and (user.organisation_id is not None or user.is_animator)
