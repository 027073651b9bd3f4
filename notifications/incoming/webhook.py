"""Mails brought by a sending service, in its own format, which django-anymail reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.conf import settings
from django.http import HttpRequest

from core.errors import Refused
from notifications.incoming.errors import MailTooLarge

# The services that prove who they are by a password in the address: nothing else to configure.
SERVICES: dict[str, Any] = {
    "mailjet": MailjetInboundWebhookView,
    "postmark": PostmarkInboundWebhookView,
    "sendgrid": SendGridInboundWebhookView,
    "sparkpost": SparkPostInboundWebhookView,
}


@dataclass(frozen=True)
class Brought:
    """One mail, as `receive` takes it."""

    raw: bytes
    to: str
    envelope_sender: str | None


class WrongSecret(Refused):
    """Whoever calls is not the service that settings name."""

    status = 404


def brought(request: HttpRequest) -> list[Brought]:
    """The mails that the service sends. Raises `WrongSecret`, `MailTooLarge`; what the service sent
    wrong is a `ValueError` or a `KeyError` of its parser."""
    view = SERVICES[settings.MAIL_WEBHOOK](webhook_secret=settings.MAIL_WEBHOOK_SECRET)
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        raise WrongSecret from None
    _read(request)
    messages: list[AnymailInboundMessage] = [event.message for event in view.parse_events(request)]
    return [
        Brought(
            raw=message.as_bytes(),
            to=message.envelope_recipient or "",
            envelope_sender=message.envelope_sender,
        )
        for message in messages
    ]


def _read(request: HttpRequest) -> None:
    """Read the body where it holds a whole mail: Django's own limit is that of a form.

    Raises `MailTooLarge`.
    """
    if request.content_type == "multipart/form-data":
        return
    limit = settings.MAIL_MAX_BYTES * 3 // 2
    body = request.read(limit + 1)
    if len(body) > limit:
        raise MailTooLarge
    request._body = body
