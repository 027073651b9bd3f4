"""Turns a message into a mail: three templates, safe headers, the common layout."""

import re
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import make_msgid
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation

from core.mail.messages import Message
from core.site import site

SUBJECT_LENGTH = 150


def one_line(text: str) -> str:
    """A header's value: no line break, no control character, no run of spaces.

    Whatever a person typed in a title, it cannot begin another header.
    """
    printable = "".join(char if char.isprintable() or char == "\u00a0" else " " for char in text)
    return re.sub(r" {2,}", " ", printable).strip()


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def domain() -> str:
    """The part after the @ of our own address, for Message-IDs."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def build(name: str, address: str, message: Message, *, language: str, recipient: Any = None):  # type: ignore[no-untyped-def]
    """The mail called `name` for `address`, in `language`, ready to be sent.

    Renders `templates/emails/<template>/` subject.txt, body.txt and, when there is one,
    body.html. Text templates are not escaped: there is nothing to inject into.
    """
    folder = f"emails/{message.template or name}"
    with translation.override(language):
        # The words of the layout win: a message that calls one of its own by their name must not
        # change what every mail says at its foot.
        context = {
            **message.context,
            "site": site(),
            "recipient": recipient,
            "lang": _tag(language),
            "answerable": "Reply-To" in message.headers,
            "why": message.why,
            "unsubscribe_url": message.unsubscribe_url,
        }
        subject = shortened(one_line(_text(f"{folder}/subject.txt", context)), SUBJECT_LENGTH)
        text = _tidy(_text(f"{folder}/body.txt", context))
        html = _html(f"{folder}/body.html", context | {"subject": subject})
    mail = EmailMultiAlternatives(
        subject, text, settings.DEFAULT_FROM_EMAIL, [one_line(address)], headers=_headers(message)
    )
    mail.extra_headers["Content-Language"] = _tag(language)
    if html:
        mail.attach_alternative(html, "text/html")
    return mail


def _tag(language: str) -> str:
    return "en" if language.startswith("en") else "fr-CA"


def _headers(message: Message) -> dict[str, str]:
    headers = {
        "Message-ID": message.message_id or make_msgid(domain=domain()),
        # Exchange reads this, and not Auto-Submitted nor List-Id: it answers no “out of office”.
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if message.automatic:
        headers["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if message.references:
        headers["In-Reply-To"] = message.references[-1]
        headers["References"] = " ".join(message.references)
    headers |= message.headers
    return {key: one_line(value) for key, value in headers.items()}


def _text(template: str, context: dict[str, Any]) -> str:
    source: Any = get_template(template)
    rendered: str = source.template.render(Context(context, autoescape=False))
    return rendered


def _html(template: str, context: dict[str, Any]) -> str:
    try:
        return get_template(template).render(context)
    except TemplateDoesNotExist as missing:
        if str(missing) != template:
            raise
        return ""


def _tidy(text: str) -> str:
    """Plain text without the blank lines that template tags leave behind."""
    # “-- ” begins the part that mail programs leave out of answers: its space counts.
    lines = "\n".join(line if line == "-- " else line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
