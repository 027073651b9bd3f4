"""An archive of mails in one file, as Mailman, Groups.io and Gmail give it.

The file is gone through once for the headers of its mails, which say what answers what; each mail
is then read by itself, where it stands. The memory taken does not depend on the files in it.
"""

from __future__ import annotations

import hashlib
import mmap
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from core.text import fold
from notifications.incoming import written_by_a_machine

# A line that begins a mail: quoted texts begin lines with "From " too, without a moment.
BEGINS = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{0,200}\d{1,2}:\d{2}[^\r\n]{0,40}\d{4}\r?\n"
)
MANGLED = re.compile(rb"^>(>*From )", re.M)
HEADERS_END = re.compile(rb"\r?\n\r?\n")
HEADERS_BYTES = 200_000
ID = re.compile(r"<[^<>\s]+>")
REPLY = re.compile(r"^(?:(?:re|ré|rép|aw|sv)\s*(?:\[\d+\])?\s*:\s*)+", re.I)
FORWARD = re.compile(r"^(?:(?:tr|fw|fwd|wg|transf)\s*:\s*)+", re.I)
TAG = re.compile(r"^\[([^\]]{1,40})\]\s*")
VIA = re.compile(r"\s+(?:via|par l[’']entremise de)\s+.*$", re.I)
MAX_NAME = 80
# A word between brackets that so many subjects bear is the list's, and says nothing.
COMMON_TAG = 0.3
EMAIL_BEGINS = 1980
# What a mailbox holds besides what was sent and received.
NOT_SENT = {
    "draft", "drafts", "brouillon", "brouillons", "spam", "pourriel", "pourriels", "trash",
    "corbeille",
}  # fmt: skip
READ = (
    "auto-submitted", "content-type", "date", "from", "in-reply-to", "message-id", "references",
    "reply-to", "subject", "x-gm-thrid", "x-gmail-labels", "x-original-from",
)  # fmt: skip
ADDRESSES = ("from", "reply-to", "x-original-from")
PARSER = BytesHeaderParser()


@dataclass(slots=True)
class Letter:
    """What the headers of one mail say, and where it stands in the file.

    `number` counts from 1; `date` is in UTC, that of the mail before it when it says none; `title`
    is the subject without "Re:" nor the list's tag. `identity` is the same for the same mail in
    any archive. `withheld`: a machine wrote it, or it is a draft or spam of a mailbox.
    """

    number: int
    start: int
    stop: int
    identity: str
    message_id: str
    references: list[str]
    conversation: str
    subject: str
    sender: str
    name: str
    date: datetime
    withheld: bool
    title: str = ""
    is_reply: bool = False
    answers: Letter | None = field(default=None, repr=False)


