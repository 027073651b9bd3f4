"""Looks at what is about to be deposited: what to propose, and what could identify a young person.

What is found lives in the answer to one request. The form carries a signed word that says whether
the text of a file was looked into, and whether something was there: nothing of what it was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core import identifiers, warning
from core.errors import Refused
from core.identifiers import Segment
from core.signing import make_token, read_token
from core.warning import Part
from library.reading import propose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.identifiers import Finding
    from core.models import StoredFile
    from library.extraction.proposals import Proposals

PURPOSE = "looked"
# As long as a loose file is kept.
AGE = timedelta(hours=48)
# What one page takes for the files of its form; the others are looked into at the next sending.
SECONDS = 8.0
# A longer text is looked into as far as this.
MOST = 200_000
# Of what was found in a file, the first ones, with so many letters on each side.
SHOWN = 5
AROUND = 60


@dataclass
class Patience:
    """The time that one page has for looking into files."""

    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.until


@dataclass(frozen=True)
class Look:
    """What to propose for a file, and what was found in its text (None: nothing)."""

    proposals: Proposals
    part: Part | None

    @property
    def found(self) -> bool:
        return self.part is not None


def look_into(stored: StoredFile) -> Look:
    """Read a file within a few seconds. Never raises: what cannot be read says nothing."""
    proposals = propose(stored)
    text = proposals.text[:MOST]
    findings = identifiers.find_identifiers(text)
    return Look(proposals, _excerpts(text, findings) if findings else None)


def in_file() -> Part:
    """That something was found in the text of a file, without showing it."""
    return Part(_("In the text of the file"), [])


def _excerpts(text: str, findings: list[Finding]) -> Part:
    """The first findings and the words around them."""
    segments: list[Segment] = []
    for one in findings[:SHOWN]:
        start, end = max(0, one.start - AROUND), one.end + AROUND
        segments += [
            Segment(f"…{_flat(text[start : one.start])}", None),
            Segment(text[one.start : one.end], one.kind),
            Segment(f"{_flat(text[one.end : end])}… ", None),
        ]
    return Part(_("In the text of the file"), segments)


def _flat(text: str) -> str:
    return " ".join(f"x{text}x".split())[1:-1]


def word(stored: StoredFile, *, found: bool) -> str:
    """The signed word of the form: this file was looked into."""
    return make_token(PURPOSE, file=stored.pk.hex, found=int(found))


def said(stored: StoredFile, token: str) -> bool | None:
    """Whether something was found in that file; None when it was not looked into yet."""
    try:
        ids = read_token(PURPOSE, token, AGE)
    except Refused:
        return None
    return bool(ids.get("found")) if ids.get("file") == stored.pk.hex else None


def in_words(fields: Mapping[str, tuple[str, str]]) -> list[Part]:
    """What was found in the words of a form: name of the field → (what it is called, its text)."""
    parts = [warning.part(label, name, text[:MOST]) for name, (label, text) in fields.items()]
    return [part for part in parts if part is not None]
