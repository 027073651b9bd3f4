"""The audience rule: the one place that says who reads and who moderates what.

The subqueries depend only on the viewer's identifier and the clock, so that the databases
evaluate them once a query, and Django compiles them once a process (`core.prepared`): the rule is
in the functions with an underscore, the doors to it in those without. The whole rule is told in
docs/visibility.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, Q

from accounts.models import Profile, User
from accounts.querysets import active_q
from community.models import BreakGlassGrant, JoinRequest, Membership, SubCommunity
from core.audience import Level, State
from core.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from core.audience import Viewer

NOTHING = Q(pk__in=())


def _me(me: int, now: datetime) -> QuerySet[User]:
    """The viewer's account, only while it is active and in date."""
    return User.objects.filter(active_q(now=now), pk=me)


def _memberships(me: int, now: datetime) -> QuerySet[Membership]:
    return Membership.objects.filter(active_q("user__", now), user_id=me, ended_at=None)


def _as_animator(me: int, now: datetime) -> Exists:
    return Exists(_me(me, now).filter(role=User.Role.ANIMATION))


def _readable_spaces(me: int, now: datetime) -> Q:
    grants = BreakGlassGrant.objects.current(now).filter(active_q("user__", now), user_id=me)
    own = Q(pk__in=_memberships(me, now).values("space_id"))
    granted = Q(pk__in=grants.values("space_id"))
    animated = ~Q(confidentiality=SubCommunity.Confidentiality.HIGH) & Q(_as_animator(me, now))
    return own | granted | animated


def _listed_spaces(me: int, now: datetime) -> Q:
    invited = JoinRequest.objects.filter(user_id=me, state=JoinRequest.State.INVITED)
    known = Q(listed=True) & Q(Exists(_me(me, now).exclude(role=User.Role.GUEST)))
    known |= Q(pk__in=invited.values("space_id"))
    return (Q(archived_at=None) & known) | _readable_spaces(me, now)


def _moderated_spaces(me: int, now: datetime) -> Q:
    own = _memberships(me, now)
    not_confidential = ~Q(confidentiality=SubCommunity.Confidentiality.HIGH)
    member_of = Q(pk__in=own.values("space_id"))
    rule = Q(_as_animator(me, now)) & (not_confidential | member_of)
    if settings.COANIMATION:
        led = own.filter(role=Membership.Role.COANIMATION)
        rule |= Q(pk__in=led.values("space_id"))
    return rule


def _readable(me: int, now: datetime) -> Q:
    account = _me(me, now)
    spaces = SubCommunity.objects.filter(_readable_spaces(me, now)).values("pk")
    organisation = account.exclude(organisation=None).values("organisation_id")
    published, public = Q(state=State.PUBLISHED), Q(level=Level.PUBLIC)
    inside = (
        public
        | Q(level=Level.COMMUNITY)
        | (Q(level=Level.MEMBERS) & Q(Exists(account.exclude(role=User.Role.GUEST))))
        | Q(level=Level.ORGANISATION, organisation_id__in=organisation)
        | Q(level=Level.SPACE, space_id__in=spaces)
        | (Q(level=Level.ANIMATION) & Q(_as_animator(me, now)))
    )
    own_draft = Q(owner_id=me, state__in=(State.DRAFT, State.PENDING))
    mine = Q(owner_id=me, level=Level.MEMBERS) & published
    return (Q(Exists(account)) & ((inside & (published | own_draft)) | mine)) | (public & published)


def _moderated(me: int, now: datetime) -> Q:
    spaces = SubCommunity.objects.filter(_moderated_spaces(me, now)).values("pk")
    spaceless = Q(space_id__isnull=True) & Q(_as_animator(me, now))
    return (Q(space_id__in=spaces) | spaceless) & ~Q(state=State.DRAFT)


def _coanimation() -> bool:
    return settings.COANIMATION


# The columns are the same in every kind (`core.audience.Audienced`); the profile stands for all.
READABLE_SPACES = Prepared(SubCommunity, ("id", "confidentiality"), _readable_spaces)
LISTED_SPACES = Prepared(
    SubCommunity, ("id", "confidentiality", "listed", "archived_at"), _listed_spaces
)
MODERATED_SPACES = Prepared(
    SubCommunity, ("id", "confidentiality"), _moderated_spaces, _coanimation
)
READABLE = Prepared(
    Profile, ("level", "state", "organisation_id", "space_id", "owner_id"), _readable
)
MODERATED = Prepared(Profile, ("space_id", "state"), _moderated, _coanimation)


def readable_spaces_q(user: Viewer, prefix: str = "") -> Q:
    """Spaces whose content is read: one's own; by unexpired grant; for the federation's
    animators, every space but the confidential ones they are not members of."""
    if not user.is_authenticated:
        return Q(**{f"{prefix}pk__in": ()})
    return READABLE_SPACES.q(user.pk or 0, prefix)


def listed_spaces_q(user: Viewer) -> Q:
    """Spaces a person knows of. Guests know of their own only."""
    if not user.is_authenticated:
        return NOTHING
    return LISTED_SPACES.q(user.pk or 0)


def moderated_spaces_q(user: Viewer, prefix: str = "") -> Q:
    """Spaces moderated: by the federation's animators, all but the confidential ones they are
    not members of; by a co-animator, her own, when the setting allows it."""
    if not user.is_authenticated:
        return Q(**{f"{prefix}pk__in": ()})
    return MODERATED_SPACES.q(user.pk or 0, prefix)


def readable_q(user: Viewer, prefix: str = "") -> Q:
    """The audience columns of a row against the viewer; see `core.audience.audience_q`."""
    if not user.is_authenticated:
        return Q(**{f"{prefix}level": Level.PUBLIC, f"{prefix}state": State.PUBLISHED})
    return READABLE.q(user.pk or 0, prefix)


def moderated_q(user: Viewer, prefix: str = "") -> Q:
    """Rows that the viewer moderates: those of her spaces; what has no space is the
    federation's. Drafts are their owner's alone."""
    if not user.is_authenticated:
        return Q(**{f"{prefix}pk__in": ()})
    return MODERATED.q(user.pk or 0, prefix)


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
