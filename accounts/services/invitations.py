"""Single-use links: one address, one person, one account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Consent, Invitation, MembershipRequest, Organisation, User
from accounts.models.user import normalise_address
from accounts.services import people
from core import log, mail
from core.errors import Invalid, NotAllowed, Refused
from core.events import emit, run_hooks
from core.signing import TokenInvalid, make_token, read_token

State = Invitation.State

VALID = timedelta(days=14)
# How long an invited person may have an expired link sent again by herself.
RENEWABLE = timedelta(days=90)
KEPT = timedelta(days=365)


class AlreadyInvited(Invalid):
    message = _("This address already has an invitation that waits for an answer: send it again.")


class AlreadyColleague(Invalid):
    message = _("This person is already in your organisation.")


class GuestNeedsDate(Invalid):
    message = _("A guest’s access needs an end date in the future.")


class InvitationClosed(Refused):
    """The family of links that no longer open anything; `renewable` ones may be sent again."""

    status = 410
    renewable = False


class InvitationUsed(InvitationClosed):
    message = _("This link has already been used. Your account exists: you only need to sign in.")


class InvitationReplaced(InvitationClosed):
    message = _("A more recent link was sent to you. Use the one in our latest e-mail.")


class InvitationExpired(InvitationClosed):
    message = _("This link has expired.")
    renewable = True


class InvitationRevoked(InvitationClosed):
    message = _("This invitation was withdrawn. For any question, write to the animation team.")


class AccountExists(InvitationClosed):
    message = _("There is already an account for this address: you only need to sign in.")


class AccountClosed(InvitationClosed):
    message = _(
        "The account of this address was closed. Write to the animation team to open it again."
    )


@transaction.atomic
def invite_person(
    organisation: Organisation | None,
    *,
    by: User,
    email: str,
    first_name: str = "",
    last_name: str = "",
    job_title: str = "",
    role: str = User.Role.MEMBER,
    access_until: datetime | None = None,
    spaces: Iterable[Any] = (),
    message: str = "",
    sent: bool = True,
) -> Invitation:
    """Invite one address to an account; with `sent=False` the invitation waits.

    The référente invites members into her organisation; animators invite anybody, guests
    included, whose `access_until` and `spaces` bound them. Nothing tells whether the address has
    an account in another organisation. Raises `NotAllowed`, `AlreadyInvited`,
    `AlreadyColleague`, `GuestNeedsDate`.
    """
    if not permissions.can_invite(by, organisation, role):
        raise NotAllowed
    if role == User.Role.GUEST and (access_until is None or access_until <= timezone.now()):
        raise GuestNeedsDate
    invitation = prepare(
        organisation,
        by=by,
        email=email,
        first_name=first_name,
        last_name=last_name,
        job_title=job_title,
        role=role,
        access_until=access_until,
        makes_contact=False,
        message=message,
    )
    invitation.spaces.set(spaces)
    if sent:
        send(invitation)
    return invitation


def prepare(
    organisation: Organisation | None, *, by: User | None, email: str, **values: Any
) -> Invitation:
    """An invitation that is not sent yet, without a check of rights: for the services.

    Raises `AlreadyInvited`, `AlreadyColleague`.
    """
    address = normalise_address(email)
    colleagues = User.objects.filter(organisation=organisation, is_active=True)
    if organisation is not None and colleagues.filter(email=address).exists():
        raise AlreadyColleague
    invitation = Invitation(
        organisation=organisation,
        email=address,
        invited_by=by,
        state=State.PREPARED,
        expires_at=timezone.now() + VALID,
        **values,
    )
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError:
        raise AlreadyInvited from None
    log.record("invitation.made", invitation, by=by, role=invitation.role)
    return invitation


def send(invitation: Invitation, *, message: str = "invitation") -> None:
    """Queue the mail that carries the link. The link itself is made when the mail leaves."""
    invitation.state = State.SENT
    invitation.expires_at = timezone.now() + VALID
    invitation.save()
    mail.queue(
        message,
        to=invitation.email,
        about=invitation,
        data={"language": invitation.language, "serial": invitation.serial},
        dedupe=f"invitation:{invitation.pk}:{invitation.serial}",
    )
    emit("invitation.sent", invitation=invitation.pk)


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User | None) -> Invitation:
    """A new link, which kills the former one, or the first link of a prepared invitation.

    `by=None` is the invited person, who holds an expired link. Raises `NotAllowed`,
    `InvitationUsed`, `InvitationRevoked`.
    """
    row = _locked(invitation, by)
    _refuse_closed(row)
    if row.state == State.SENT:
        row.serial += 1
    log.record("invitation.sent", row, by=by, serial=row.serial)
    send(row)
    return row


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Take an invitation back. Twice is once. Raises `NotAllowed`, `InvitationUsed`."""
    row = _locked(invitation, by)
    if row.state == State.ACCEPTED:
        raise InvitationUsed
    if row.state != State.REVOKED:
        row.state = State.REVOKED
        row.save()
        log.record("invitation.revoked", row, by=by)
    return row


