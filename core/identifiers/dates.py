"""Full dates as people write them, and the birth dates among them."""

import calendar
import re
from bisect import bisect_left
from collections.abc import Iterator

from .kinds import Kind, Span

MONTH = (
    r"(?:janv(?:ier|\.)?|f[ée]v(?:rier|r?\.)?|mars|avr(?:il|\.)?|mai|juin|juil(?:let|l?\.)?"
    r"|ao[uû]t|sept(?:embre|\.)?|oct(?:obre|\.)?|nov(?:embre|\.)?|d[ée]c(?:embre|\.)?"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)"
)
YEAR = r"(?:18|19|20)\d\d"
SEPARATOR = r"[ ./-]{1,3}"
DATE = re.compile(
    r"(?<!\d)(?<!\d[./-])(?:"
    rf"(?P<day>\d{{1,2}})(?: ?(?:er|st|nd|rd|th))?[ .-]{{0,2}}{MONTH}[ .,-]{{0,2}}{YEAR}"
    rf"|(?P<y1>{YEAR}){SEPARATOR}(?P<m1>\d{{1,2}}){SEPARATOR}(?P<d1>\d{{1,2}})"
    rf"|(?P<d2>\d{{1,2}}){SEPARATOR}(?P<m2>\d{{1,2}}){SEPARATOR}(?P<y2>{YEAR}|\d\d)"
    r"|(?P<packed>(?:19|20)\d{6})"
    r")(?!\d)(?![./-]\d)",
    re.I,
)
ENGLISH_DATE = re.compile(rf"\b{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? {YEAR}(?!\d)", re.I)
# Without its accent "ne" is a negation, unless a date follows at once.
BIRTH_WORDS = re.compile(
    r"(?<![\w-])(?:née?s?|nees?|ne(?= le (?:\d|1er))|d\.?d\.?n\.?|naissances?|born|dob"
    r"|birth(?:day|date)?)(?![\w-])",
    re.I,
)
BIRTH_DISTANCE = 25


def birth_dates(text: str) -> Iterator[Span]:
    """Full dates within 25 characters of a word of birth; a bare date is nothing."""
    words = [(match.start(), match.end()) for match in BIRTH_WORDS.finditer(text)]
    if not words:
        return
    starts = [start for start, _end in words]
    for pattern in (DATE, ENGLISH_DATE):
        for match in pattern.finditer(text):
            index = bisect_left(starts, match.start())
            gaps = []
            if index:
                gaps.append(text[words[index - 1][1] : match.start()])
            if index < len(words):
                gaps.append(text[match.end() : words[index][0]])
            if any(_is_near(gap) for gap in gaps) and is_written_date(match):
                yield Kind.BIRTH_DATE, match.start(), match.end()


def _is_near(gap: str) -> bool:
    return len(gap) <= BIRTH_DISTANCE and "\n" not in gap


def is_written_date(match: re.Match[str]) -> bool:
    """Does the match of a date pattern exist in the calendar?"""
    parts = match.groupdict()
    if parts.get("day"):
        return 1 <= int(parts["day"]) <= 31
    if packed := parts.get("packed"):
        return _exists(int(packed[:4]), int(packed[4:6]), int(packed[6:]))
    if parts.get("y1"):
        return _exists(int(parts["y1"]), int(parts["m1"]), int(parts["d1"]))
    # A year of two digits: 2000 has every day of the year.
    year = int(parts["y2"]) if len(parts["y2"]) == 4 else 2000
    day, month = int(parts["d2"]), int(parts["m2"])
    return _exists(year, month, day) or _exists(year, day, month)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
