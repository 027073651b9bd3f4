"""What is recognised by its digits: permanent code, NAM, NAS, telephone, file number.

Each search takes a folded text (`folding.py`) and yields spans of it. All repetitions are bounded.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from .dates import DATE, YEAR, is_written_date
from .kinds import Kind, Span


def before(text: str, start: int, width: int) -> str:
    """The end of the paragraph before a place."""
    return text[max(0, start - width) : start].rpartition("\n")[2]


def only_digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


# --- Permanent code and health insurance number: 4 letters and 8 digits.

LETTERS_DIGITS = re.compile(
    r"(?<![^\W_])(?P<letters>[^\W\d_]{4})(?P<gap>[ .-]{0,2})"
    r"(?P<digits>\d(?:[ ./-]?\d){7})(?![^\W_])(?![./-]\d)"
)
# How people cut the eight digits. 2-2-4 and 4-2-2 are dates ("NOËL 25-12-2026").
GROUPINGS = {(8,), (4, 4), (6, 2), (2, 2, 2, 2)}
YEARS = re.compile(rf"{YEAR}[ /-]{YEAR}")
CODE_WORDS = re.compile(r"\b(?:code permanent|permanent code)\b", re.I)
HEALTH_WORDS = re.compile(
    r"\b(?:nam|ramq|assurance[ -]maladie|carte[ -]soleil|health insurance|medicare)\b", re.I
)


def letters_and_digits(text: str) -> Iterator[Span]:
    """Permanent codes and health insurance numbers."""
    for match in LETTERS_DIGITS.finditer(text):
        written = match["digits"]
        groups = tuple(len(group) for group in re.split(r"[ ./-]", written))
        if groups not in GROUPINGS or YEARS.fullmatch(written):
            continue
        digits = only_digits(written)
        code, health = is_permanent_code(digits), is_health_number(digits)
        if not (code or health):
            continue
        context = before(text, match.start(), 45)
        code_word, health_word = _last(CODE_WORDS, context), _last(HEALTH_WORDS, context)
        announced = max(code_word, health_word) >= 0
        # "pour 05121434" is a word and a number: apart from them, the letters must be capitals.
        if match["gap"] and not match["letters"].isupper() and not announced:
            continue
        if code and health and code_word == health_word:
            # Both readings are dates: keep the one of a person who is young now. A code from
            # before 2000 would be of somebody born before 1932, a day over 62 is after 1999.
            code = int(digits[:2]) > 62
        elif code and health:
            code = code_word > health_word
        yield (Kind.PERMANENT_CODE if code else Kind.HEALTH_NUMBER), match.start(), match.end()


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def is_permanent_code(digits: str) -> bool:
    """DDMMYYNN of a permanent code: women month + 50, born after 1999 day + 62."""
    day, month, year = int(digits[:2]), int(digits[2:4]), 1900 + int(digits[4:6])
    if day > 62:
        day, year = day - 62, year + 100
    return is_date(year, month - 50 if month > 50 else month, day)


def is_health_number(digits: str) -> bool:
    """YYMMDDNN of a health insurance number: women month + 50, the century is not said."""
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    month = month - 50 if month > 50 else month
    return is_date(1900 + year, month, day) or is_date(2000 + year, month, day)


def is_date(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


# --- Numbers inside the address of a web page mean nothing about anybody.

PAGE = re.compile(r"(?:https?://|www\.)[^ \n\x00]{1,2000}", re.I)


def outside_pages(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans that do not begin inside the address of a web page."""
    pages = [(match.start(), match.end()) for match in PAGE.finditer(text)]
    starts = [start for start, _end in pages]
    for span in spans:
        index = bisect_right(starts, span[1]) - 1
        if index < 0 or span[1] >= pages[index][1]:
            yield span


# --- Telephone.

NORTH_AMERICAN = re.compile(
    r"(?<!\d)(?<!\d[.,])(?:\+?1[ ./-]{0,3})?(?:\([2-9]\d\d\)|[2-9]\d\d)[ ./-]{0,3}"
    r"[2-9]\d\d[ ./-]{0,3}\d{4}(?!\d)(?![.,]\d)(?! ?[$%€])"
    r"(?:,? ?(?:poste|ext\.?|#) ?\d{1,6}(?!\d))?",
    re.I,
)
INTERNATIONAL = re.compile(r"(?<![\w+])\+(?!1(?!\d))[2-9]\d{0,2}(?:[ .()/-]{0,3}\d){6,13}(?!\d)")
OTHER_NUMBERS = re.compile(r"\b(?:neq|isbn|issn|doi|entreprise|immatriculation)\b", re.I)
# The text line of Tel-jeunes, which the members quote to each other.
PUBLIC_LINES = {"5146001002"}


def telephones(text: str) -> Iterator[Span]:
    return outside_pages(text, _telephones(text))


