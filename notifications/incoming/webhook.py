"""Mails brought by a sending service, in its own format, which django-anymail reads."""

from __future__ import annotations

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
from notifications.incoming.receiving import Outcome, receive

# The services that prove who they are by a password in the address: nothing else to configure.
SERVICES: dict[str, Any] = {
    "mailjet": MailjetInboundWebhookView,
    "postmark": PostmarkInboundWebhookView,
    "sendgrid": SendGridInboundWebhookView,
    "sparkpost": SparkPostInboundWebhookView,
}


class WrongSecret(Refused):
    """Whoever calls is not the service that settings name."""

    status = 404


def bring(request: HttpRequest) -> list[Outcome]:
    """Take in what the service sends. Raises `WrongSecret`; what the service sent wrong is a
    `ValueError` or a `KeyError` of its parser."""
    view = SERVICES[settings.MAIL_WEBHOOK](webhook_secret=settings.MAIL_WEBHOOK_SECRET)
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        raise WrongSecret from None
    outcomes = []
    for event in view.parse_events(request):
        message: AnymailInboundMessage = event.message
        outcomes += receive(
            message.as_bytes(),
            to=message.envelope_recipient or "",
            envelope_sender=message.envelope_sender,
        )
    return outcomes
