"""Who is in a space: entering, leaving, being removed, co-animating."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from community.errors import (
    CommonSpace,
    GuestRole,
    LastAnimator,
    NotMember,
    ReasonRequired,
    SpaceClosed,
)
from community.models import JoinRequest, Membership, SubCommunity
from community.permissions import animators_of, can_animate, can_configure
from core import log
from core.errors import NotAllowed
from core.events import emit, hook


def lock(space: SubCommunity) -> SubCommunity:
    """The space, held until the end of the transaction: who enters and who leaves take turns.

    Not against those who post there, who only need the row to stay.
    """
    return SubCommunity.objects.select_for_update(no_key=True).get(pk=space.pk)


def require_animator_besides(space: SubCommunity, user: User) -> None:
    """Refuse what would leave a confidential space without an animator among its members.

    Raises `LastAnimator`. A space that has none already does not hold its members back.
    """
    if not space.confidential:
        return
    animators = set(animators_of(space).values_list("pk", flat=True))
    if animators == {user.pk}:
        raise LastAnimator


def start(user: User, space: SubCommunity, *, by: User | None, role: str) -> Membership:
    """Make the membership, in a space that the caller locked; the one that stands if there is."""
    standing = Membership.objects.current().filter(user=user, space=space).first()
    if standing is not None:
        return standing
    membership = Membership.objects.create(user=user, space=space, role=role)
    log.record("membership.started", membership, by=by, user=user.pk, role=role)
    emit("membership.started", membership=membership.pk)
    return membership


def _end(membership: Membership, *, by: User | None, verb: str, reason: str = "") -> None:
    membership.ended_at = timezone.now()
    membership.ended_by = by
    membership.save(update_fields=["ended_at", "ended_by"])
    log.record(verb, membership, by=by, reason=reason, user=membership.user_id)
    emit("membership.ended", membership=membership.pk)


def _current(user: User, space: SubCommunity) -> Membership:
    membership = Membership.objects.current().filter(user=user, space=space).first()
    if membership is None:
        raise NotMember
    return membership


@transaction.atomic
def enrol(
    user: User, space: SubCommunity, *, by: User | None, role: str = Membership.Role.MEMBER
) -> Membership:
    """Make `user` a member of `space` at once, without her asking. Twice gives the same stay.

    For those who animate the space, and for the house (`by=None`). Raises `NotAllowed`,
    `SpaceClosed`, `GuestRole`.
    """
    space = lock(space)
    if not can_animate(by, space):
        raise NotAllowed
    if space.archived_at:
        raise SpaceClosed
    if role != Membership.Role.MEMBER and user.is_guest:
        raise GuestRole
    membership = start(user, space, by=by, role=role)
    JoinRequest.objects.filter(
        user=user, space=space, state__in=(JoinRequest.State.PENDING, JoinRequest.State.INVITED)
    ).update(state=JoinRequest.State.ACCEPTED, decided_at=timezone.now(), decided_by=by)
    return membership


@transaction.atomic
def leave(space: SubCommunity, *, by: User) -> None:
    """End one's own membership; the space is closed to her at once.

    Raises `NotMember`, `CommonSpace`, `LastAnimator`.
    """
    space = lock(space)
    membership = _current(by, space)
    if space.is_common:
        raise CommonSpace
    require_animator_besides(space, by)
    _end(membership, by=by, verb="membership.left")


@transaction.atomic
def remove(user: User, space: SubCommunity, *, by: User | None, reason: str) -> None:
    """End somebody's membership, for a reason that is kept.

    Raises `NotAllowed`, `NotMember`, `ReasonRequired`, `LastAnimator`.
    """
    space = lock(space)
    if not can_animate(by, space):
        raise NotAllowed
    if not reason.strip():
        raise ReasonRequired
    membership = _current(user, space)
    require_animator_besides(space, user)
    _end(membership, by=by, verb="membership.removed", reason=reason.strip())


@transaction.atomic
def set_role(user: User, space: SubCommunity, role: str, *, by: User | None) -> Membership:
    """Make a member a co-animator of the space, or an ordinary member again.

    Raises `NotAllowed`, `NotMember`, `GuestRole`, `LastAnimator`.
    """
    space = lock(space)
    if not can_configure(by, space):
        raise NotAllowed
    membership = _current(user, space)
    if membership.role == role:
        return membership
    if role != Membership.Role.MEMBER and user.is_guest:
        raise GuestRole
    if role == Membership.Role.MEMBER and not user.is_animator:
        require_animator_besides(space, user)
    was, membership.role = membership.role, Membership.Role(role)
    membership.save(update_fields=["role"])
    log.record("membership.role", membership, by=by, user=user.pk, was=was, role=role)
    emit("membership.changed", membership=membership.pk)
    return membership


@hook("account.created")
def welcome_in(
    *, user: User, spaces: Iterable[SubCommunity] = (), by: User | None = None, **_also: Any
) -> None:
    """A new member is in the common space at once; anybody, where her invitation says.

    An invitation opens a space only when whoever made it animates that space, or when it is open
    to all members. Nothing here refuses an account.
    """
    Policy = SubCommunity.JoinPolicy
    wanted = {space.pk: space for space in spaces}
    if not user.is_guest:
        wanted |= {space.pk: space for space in SubCommunity.objects.filter(is_common=True)}
    for space in wanted.values():
        open_to_her = space.is_common or (
            space.join_policy == Policy.OPEN and (not user.is_guest or by is not None)
        )
        if not space.archived_at and (open_to_her or can_animate(by, space)):
            start(user, lock(space), by=by, role=Membership.Role.MEMBER)


@hook("account.ended")
def end_all(*, user: User, by: User | None = None, **_also: Any) -> None:
    """Whoever loses her account is out of every space, in the same transaction.

    Raises `LastAnimator`, which undoes the end of the account.
    """
    stays = Membership.objects.current().filter(user=user).select_related("space")
    for membership in stays.order_by("space_id"):
        space = lock(membership.space)
        # Her account may be inactive already, so that she no longer counts among the animators.
        if space.confidential and _animated(membership, user):
            others = animators_of(space).exclude(pk=user.pk)
            if not others.exists():
                raise LastAnimator
        _end(membership, by=by, verb="membership.ended")
    JoinRequest.objects.filter(
        user=user, state__in=(JoinRequest.State.PENDING, JoinRequest.State.INVITED)
    ).update(state=JoinRequest.State.WITHDRAWN, decided_at=timezone.now(), decided_by=by)


@hook("account.role")
def keep_an_animator(*, user: User, **_also: Any) -> None:
    """Whoever stops being an animator of the federation leaves no confidential space without one.

    Called after the change. Raises `LastAnimator`, which undoes it.
    """
    stays = Membership.objects.current().filter(
        user=user, space__confidentiality=SubCommunity.Confidentiality.HIGH
    )
    for membership in stays.select_related("space"):
        space = lock(membership.space)
        if not animators_of(space).exists():
            raise LastAnimator


def _animated(membership: Membership, user: User) -> bool:
    return user.is_animator or membership.role == Membership.Role.COANIMATION
