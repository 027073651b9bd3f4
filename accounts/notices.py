"""Mails about an account: its address, its second factor, the end of a guest's access."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.querysets import active_q
from core.mail import Message, message, queue
from core.models import OutgoingMail
from core.schedule import daily
from core.site import absolute

BEFORE = timedelta(days=7)


def _account(mail: OutgoingMail) -> User | None:
    return User.objects.filter(pk=mail.object_id or 0).first()


@message("address_changed")
def address_changed(mail: OutgoingMail) -> Message | None:
    """To the former address and to the new one: somebody changed the key of this account."""
    user = _account(mail)
    if user is None:
        return None
    return Message(
        context={"person": user, "is_new": mail.address == user.email},
        why=_("You receive this e-mail because it is about your account."),
    )


@message("second_factor_reset")
def second_factor_reset(mail: OutgoingMail) -> Message | None:
    user = _account(mail)
    if user is None or not user.is_active:
        return None
    return Message(
        context={"person": user, "url": absolute(reverse("accounts:security"))},
        why=_("You receive this e-mail because it is about your account."),
    )


@message("guest_leaving")
def guest_leaving(mail: OutgoingMail) -> Message | None:
    """To whoever invited a guest: the access ends in a week. Nothing if it was extended."""
    guest = _account(mail)
    if guest is None or not guest.is_current or not guest.is_guest or guest.access_until is None:
        return None
    if guest.access_until > timezone.now() + BEFORE + timedelta(days=1):
        return None
    return Message(
        context={
            "guest": guest,
            "until": guest.access_until,
            "url": absolute(reverse("admin:accounts_user_change", args=(guest.pk,))),
            "animator": bool(mail.recipient and mail.recipient.is_animator),
        },
        why=_("You receive this e-mail because you invited this person."),
    )


@daily(hour=7, name="accounts.guests_leaving")
def remind_of_guests() -> None:
    """A week before a guest's access ends, the person who invited her knows; without one who is
    still here, the animators do."""
    now = timezone.now()
    leaving = User.objects.filter(
        is_active=True,
        role=User.Role.GUEST,
        access_until__gt=now,
        access_until__lte=now + BEFORE,
    )
    for guest in leaving:
        invitation = Invitation.objects.filter(accepted_by=guest).order_by("-pk").first()
        inviter = invitation.invited_by if invitation else None
        if inviter is not None and inviter.is_current:
            told = [inviter]
        else:
            told = list(User.objects.filter(active_q(), role=User.Role.ANIMATION))
        for person in told:
            day = f"{guest.access_until:%Y%m%d}"
            queue(
                "guest_leaving",
                to=person,
                about=guest,
                dedupe=f"guest_leaving:{guest.pk}:{day}:{person.pk}",
            )
