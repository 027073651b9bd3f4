"""Before a text is published: what in it could identify a young person, and how to mend it.

What is found lives in the answer to one request. It is neither stored nor logged.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from core import identifiers
from core.identifiers import Finding, Segment


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


def part(label: str, field_name: str, text: str) -> Part | None:
    """What was found in one text, None when nothing was. Without a `field_name`, the form that
    comes back cannot mend it by itself."""
    findings = identifiers.find_identifiers(text)
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


def found_in(name: str) -> bool:
    """Whether the name of a file could identify a young person."""
    return bool(identifiers.find_identifiers(name))


def chosen(text: str, which: str) -> list[Finding]:
    """What is to be replaced in a text: one finding (`which` is its rank), or all of them."""
    findings = identifiers.find_identifiers(text)
    if which == "all":
        return findings
    rank = int(which) if which.isdecimal() and len(which) < 6 else -1
    return findings[rank : rank + 1] if 0 <= rank < len(findings) else []


def mended(text: str, which: str) -> str:
    """The text with one finding replaced, or all of them ("all")."""
    return identifiers.replaced(text, chosen(text, which))
