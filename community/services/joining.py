"""How a person enters a space: at once, on request, or by invitation."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from community.errors import (
    AlreadyDecided,
    AlreadyMember,
    CharterNotAccepted,
    InvitationOnly,
    NotOpen,
    SpaceClosed,
)
from community.models import Charter, CharterAcceptance, JoinRequest, Membership, SubCommunity
from community.permissions import can_animate, can_decide, can_know
from community.services.members import lock, start
from core import log
from core.errors import NotAllowed
from core.events import emit

State = JoinRequest.State
OPEN = (State.PENDING, State.INVITED)


def _require_charter(user: User, space: SubCommunity) -> None:
    charter = Charter.objects.filter(space=space).order_by("-version").first()
    accepted = CharterAcceptance.objects.filter(user=user, charter=charter)
    if charter is not None and not accepted.exists():
        raise CharterNotAccepted


def _prepare(space: SubCommunity, user: User) -> tuple[SubCommunity, JoinRequest | None]:
    """The space locked, and the person's open request or invitation there."""
    space = lock(space)
    if not can_know(user, space):
        raise NotAllowed
    if space.archived_at:
        raise SpaceClosed
    if Membership.objects.current().filter(user=user, space=space).exists():
        raise AlreadyMember
    return space, JoinRequest.objects.filter(user=user, space=space, state__in=OPEN).first()


@transaction.atomic
def join(space: SubCommunity, *, by: User) -> Membership:
    """Enter an open space, or one to which she was invited; the charter is accepted before.

    A guest enters by invitation only. Raises `AlreadyMember`, `NotOpen`, `SpaceClosed`,
    `CharterNotAccepted`, `NotAllowed`.
    """
    space, request = _prepare(space, by)
    invited = request is not None and request.state == State.INVITED
    is_open = space.join_policy == SubCommunity.JoinPolicy.OPEN and not by.is_guest
    if not (is_open or invited):
        raise NotOpen
    _require_charter(by, space)
    if request is not None:
        request.state = State.ACCEPTED
        request.decided_at = timezone.now()
        request.save(update_fields=["state", "decided_at"])
    return start(by, space, by=by, role=Membership.Role.MEMBER)


@transaction.atomic
def ask_to_join(space: SubCommunity, *, by: User, message: str = "") -> JoinRequest:
    """Ask the animators of a space to let her in. Asking twice gives the same request.

    Raises `AlreadyMember`, `InvitationOnly`, `SpaceClosed`, `CharterNotAccepted`, `NotAllowed`.
    """
    space, request = _prepare(space, by)
    if request is not None:
        return request
    if space.join_policy == SubCommunity.JoinPolicy.INVITATION or by.is_guest:
        raise InvitationOnly
    _require_charter(by, space)
    request = JoinRequest.objects.create(user=by, space=space, message=message.strip())
    log.record("join.asked", request, by=by)
    emit("join.asked", join_request=request.pk)
    return request


def _take(request: JoinRequest, states: tuple[str, ...]) -> JoinRequest:
    """The request as it stands, its space locked, if it is in one of these states; else
    `AlreadyDecided`."""
    lock(request.space)
    request = JoinRequest.objects.select_related("space", "user").get(pk=request.pk)
    if request.state not in states:
        raise AlreadyDecided
    return request


@transaction.atomic
def withdraw(request: JoinRequest, *, by: User) -> None:
    """Take back one's request, or decline an invitation. Raises `AlreadyDecided`, `NotAllowed`."""
    if request.user_id != by.pk:
        raise NotAllowed
    request = _take(request, OPEN)
    request.state = State.WITHDRAWN
    request.decided_at = timezone.now()
    request.save(update_fields=["state", "decided_at"])
    log.record("join.withdrawn", request, by=by)


@transaction.atomic
def decide_join(
    request: JoinRequest, *, accept: bool, by: User | None, answer: str = ""
) -> Membership | None:
    """Let the person in, or not, with an answer that she receives.

    Two animators at once: the second one gets `AlreadyDecided`. Raises `NotAllowed`,
    `SpaceClosed`.
    """
    request = _take(request, (State.PENDING,))
    if not can_decide(by, request):
        raise NotAllowed
    if accept and request.space.archived_at:
        raise SpaceClosed
    request.state = State.ACCEPTED if accept else State.REFUSED
    request.answer = answer.strip()
    request.decided_at = timezone.now()
    request.decided_by = by
    request.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    log.record("join.accepted" if accept else "join.refused", request, by=by)
    emit("join.decided", join_request=request.pk)
    if not accept or not request.user.is_current:
        return None
    return start(request.user, request.space, by=by, role=Membership.Role.MEMBER)


@transaction.atomic
def invite_in(
    user: User, space: SubCommunity, *, by: User | None, message: str = ""
) -> JoinRequest:
    """Invite a person into a space; she enters by accepting its charter.

    Somebody who had asked is let in at once. Raises `NotAllowed`, `AlreadyMember`, `SpaceClosed`.
    """
    space = lock(space)
    if not can_animate(by, space):
        raise NotAllowed
    if space.archived_at:
        raise SpaceClosed
    if Membership.objects.current().filter(user=user, space=space).exists():
        raise AlreadyMember
    request = JoinRequest.objects.filter(user=user, space=space, state__in=OPEN).first()
    if request is not None:
        if request.state == State.PENDING:
            decide_join(request, accept=True, by=by, answer=message)
            request.refresh_from_db()
        return request
    request = JoinRequest.objects.create(
        user=user, space=space, state=State.INVITED, answer=message.strip(), decided_by=by
    )
    log.record("join.invited", request, by=by, user=user.pk)
    emit("join.invited", join_request=request.pk)
    return request
