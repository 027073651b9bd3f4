"""Laying the words of a thread into a sheet: written rules, that each say why, and no black box.

Pure functions: a text is cut in paragraphs; a rule proposes where it goes and says why; `lay` puts
it into a section and `lift` takes it out again, word for word. The words that the rules look for
are those of French, the language of the threads.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.text import fold, one_line
from practices.content import STEP_TITLE, Content, Values
from practices.errors import FieldTooLong, TooMany
from practices.sections import BY_NAME, SECTIONS, Field, Kind

NUMBERED = re.compile(r"^\s*\d{1,2}[.)]\s+")
BULLET = re.compile(r"^\s*(?:\d{1,2}[.)]|[-–—•*])\s+")
BULLETS = re.compile(rf"^(?:{BULLET.pattern[1:]})+")
QUOTED = re.compile(r"^\s*>")
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
# “Avant : l’école appelle”: what a step is called.
TITLED = re.compile(r"^([^.!?\n]{3,60}?)\s*:\s+(.+)$", re.DOTALL)
COLON = re.compile(r"\s*:\s*")
TOKEN = re.compile(r":|[^\s:]+")
WORD = re.compile(r"\w{4,}")
# Fewer words in common than this say nothing.
FEW = 3
# Shorter than this, a sentence is anybody's.
TELLING = 20
BEGINNING = 80

MISTAKES = (
    "attention", "a eviter", "erreur", "ecueil", "piege", "ne pas ", "ne jamais", "surtout pas",
    "a ne pas", "mauvais coup",
)  # fmt: skip
RESULTS = ("resultat", "avons observe", "avons constate", "a diminue", "a augmente", "bilan")
FIGURES = re.compile(
    r"\d\s?%|\b\d+ (?:sur|des) \d+\b|\b\d+ (?:jeunes|eleves|familles|sejours|participants)"
)
SUCCESS = (
    "ce qui marche", "ce qui a marche", "ce qui fonctionne", "ce qui aide", "la cle", "condition",
    "fait la difference",
)  # fmt: skip
MEANS = ("budget", "cout ", "couts ", "dollars", "subvention")
OPENS_WITH_DOLLARS = re.compile(r"\d\s?\$")


@dataclass(frozen=True)
class Proposal:
    """Where a passage goes, and why."""

    section: str
    field: str
    because: str | Promise

    @property
    def target(self) -> str:
        return f"{self.section}.{self.field}"


@dataclass(frozen=True)
class Rule:
    """`says` looks at the folded text; the first rule that holds decides."""

    proposal: Proposal
    says: Callable[[str, str], bool]


def _rule(target: str, because: str | Promise, says: Callable[[str, str], bool]) -> Rule:
    section, _dot, field = target.partition(".")
    return Rule(Proposal(section, field, because), says)


def _any(words: Iterable[str]) -> Callable[[str, str], bool]:
    return lambda text, role: any(word in text for word in words)


# The rules, in the order in which they are asked. The text is folded (no accent, no capital);
# the role is that of `core.content.Passage`.
RULES: tuple[Rule, ...] = (
    _rule(
        "besoin.context",
        _("because it opens the thread"),
        lambda text, role: role == "question",
    ),
    _rule(
        "deroulement.steps",
        _("because it is a numbered list"),
        lambda text, role: sum(bool(NUMBERED.match(line)) for line in text.splitlines()) > 1,
    ),
    _rule(
        "lecons.mistakes",
        _("because it says “attention”, “à éviter”, “erreur” or “ne pas”"),
        _any(MISTAKES),
    ),
    _rule(
        "resultats.observed",
        _("because it gives figures, or speaks of results"),
        lambda text, role: bool(FIGURES.search(text)) or any(word in text for word in RESULTS),
    ),
    _rule(
        "cout.detail",
        _("because it speaks of costs"),
        lambda text, role: bool(OPENS_WITH_DOLLARS.search(text)) or _any(MEANS)(text, role),
    ),
    _rule(
        "deroulement.steps",
        _("because it is the retained answer"),
        lambda text, role: role == "answer",
    ),
    _rule(
        "lecons.success",
        _("because it says what works, or on what condition"),
        _any(SUCCESS),
    ),
    _rule(
        "deroulement.steps",
        _("because nothing in it says otherwise: how it goes"),
        lambda text, role: True,
    ),
)


def propose(text: str, role: str = "") -> Proposal:
    """Where this passage goes: the first rule that holds."""
    # Line by line: folding takes the ends of lines away.
    folded = "\n".join(fold(line) for line in text.splitlines())
    return next(rule.proposal for rule in RULES if rule.says(folded, role))


def targets() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """Where words can be laid: the label of each section, and its fields that hold words."""
    return [
        (
            section.label,
            [(f"{section.name}.{one.name}", one.label) for one in section.fields if _takes(one)],
        )
        for section in SECTIONS
        if section.name not in ("identite", "anglais") and any(map(_takes, section.fields))
    ]


def target(name: str) -> tuple[str, Field] | None:
    """The section and the field of `deroulement.steps`; None for what takes no words."""
    section, _dot, field = name.partition(".")
    if section in ("identite", "anglais") or section not in BY_NAME:
        return None
    found = next((one for one in BY_NAME[section].fields if one.name == field), None)
    return (section, found) if found is not None and _takes(found) else None


def _takes(field: Field) -> bool:
    return field.kind in (Kind.TEXT, Kind.LINES, Kind.STEPS) and field.counted


# ----------------------------------------------------------------------------------- the text


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a message; not what it quotes of somebody else."""
    found = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        own = "\n".join(line for line in block.split("\n") if not QUOTED.match(line)).strip()
        if own:
            found.append(own)
    return found


