"""What could identify a young person in a text, and where it is.

A pure function: text in, findings out. No model, no database, no file, and on purpose no logger:
what is found exists only in the answer. Each door that takes a text (post, edit, title, file name,
mail, import) calls `find_identifiers`, warns the person with the kinds, and lets her decide.

The formats are those of the table "Identifier helper" of the quality document:

- permanent code (ministère de l'Éducation): 4 letters, then DDMMYY and two digits; women month + 50,
  born after 1999 day + 62;
- health insurance number (RAMQ): 4 letters, then YYMMDD and two digits; women month + 50;
- social insurance number: 3-3-3 digits that pass Luhn, whatever the first digit; the same nine
  digits followed by RC, RP, RT, RM or RR are a business number;
- telephone: what `phonenumbers` holds valid for Canada. Left alone, because they cannot belong to a
  young person: toll-free numbers, the youth help line's own number, and ten digits in a row that
  are a valid NEQ (Québec enterprise number);
- civic address: a number, a street type and a capitalised name;
- birth date: a full date within 25 characters of *né*, *née*, *DDN* or *naissance*;
- file number: *fiche*, *dossier*, *matricule* or *usager*, then five digits or more;
- first name with a named school and a level, together in a paragraph: less certain.

The search works on a folded copy of the text, in which every character knows the place it came
from: compatibility forms (full-width digits, ligatures) become plain, soft hyphens, zero-width and
combining marks disappear, every dash is "-", every blank is one space, a line break is a blank (and
in a second reading, nothing), an empty line is a wall. All repetitions in the patterns are bounded,
so that the time is linear in the text.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .first_names import FIRST_NAMES

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


class Kind(StrEnum):
    """A kind of identifier. The value is stable; the label is for people."""

    PERMANENT_CODE = "permanent-code"
    HEALTH_NUMBER = "health-number"
    SOCIAL_NUMBER = "social-number"
    TELEPHONE = "telephone"
    ADDRESS = "address"
    BIRTH_DATE = "birth-date"
    FILE_NUMBER = "file-number"
    COMBINATION = "combination"

    @property
    def label(self) -> str | Promise:
        return LABELS[self]

    @property
    def replacement(self) -> str:
        """What to write instead, in the language of the reader."""
        return str(REPLACEMENTS[self])

    @property
    def certain(self) -> bool:
        """False for a kind that is a guess from several clues."""
        return self is not Kind.COMBINATION


LABELS: dict[Kind, str | Promise] = {
    Kind.PERMANENT_CODE: _("Permanent code"),
    Kind.HEALTH_NUMBER: _("Health insurance number"),
    Kind.SOCIAL_NUMBER: _("Social insurance number"),
    Kind.TELEPHONE: _("Telephone number"),
    Kind.ADDRESS: _("Civic address"),
    Kind.BIRTH_DATE: _("Date of birth"),
    Kind.FILE_NUMBER: _("File number"),
    Kind.COMBINATION: _("First name, school and level together"),
}

# No digit and no word that the patterns look for: a replacement must not be found in its turn.
REPLACEMENTS: dict[Kind, str | Promise] = {
    Kind.PERMANENT_CODE: _("[code removed]"),
    Kind.HEALTH_NUMBER: _("[health number removed]"),
    Kind.SOCIAL_NUMBER: _("[social number removed]"),
    Kind.TELEPHONE: _("[telephone removed]"),
    Kind.ADDRESS: _("[address removed]"),
    Kind.BIRTH_DATE: _("[date removed]"),
    Kind.FILE_NUMBER: _("[number removed]"),
    Kind.COMBINATION: _("[first name removed]"),
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One identifier: `text[start:end]` of the text as it was given."""

    start: int
    end: int
    kind: Kind
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
    spans = _find_spans(text)
    # Taking an identifier away can free another (a NAS glued to a telephone): look again at the
    # text as it would be corrected, until it is clean. Bounded, to stay linear on hostile text.
    fresh = spans
    for _round in range(MAX_ROUNDS):
        if not fresh:
            break
        corrected, places = _correct(text, spans)
        fresh = [
            (kind, _origin(places, start, start=True), _origin(places, end, start=False))
            for kind, start, end in _find_spans(corrected)
        ]
        spans = _disjoint([*spans, *fresh])
    return [Finding(start, end, kind, kind.replacement) for kind, start, end in spans]


