"""The room's messages about requests and invitations, one function each.

Each looks its object up when the mail leaves and answers None when it has no sense any more:
what was withdrawn, decided or used in the meantime is not written about.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Invitation, MembershipRequest, Organisation, User
from accounts.models.user import normalise_address
from accounts.services import invitations, joining
from core.mail import Message, message
from core.models import OutgoingMail
from core.site import absolute

State = MembershipRequest.State


def _address(name: str, *args: object) -> str:
    return absolute(reverse(name, args=args))


def _request(mail: OutgoingMail, *states: str) -> MembershipRequest | None:
    rows = MembershipRequest.objects.select_related("organisation")
    return rows.filter(pk=mail.object_id or 0, state__in=states).first()


def _about_request(mail: OutgoingMail, *states: str, template: str = "") -> Message | None:
    request = _request(mail, *states)
    if request is None:
        return None
    return Message(
        context={
            "request": request,
            "url": _address("accounts:follow", joining.link_token(request)),
            "again_url": _address("accounts:request"),
        },
        template=template,
        why=_("Somebody gave this address in a request to join."),
    )


@message("request_received")
def request_received(mail: OutgoingMail) -> Message | None:
    return _about_request(mail, State.SUBMITTED, State.MORE)


@message("request_again")
def request_again(mail: OutgoingMail) -> Message | None:
    """The same request was sent a second time: it is one, and here is its link."""
    return _about_request(mail, State.SUBMITTED, State.MORE)


@message("request_draft")
def request_draft(mail: OutgoingMail) -> Message | None:
    return _about_request(mail, State.DRAFT)


@message("request_more")
def request_more(mail: OutgoingMail) -> Message | None:
    return _about_request(mail, State.MORE)


@message("request_refused")
def request_refused(mail: OutgoingMail) -> Message | None:
    return _about_request(mail, State.REFUSED)


@message("request_withdrawn")
def request_withdrawn(mail: OutgoingMail) -> Message | None:
    return _about_request(mail, State.WITHDRAWN)


@message("request_links")
def request_links(mail: OutgoingMail) -> Message | None:
    """The links of all the requests of an address, to that address; none, no mail."""
    found = MembershipRequest.objects.filter(email=normalise_address(mail.address))
    rows = found.exclude(state=State.WITHDRAWN).order_by("-created_at")[:10]
    links = [
        {"request": row, "url": _address("accounts:follow", joining.link_token(row))}
        for row in rows
    ]
    if not links:
        return None
    return Message(
        context={"links": links}, why=_("Somebody asked for these links with this address.")
    )


@message("request_submitted")
def request_submitted(mail: OutgoingMail) -> Message | None:
    """To an animator: a request waits. The organisation's name, a link, and nothing personal."""
    if mail.recipient is None:
        return None
    mine = MembershipRequest.objects.moderated_by(mail.recipient).filter(state=State.SUBMITTED)
    request = mine.filter(pk=mail.object_id or 0).first()
    if request is None:
        return None
    return Message(
        context={
            "organisation": request.organisation_name,
            "again": bool(mail.data.get("again")),
            "url": _address("admin:accounts_membershiprequest_change", request.pk),
        },
        why=_("You are on the animation team."),
    )


@message("twin_arrived")
def twin_arrived(mail: OutgoingMail) -> Message | None:
    """To the contact person of an organisation: who its newcomer twin is."""
    reader = mail.recipient
    found = Organisation.objects.filter(pk=mail.data.get("organisation", 0)).first()
    mine = reader.organisation if reader is not None else None
    if found is None or reader is None or mine is None or mine.contact_id != reader.pk:
        return None
    if not found.can_be_read_by(reader) or mine.pk not in (found.twin_id, found.pk):
        return None
    return Message(
        context={
            "organisation": found,
            "place": found.municipality,
            "url": absolute(found.get_absolute_url()),
        },
        why=_("You are the contact person of your organisation."),
    )


def _invitation(mail: OutgoingMail) -> Invitation | None:
    """The invitation that a mail carries, unless it was used, taken back or sent again since."""
    rows = Invitation.objects.select_related("organisation", "invited_by")
    return rows.filter(
        pk=mail.object_id or 0, state=Invitation.State.SENT, serial=mail.data.get("serial")
    ).first()


def _invite(mail: OutgoingMail) -> Message | None:
    found = _invitation(mail)
    if found is None:
        return None
    known = User.objects.filter(email=found.email, is_active=True).exists()
    by = found.invited_by
    return Message(
        context={
            "invitation": found,
            "by": by if by is not None and not by.is_animator else None,
            "url": _address("accounts:invitation", invitations.link_token(found)),
            "sign_in_url": _address("account_login"),
        },
        template="invitation_known" if known else "",
        why=_("Somebody invited this address to the community."),
    )


@message("invitation")
def invitation(mail: OutgoingMail) -> Message | None:
    """The link; to somebody who has an account already, only word of the invitation: who invites
    is not told about it, she is."""
    return _invite(mail)


@message("request_approved")
def request_approved(mail: OutgoingMail) -> Message | None:
    """The good news, and the first member's invitation in the same mail."""
    return _invite(mail)
