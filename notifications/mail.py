"""The mail that says, politely and once, why an e-mail was not published."""

from __future__ import annotations

from typing import Any, cast

from django.utils.module_loading import import_string

from core.errors import Refused
from core.mail import Message, message
from core.models import OutgoingMail
from core.site import absolute


@message("mail_refused")
def mail_refused(mail: OutgoingMail) -> Message:
    """Its sentence is that of the refusal, and tells nothing of where the e-mail was to go."""
    refusal = cast(type[Refused], import_string(mail.data["refusal"]))
    link, answers = mail.data.get("link", ""), mail.data.get("answers", "")
    context: dict[str, Any] = {"sentence": refusal.message, "url": absolute(link) if link else ""}
    return Message(context=context, references=(answers,) if answers else ())