def kinds_in(text: str) -> set[Kind]:
    """The kinds of identifiers of a text: all that may be stored about them."""
    return {finding.kind for finding in find_identifiers(text)}


def summary(findings: Iterable[Finding]) -> list[Kind]:
    """The kinds, once each, in the order of the list of kinds: no text, no place."""
    found = {finding.kind for finding in findings}
    return [kind for kind in Kind if kind in found]


def replaced(text: str, findings: Iterable[Finding]) -> str:
    """The text with every finding replaced: the correction that the page proposes."""
    return _correct(text, [(f.kind, f.start, f.end) for f in findings])[0]


def segments(text: str, findings: Iterable[Finding]) -> list[Segment]:
    """The whole text cut in stretches, for a page that marks what was found."""
    parts: list[Segment] = []
    at = 0
    for finding in sorted(findings):
        if finding.start > at:
            parts.append(Segment(text[at : finding.start], None))
        parts.append(Segment(text[finding.start : finding.end], finding.kind))
        at = finding.end
    if at < len(text):
        parts.append(Segment(text[at:], None))
    return parts


Span = tuple[Kind, int, int]

MAX_ROUNDS = 4


# ------------------------------------------------------------------------------ the folded text


@dataclass(slots=True)
class Folded:
    """A plain copy of the text; `starts[i]:ends[i]` is the origin of its i-th character."""

    text: str
    starts: list[int]
    ends: list[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        return self.starts[start], self.ends[end - 1]


# A base character with its combining marks; marks may also come alone, at the start of a text.
CLUSTER = re.compile(
    r"[^\u0300-\u036f\u20d0-\u20f0\ufe00-\ufe0f][\u0300-\u036f\u20d0-\u20f0\ufe00-\ufe0f]*|.", re.S
)
LINE_BREAKS = "\n\x0b\x0c\r\x85\u2028\u2029"
APOSTROPHES = "\u2018\u2019\u02bc\u2032\u00b4`"


def _plain(cluster: str) -> str:
    """The plain form of a cluster: "" when it is invisible, " " for any blank."""
    char = cluster[0]
    if cluster == char and char.isascii() and char.isprintable():
        return " " if char == "_" else "'" if char == "`" else char
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    if char in LINE_BREAKS:
        return "\n"
    if char in APOSTROPHES:
        return "'"
    category = unicodedata.category(char)
    if char == "\t" or category == "Zs":
        return " "
    if category in {"Cf", "Cc", "Mn", "Me", "Cn", "Co", "Cs"}:
        return ""
    if category == "Pd" or char == "\u2212":
        return "-"
    # No isolated mark survives: a keycap or an emoji selector after a digit is decoration.
    folded = unicodedata.normalize("NFKC", cluster)
    return "".join(c for c in folded if unicodedata.category(c) not in {"Mn", "Me", "Cf", "Cc"})


def _fold(text: str, line_break: str) -> Folded:
    """Fold a text; a lone line break becomes `line_break`, an empty line stays "\n"."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    known: dict[str, str] = {}
    blank_at = -1  # where the current run of blanks began, -1 outside
    blank_end = 0
    breaks = 0
    previous = ""

    def add(plain: str, start: int, end: int) -> None:
        for char in plain:
            chars.append(char)
            starts.append(start)
            ends.append(end)

    for match in CLUSTER.finditer(text):
        cluster = match[0]
        plain = known.get(cluster)
        if plain is None:
            plain = known[cluster] = _plain(cluster)
        if not plain:
            continue
        if plain in {" ", "\n"}:
            if blank_at < 0:
                blank_at = match.start()
                breaks = 0
            blank_end = match.end()
            # "\r\n" is one line break.
            breaks += plain == "\n" and not (cluster == "\n" and previous == "\r")
            previous = cluster
            continue
        previous = cluster
        if blank_at >= 0:
            add("\n" if breaks > 1 else line_break if breaks else " ", blank_at, blank_end)
            blank_at = -1
        # A compatibility form may unfold with blanks of its own ("´"): one space is enough.
        add(plain.strip() or " ", match.start(), match.end())
    return Folded("".join(chars), starts, ends)


def _find_spans(text: str) -> list[Span]:
    folded = _fold(text, " ")
    spans = [(kind, *folded.origin(start, end)) for kind, start, end in _search(folded.text)]
    if any(char in text for char in LINE_BREAKS):
        glued = _fold(text, "")
        extra = [(kind, *glued.origin(start, end)) for kind, start, end in _search(glued.text)]
        # The second reading only adds what a line break had cut.
        spans += [s for s in extra if any(c in text[s[1] : s[2]] for c in LINE_BREAKS)]
    return _disjoint(spans)


def _disjoint(spans: Iterable[Span]) -> list[Span]:
    """Sorted spans, overlapping ones merged under the kind that is certain, else the first."""
    merged: list[Span] = []
    for kind, start, end in sorted(spans, key=lambda span: (span[1], -span[2])):
        if merged and start < merged[-1][2]:
            other, first, last = merged[-1]
            keep = other if other.certain or not kind.certain else kind
            merged[-1] = (keep, first, max(last, end))
        else:
            merged.append((kind, start, end))
    return merged


Places = list[tuple[int, int, int, int]]


def _correct(text: str, spans: Iterable[Span]) -> tuple[str, Places]:
    """The corrected text, and for each replacement (start, end there, start, end in `text`)."""
    pieces: list[str] = []
    places: Places = []
    at = 0
    length = 0
    for kind, start, end in sorted(spans, key=lambda span: span[1]):
        new = kind.replacement
        pieces += [text[at:start], new]
        length += start - at
        places.append((length, length + len(new), start, end))
        length += len(new)
        at = end
    pieces.append(text[at:])
    return "".join(pieces), places


def _origin(places: Places, offset: int, *, start: bool) -> int:
    """Where an offset of the corrected text was in the text before correction."""
    index = bisect_left(places, (offset, 0, 0, 0) if start else (offset, -1, 0, 0))
    for place in places[max(0, index - 1) : index + 1]:
        new_start, new_end, old_start, old_end = place
        if new_start < offset < new_end:
            return old_start if start else old_end
    before = places[index - 1] if index else None
    if before is None:
        return offset
    return offset - before[1] + before[3]


# ---------------------------------------------------------------------------------- the search


def _search(text: str) -> list[Span]:
    """All spans of a folded text. Each search sees the others' finds blanked out, in this order."""
    spans: list[Span] = []
    for seek in SEARCHES:
        found = _disjoint(seek(text))
        spans += found
        if seek is not _combinations:
            text = _blank(text, found)
    return spans


def _blank(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for _kind, start, end in spans:
        pieces += [text[at:start], MASK * (end - start)]
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


MASK = "\x00"  # never in a folded text


def _before(text: str, start: int, width: int) -> str:
    """The end of the line before a place."""
    return text[max(0, start - width) : start].rpartition("\n")[2]


# Permanent code and health insurance number: 4 letters and 8 digits.

LETTERS_DIGITS = re.compile(
    r"(?<![^\W_])(?P<letters>[^\W\d_]{4})(?P<gap>[ .-]{0,2})"
    r"(?P<digits>\d(?:[ ./-]?\d){7})(?![^\W_])(?![./-]\d)"
)
# How people cut the eight digits. 2-2-4 and 4-2-2 are dates ("Noël 25-12-2026").
GROUPINGS = {(8,), (4, 4), (6, 2), (2, 2, 2, 2), (2, 2, 2, 1, 1), (6, 1, 1), (2, 6), (3, 5)}
YEARS = re.compile(r"(?:19|20)\d\d[ /-](?:19|20)\d\d")
CODE_WORDS = re.compile(r"\b(?:code permanent|cp|permanent code)\b", re.I)
HEALTH_WORDS = re.compile(
    r"\b(?:nam|ramq|assurance[ -]maladie|carte[ -]soleil|maladie|medicare|health)\b", re.I
)
WORDS_BEFORE = 45


def _letters_digits(text: str) -> Iterator[Span]:
    for match in LETTERS_DIGITS.finditer(text):
        written = match["digits"]
        groups = tuple(len(group) for group in re.split(r"[ ./-]", written))
        if groups not in GROUPINGS or YEARS.fullmatch(written):
            continue
        digits = re.sub(r"\D", "", written)
        code = _is_permanent_code(digits)
        health = _is_health_number(digits)
        if not (code or health):
            continue
        context = _before(text, match.start(), WORDS_BEFORE)
        code_word = _last(CODE_WORDS, context)
        health_word = _last(HEALTH_WORDS, context)
        announced = max(code_word, health_word) >= 0
        # "pour 05121434" is a word and a number: apart, the letters must be capitals.
        if match["gap"] and not match["letters"].isupper() and not announced:
            continue
        if code and health:
            # The card of the RAMQ is printed 4-4-4; schools write the code in one piece.
            card = groups == (4, 4) and bool(match["gap"])
            code = code_word > health_word or (code_word == health_word and not card)
        yield Kind.PERMANENT_CODE if code else Kind.HEALTH_NUMBER, match.start(), match.end()


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _is_permanent_code(digits: str) -> bool:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    century = 1900
    if day > 62:
        day, century = day - 62, 2000
    return _is_date(century + year, month - 50 if month > 50 else month, day)


def _is_health_number(digits: str) -> bool:
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    month = month - 50 if month > 50 else month
    return _is_date(1900 + year, month, day) or _is_date(2000 + year, month, day)


def _is_date(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


# Telephone.

NORTH_AMERICAN = re.compile(
    r"(?<!\d)(?<!\d[.,])(?:\+?1[ ./-]{0,3})?(?:\([2-9]\d\d\)|[2-9]\d\d)(?P<first>[ ./-]{0,3})"
    r"[2-9]\d\d[ ./-]{0,3}\d{4}(?!\d)(?![.,]\d)(?! ?[$%\u20ac])"
    r"(?:,? ?(?:poste|ext\.?|#) ?\d{1,6}(?!\d))?",
    re.I,
)
INTERNATIONAL = re.compile(r"(?<![\w+])\+(?!1\b)[2-9]\d{0,2}(?:[ .()/-]{0,3}\d){6,13}(?!\d)")
OTHER_NUMBERS = re.compile(r"\b(?:neq|isbn|issn|doi|entreprise|immatriculation)\b", re.I)
# The text line of Tel-jeunes, which the members quote to each other.
PUBLIC_LINES = {"5146001002"}
ADDRESSES_OF_PAGES = re.compile(r"(?:https?://|www\.)[^ \n\x00]{1,2000}", re.I)


def _pages(text: str) -> Iterator[tuple[int, int]]:
    """Addresses of web pages, whose numbers mean nothing about anybody."""
    for match in ADDRESSES_OF_PAGES.finditer(text):
        yield match.start(), match.end()


def _outside_pages(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    pages = list(_pages(text))
    starts = [start for start, _end in pages]
    for span in spans:
        index = bisect_left(starts, span[1] + 1) - 1
        if index < 0 or span[1] >= pages[index][1]:
            yield span


def _telephones(text: str) -> Iterator[Span]:
    return _outside_pages(text, _all_telephones(text))


def _all_telephones(text: str) -> Iterator[Span]:
    known: dict[str, bool] = {}
    for pattern in (INTERNATIONAL, NORTH_AMERICAN):
        for match in pattern.finditer(text):
            number = re.split(r"[A-Za-z#,]", match[0])[0]
            digits = re.sub(r"\D", "", number)
            if digits in PUBLIC_LINES:
                continue
            if match[0].isdecimal():
                if is_neq(digits):
                    continue
                if OTHER_NUMBERS.search(_before(text, match.start(), 30)):
                    continue
            if digits not in known:
                known[digits] = _is_telephone(number)
            if known[digits]:
                yield Kind.TELEPHONE, match.start(), match.end()


def _is_telephone(written: str) -> bool:
    # Imported here: its 23 MB are for the processes that publish, not for all.
    import phonenumbers

    try:
        number: PhoneNumber = phonenumbers.parse(written, "CA")
    except phonenumbers.NumberParseException:
        return False
    if not phonenumbers.is_valid_number(number):
        return False
    return phonenumbers.number_type(number) not in {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.UAN,
    }


def is_neq(digits: str) -> bool:
    """A valid Québec enterprise number: ten digits, 11, 22, 33 or 88 first, Luhn on the last eight.

    The check digit is observed on public numbers, not published: good enough to keep silent.
    """
    return len(digits) == 10 and digits[:2] in {"11", "22", "33", "88"} and passes_luhn(digits[2:])


def passes_luhn(digits: str) -> bool:
    """The check of social insurance numbers (and of cards): double every second from the right."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# Social insurance number.

NINE_DIGITS = re.compile(r"(?<!\d)(?<![,.]\d)\d{3}(?P<sep>[ .-]{0,3})\d{3}[ .-]{0,3}\d{3}(?!\d)")
BUSINESS_PROGRAM = re.compile(r"[ -]{0,2}R[CPTMRZ](?![A-Za-z])", re.I)
AMOUNT = re.compile(
    r"(?:[.,]\d)| ?(?:[$%\u20ac]|(?:dollars?|euros?|habitants?|personnes|jeunes|\u00e9l\u00e8ves|M\$)\b)",
    re.I,
)
BUSINESS_WORDS = re.compile(
    r"\b(?:neq?|bn|entreprise|bienfaisance|enregistrement|tps|tvq|charit\w{0,6}|business)\b", re.I
)
DIGIT_BEFORE = re.compile(r"\d[ .-]?$")
GROUP_AFTER = re.compile(r"[ .-]?\d{3}(?!\d)")


def _social_numbers(text: str) -> Iterator[Span]:
    return _outside_pages(text, _all_social_numbers(text))


def _all_social_numbers(text: str) -> Iterator[Span]:
    for match in NINE_DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if not passes_luhn(digits) or digits == "000000000":
            continue
        if BUSINESS_PROGRAM.match(text, match.end()) or AMOUNT.match(text, match.end()):
            continue
        # A part of a longer number written by groups.
        before = text[max(0, match.start() - 2) : match.start()]
        if DIGIT_BEFORE.search(before) or GROUP_AFTER.match(text, match.end()):
            continue
        if BUSINESS_WORDS.search(_before(text, match.start(), 30)):
            continue
        yield Kind.SOCIAL_NUMBER, match.start(), match.end()


# Birth date.

MONTH = (
    r"(?:janv(?:ier|\.)?|f[\u00e9e]v(?:rier|r?\.)?|mars|avr(?:il|\.)?|mai|juin|juil(?:let|l?\.)?"
    r"|ao[u\u00fb]t|sept(?:embre|\.)?|oct(?:obre|\.)?|nov(?:embre|\.)?|d[\u00e9e]c(?:embre|\.)?"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)"
)
YEAR = r"(?:18|19|20)\d\d"
SEP = r"[ ./-]{1,3}"
DATE = re.compile(
    rf"(?<![\d])(?<!\d[./-])(?:"
    rf"(?P<day>\d{{1,2}})(?: ?er| ?th| ?st| ?nd| ?rd)?[ .-]{{0,2}}{MONTH}[ .,-]{{0,2}}{YEAR}"
    rf"|(?P<y1>{YEAR}){SEP}(?P<m1>\d{{1,2}}){SEP}(?P<d1>\d{{1,2}})"
    rf"|(?P<d2>\d{{1,2}}){SEP}(?P<m2>\d{{1,2}}){SEP}(?P<y2>{YEAR}|\d\d)"
    rf"|(?P<packed>(?:19|20)\d{{6}})"
    rf")(?!\d)(?!{SEP}\d{{1,2}}(?!\d))",
    re.I,
)
ENGLISH_DATE = re.compile(rf"\b{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? {YEAR}(?!\d)", re.I)
# Without its accent "ne" is a negation, unless a date follows at once.
BIRTH_WORDS = re.compile(
    r"(?<![\w-])(?:n\u00e9e?s?|nee?s?(?= le (?:\d|1er))|nees?|d\.?d\.?n\.?|naissances?|born|dob"
    r"|birth(?:day|date)?)(?![\w-])",
    re.I,
)
BIRTH_DISTANCE = 25


def _birth_dates(text: str) -> Iterator[Span]:
    words = [(match.start(), match.end()) for match in BIRTH_WORDS.finditer(text)]
    if not words:
        return
    starts = [start for start, _end in words]
    for pattern in (DATE, ENGLISH_DATE):
        for match in pattern.finditer(text):
            if not _is_written_date(match):
                continue
            index = bisect_left(starts, match.start())
            near = [
                *(text[words[index - 1][1] : match.start()] for _ in [0] if index),
                *(text[match.end() : words[index][0]] for _ in [0] if index < len(words)),
            ]
            if any(len(gap) <= BIRTH_DISTANCE and "\n" not in gap for gap in near):
                yield Kind.BIRTH_DATE, match.start(), match.end()


def _is_written_date(match: re.Match[str]) -> bool:
    parts = match.groupdict()
    if parts["day"]:
        return 1 <= int(parts["day"]) <= 31
    if parts["packed"]:
        packed = parts["packed"]
        return _is_date(int(packed[:4]), int(packed[4:6]), int(packed[6:]))
    if parts["y1"]:
        return _is_date(int(parts["y1"]), int(parts["m1"]), int(parts["d1"]))
    year, month, day = int(parts["y2"]), int(parts["m2"]), int(parts["d2"])
    # Two digits of a year: only that some date exists, whichever the order.
    year = year if year > 99 else 2000
    return _is_date(year, month, day) or _is_date(year, day, month)


# File number.

FILE_NUMBER = re.compile(
    r"(?<![\w])(?:fiches?|dossiers?|matricules?|usag(?:ers?|\u00e8res?|eres?))(?![\w])"
    r"(?:[ :#.,'()-]{0,3}(?:n[o\u00ba\u00b0]s?|num\u00e9ros?|numeros?|num|id|du|de|la|le|l|d|jeune"
    r"|\u00e9l\u00e8ve|enfant|est|scolaire|dpj|clsc|usager|usag\u00e8re|dossier|fiche|matricule)(?![^\W_])){0,5}"
    r"(?P<gap>[ :#.,()\u00b0=-]{0,4})"
    r"(?P<number>(?:[A-Za-z]{1,4}[ -]?)?\d(?:[ ./-]?\d){4,19})(?!\d)",
    re.I,
)
THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+")
NUMBER_MARK = re.compile(r"[#:\u00b0=]|\bn[o\u00ba\u00b0]s?\b|\bnum", re.I)


def _file_numbers(text: str) -> Iterator[Span]:
    return _outside_pages(text, _all_file_numbers(text))


def _all_file_numbers(text: str) -> Iterator[Span]:
    for match in FILE_NUMBER.finditer(text):
        number = match["number"]
        if YEARS.fullmatch(number) or AMOUNT.match(text, match.end()):
            continue
        date = DATE.fullmatch(number)
        if date and not date["packed"] and _is_written_date(date):
            continue
        # "le dossier 12 000 participants": thousands, unless something says that it is a number.
        marked = NUMBER_MARK.search(match[0][: match.start("number") - match.start()])
        if THOUSANDS.fullmatch(number) and not marked:
            continue
        yield Kind.FILE_NUMBER, match.start("number"), match.end("number")


# Civic address.

STREET = (
    r"(?:rue|boulevard|boul\.?|blvd\.?|bd\.?|avenue|ave?\.?|chemin|ch\.|rang|rg\.?|c\u00f4te|cote"
    r"|route|rte\.?|place|pl\.|mont\u00e9e|montee|all\u00e9e|allee|impasse|croissant|terrasse"
    r"|promenade|prom\.|ruelle|square|carr\u00e9|cul-de-sac|quai|sentier|traverse)"
)
UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0152"
NAME_PART = rf"[{UPPER}][\w'.-]{{0,40}}"
LINK_WORDS = r"(?:(?:de|du|des|la|le|les|de la|aux?|\u00e0)[ ]|[dl]'|de l'){0,3}"
ADDRESS = re.compile(
    rf"(?<![\w.,/$-])(?P<number>\d{{1,6}})(?: ?[A-Ha-h](?![\w]))?(?:[ ]?-[ ]?\d{{1,5}})?(?: 1/2)?"
    rf"(?:, ?| ?)(?:"
    rf"(?P<street>(?i:{STREET})) (?i:{LINK_WORDS})(?:{NAME_PART}|\d{{1,4}}(?:re|e)? (?:Est|Ouest|Nord|Sud|[{UPPER}][\w'-]{{1,40}}))"
    rf"|(?P<numbered>(?i:rang|route|rte\.?|rg\.?)) \d{{1,4}}(?!\d)(?: ?(?:Est|Ouest|Nord|Sud)\b)?"
    rf"|\d{{1,3}} ?(?:e|re|\u00e8re|er|i\u00e8me|\u00e8me) (?i:rue|avenue|ave?\.?|rang|boulevard|croissant)(?!\w)"
    rf")(?:[ -]{NAME_PART}){{0,4}}"
    rf"(?:, ?(?i:app\.?|appartement|apt\.?|bureau|unit\u00e9|local|#) ?[\w-]{{1,6}})?"
)
YEAR_BEFORE = re.compile(
    rf"\b(?:en|depuis|d\u00e8s|fin|d\u00e9but|ann\u00e9e|avant|apr\u00e8s|vers|{MONTH}) $", re.I
)


def _addresses(text: str) -> Iterator[Span]:
    for match in ADDRESS.finditer(text):
        number = match["number"]
        if re.fullmatch(YEAR, number) and YEAR_BEFORE.search(_before(text, match.start(), 14)):
            continue
        end = match.end()
        while text[end - 1] in ".-'":
            end -= 1
        yield Kind.ADDRESS, match.start(), end


# First name, school and level.

SCHOOL = re.compile(
    r"(?i:\b(?:\u00e9cole|ecole|polyvalente|coll\u00e8ge|college|c\u00e9gep|acad\u00e9mie|externat"
    r"|pensionnat|s\u00e9minaire|school))"
    r"(?: (?i:primaire|secondaire|polyvalente|internationale?|alternative|publique|priv\u00e9e?))"
    rf"{{0,2}} (?i:{LINK_WORDS})(?P<name>{NAME_PART}(?:[ -]{NAME_PART}){{0,3}})"
)
ORDINAL = r"(?:[1-6] ?(?:re|\u00e8re|er|e|\u00e8me|i\u00e8me|ieme)|premi\u00e8re|deuxi\u00e8me|troisi\u00e8me|quatri\u00e8me|cinqui\u00e8me|sixi\u00e8me)"
LEVEL = re.compile(
    rf"\b(?:secondaire ?(?:[1-5]|IV|V|I{{1,3}})|sec\.? ?[1-5]|{ORDINAL} (?:ann\u00e9e|secondaire|sec)"
    r"|maternelle|grade (?:1[0-2]|[1-9]))\b",
    re.I,
)
CAPITALISED = re.compile(rf"(?<![\w'-])[{UPPER}][\w-]{{1,30}}")
PRESENTED = re.compile(
    r"\b(?:jeune|\u00e9l\u00e8ve|fille|fils|gar\u00e7on|petite?|pr\u00e9nomm\u00e9e?|nomm\u00e9e?|s'appelle|appel\u00e9e?) $",
    re.I,
)
ADULTS = re.compile(
    r"\b(?:mme|m\.|mr|madame|monsieur|directrice|directeur|enseignante?|prof\w{0,8}|dr|dre"
    r"|intervenante?|coll\u00e8gue|merci|bonjour|salut|all\u00f4|chers?|ch\u00e8res?) $",
    re.I,
)
COMBINATION_DISTANCE = 200


def _combinations(text: str) -> Iterator[Span]:
    schools = [(match.start(), match.end()) for match in SCHOOL.finditer(text)]
    if not schools:
        return
    levels = [match.start() for match in LEVEL.finditer(text)]
    if not levels:
        return
    walls = [match.start() for match in re.finditer("\n", text)]
    starts = [start for start, _end in schools]
    for match in CAPITALISED.finditer(text):
        at = match.start()
        before = _before(text, at, 14)
        if not (_is_first_name(match[0]) or PRESENTED.search(before)) or ADULTS.search(before):
            continue
        index = bisect_left(starts, at + 1) - 1
        if index >= 0 and at < schools[index][1]:
            continue
        wall = bisect_left(walls, at)
        low = max(at - COMBINATION_DISTANCE, walls[wall - 1] if wall else 0)
        high = min(at + COMBINATION_DISTANCE, walls[wall] if wall < len(walls) else len(text))
        if _any_between(starts, low, high) and _any_between(levels, low, high):
            yield Kind.COMBINATION, at, match.end()


def _any_between(places: list[int], low: int, high: int) -> bool:
    index = bisect_left(places, low)
    return index < len(places) and places[index] <= high


def _is_first_name(word: str) -> bool:
    plain = unicodedata.normalize("NFD", word.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return plain in FIRST_NAMES or plain.split("-")[0] in FIRST_NAMES


SEARCHES: tuple[Callable[[str], Iterator[Span]], ...] = (
    _letters_digits,
    _telephones,
    _birth_dates,
    _file_numbers,
    _social_numbers,
    _addresses,
    _combinations,
)
