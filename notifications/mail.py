"""The digests, asked again when they leave, and the mail that says why an e-mail was refused."""

from __future__ import annotations

from typing import Any, cast

from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.errors import Refused
from core.mail import Message, message
from core.models import OutgoingMail
from core.site import absolute
from notifications.digests import compose
from notifications.links import stop_url
from notifications.models import Digest

DIGEST = "digest"


@message("digest")
def digest(mail: OutgoingMail) -> Message | None:
    """What is new of what she asked to have in a digest, within her time; None when nothing is."""
    person = mail.recipient
    settings = Digest.objects.filter(user=person).first() if person is not None else None
    if person is None or settings is None or not (settings.daily or settings.weekly):
        return None
    composed = compose(person, mail, settings.minutes)
    if not (composed.parts or composed.quiet):
        return None
    return Message(
        context={
            "parts": composed.parts,
            "quiet": composed.quiet,
            "left": composed.left,
            "url": absolute(reverse("notifications:centre")),
            "preferences_url": absolute(reverse("notifications:preferences")),
        },
        why=_("You asked for a digest of what you follow."),
        unsubscribe_url=stop_url(person, DIGEST, 0),
    )


@message("digest_goodbye")
def digest_goodbye(mail: OutgoingMail) -> Message | None:
    """The last one, to who has not come for half a year; None when she came in between."""
    person = mail.recipient
    stopped = Digest.objects.filter(user=person, stopped_at__isnull=False).first()
    if person is None or stopped is None or stopped.stopped_at is None:
        return None
    if person.last_seen_at is not None and person.last_seen_at > stopped.stopped_at:
        return None
    return Message(
        context={"url": absolute(reverse("notifications:centre"))},
        why=_("You asked for a digest of what you follow."),
        unsubscribe_url=stop_url(person, DIGEST, 0),
    )


@message("mail_refused")
def mail_refused(mail: OutgoingMail) -> Message:
    """Its sentence is that of the refusal, and tells nothing of where the e-mail was to go."""
    refusal = cast(type[Refused], import_string(mail.data["refusal"]))
    link, answers = mail.data.get("link", ""), mail.data.get("answers", "")
    context: dict[str, Any] = {"sentence": refusal.message, "url": absolute(link) if link else ""}
    return Message(context=context, references=(answers,) if answers else ())
