"""Before a text is published: what in it could identify a young person, and how to mend it.

What is found lives in the answer to one request. It is neither stored nor logged.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from core import identifiers, richtext
from core.identifiers import Finding, Segment
from forums.services.common import MAX_TEXT, plain

TAG = re.compile(r"(<[^>]*>)")
# Longer than this cannot be published: it is not worth the time of a long look.
MOST = 2 * MAX_TEXT


@dataclass(frozen=True)
class Proposal:
    """One thing found: the word for its kind, and what to write instead. `place` says where it is
    to the form that comes back ("text:0")."""

    found: str
    kind: str
    replacement: str
    place: str


@dataclass(frozen=True)
class Part:
    """One text in which something was found, cut in stretches for the page."""

    label: str
    segments: list[Segment]
    proposals: list[Proposal] = field(default_factory=list)


def look(text: str, *, is_html: bool, title: str = "", names: Iterable[str] = ()) -> list[Part]:
    """The parts of what is to be published that could identify a young person; none is best."""
    said = shown(text, is_html=is_html)
    parts = [
        _part(_("In the title"), "title", title),
        _part(_("In the text"), "text", said),
        *(_part(_("In the name of a file"), "", name) for name in names),
    ]
    return [part for part in parts if part is not None]


def found_in(name: str) -> bool:
    """Whether the name of a file could identify a young person."""
    return bool(identifiers.find_identifiers(name))


def shown(text: str, *, is_html: bool) -> str:
    """What readers would read."""
    try:
        return richtext.from_html(text).text if is_html else text
    except richtext.TooLong:
        return ""


def _part(label: str, field_name: str, text: str) -> Part | None:
    findings = identifiers.find_identifiers(text[:MOST])
    if not findings:
        return None
    proposals = [
        Proposal(
            found=text[one.start : one.end],
            kind=str(one.kind.label),
            replacement=one.replacement,
            place=f"{field_name}:{index}" if field_name else "",
        )
        for index, one in enumerate(findings)
    ]
    return Part(label, identifiers.segments(text, findings), proposals)


def mended(text: str, which: str, *, is_html: bool = False) -> tuple[str, bool]:
    """The text with one finding replaced (`which` is its rank), or all of them ("all"), and
    whether it is still HTML."""
    said = shown(text, is_html=is_html)
    findings = identifiers.find_identifiers(said[:MOST])
    if which != "all":
        rank = int(which) if which.isdecimal() and len(which) < 6 else -1
        findings = findings[rank : rank + 1] if 0 <= rank < len(findings) else []
    if not findings:
        return text, is_html
    corrected = identifiers.replaced(said, findings)
    if not is_html:
        return corrected, False
    mended_html = _in_html(richtext.from_html(text).html, said, findings)
    if richtext.from_html(mended_html).text == corrected:
        return mended_html, True
    # What was found runs over marks of the editor: the words matter more than the bold.
    return plain(corrected).html, True


def _in_html(html: str, said: str, findings: list[Finding]) -> str:
    """The same replacements in the words between the tags, each once."""
    pieces = TAG.split(html)
    for one in findings:
        words = said[one.start : one.end]
        for index, piece in enumerate(pieces):
            if piece.startswith("<"):
                continue
            plain_piece = entities.unescape(piece)
            if words in plain_piece:
                changed = plain_piece.replace(words, one.replacement, 1)
                pieces[index] = entities.escape(changed, quote=False)
                break
    return "".join(pieces)