def chosen(text: str, numbers: Iterable[int]) -> str:
    """The paragraphs of these numbers, or all of them when there is none."""
    every, wanted = paragraphs(text), set(numbers)
    kept = [one for number, one in enumerate(every) if number in wanted] if wanted else every
    return "\n\n".join(kept)


def pieces(field: Field, text: str) -> list[Any]:
    """A text as the values that it makes of a field."""
    if field.kind is Kind.TEXT:
        return [text.strip()]
    if field.kind is Kind.LINES:
        lines = (one_line(one) for item in _items(text) for one in _fitting(item, field.most))
        return [line for line in lines if line]
    return [_step(part) for item in _items(text) for part in _fitting(item, field.most)]


def _items(text: str) -> Iterator[str]:
    """Each item of a list, each paragraph that is none."""
    for block in paragraphs(text):
        lines = block.split("\n")
        if any(BULLET.match(line) for line in lines):
            yield from (BULLET.sub("", item).strip() for item in _list_items(lines))
        else:
            yield block


def _list_items(lines: list[str]) -> list[str]:
    """The items of a list, each with the lines that follow it."""
    items: list[str] = []
    for line in lines:
        if BULLET.match(line) or not items:
            items.append(line)
        else:
            items[-1] += f"\n{line}"
    return items


def _fitting(text: str, most: int) -> list[str]:
    """The text whole, or cut at its sentences, or at its words, so that each part fits."""
    if len(text) <= most:
        return [text]
    parts = [""]
    for sentence in SENTENCE.split(text):
        for words in _bywords_in(sentence, most):
            if parts[-1] and len(parts[-1]) + 1 + len(words) > most:
                parts.append(words)
            else:
                parts[-1] = f"{parts[-1]} {words}".strip()
    return parts


def _bywords_in(sentence: str, most: int) -> Iterator[str]:
    while len(sentence) > most:
        cut = sentence.rfind(" ", 1, most)
        cut = cut if cut > 0 else most
        yield sentence[:cut]
        sentence = sentence[cut:].strip()
    yield sentence


def _step(text: str) -> dict[str, str]:
    found = TITLED.match(text)
    if found is None or len(one_line(found[1])) > STEP_TITLE:
        return {"title": "", "text": text.strip()}
    return {"title": one_line(found[1]), "text": found[2].strip()}


# ---------------------------------------------------------------------------- into the section


