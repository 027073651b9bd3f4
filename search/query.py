"""What somebody typed in the box, read into what is searched.

    retour "en classe" -suspension auteur:Maude apres:2026-01

Nothing that can be typed is an error: what is not understood is searched as words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from search import analysis

LONGEST = 400
MOST_WORDS = 24


@dataclass(frozen=True)
class Query:
    """What is searched, as it was written: `parse(str(query)) == query`.

    words, phrases   all of them are found, phrases word after word
    without          words and phrases that are not there
    author, space    words of a name
    type             a kind, or a type of one, by its name
    since, before    the first day, and the day after the last
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    author: str = ""
    space: str = ""
    type: str = ""
    since: date | None = None
    before: date | None = None

    def __bool__(self) -> bool:
        """Whether anything is asked: exclusions and stop words alone ask nothing."""
        asked = any(analysis.stems(text) for text in (*self.words, *self.phrases))
        return asked or bool(self.author or self.space or self.type or self.since or self.before)

    @property
    def text(self) -> str:
        """What is searched in the texts, without the operators."""
        return " ".join((*map(_written, self.words), *(f'"{phrase}"' for phrase in self.phrases)))

    def __str__(self) -> str:
        parts = [self.text] if self.text else []
        parts += [f"-{_written(text)}" for text in self.without]
        for name, operator in (("author", "auteur"), ("space", "communaute"), ("type", "type")):
            if value := getattr(self, name):
                parts.append(f"{operator}:{_written(value)}")
        if self.since:
            parts.append(f"apres:{self.since.isoformat()}")
        if self.before:
            parts.append(f"avant:{self.before.isoformat()}")
        return " ".join(parts)


def _written(text: str) -> str:
    """As it is typed to be read so again: quoted when it would pass for something else."""
    plain = not set(text) & set(f" {_COLONS}") and not text.startswith("-")
    return text if plain else f'"{text}"'


NOTHING = Query()
_OPERATORS = {
    "auteur": "author", "auteure": "author", "autrice": "author",
    "communaute": "space", "type": "type", "apres": "since", "avant": "before",
}  # fmt: skip
_COLONS = ":\uff1a"
_BLANK = r"[ \t\u00a0\u202f]"
_PIECE = re.compile(
    rf"""
    (?: (?P<operator>[A-Za-zÀ-ÿ\u0300-\u036f]{{4,14}}) {_BLANK}*[:\uff1a]{_BLANK}* )?
    (?P<minus>-)?
    (?: ["“”] (?P<quoted>[^"“”]*) (?:["“”]|$)
      | « (?P<french>[^»]*) (?:»|$)
      | (?P<word>[^\s"“”«»]+) )
    """,
    re.VERBOSE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def parse(text: str) -> Query:
    """The query that `text` says. Never raises; what says nothing is `NOTHING`."""
    lists: dict[str, list[str]] = {"words": [], "phrases": [], "without": []}
    single: dict[str, str | date] = {}
    for match in _PIECE.finditer(_tidy(text)):
        value = _value(match)
        name = _OPERATORS.get(analysis.fold(match["operator"] or ""))
        if name is not None:
            said = _day(value) if name in ("since", "before") else value
            single |= {name: said} if said else {}
            continue
        if match["operator"]:
            # A word that a colon follows, and that is no operator of ours.
            lists["words"].append(match["operator"])
        if analysis.fold(value.rstrip(_COLONS)) not in _OPERATORS or value[-1] not in _COLONS:
            lists[_place(match, value)].append(value)
    kept = {
        name: tuple(dict.fromkeys(value for value in values if analysis.words(value)))
        for name, values in lists.items()
    }
    return Query(**{name: values[:MOST_WORDS] for name, values in kept.items()}, **single)  # type: ignore[arg-type]


def _value(match: re.Match[str]) -> str:
    said = next(match[name] for name in ("quoted", "french", "word") if match[name] is not None)
    return " ".join(re.sub('["“”«»]', " ", said).split())


def _place(match: re.Match[str], value: str) -> str:
    if match["minus"]:
        return "without"
    return "phrases" if match["word"] is None and " " in value else "words"


def _tidy(text: str) -> str:
    return " ".join(text[:LONGEST].replace("\0", " ").split(" "))


def _day(value: str) -> date | None:
    match = _DATE.fullmatch(value)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
