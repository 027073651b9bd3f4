"""The audience rule: the one place that says who reads and who moderates what.

Each function answers a `Q` whose subqueries depend only on the viewer's identifier, so that
the databases evaluate them once a query. The whole rule is told in docs/visibility.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, Q

from accounts.models import User
from accounts.querysets import active_q
from community.models import BreakGlassGrant, JoinRequest, Membership, SubCommunity
from core.audience import Level, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.audience import Viewer

NOTHING = Q(pk__in=())


def _me(user: Viewer) -> QuerySet[User]:
    """The viewer's account, only while it is active and in date."""
    return User.objects.filter(active_q(), pk=user.pk or 0)


def _memberships(user: Viewer) -> QuerySet[Membership]:
    return Membership.objects.filter(active_q("user__"), user_id=user.pk or 0, ended_at=None)


def _as_animator(user: Viewer) -> Exists:
    return Exists(_me(user).filter(role=User.Role.ANIMATION))


def readable_spaces_q(user: Viewer, prefix: str = "") -> Q:
    """Spaces whose content is read: one's own; by unexpired grant; for the federation's
    animators, every space but the confidential ones they are not members of."""
    if not user.is_authenticated:
        return Q(**{f"{prefix}pk__in": ()})
    grants = BreakGlassGrant.objects.current().filter(active_q("user__"), user_id=user.pk)
    own = Q(**{f"{prefix}pk__in": _memberships(user).values("space_id")})
    granted = Q(**{f"{prefix}pk__in": grants.values("space_id")})
    animated = ~Q(**{f"{prefix}confidentiality": SubCommunity.Confidentiality.HIGH}) & Q(
        _as_animator(user)
    )
    return own | granted | animated


def listed_spaces_q(user: Viewer) -> Q:
    """Spaces a person knows of. Guests know of their own only."""
    if not user.is_authenticated:
        return NOTHING
    invited = JoinRequest.objects.filter(user_id=user.pk, state=JoinRequest.State.INVITED)
    known = Q(listed=True) & Q(Exists(_me(user).exclude(role=User.Role.GUEST)))
    return (
        Q(archived_at=None) & (known | Q(pk__in=invited.values("space_id")))
    ) | readable_spaces_q(user)


def moderated_spaces_q(user: Viewer, prefix: str = "") -> Q:
    """Spaces moderated: by the federation's animators, all but the confidential ones they are
    not members of; by a co-animator, her own, when the setting allows it."""
    if not user.is_authenticated:
        return Q(**{f"{prefix}pk__in": ()})
    own = _memberships(user)
    not_confidential = ~Q(**{f"{prefix}confidentiality": SubCommunity.Confidentiality.HIGH})
    member_of = Q(**{f"{prefix}pk__in": own.values("space_id")})
    rule = Q(_as_animator(user)) & (not_confidential | member_of)
    if settings.COANIMATION:
        led = own.filter(role=Membership.Role.COANIMATION)
        rule |= Q(**{f"{prefix}pk__in": led.values("space_id")})
    return rule


def readable_q(user: Viewer, prefix: str = "") -> Q:
    """The audience columns of a row against the viewer; see `core.audience.audience_q`."""
    level, state = f"{prefix}level", f"{prefix}state"
    published = Q(**{state: State.PUBLISHED})
    public = Q(**{level: Level.PUBLIC})
    if not user.is_authenticated:
        return public & published
    me = _me(user)
    spaces = SubCommunity.objects.filter(readable_spaces_q(user)).values("pk")
    inside = (
        public
        | Q(**{level: Level.COMMUNITY})
        | (Q(**{level: Level.MEMBERS}) & Q(Exists(me.exclude(role=User.Role.GUEST))))
        | Q(
            **{
                level: Level.ORGANISATION,
                f"{prefix}organisation_id__in": me.exclude(organisation=None).values(
                    "organisation_id"
                ),
            }
        )
        | Q(**{level: Level.SPACE, f"{prefix}space_id__in": spaces})
        | (Q(**{level: Level.ANIMATION}) & Q(_as_animator(user)))
    )
    own_draft = Q(**{f"{prefix}owner_id": user.pk, f"{state}__in": (State.DRAFT, State.PENDING)})
    mine = Q(**{f"{prefix}owner_id": user.pk, level: Level.MEMBERS}) & published
    return (Q(Exists(me)) & ((inside & (published | own_draft)) | mine)) | (public & published)


def moderated_q(user: Viewer, prefix: str = "") -> Q:
    """Rows that the viewer moderates: those of her spaces; what has no space is the
    federation's. Drafts are their owner's alone."""
    if not user.is_authenticated:
        return Q(**{f"{prefix}pk__in": ()})
    spaces = SubCommunity.objects.filter(moderated_spaces_q(user)).values("pk")
    in_space = Q(**{f"{prefix}space_id__in": spaces})
    spaceless = Q(**{f"{prefix}space_id__isnull": True}) & Q(_as_animator(user))
    return (in_space | spaceless) & ~Q(**{f"{prefix}state": State.DRAFT})


def moderators_of(space: SubCommunity | None) -> QuerySet[User]:
    """The people who moderate `space`: the inverse of `moderated_spaces_q`. Without a space, the
    federation's animators."""
    animators = Q(role=User.Role.ANIMATION)
    if space is None:
        return User.objects.filter(active_q(), animators)
    current = Membership.objects.filter(space=space, ended_at=None)
    if space.confidential:
        animators &= Q(pk__in=current.values("user_id"))
    if settings.COANIMATION:
        led = current.filter(role=Membership.Role.COANIMATION)
        animators |= Q(pk__in=led.values("user_id"))
    return User.objects.filter(active_q(), animators)


def readers_of(space: SubCommunity) -> QuerySet[User]:
    """The people who may read `space` now: the inverse of `readable_spaces_q`."""
    current = Membership.objects.filter(space=space, ended_at=None).values("user_id")
    granted = BreakGlassGrant.objects.current().filter(space=space).values("user_id")
    readers = Q(pk__in=current) | Q(pk__in=granted)
    if not space.confidential:
        readers |= Q(role=User.Role.ANIMATION)
    return User.objects.filter(active_q(), readers)