def lay(field: Field, values: Values, text: str) -> Values:
    """The values of a section with a passage more. Raises `FieldTooLong`, `TooMany`."""
    new = pieces(field, text)
    if field.kind is Kind.TEXT:
        whole = "\n\n".join(filter(None, (values.get(field.name, ""), *new)))
        if len(whole) > field.most:
            raise FieldTooLong(field.name)
        return values | {field.name: whole}
    there = list(values.get(field.name, []))
    if len(there) + len(new) > field.many:
        raise TooMany(field.name)
    return values | {field.name: there + new}


def lift(field: Field, values: Values, text: str) -> Values:
    """The values of a section without the passage, as far as it is there word for word."""
    there = values.get(field.name)
    if not there:
        return values
    left: Any
    if field.kind is Kind.TEXT:
        left = "\n\n".join(_without(there.split("\n\n"), text.strip().split("\n\n")))
    else:
        left = list(there)
        for piece in pieces(field, text):
            if piece in left:
                left.remove(piece)
    kept = {name: value for name, value in values.items() if name != field.name}
    return kept | {field.name: left} if left else kept


def _without(blocks: list[str], gone: list[str]) -> list[str]:
    """The paragraphs without the last place where those of `gone` follow one another."""
    for start in range(len(blocks) - len(gone), -1, -1):
        if blocks[start : start + len(gone)] == gone:
            return blocks[:start] + blocks[start + len(gone) :]
    return blocks


def still_there(content: Content, text: str) -> bool:
    """Whether a sentence of the passage is still somewhere in the sheet."""
    values = (value for section in content.values() for value in section.values())
    said = [_flat(one) for value in values for one in _strings(value)]
    sentences = [
        _flat(BULLET.sub("", one))
        for block in paragraphs(text)
        for line in block.split("\n")
        for one in SENTENCE.split(line)
    ]
    # How a sentence begins: a long one may have been cut on its way in.
    telling = [one[:BEGINNING] for one in sentences if len(one) >= TELLING]
    if telling:
        return any(one in line for one in telling for line in said)
    return _flat(text) in said


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value.values()
        yield " : ".join(value.values())
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _flat(text: str) -> str:
    return COLON.sub(": ", " ".join(fold(text).split()))


# ------------------------------------------------------------------------- as it stands there


@dataclass(frozen=True)
class Entry:
    """A paragraph, a line or a step, as it stands in a field or would."""

    section: str
    field: str
    value: Any

    @property
    def title(self) -> str:
        return str(self.value["title"]) if isinstance(self.value, dict) else ""

    @property
    def text(self) -> str:
        return str(self.value["text"] if isinstance(self.value, dict) else self.value)

    @property
    def said(self) -> str:
        return " : ".join(filter(None, (self.title, self.text)))


@dataclass(frozen=True)
class Standing:
    """How words stand in a sheet: whether each of their sentences is there word for word, and the
    entries that hold these sentences."""

    whole: bool
    entries: list[Entry]


def would_stand(section: str, field: Field, text: str) -> list[Entry]:
    """The entries that a text makes of a field."""
    return [Entry(section, field.name, one) for one in pieces(field, text)]


class Reading:
    """A content made ready for looking for the words of many passages in it."""

    def __init__(self, content: Content) -> None:
        self._fields = [(name, _Lines(rows)) for name, rows in _entries(content)]

    def stand(self, section: str, field: str, text: str) -> Standing:
        """How the words stand in a sheet, in whatever field, beginning with this one.

        Word for word: capitals, spaces, bullets, and the cut into paragraphs, lines and steps may
        differ; a sentence neither begins nor ends inside another.
        """
        named = sorted(self._fields, key=lambda one: one[0] != (section, field))
        fields = [lines for _name, lines in named]
        whole, found, near = True, list[Entry](), list[_Lines]()
        # The longest first: a short sentence is anybody's, and is looked for beside the others.
        for sentence in sorted(_sentences(text), key=len, reverse=True):
            places = chain(near, fields)
            hits = next((hits for lines in places if (hits := lines.hits(sentence))), [])
            whole = whole and bool(hits)
            new = [one for one in hits if not _among(one, found)]
            found += new
            near += [_Lines([one]) for one in new]
        return Standing(whole, [row for one in fields for row in one.rows if _among(row, found)])


