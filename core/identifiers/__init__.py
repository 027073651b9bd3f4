"""What could identify a young person in a text, and where it is.

A pure function: text in, findings out. No model, no database, no file, and on purpose no logger:
what is found exists only in the answer. Each door that takes a text (post, edit, title, file name,
mail, import) calls `find_identifiers`, warns the person with the kinds, and lets her decide.

The formats (the table "Identifier helper" of the quality document):

- permanent code (ministère de l'Éducation): 4 letters, DDMMYY and two digits; women month + 50,
  born after 1999 day + 62;
- health insurance number (RAMQ): 4 letters, YYMMDD and two digits; women month + 50;
- social insurance number: 3-3-3 digits that pass Luhn, whatever the first digit; the same nine
  digits followed by RC, RP, RT, RM or RR are a business number;
- telephone: what `phonenumbers` holds valid for Canada. Left alone, because they cannot belong to
  a young person: toll-free numbers, the text line of Tel-jeunes, and ten digits in a row that are
  a valid NEQ (Québec enterprise number);
- civic address: a number, a street type and a capitalised name;
- birth date: a full date within 25 characters of *né*, *née*, *DDN* or *naissance*;
- file number: *fiche*, *dossier*, *matricule* or *usager*, then five digits or more;
- first name with a named school and a level, together in a paragraph: less certain.

The search reads a folded copy (`folding`), twice when there are line breaks: as blanks, and as
nothing. All repetitions in the patterns are bounded: the time is linear in the text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .dates import birth_dates
from .folding import fold, has_line_break
from .kinds import Kind, Span
from .names import addresses, combinations
from .numbers import file_numbers, letters_and_digits, social_numbers, telephones

__all__ = [
    "Finding", "Kind", "Segment", "find_identifiers", "kinds_in", "replaced", "segments", "summary",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One identifier: `text[start:end]` of the text as it was given."""

    kind: Kind
    start: int
    end: int
    replacement: str

    @property
    def certain(self) -> bool:
        return self.kind.certain


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text for the page: `kind` is None where nothing was found."""

    text: str
    kind: Kind | None


def find_identifiers(text: str) -> list[Finding]:
    """Findings in reading order, never overlapping, with offsets in `text`."""
    spans = fresh = _find(text)
    # Taking an identifier away can free another (a NAS glued to a telephone): look again at the
    # text as it would be corrected. Bounded, to stay linear on hostile text.
    for _round in range(MAX_ROUNDS):
        if not fresh:
            break
        correction = _correct(text, spans)
        fresh = [correction.origin(span) for span in _find(correction.text)]
        spans = _disjoint([*spans, *fresh])
    return [Finding(kind, start, end, kind.replacement) for kind, start, end in spans]


def kinds_in(text: str) -> set[Kind]:
    """The kinds of identifiers of a text: all that may be kept about them."""
    return {finding.kind for finding in find_identifiers(text)}


def summary(findings: Iterable[Finding]) -> list[Kind]:
    """The kinds, once each, in the order of the list of kinds: no text, no place."""
    found = {finding.kind for finding in findings}
    return [kind for kind in Kind if kind in found]


def replaced(text: str, findings: Iterable[Finding]) -> str:
    """The text with every finding replaced: the correction that the page proposes."""
    return _correct(text, [(f.kind, f.start, f.end) for f in findings]).text


def segments(text: str, findings: Iterable[Finding]) -> list[Segment]:
    """The whole text cut in stretches, for a page that marks what was found."""
    parts: list[Segment] = []
    at = 0
    for finding in sorted(findings, key=lambda f: f.start):
        parts.append(Segment(text[at : finding.start], None))
        parts.append(Segment(text[finding.start : finding.end], finding.kind))
        at = finding.end
    parts.append(Segment(text[at:], None))
    return [part for part in parts if part.text]


MAX_ROUNDS = 4
SEARCHES: tuple[Callable[[str], Iterator[Span]], ...] = (
    letters_and_digits,
    telephones,
    birth_dates,
    file_numbers,
    social_numbers,
    addresses,
    combinations,
)
MASK = "\x00"  # never in a folded text


def _find(text: str) -> list[Span]:
    folded = fold(text, line_break=" ")
    spans = [(kind, *folded.origin(start, end)) for kind, start, end in _search(folded.text)]
    if has_line_break(text):
        glued = fold(text, line_break="")
        again = [(kind, *glued.origin(start, end)) for kind, start, end in _search(glued.text)]
        # The second reading only adds what a line break had cut.
        spans += [span for span in again if has_line_break(text[span[1] : span[2]])]
    return _disjoint(spans)


def _search(text: str) -> list[Span]:
    """The spans of a folded text. Each search sees what the earlier ones found as a blank."""
    spans: list[Span] = []
    for search in SEARCHES:
        found = _disjoint(search(text))
        spans += found
        if found:
            pieces: list[str] = []
            at = 0
            for _kind, start, end in found:
                pieces += [text[at:start], MASK * (end - start)]
                at = end
            text = "".join([*pieces, text[at:]])
    return spans


def _disjoint(spans: Iterable[Span]) -> list[Span]:
    """Sorted spans; overlapping ones become one, of a kind that is certain if any is."""
    merged: list[Span] = []
    for kind, start, end in sorted(spans, key=lambda span: (span[1], -span[2])):
        if merged and start < merged[-1][2]:
            other, first, last = merged[-1]
            keep = kind if kind.certain and not other.certain else other
            merged[-1] = (keep, first, max(last, end))
        else:
            merged.append((kind, start, end))
    return merged


@dataclass(frozen=True, slots=True)
class _Correction:
    """A corrected text, and its replacements: where each starts in it, and (end in it, start and
    end in the original)."""

    text: str
    starts: list[int]
    places: list[tuple[int, int, int]]

    def origin(self, span: Span) -> Span:
        kind, start, end = span
        first = self._origin(bisect_right(self.starts, start) - 1, start, side=1)
        last = self._origin(bisect_left(self.starts, end) - 1, end, side=2)
        return kind, first, last

    def _origin(self, index: int, offset: int, *, side: int) -> int:
        if index < 0:
            return offset
        place = self.places[index]
        return place[side] if offset < place[0] else offset - place[0] + place[2]


def _correct(text: str, spans: Iterable[Span]) -> _Correction:
    pieces: list[str] = []
    starts: list[int] = []
    places: list[tuple[int, int, int]] = []
    at = length = 0
    for kind, start, end in sorted(spans, key=lambda span: span[1]):
        new = kind.replacement
        length += start - at
        starts.append(length)
        length += len(new)
        places.append((length, start, end))
        pieces += [text[at:start], new]
        at = end
    return _Correction("".join([*pieces, text[at:]]), starts, places)
