"""The way out: a connection to the mail server, and what its refusals mean."""

import logging
import smtplib
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core import leases
from core.errors import Refused
from core.mail.messages import Message
from core.mail.render import build

logger = logging.getLogger(__name__)


class MailServerAway(Refused):
    """The mail server does not answer, or refuses us: nobody's mail can leave now."""

    message = _("The mail server does not answer at the moment. Please try again in a few minutes.")
    status = 503

    def __init__(self, detail: str = "") -> None:
        """`detail` is what the server said, for whoever runs `send_test_mail`; never logged."""
        super().__init__()
        self.detail = detail


class AddressRefused(Exception):
    """The mail server will not have this mail, now or later."""


class Transport:
    """One connection for many mails, reopened when a mail broke it. A context manager."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, mail: EmailMessage) -> None:
        """Hand one mail to the server.

        Raises `MailServerAway` when no mail at all can leave, `AddressRefused` when this one
        never will, and whatever else happened when it may be tried again.
        """
        try:
            self.connection.open()
        except OSError as error:
            self._close()
            raise MailServerAway from error
        try:
            self.connection.send_messages([mail])
        except OSError as error:
            self._close()
            if isinstance(error, smtplib.SMTPSenderRefused):
                raise MailServerAway from error
            if _is_final(error):
                raise AddressRefused from error
            raise

    def _close(self) -> None:
        try:
            self.connection.close()
        except OSError:
            # A connection that breaks while it is closed is closed all the same.
            logger.debug("the mail connection broke while closing")


def _is_final(error: OSError) -> bool:
    """Whether the server said “never” (5xx) to this mail, rather than “not now”."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def send_now(
    name: str,
    address: str,
    context: Mapping[str, Any] | None = None,
    *,
    language: str | None = None,
    template: str = "",
) -> None:
    """Render and send at once a mail that must not be kept: a code, a reset link.

    Raises `MailServerAway`, whose sentence may be shown; only the error's class is logged.
    """
    message = Message(context=context or {}, template=template)
    mail = build(name, address, message, language=language or translation.get_language() or "fr-ca")
    try:
        with Transport() as transport:
            transport.send(mail)
    except (MailServerAway, AddressRefused, OSError) as error:
        cause = error.__cause__ or error
        logger.warning("mail %s was not sent: %s", name, leases.error_name(cause))
        raise MailServerAway(f"{type(cause).__name__}: {cause}") from None
