"""How an organisation asks to join, and what the animators answer.

An applicant has no account: her signed link proves that she reads the address which she gave, so
her own acts come with `by=None`. Invitations, where approvals lead, are in `invitations`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Invitation, MembershipRequest, Organisation, User
from accounts.models.user import normalise_address
from accounts.services import invitations
from core import log, mail
from core.audience import Level
from core.errors import Invalid, NotAllowed, Refused
from core.events import emit, run_hooks
from core.ratelimit import hit
from core.signing import TokenInvalid, make_token, read_token

State = MembershipRequest.State

# What an applicant says, and may complete; the address is proven by the link and stays.
ANSWERS = (
    "organisation_name",
    "neq",
    "charity_number",
    "mission",
    "region",
    "municipality",
    "non_profit",
    "against_dropout",
    "federated",
    "first_name",
    "last_name",
    "hopes",
    "newsletter",
)
LINK_AGE = timedelta(days=90)
# A draft that nobody came back to; and the year that the first consent speaks of.
DRAFT_KEPT = timedelta(days=30)
REQUEST_KEPT = timedelta(days=365)
# Pressed twice, the button is one act; later, it is somebody who lost the link.
ONE_ACT = timedelta(minutes=10)
MAILS_PER_HOUR = 6
# Mails that anybody can have sent to any address.
FROM_A_FORM = ("request_received", "request_again", "request_draft")


class AlreadyDecided(Refused):
    """Another animator, or the applicant, was quicker."""

    status = 409

    def __init__(self, request: MembershipRequest) -> None:
        if request.state == State.WITHDRAWN:
            sentence = _("The organisation has withdrawn its request. Nothing was changed.")
            super().__init__(sentence)
            return
        names = {"who": request.decided_by or "", "state": request.get_state_display().lower()}
        sentence = _("This request is already decided (%(state)s, %(who)s). Nothing was changed.")
        super().__init__(str(sentence) % names)


class ChangedMeanwhile(Refused):
    """The request is not any more what the animator read."""

    message = _("This request has changed since you opened it. Read it again before you decide.")
    status = 409


class SameRequestOpen(Invalid):
    message = _(
        "You already have a request under way for this organisation. Its link is in your e-mails."
    )


class NothingSaid(Invalid):
    message = _("Write a few words: the person will read them.")


class AddressHasAccount(Invalid):
    message = _(
        "This address already belongs to an account. Ask the person for another address, or move "
        "her account to the organisation."
    )


class OrganisationExists(Invalid):
    message = _("An organisation with this NEQ already exists. Attach the request to it.")


# ------------------------------------------------------------------ the applicant


@transaction.atomic
def submit_request(
    values: Mapping[str, Any],
    *,
    by: User | None = None,
    to_verify: bool = False,
    language: str = "fr-ca",
) -> MembershipRequest:
    """A request to decide, from the public form. `values` are `ANSWERS` and `email`.

    The same address and NEQ while a request is open give that request, unchanged: its link goes
    to the address, and only whoever reads it may change the request.
    """
    now = timezone.now()
    request = MembershipRequest(
        **_answers(values),
        email=normalise_address(values["email"]),
        state=State.SUBMITTED,
        submitted_at=now,
        consented_at=now,
        to_verify=to_verify,
        language=language,
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        same = MembershipRequest.objects.open().filter(email=request.email, neq=request.neq)
        known = same.first()
        if known is None:
            # Decided in between: this one is new after all.
            return submit_request(values, by=by, to_verify=to_verify, language=language)
        if known.submitted_at is None or now - known.submitted_at > ONE_ACT:
            _write("request_again", known, once=f"{now:%Y%m%d%H}")
        return known
    _write("request_received", request)
    log.record("request.submitted", request, by=by, to_verify=to_verify)
    emit("request.submitted", request=request.pk)
    return request


@transaction.atomic
def save_draft(
    values: Mapping[str, Any], *, by: User | None = None, language: str = "fr-ca"
) -> MembershipRequest:
    """Keep what was typed for thirty days, and mail the link to come back to it.

    The same answers saved twice make one draft.
    """
    answers = _answers(values)
    address = normalise_address(values["email"])
    said = json.dumps([address, answers], sort_keys=True)
    fingerprint = hashlib.sha256(said.encode()).hexdigest()
    draft = MembershipRequest(
        **answers, email=address, state=State.DRAFT, fingerprint=fingerprint, language=language
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        same = MembershipRequest.objects.filter(state=State.DRAFT, fingerprint=fingerprint)
        known = same.first()
        if known is None:
            # Sent or erased in between.
            return save_draft(values, by=by, language=language)
        draft = known
        if timezone.now() - draft.created_at <= ONE_ACT:
            return draft
    else:
        log.record("request.drafted", draft, by=by)
    _write("request_draft", draft, once=f"{timezone.now():%Y%m%d%H}")
    return draft


@transaction.atomic
def complete_request(
    request: MembershipRequest,
    values: Mapping[str, Any],
    *,
    send: bool,
    reply: str = "",
    by: User | None = None,
) -> MembershipRequest:
    """Change the answers; with `send`, a draft or an answer to the animators goes to them.

    Raises `AlreadyDecided`, `SameRequestOpen`.
    """
    row = _locked(request)
    if row.state not in MembershipRequest.EDITABLE:
        raise AlreadyDecided(row)
    for name, value in _answers(values).items():
        setattr(row, name, value)
    if row.state == State.DRAFT:
        # From now on it is its own: the same words typed elsewhere are another draft.
        row.fingerprint = f"draft {row.pk}"
    goes = send and row.state in (State.DRAFT, State.MORE)
    if goes:
        first_time = row.state == State.DRAFT
        now = timezone.now()
        row.state = State.SUBMITTED
        row.submitted_at = row.submitted_at or now
        row.consented_at = row.consented_at or now
        row.reply = reply or row.reply
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise SameRequestOpen from None
    log.record("request.completed", row, by=by, sent=goes)
    if goes:
        if first_time:
            _write("request_received", row)
        emit("request.submitted", request=row.pk, again=not first_time)
    return row


@transaction.atomic
def withdraw_request(request: MembershipRequest, *, by: User | None = None) -> None:
    """The applicant gives up. A draft is erased at once. Twice is once. Raises `AlreadyDecided`."""
    row = MembershipRequest.objects.select_for_update().filter(pk=request.pk).first()
    if row is None or row.state == State.WITHDRAWN:
        return
    if row.state == State.DRAFT:
        log.record("request.erased", row, by=by)
        row.delete()
        return
    if row.state not in MembershipRequest.OPEN:
        raise AlreadyDecided(row)
    row.state = State.WITHDRAWN
    row.decided_at = timezone.now()
    row.save()
    _write("request_withdrawn", row)
    log.record("request.withdrawn", row, by=by)


def ask_for_links(email: str, *, language: str = "fr-ca") -> None:
    """Mail the links of all the requests of an address to it; the same silence when it has none.

    Whether there is one is looked up when the mail leaves, so that nothing can be timed here.
    """
    address = normalise_address(email)
    if not _may_write(address):
        return
    with transaction.atomic():
        mail.queue("request_links", to=address, data={"language": language})


def link_token(request: MembershipRequest) -> str:
    return make_token("request", id=request.pk)


def find_request(token: str) -> MembershipRequest:
    """The request of a follow-up link. Raises `TokenInvalid` (also once erased), `TokenExpired`."""
    found = MembershipRequest.objects.select_related("organisation", "decided_by").filter(
        pk=read_token("request", token, LINK_AGE)["id"]
    )
    request = found.first()
    if request is None:
        raise TokenInvalid
    return request


# ------------------------------------------------------------------ the animators


@transaction.atomic
def approve_request(
    request: MembershipRequest,
    *,
    by: User,
    organisation: Organisation | None = None,
    twin: Organisation | None = None,
    welcome: str = "",
    seen: datetime | None = None,
) -> Invitation:
    """Bring the organisation to life, or attach the request to `organisation`, and invite its
    first member by a single-use link. `seen` is the `updated_at` that the animator read.

    Raises `NotAllowed`, `AlreadyDecided`, `ChangedMeanwhile`, `AddressHasAccount`,
    `OrganisationExists`.
    """
    row = _to_decide(request, by, seen)
    if User.objects.filter(email=normalise_address(row.email)).exists():
        raise AddressHasAccount
    if organisation is None:
        organisation = _new_organisation(row, twin)
    elif twin is not None and twin.pk != organisation.pk:
        organisation.twin = twin
        organisation.save()
    if twin is not None:
        _tell_twin(twin, organisation)
    invitation = invitations.prepare(
        organisation,
        by=by,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        makes_contact=organisation.contact_id is None,
        message=welcome,
        language=row.language,
    )
    _decide(row, State.APPROVED, by, welcome, organisation=organisation)
    invitations.send(invitation, message="request_approved")
    run_hooks(
        "request.approved", request=row, organisation=organisation, invitation=invitation, by=by
    )
    emit("request.approved", request=row.pk, organisation=organisation.pk)
    return invitation


@transaction.atomic
def ask_more(
    request: MembershipRequest, *, by: User, message: str, seen: datetime | None = None
) -> MembershipRequest:
    """Ask the applicant something; her request waits for her. Raises as `approve_request`, and
    `NothingSaid`."""
    row = _to_decide(request, by, seen)
    if not message.strip():
        raise NothingSaid
    row.state, row.message, row.decided_by, row.reply = State.MORE, message.strip(), by, ""
    row.save()
    record = log.record("request.more", row, by=by)
    _write("request_more", row, once=str(record.pk))
    return row


@transaction.atomic
def refuse_request(
    request: MembershipRequest, *, by: User, reason: str, seen: datetime | None = None
) -> MembershipRequest:
    """Refuse, with the reason that the applicant reads. Raises as `approve_request`, and
    `NothingSaid`."""
    row = _to_decide(request, by, seen)
    if not reason.strip():
        raise NothingSaid
    _decide(row, State.REFUSED, by, reason.strip())
    _write("request_refused", row)
    return row


def purge(now: datetime | None = None) -> tuple[int, int]:
    """Erase old drafts and, a year after they were sent, all requests: answer how many of each."""
    now = now or timezone.now()
    rows = MembershipRequest.objects
    with transaction.atomic():
        drafts, _kinds = rows.filter(state=State.DRAFT, updated_at__lt=now - DRAFT_KEPT).delete()
        old = rows.exclude(state=State.DRAFT).filter(submitted_at__lt=now - REQUEST_KEPT)
        requests, _kinds = old.delete()
        if drafts or requests:
            log.record("request.purged", drafts=drafts, requests=requests)
    return drafts, requests


# ------------------------------------------------------------------ below


def _answers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ANSWERS if name in values}


def _locked(request: MembershipRequest) -> MembershipRequest:
    return MembershipRequest.objects.select_for_update().get(pk=request.pk)


def _to_decide(request: MembershipRequest, by: User, seen: datetime | None) -> MembershipRequest:
    """The request, locked and still to decide: of two animators at once, one comes second."""
    if not permissions.can_decide_requests(by):
        raise NotAllowed
    row = _locked(request)
    if row.state not in MembershipRequest.OPEN:
        raise AlreadyDecided(row)
    if seen is not None and row.updated_at != seen:
        raise ChangedMeanwhile
    return row


def _decide(
    row: MembershipRequest,
    state: str,
    by: User,
    message: str,
    organisation: Organisation | None = None,
) -> None:
    row.state, row.message, row.decided_by = state, message, by
    row.decided_at = timezone.now()
    row.organisation = organisation
    row.save()
    log.record(
        f"request.{state}", row, by=by, organisation=organisation.pk if organisation else None
    )


def _new_organisation(row: MembershipRequest, twin: Organisation | None) -> Organisation:
    try:
        with transaction.atomic():
            return Organisation.objects.create(
                level=Level.COMMUNITY,
                name=row.organisation_name,
                mission=row.mission,
                neq=row.neq,
                charity_number=row.charity_number,
                region=row.region,
                municipality=row.municipality,
                twin=twin,
            )
    except IntegrityError:
        raise OrganisationExists from None


def _tell_twin(twin: Organisation, newcomer: Organisation) -> None:
    """Twins are two: the elder is the newcomer's, unless she has one already, and its contact
    person is told whom to expect."""
    if twin.twin_id is None:
        twin.twin = newcomer
        twin.save(update_fields=["twin", "updated_at"])
    if twin.contact is not None:
        mail.queue(
            "twin_arrived",
            to=twin.contact,
            data={"organisation": newcomer.pk},
            dedupe=f"twin_arrived:{twin.pk}:{newcomer.pk}",
        )


def _may_write(address: str) -> bool:
    """Nobody's mailbox is filled through a public form."""
    return hit("request-mail", address, MAILS_PER_HOUR, 3600)


def _write(name: str, request: MembershipRequest, *, once: str = "") -> None:
    """Queue a mail to the applicant. What she did not ask for, but animators did, always goes."""
    if name in FROM_A_FORM and not _may_write(request.email):
        return
    mail.queue(
        name,
        to=request.email,
        about=request,
        data={"language": request.language},
        dedupe=f"{name}:{request.pk}:{once}",
    )
