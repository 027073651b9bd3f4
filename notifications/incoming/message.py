"""A raw mail read into plain values: what the rest of the house knows of the format of mails.

`parse` is a pure function, for mails that arrive as for those of an archive. It reads what mail
programs really send: wrong charsets, HTML alone, format=flowed, calendar parts, files without name.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import functools
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from notifications.incoming import html as markup
from notifications.incoming.errors import Unreadable

# A logo of a signature is drawn in the text and light; a photo that somebody shows is heavier.
DECORATION_BYTES = 32_000
MAX_PARTS = 200
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
ANGLES = re.compile(r"<([^<>]*)>")
ADDRESS = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")
# Past this, a text is a file: nobody wrote it in a mail, and reading its HTML takes long.
MAX_TEXT = 2_000_000
# What is about the mail and not of it: never a file that somebody sends.
NOT_FILES = {
    "text/calendar",
    "application/ics",
    "application/ms-tnef",
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "message/delivery-status",
    "message/disposition-notification",
}


class _Policy(email.policy.EmailPolicy):
    """The library's, which reads a header anew each time that it is asked for; here, the short
    ones once: a text asks ten times what its type is, and ten thousand mails have the same."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        return _parsed(name, value) if len(value) < 200 else super().header_fetch_parse(name, value)


@functools.lru_cache(maxsize=500)
def _parsed(name: str, value: str) -> Any:
    return email.policy.default.header_fetch_parse(name, value)


POLICY = _Policy()


@dataclass(frozen=True)
class Attached:
    """One file of a mail. `content_type` is what the mail claims, which proves nothing."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class ReadMail:
    """What a mail says. `text` is plain, its quotations marked by ">"; `size` is in bytes.

    `headers` gives each header's values, in order, under its name in lower case.
    """

    sender: str
    sender_name: str
    to: list[str]
    subject: str
    text: str
    message_id: str
    references: list[str]
    date: datetime | None
    size: int
    attachments: list[Attached] = field(default_factory=list)
    headers: dict[str, list[str]] = field(default_factory=dict)
    content_type: str = "text/plain"
    calendar_method: str = ""

    def header(self, name: str) -> str:
        """The first value of a header, or nothing."""
        return next(iter(self.headers.get(name.lower(), ())), "")

    @property
    def identity(self) -> str:
        """What makes two deliveries the same mail: its Message-ID, else what it says."""
        said = self.message_id or "\0".join((self.sender, self.subject, str(self.date), self.text))
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def parse(raw: bytes) -> ReadMail:
    """The values of a mail in the form of RFC 5322. Raises `Unreadable` when nobody, or more
    than one person, says to have written it."""
    try:
        return _read(email.message_from_bytes(raw, policy=POLICY), len(raw))
    except (RecursionError, LookupError, ValueError, AttributeError, TypeError):
        # What the library makes of parts in parts without end, or of what is no mail at all.
        raise Unreadable from None


def _read(mail: Any, size: int) -> ReadMail:
    headers = _headers(mail)
    name, sender = _author(mail)
    body = _Body()
    body.read(mail)
    return ReadMail(
        sender=sender,
        sender_name=name,
        to=[address for _name, address in _addresses(_recipients(headers))],
        subject=" ".join(next(iter(headers.get("subject", ())), "").split()),
        text=body.text(),
        message_id=_first_id(headers.get("message-id", [])),
        references=_ids([*headers.get("references", []), *headers.get("in-reply-to", [])]),
        date=_date(headers.get("date", [])),
        size=size,
        attachments=body.attached,
        headers=headers,
        content_type=mail.get_content_type(),
        calendar_method=body.calendar_method,
    )


# ------------------------------------------------------------------------------------ headers


def _headers(mail: EmailMessage) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, raw in mail.raw_items():
        found.setdefault(name.lower(), []).append(_decoded(name, raw))
    return found


def _decoded(name: str, raw: Any) -> str:
    """A header as text. One that is not as it should be is kept as it came."""
    try:
        said = str(email.policy.default.header_fetch_parse(name, raw))
    except Exception:  # the library fails in many ways on headers that are wrong
        said = str(raw)
    said = said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(said.replace("\0", "").split("\n")).strip()


def _author(mail: EmailMessage) -> tuple[str, str]:
    """The name and the address of who wrote it. Raises `Unreadable` unless there is one.

    The address is what stands between "<" and ">", as it was written: a name may look like another
    address, and the library then takes it for one.
    """
    written = [str(raw) for name, raw in mail.raw_items() if name.lower() == "from"]
    if len(written) != 1:
        raise Unreadable
    said = " ".join(written[0].split())
    between = ANGLES.findall(QUOTED.sub("", said))
    if not between:
        authors = _addresses([_decoded("From", said)])
        if len(authors) != 1:
            raise Unreadable
        return authors[0]
    if len(between) > 1 or not ADDRESS.fullmatch(between[0].strip()):
        raise Unreadable
    name = _decoded("Subject", said[: said.rindex("<")])
    return name.strip(" \t\"'"), between[0].strip().lower()


def _recipients(headers: dict[str, list[str]]) -> list[str]:
    names = ("delivered-to", "x-original-to", "x-forwarded-to", "to", "cc")
    return [value for name in names for value in headers.get(name, ())]


def _addresses(values: list[str]) -> list[tuple[str, str]]:
    pairs = getaddresses(values)
    return list(dict.fromkeys((name, found.strip().lower()) for name, found in pairs if found))


def _ids(values: list[str]) -> list[str]:
    return list(
        dict.fromkeys(found for value in values for found in re.findall(r"<[^<>\s]+>", value))
    )


def _first_id(values: list[str]) -> str:
    return next(iter(_ids(values)), "")


def _date(values: list[str]) -> datetime | None:
    with contextlib.suppress(ValueError, TypeError, IndexError):
        return parsedate_to_datetime(values[0])
    return None


# --------------------------------------------------------------------------------------- body


class _Body:
    """The parts of a mail, sorted: its text, its text in HTML, its files."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.attached: list[Attached] = []
        self.calendar_method = ""

    def read(self, mail: EmailMessage) -> None:
        for count, (part, related) in enumerate(_leaves(mail)):
            if count >= MAX_PARTS:
                return
            self._take(part, related=related)

    def text(self) -> str:
        """The plain version when it says something, else the HTML one as plain text."""
        plain = "\n\n".join(text for text in self.plain if text.strip())
        if plain.strip(markup.BLANKS):
            return plain
        return "\n\n".join(markup.to_text(html) for html in self.html)

    def _take(self, part: EmailMessage, *, related: bool) -> None:
        type_ = part.get_content_type()
        if type_ == "text/calendar":
            self.calendar_method = self.calendar_method or _parameter(part, "method").upper()
        if type_ in NOT_FILES:
            return
        name = _file_name(part)
        short = len(part.get_payload()) < MAX_TEXT
        shown = part.get_content_disposition() != "attachment" and not name and short
        if type_ == "text/plain" and shown:
            self.plain.append(_unflowed(part, _text(part)))
        elif type_ == "text/html" and shown:
            self.html.append(_text(part))
        else:
            content = _bytes(part)
            decoration = related and type_.startswith("image/") and len(content) < DECORATION_BYTES
            if content and not decoration:
                self.attached.append(Attached(name or "piece-jointe", type_, content))