@transaction.atomic
def accept_invitation(
    invitation: Invitation,
    *,
    serial: int,
    first_name: str,
    last_name: str,
    job_title: str = "",
    password: str = "",
    language: str = "fr-ca",
) -> User:
    """Use the link: the account is made, in the organisation and the role of the invitation.

    Of two acceptances at once one makes the account. Raises one of `InvitationClosed`.
    """
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check_open(row, serial)
    try:
        user = people.create_account(
            email=row.email,
            first_name=first_name,
            last_name=last_name,
            job_title=job_title,
            organisation=row.organisation,
            role=row.role,
            access_until=row.access_until,
            language=language,
            spaces=row.spaces.all(),
            by=row.invited_by,
        )
    except people.AddressTaken:
        raise AccountExists from None
    if password:
        user.set_password(password)
        user.save(update_fields=["password"])
    if row.makes_contact and row.organisation is not None and row.organisation.contact_id is None:
        row.organisation.contact = user
        row.organisation.save()
    _carry_consents(row, user)
    row.state, row.accepted_at, row.accepted_by = State.ACCEPTED, timezone.now(), user
    row.save()
    log.record("invitation.accepted", row, by=user)
    run_hooks("invitation.accepted", invitation=row, user=user)
    emit("invitation.accepted", invitation=row.pk, user=user.pk)
    return user


def link_token(invitation: Invitation) -> str:
    return make_token("invitation", id=invitation.pk, serial=invitation.serial)


def find_invitation(token: str) -> tuple[Invitation, int]:
    """The invitation of a link, and the serial that the link carries. Raises `TokenInvalid`."""
    ids = read_token("invitation", token)
    found = Invitation.objects.select_related("organisation", "invited_by").filter(pk=ids["id"])
    invitation = found.first()
    if invitation is None:
        raise TokenInvalid
    return invitation, ids["serial"]


def waiting_for(request: MembershipRequest) -> Invitation | None:
    """The invitation to which an approved request led, while nobody has answered it."""
    if request.state != MembershipRequest.State.APPROVED or request.organisation_id is None:
        return None
    return Invitation.objects.filter(
        email=request.email, organisation_id=request.organisation_id, state__in=Invitation.OPEN
    ).first()


def pending(organisation: Organisation) -> Iterable[Invitation]:
    """The invitations of an organisation that wait for an answer, latest first."""
    rows = Invitation.objects.made_for(organisation.pk).filter(state__in=Invitation.OPEN)
    return rows.select_related("invited_by")


def find_of(organisation: Organisation, pk: int) -> Invitation | None:
    """One invitation of an organisation, whatever its state."""
    return Invitation.objects.made_for(organisation.pk).filter(pk=pk).first()


def check_open(invitation: Invitation, serial: int) -> None:
    """Raises one of `InvitationClosed` unless the link opens an account now."""
    _refuse_closed(invitation)
    if serial != invitation.serial:
        raise InvitationReplaced
    active = User.objects.filter(email=invitation.email).values_list("is_active", flat=True).first()
    if active is not None:
        raise AccountExists if active else AccountClosed
    if invitation.expires_at <= timezone.now():
        raise InvitationExpired
    if invitation.access_until is not None and invitation.access_until <= timezone.now():
        raise InvitationRevoked
    if invitation.organisation is not None and invitation.organisation.state != "published":
        raise InvitationRevoked


def can_renew(invitation: Invitation) -> bool:
    """Whether the invited person may still have her expired link sent again by herself."""
    return invitation.is_expired and invitation.created_at > timezone.now() - RENEWABLE


def purge(now: datetime | None = None) -> int:
    """Erase the invitations that came to nothing, a year after they were made."""
    old = (now or timezone.now()) - KEPT
    with transaction.atomic():
        count = 0
        for row in Invitation.objects.exclude(state=State.ACCEPTED).filter(created_at__lt=old):
            row.delete()
            count += 1
        if count:
            log.record("invitation.purged", count=count)
    return count


def _locked(invitation: Invitation, by: User | None) -> Invitation:
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if by is not None and not permissions.can_invite(by, row.organisation, row.role):
        raise NotAllowed
    return row


def _refuse_closed(row: Invitation) -> None:
    if row.state == State.ACCEPTED:
        raise InvitationUsed
    if row.state == State.REVOKED:
        raise InvitationRevoked


def _carry_consents(row: Invitation, user: User) -> None:
    """The newsletter that the applicant agreed to in her request is agreed to by her account."""
    agreed = MembershipRequest.objects.filter(
        email=row.email,
        organisation=row.organisation,
        state=MembershipRequest.State.APPROVED,
        newsletter=True,
    ).first()
    if agreed is not None and agreed.consented_at is not None:
        purpose = Consent.Purpose.NEWSLETTER
        version = people.CONSENT_VERSIONS[purpose]
        user.consents.create(purpose=purpose, version=version, given_at=agreed.consented_at)