class Archive:
    """An open archive: its letters, in the order of the file, and the raw mail of each."""

    def __init__(self, content: mmap.mmap | bytes) -> None:
        self.content = content
        self.letters = list(self._letters())
        _name_subjects(self.letters)

    def raw(self, letter: Letter) -> bytes:
        """The mail, as it was before it was put in the archive."""
        return MANGLED.sub(rb"\1", self.content[letter.start : letter.stop])

    def _letters(self) -> Iterator[Letter]:
        begins = [match.span() for match in BEGINS.finditer(self.content)]
        stops = [*(at for at, _start in begins[1:]), len(self.content)]
        date = datetime(1970, 1, 1, tzinfo=UTC)
        for number, ((_at, start), stop) in enumerate(zip(begins, stops, strict=False), 1):
            letter = self._letter(number, start, stop, date)
            date = letter.date
            yield letter

    def _letter(self, number: int, start: int, stop: int, before: datetime) -> Letter:
        farthest = min(stop, start + HEADERS_BYTES)
        found = HEADERS_END.search(self.content, start, farthest)
        head = self.content[start : found.end() if found else farthest]
        said = _headers(head)
        name, sender = _author(said)
        message_id = next(iter(ID.findall(said.get("message-id", ""))), "")
        answered = f"{said.get('references', '')} {said.get('in-reply-to', '')}"
        known = message_id.encode("utf-8", "replace") or head + str(stop - start).encode()
        gmail = said.get("x-gm-thrid", "")
        return Letter(
            number=number,
            start=start,
            stop=stop,
            identity=hashlib.sha256(known).hexdigest(),
            message_id=message_id,
            references=[one for one in dict.fromkeys(ID.findall(answered)) if one != message_id],
            conversation=f"gmail:{gmail}" if gmail else "",
            subject=said.get("subject", ""),
            sender=sender,
            name=name,
            date=_date(said.get("date", "")) or before,
            withheld=_withheld(said, sender),
        )


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive of that file. Raises `OSError`."""
    if path.stat().st_size == 0:
        yield Archive(b"")
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield Archive(content)


def _headers(head: bytes) -> dict[str, str]:
    """The first value of each header, on one line, under its name in lower case; those that hold
    an address as they are written, the others as they are read."""
    found: dict[str, str] = {}
    for name, raw in PARSER.parsebytes(head).raw_items():
        found.setdefault(name.lower(), str(raw))
    said = {name: _decoded(found[name]) for name in READ if name in found}
    return {name: text if name in ADDRESSES else _words(text) for name, text in said.items()}


def _decoded(raw: str) -> str:
    """The characters of a header, on one line."""
    content = raw.encode("utf-8", "surrogateescape")
    for charset in ("utf-8", "cp1252", "latin-1"):
        with suppress(UnicodeDecodeError):
            return " ".join(content.decode(charset).replace("\0", "").split())
    return ""


def _words(said: str) -> str:
    """The text of a header that mail programs encoded (RFC 2047)."""
    if "=?" in said:
        with suppress(Exception):  # the library fails in many ways on headers that are wrong
            said = str(make_header(decode_header(said)))
    return " ".join(said.encode("utf-8", "replace").decode().replace("\0", "").split())


def _address(said: str) -> tuple[str, str]:
    """The name and the address of a header. The name is read once they are apart: it may hold a
    comma."""
    name, address = parseaddr(said)
    return _words(name), address.strip().lower()


def _author(said: dict[str, str]) -> tuple[str, str]:
    """Who wrote it, name and address: lists that sign in her place say who she is besides."""
    author = said.get("x-original-from") or said.get("from", "")
    name, address = _address(author)
    if "@" not in address:
        # "maude at exemple.org (Maude)": archives that are shown on the Web.
        name, address = _address(re.sub(r"^(\S+) at (\S+)", r"\1@\2", author))
    if VIA.search(name):
        _name, answered = _address(said.get("reply-to", ""))
        local, _at, host = address.partition("@")
        if host == "groups.io" and "=" in local:
            address = local.replace("=", "@", 1)
        elif "@" in answered:
            address = answered
        name = VIA.sub("", name)
    name = " ".join(name.strip(" '\"").split()) or address.partition("@")[0]
    return name[:MAX_NAME], address if "@" in address else ""


def _withheld(said: dict[str, str], sender: str) -> bool:
    labels = {fold(label) for label in said.get("x-gmail-labels", "").split(",")}
    type_ = said.get("content-type", "").partition(";")[0].strip().lower()
    submitted = said.get("auto-submitted", "")
    return bool(labels & NOT_SENT) or written_by_a_machine(
        sender, said.get("subject", ""), submitted, type_
    )


def _date(said: str) -> datetime | None:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        date = parsedate_to_datetime(said)
        moment = date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
        # A clock that was wrong does not put a text of the past in the future.
        if moment.year >= EMAIL_BEGINS and moment <= datetime.now(UTC):
            return moment
    return None


def _name_subjects(letters: list[Letter]) -> None:
    """Give each letter its title, and say whether its subject is that of an answer."""
    tags: Counter[str] = Counter()
    for letter in letters:
        match = TAG.match(REPLY.sub("", letter.subject))
        if match:
            tags[fold(match[1])] += 1
    common = {tag for tag, count in tags.items() if count > len(letters) * COMMON_TAG}
    for letter in letters:
        title = letter.subject
        while True:
            match = TAG.match(title)
            shorter = title[match.end() :] if match and fold(match[1]) in common else title
            answer = REPLY.sub("", shorter)
            letter.is_reply = letter.is_reply or answer != shorter
            answer = FORWARD.sub("", answer)
            if answer == title:
                break
            title = answer
        letter.title = title