def stand(content: Content | Reading, section: str, field: str, text: str) -> Standing:
    """How these words stand in a sheet (`Reading.stand`)."""
    reading = content if isinstance(content, Reading) else Reading(content)
    return reading.stand(section, field, text)


def _among(entry: Entry, entries: list[Entry]) -> bool:
    """Whether it is this very entry: two may say the same."""
    return any(one is entry for one in entries)


def akin(content: Content, section: str, field: str, text: str) -> list[Entry]:
    """The entries of a field that are partly these words: more than half of the words of one are
    in the other."""
    hers = words_in(text)
    rows = next((rows for name, rows in _entries(content) if name == (section, field)), [])
    return [one for one in rows if shares(hers, words_in(one.said))]


def shares(hers: set[str], there: set[str]) -> bool:
    """Whether more than half of the words of one are in the other."""
    shared = len(hers & there)
    return 2 * shared > len(hers) or (shared >= FEW and 2 * shared > len(there))


def words_in(text: str) -> set[str]:
    """The words of a text that tell something."""
    return set(WORD.findall(fold(text)))


def _entries(content: Content) -> Iterator[tuple[tuple[str, str], list[Entry]]]:
    """The entries of each field that holds words, under the names of its section and its own."""
    for section, values in content.items():
        for name, value in values.items():
            parts = value.split("\n\n") if isinstance(value, str) else value
            if isinstance(parts, list):
                yield (section, name), [Entry(section, name, one) for one in parts]


def _plain(text: str) -> list[str]:
    """Each item on one line, without capitals nor bullets."""
    items = (BULLETS.sub("", item.strip() + " ").strip() for item in _items(text))
    return [" ".join(item.split()).casefold() for item in items]


def _sentences(text: str) -> list[str]:
    return [one for item in _plain(text) for one in SENTENCE.split(item) if one]


def _pattern(sentence: str) -> re.Pattern[str]:
    """This sentence and not a part of another; wherever there is a blank, the text may be cut."""
    body = r"\s+".join(map(re.escape, TOKEN.findall(sentence)))
    body = body.replace(r"\s+:", r"\s*:").replace(r":\s+", r":\s*")
    end = r"(?=\s|\Z)" if SENTENCE.search(f"{sentence} ") else r"(?=\.|\n|\Z)"
    return re.compile(rf"(?:\A|\n|[.!?…]\s+)({body}){end}")


class _Lines:
    """The entries of a field, as sentences are looked for in them: with the titles, and without."""

    def __init__(self, rows: list[Entry]) -> None:
        self.rows = rows
        self._texts = [_Flat([one.said for one in rows])]
        if any(one.title for one in rows):
            self._texts.append(_Flat([one.text for one in rows]))

    def hits(self, sentence: str) -> list[Entry]:
        """The entries that hold the sentence, which may go on from one to the next."""
        found = next((span for one in self._texts if (span := one.span(sentence))), None)
        return self.rows[found[0] : found[1] + 1] if found is not None else []


class _Flat:
    """Texts one under the other, and where each ends."""

    def __init__(self, texts: list[str]) -> None:
        plain = ["\n".join(_plain(one)) for one in texts]
        self._text = "\n".join(plain)
        self._tokens = set(TOKEN.findall(self._text))
        self._ends = list(accumulate(len(one) + 1 for one in plain))

    def span(self, sentence: str) -> tuple[int, int] | None:
        """The first and the last of the texts that hold the sentence."""
        tokens = TOKEN.findall(sentence)
        # Cheaper than the pattern, and mostly enough. The last may be followed by a full stop.
        if not self._tokens.issuperset(tokens[:-1]) or tokens[-1] not in self._text:
            return None
        found = _pattern(sentence).search(self._text)
        if found is None:
            return None
        return bisect_right(self._ends, found.start(1)), bisect_left(self._ends, found.end(1))
