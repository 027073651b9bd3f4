"""What may be done in spaces: plain predicates. `by=None` is the house itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.querysets import active_q
from community.models import BreakGlassGrant, Charter, JoinRequest, Membership, SubCommunity

if TYPE_CHECKING:
    from core.audience import Viewer


def animators_of(space: SubCommunity) -> QuerySet[User]:
    """The people who moderate `space` now: the mirror of `audience.moderated_spaces_q`.

    Of a confidential space, its members only.
    """
    here = Membership.objects.filter(user_id=OuterRef("pk"), space=space, ended_at=None)
    federation = Q(role=User.Role.ANIMATION)
    if space.confidential:
        federation &= Q(Exists(here))
    rule = federation
    if settings.COANIMATION:
        rule |= Q(Exists(here.filter(role=Membership.Role.COANIMATION)))
    return User.objects.filter(active_q(), rule)


def can_animate(by: User | None, space: SubCommunity) -> bool:
    """Whether she decides who enters, leaves and reads there."""
    if by is None:
        return True
    return SubCommunity.objects.moderated_by(by).filter(pk=space.pk).exists()


def can_configure(by: User | None, space: SubCommunity) -> bool:
    """Name, policy, confidentiality and co-animators are the federation's to set."""
    return by is None or (by.is_animator and can_animate(by, space))


def can_create_space(by: User | None) -> bool:
    return by is None or (by.is_current and by.is_animator)


def can_know(by: Viewer, space: SubCommunity) -> bool:
    """Whether she knows that the space exists."""
    return SubCommunity.objects.listed_to(by).filter(pk=space.pk).exists()


def can_publish_charter(by: User | None, space: SubCommunity | None) -> bool:
    """The code of conduct is the federation's; a charter, its space's animators'."""
    if space is None:
        return can_create_space(by)
    return can_animate(by, space)


def can_read_charter(by: Viewer, charter: Charter) -> bool:
    return charter.space is None or can_know(by, charter.space)


def can_decide(by: User | None, request: JoinRequest) -> bool:
    return can_animate(by, request.space)


def can_break_glass(by: User) -> bool:
    """Administrators only, in their own name."""
    return by.is_current and by.is_superuser


def spaces_to_open(by: User) -> QuerySet[SubCommunity]:
    """What an administrator may ask to open by an exceptional access: any space."""
    spaces = SubCommunity.objects.order_by("position", "name")
    return spaces if can_break_glass(by) else spaces.none()


def has_grant(user: User, space: SubCommunity) -> bool:
    return BreakGlassGrant.objects.current().filter(user=user, space=space).exists()