def _telephones(text: str) -> Iterator[Span]:
    known: dict[str, bool] = {}
    for pattern in (INTERNATIONAL, NORTH_AMERICAN):
        for match in pattern.finditer(text):
            number = re.split(r"[A-Za-z#,]", match[0])[0]
            digits = only_digits(number)
            if digits in PUBLIC_LINES:
                continue
            in_a_row = number.isdecimal()
            if in_a_row and is_neq(digits):
                continue
            if in_a_row and OTHER_NUMBERS.search(before(text, match.start(), 30)):
                continue
            if digits not in known:
                known[digits] = is_telephone(number)
            if known[digits]:
                yield Kind.TELEPHONE, match.start(), match.end()


def is_telephone(written: str) -> bool:
    """A number that may be somebody's: valid for `phonenumbers`, and not toll-free or premium."""
    # Imported here: its 23 MB are for the processes that publish, not for all.
    import phonenumbers
    from phonenumbers import PhoneNumberType

    try:
        number = phonenumbers.parse(written, "CA")
    except phonenumbers.NumberParseException:
        return False
    if not phonenumbers.is_valid_number(number):
        return False
    return phonenumbers.number_type(number) not in {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
    }


def is_neq(digits: str) -> bool:
    """A valid Québec enterprise number: ten digits, 11, 22, 33 or 88 first, Luhn on the last eight.

    The check digit is observed on public numbers, not published: good enough to keep silent.
    """
    return len(digits) == 10 and digits[:2] in {"11", "22", "33", "88"} and passes_luhn(digits[2:])


def passes_luhn(digits: str) -> bool:
    """The check of social insurance numbers and of cards: double every second from the right."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# --- Social insurance number.

GAP = r"(?: - |[ .-])?"
NINE_DIGITS = re.compile(rf"(?<!\d)(?<!\d[,.])\d{{3}}{GAP}\d{{3}}{GAP}\d{{3}}(?!\d)")
BUSINESS_PROGRAM = re.compile(r"[ -]{0,2}R[CPTMRZ](?![A-Za-z])", re.I)
BUSINESS_WORDS = re.compile(
    r"\b(?:neq?|bn|entreprise|bienfaisance|enregistrement|tps|tvq|charit\w{0,6}|business)\b", re.I
)
AMOUNT = re.compile(
    r"[.,]\d| ?(?:[$%€]|(?:M\$|dollars?|euros?|habitants?|personnes?|jeunes|élèves|familles"
    r"|participants?|participantes|mots|pages|heures|km)\b)",
    re.I,
)
GROUP_BEFORE = re.compile(r"\d[ .-]$")
GROUP_AFTER = re.compile(r"[ .-]\d{3}(?!\d)")


def social_numbers(text: str) -> Iterator[Span]:
    return outside_pages(text, _social_numbers(text))


def _social_numbers(text: str) -> Iterator[Span]:
    for match in NINE_DIGITS.finditer(text):
        digits = only_digits(match[0])
        if not passes_luhn(digits) or digits == "000000000":
            continue
        if BUSINESS_PROGRAM.match(text, match.end()) or AMOUNT.match(text, match.end()):
            continue
        # A part of a longer number written by groups.
        if GROUP_BEFORE.search(before(text, match.start(), 2)):
            continue
        if GROUP_AFTER.match(text, match.end()):
            continue
        if BUSINESS_WORDS.search(before(text, match.start(), 30)):
            continue
        yield Kind.SOCIAL_NUMBER, match.start(), match.end()


# --- File number.

FILE_WORDS = r"(?:fiches?|dossiers?|matricules?|usag(?:ers?|[èe]res?))"
# What may stand between the word and the number: "dossier scolaire de l'élève no 12345".
BETWEEN = (
    r"(?:n[o°]s?|num[ée]ros?|num|id|du|de|la|le|l|d|jeune|élève|enfant|est|scolaire|dpj|clsc"
    rf"|{FILE_WORDS})"
)
FILE_NUMBER = re.compile(
    rf"(?<!\w){FILE_WORDS}(?!\w)(?:[ :#.,'()-]{{0,3}}{BETWEEN}(?![^\W_])){{0,5}}"
    r"[ :#.,()°=-]{0,4}"
    r"(?P<number>(?:[A-Za-z]{1,4}[ -]?)?\d(?:[ ./-]?\d){4,19})(?!\d)",
    re.I,
)
THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+")
NUMBER_MARK = re.compile(r"[#:°=]|\bno?s?\b|\bnum", re.I)


def file_numbers(text: str) -> Iterator[Span]:
    return outside_pages(text, _file_numbers(text))


def _file_numbers(text: str) -> Iterator[Span]:
    for match in FILE_NUMBER.finditer(text):
        number = match["number"]
        if YEARS.fullmatch(number) or AMOUNT.match(text, match.end()):
            continue
        date = DATE.fullmatch(number)
        if date and not date["packed"] and is_written_date(date):
            continue
        # "le dossier 12 000 participants": thousands, unless something says that it is a number.
        announced = NUMBER_MARK.search(text, match.start(), match.start("number"))
        if THOUSANDS.fullmatch(number) and not announced:
            continue
        yield Kind.FILE_NUMBER, match.start("number"), match.end("number")
