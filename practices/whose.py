"""Whose each sentence is, where the words of several people stand in one paragraph, line or step.

Pure functions. A sentence is whose said it word for word; one that was rewritten is whose words it
shares most. Between two, it is the other's: nobody is shown, nor takes out, what may not be hers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from practices import laying
from practices.content import Values
from practices.laying import BULLET, BULLETS, COLON, SENTENCE, TELLING, Entry, shares, words_in
from practices.sections import Field, Kind

# Where a sentence ends in a text that keeps its lines: not after the number of an item.
END = re.compile(
    rf"((?<!^\d\.)(?<!^\d\d\.){SENTENCE.pattern}|\s*\n\s*\n\s*|\n(?={BULLET.pattern[1:]}))",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of an entry; `before` is what parts it from the one before. The first of a step
    may begin in its title: `titled` is then both, as one compares them."""

    before: str
    text: str
    titled: str = ""

    @property
    def forms(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.titled, _bare(self.text))))


@dataclass(frozen=True)
class Voice:
    """What somebody said: her sentences, all of them in one, and the words that tell."""

    sentences: frozenset[str]
    flat: str
    words: set[str]

    @classmethod
    def of(cls, text: str) -> Voice:
        said = [_bare(one.text) for one in _cut(text)]
        return cls(frozenset(said), f" {' '.join(said)} ", words_in(text))

    def says(self, forms: Iterable[str]) -> bool:
        return not self.sentences.isdisjoint(forms)

    def holds(self, forms: Iterable[str]) -> bool:
        """Whether it is a part of hers: a long sentence may have been cut."""
        return any(len(one) >= TELLING and f" {one} " in self.flat for one in forms)

    def shared(self, words: set[str]) -> int:
        return len(self.words & words) if shares(self.words, words) else 0


def parts_of(entries: Sequence[Entry], text: str, others: Sequence[str]) -> list[Entry]:
    """What of each entry is this text, once it was rewritten: its sentences that are nearest to it.
    An entry of which no sentence is anybody's is given whole."""
    mine, theirs = Voice.of(text), [Voice.of(one) for one in others]
    found = (_part(one, mine, theirs, apart=True) for one in entries)
    return [one for one in found if one is not None]


def beside_others(entries: Sequence[Entry], text: str, others: Sequence[str]) -> list[Entry]:
    """The entries where this text stands: whole, or only its sentences where another's stand in
    the same one."""
    mine, theirs = Voice.of(text), [Voice.of(one) for one in others]
    found = (_part(one, mine, theirs, apart=False) for one in entries)
    return [one for one in found if one is not None]


def lift(field: Field, values: Values, text: str) -> Values:
    """The values of a section without the text: its paragraphs, lines and steps where they stand
    alone, its sentences where those of others stand in the same one."""
    kept = laying.lift(field, values, text)
    rows = _rows(kept.get(field.name))
    for piece in _missed(field, values, kept, text):
        found = ((at, _without(row, piece)) for at, row in enumerate(rows))
        at, left = next(((at, left) for at, left in found if left is not None), (0, None))
        if left is not None:
            rows[at : at + 1] = [left] if left.value else []
    if [row.value for row in rows] == [row.value for row in _rows(kept.get(field.name))]:
        return kept
    others = {name: value for name, value in kept.items() if name != field.name}
    said = [row.value for row in rows]
    left_of_it: Any = "\n\n".join(said) if field.kind is Kind.TEXT else said
    return others | {field.name: left_of_it} if said else others


def _rows(value: Any) -> list[Entry]:
    parts = value.split("\n\n") if isinstance(value, str) else value or []
    return [Entry("", "", one) for one in parts]


def _missed(field: Field, values: Values, kept: Values, text: str) -> list[str]:
    """The parts of the text that do not stand alone in the field."""
    if field.kind is Kind.TEXT:
        return text.strip().split("\n\n") if kept == values else []
    there, missed = list(values.get(field.name) or []), []
    for piece in laying.pieces(field, text):
        if piece in there:
            there.remove(piece)
        else:
            missed.append(Entry("", "", piece).said)
    return missed


def _without(entry: Entry, text: str) -> Entry | None:
    """The entry without the sentences of this text, when all of them are there word for word, in
    their order; None when they are not, or are so short that they are anybody's. Its value is
    empty once nothing is left."""
    gone = [_bare(one.text) for one in _cut(text)]
    if not any(len(one) >= TELLING for one in gone):
        return None
    left: list[Sentence] = []
    title = entry.title
    for one in _sentences(entry):
        if gone and gone[0] in one.forms:
            # The title of a step leaves with the sentence that begins in it.
            title = "" if gone[0] == one.titled else title
            del gone[0]
        else:
            left.append(one)
    return None if gone else _with(entry, left, title)


def _part(entry: Entry, mine: Voice, theirs: Sequence[Voice], *, apart: bool) -> Entry | None:
    sentences = _sentences(entry)
    whose = [_whose(one, mine, theirs) for one in sentences]
    alone = False not in whose
    if alone and (all(whose) or not apart or True not in whose):
        return entry
    kept = [one for one, hers in zip(sentences, whose, strict=True) if hers]
    if not kept:
        return None
    titled = kept[0].titled
    hers = bool(titled) and (mine.says((titled,)) or mine.holds((titled,)))
    return _with(entry, kept, entry.title if hers else "")


def _whose(sentence: Sentence, mine: Voice, theirs: Sequence[Voice]) -> bool | None:
    """True when it is hers, False when it is another's, None when it is nobody's."""
    forms = sentence.forms
    if mine.says(forms):
        return True
    if any(one.says(forms) for one in theirs):
        return False
    if mine.holds(forms):
        return True
    if any(one.holds(forms) for one in theirs):
        return False
    words = words_in(sentence.titled or sentence.text)
    others = max((one.shared(words) for one in theirs), default=0)
    ours = mine.shared(words)
    return ours > others if ours or others else None


def _sentences(entry: Entry) -> list[Sentence]:
    found = _cut(entry.text)
    if entry.title:
        first = found[0] if found else Sentence("", "")
        found[:1] = [replace(first, titled=_bare(f"{entry.title} : {first.text}"))]
    return found


def _cut(text: str) -> list[Sentence]:
    before, *rest = ["", *END.split(text.strip())]
    found = []
    for index in range(0, len(rest), 2):
        if rest[index].strip():
            found.append(Sentence(before, rest[index]))
        before = rest[index + 1] if index + 1 < len(rest) else ""
    return found


def _bare(text: str) -> str:
    """A sentence as one compares it: without capitals, bullets, nor its last full stop."""
    plain = " ".join(BULLETS.sub("", text.strip() + " ").split()).casefold()
    return COLON.sub(": ", plain).strip().removesuffix(".")


def _with(entry: Entry, sentences: Sequence[Sentence], title: str) -> Entry:
    """The entry with these sentences alone."""
    first = sentences[0].text if sentences else ""
    text = first + "".join(one.before + one.text for one in sentences[1:])
    value: Any = {"title": title, "text": text} if isinstance(entry.value, dict) else text
    return replace(entry, value=value if text else "")
