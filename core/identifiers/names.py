"""What is recognised by its words: civic addresses; a first name with a school and a level."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from .dates import MONTH, YEAR
from .first_names import FIRST_NAMES
from .kinds import Kind, Span
from .numbers import before

UPPER = "A-ZÀ-ÖØ-ÞŒ"
# A part of a proper name: "Principale", "René-Lévesque", or an abbreviation, "Mgr.".
NAME_PART = rf"(?:[{UPPER}]\w{{0,2}}\.|[{UPPER}][\w'-]{{0,40}})"
LINKS = r"(?i:(?:de|du|des|la|le|les|aux?|à) |[dl]'){0,3}"

# --- Civic address.

STREET = (
    r"(?i:rue|boulevard|boul\.?|blvd\.?|bd\.?|avenue|ave?\.?|chemin|ch\.|rang|rg\.?|c[ôo]te|route"
    r"|rte\.?|place|pl\.|mont[ée]e|all[ée]e|impasse|croissant|terrasse|promenade|prom\.|ruelle"
    r"|square|carré|cul-de-sac|quai|sentier|traverse)"
)
SIDE = r"(?:Est|Ouest|Nord|Sud|E\.|O\.|N\.|S\.)"
ADDRESS = re.compile(
    # 123, 123A, 123 B, 123-125, 123½
    r"(?<![\w.,/$-])(?P<number>\d{1,6})"
    r"(?: ?[A-H](?!\w)|[a-h](?!\w)| ?- ?\d{1,5}| ?1\u20442)?(?:, ?| )(?:"
    rf"(?P<street>{STREET}) {LINKS}{NAME_PART}"
    r"|(?i:rang|rg\.?|route|rte\.?) \d{1,4}(?!\d)"
    r"|\d{1,3} ?(?i:e|re|ère|er|i?ème) (?i:rue|avenue|ave?\.?|rang|boulevard|croissant)(?!\w)"
    rf")(?:[ -]{NAME_PART}){{0,4}}(?: {SIDE})?"
    r"(?:, ?(?i:app\.?|appartement|apt\.?|bureau|unité|#) ?[\w-]{1,6})?"
)
AFTER_A_WORD_OF_TIME = re.compile(
    rf"\b(?:en|depuis|dès|fin|début|année|édition|avant|après|vers|{MONTH}) $", re.I
)


def addresses(text: str) -> Iterator[Span]:
    """A number, a street type and a capitalised name (or the number of a rang or a route)."""
    for match in ADDRESS.finditer(text):
        if re.fullmatch(YEAR, match["number"]):
            # "En 2025, Place aux Jeunes…" is a year and a name.
            if AFTER_A_WORD_OF_TIME.search(before(text, match.start(), 14)):
                continue
            if match["street"] and match["street"][0].isupper():
                continue
        end = match.end()
        while text[end - 1] in "-'":
            end -= 1
        yield Kind.ADDRESS, match.start(), end


# --- First name, school and level.

SCHOOL = re.compile(
    r"(?i:\b(?:[ée]cole|polyvalente|coll[èe]ge|c[ée]gep|académie|externat|pensionnat|séminaire))"
    r"(?: (?i:primaire|secondaire|polyvalente|internationale?|alternative|publique|privée?)){0,2}"
    rf" {LINKS}{NAME_PART}(?:[ -]{NAME_PART}){{0,3}}"
)
ORDINAL = (
    r"(?:[1-6] ?(?:re|ère|er|e|i?ème)|première|deuxième|troisième|quatrième|cinquième|sixième)"
)
LEVEL = re.compile(
    r"\b(?:secondaire ?(?:[1-5]|IV|V|I{1,3})|sec\.? ?[1-5]|maternelle|grade (?:1[0-2]|[1-9])"
    rf"|{ORDINAL} (?:année|secondaire|sec))\b",
    re.I,
)
CAPITALISED = re.compile(rf"(?<![\w'-])[{UPPER}][\w-]{{1,30}}")
PRESENTED = re.compile(
    r"\b(?:jeune|élève|fille|fils|garçon|petite?|prénommée?|nommée?|s'appelle|appelée?) $", re.I
)
ADULTS = re.compile(
    r"\b(?:mme|m\.|mr|madame|monsieur|directrice|directeur|enseignante?|prof\w{0,8}|dre?"
    r"|intervenante?|collègue|merci|bonjour|salut|allô|chers?|chères?) $",
    re.I,
)
COMBINATION_DISTANCE = 200


def combinations(text: str) -> Iterator[Span]:
    """A first name that has a named school and a level around it, in the same paragraph.

    The span is the first name: without it the rest tells of nobody in particular. A first name
    is one of the list, or a capitalised word that the text presents ("le jeune Untel").
    """
    schools = [(match.start(), match.end()) for match in SCHOOL.finditer(text)]
    levels = [match.start() for match in LEVEL.finditer(text)]
    if not schools or not levels:
        return
    starts = [start for start, _end in schools]
    walls = [match.start() for match in re.finditer("\n", text)]
    for match in CAPITALISED.finditer(text):
        at = match.start()
        said_before = before(text, at, 14)
        if ADULTS.search(said_before):
            continue
        if not (is_first_name(match[0]) or PRESENTED.search(said_before)):
            continue
        index = bisect_right(starts, at) - 1
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


def is_first_name(word: str) -> bool:
    plain = unicodedata.normalize("NFD", word.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return plain in FIRST_NAMES or plain.split("-")[0] in FIRST_NAMES