def _leaves(part: EmailMessage, *, related: bool = False) -> Iterator[tuple[EmailMessage, bool]]:
    """The parts that hold something, and whether each stands in a text with its images."""
    if not part.is_multipart() or part.get_content_type() == "message/rfc822":
        yield part, related
        return
    inside = related or part.get_content_type() == "multipart/related"
    for child in part.get_payload():
        if isinstance(child, EmailMessage):
            yield from _leaves(child, related=inside)


def _parameter(part: EmailMessage, name: str) -> str:
    with contextlib.suppress(Exception):  # as for headers
        return str(part.get_param(name) or "")
    return ""


def _file_name(part: EmailMessage) -> str:
    """The name of a file, without the folders that it pretends to stand in."""
    with contextlib.suppress(Exception):  # as for headers
        return re.split(r"[\\/]", part.get_filename() or "")[-1].strip(". \t")
    return ""


def _bytes(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        return b"".join(child.as_bytes() for child in part.get_payload() if child)  # type: ignore[union-attr]
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: EmailMessage) -> str:
    """The text of a part, in the charset that it says or, when that is wrong, in a likely one."""
    content = _bytes(part)
    said = (part.get_content_charset() or "utf-8").lower()
    # What calls itself Latin-1 is Windows's, as browsers know.
    said = "cp1252" if said in ("iso-8859-1", "latin-1", "us-ascii", "ascii") else said
    for charset in ("utf-8", said, "cp1252") if said == "cp1252" else (said, "utf-8", "cp1252"):
        with contextlib.suppress(LookupError, UnicodeError):
            return _clean(content.decode(charset))
    return _clean(content.decode("latin-1"))


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")


def _unflowed(part: EmailMessage, text: str) -> str:
    """RFC 3676: lines that end with a blank go on in the next line of the same quotation."""
    if _parameter(part, "format").lower() != "flowed":
        return text
    deleted = _parameter(part, "delsp").lower() == "yes"
    found: list[tuple[str, str]] = []
    open_ = False
    for line in text.split("\n"):
        quotes = line[: len(line) - len(line.lstrip(">"))]
        rest = line[len(quotes) :].removeprefix(" ")
        flows = rest.endswith(" ") and rest != "-- "
        rest = rest[:-1] if flows and deleted else rest
        if open_ and found[-1][0] == quotes and rest != "-- ":
            found[-1] = (quotes, f"{found[-1][1]}{rest}")
        else:
            found.append((quotes, rest))
        open_ = flows
    return "\n".join(f"{quotes} {rest}" if quotes else rest for quotes, rest in found)
