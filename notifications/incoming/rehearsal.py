"""The demo's mailbox: an answer written in the page becomes a mail, as a mail program writes it,
and comes in by the real door."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.incoming.receiving import Outcome, receive


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail of ours."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def html_of(mail: EmailMessage) -> str:
    """What a mail program draws of it; nothing when it has a plain text only."""
    body = mail.get_body(("html",))
    return str(body.get_content()) if body is not None else ""


def answerable(mail: EmailMessage) -> bool:
    return "Reply-To" in mail


def answer(mail: EmailMessage, text: str) -> list[Outcome]:
    """Send what its recipient answers to `mail`, the original quoted below."""
    now = timezone.now()
    sender = parseaddr(str(mail["To"]))[1]
    reply = EmailMessage()
    domain = sender.rpartition("@")[2]
    reply["Authentication-Results"] = f"{settings.MAIL_AUTHSERV}; dmarc=pass header.from={domain}"
    reply["From"] = sender
    reply["To"] = str(mail["Reply-To"])
    reply["Subject"] = f"Re: {mail['Subject']}"
    reply["Date"] = format_datetime(now)
    reply["Message-ID"] = make_msgid(domain=domain)
    reply["In-Reply-To"] = str(mail["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
    wrote = _("On %(when)s, %(who)s wrote:") % {
        "when": f"{timezone.localtime(now):%Y-%m-%d %H:%M}",
        "who": f"{settings.SITE_NAME} <{parseaddr(str(mail['From']))[1]}>",
    }
    reply.set_content(f"{text}\n\n{wrote}\n\n{quoted}\n")
    return receive(reply.as_bytes())
