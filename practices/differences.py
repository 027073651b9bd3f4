"""What differs between two states of a sheet, word by word: pure functions over its values.

A text is cut into words, spaces and signs whose sum is the text: nothing is lost by comparing.
Spaces of whatever width are the same: what nobody sees is no difference, and is given as it is in
the later state.
The comparison is that of Myers (1986), whose work grows with what differs and not with the square
of the texts; past `MOST_EDITS`, what is between the common beginning and the common end is said to
be replaced as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from practices.content import Content, lines_of
from practices.sections import SECTIONS, Field, Kind, Section

# Past so many words added and removed, a reader is helped by the two texts, not by their words.
MOST_EDITS = 600
# Two lines are the same one, changed, when they share so much of their words.
ALIKE = 0.4

# In plain text: how many characters are told around what differs, and of one text at most.
AROUND = 80
MOST_TOLD = 600

# A word with its accents (composed or not) and its elision (“l’”, “qu’”); a line break; spaces of
# any width; any other sign.
TOKEN = re.compile(r"[\w\u0300-\u036f]+['’]?|\n|[^\S\n]+|[^\w\s]")
SPACES = re.compile(r"[^\S\n]+")


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    # Of an item only: its segments say what differs in it.
    CHANGED = "changed"


@dataclass(frozen=True)
class Segment:
    """A stretch of text, in both states or in one of them."""

    change: Change
    text: str


@dataclass(frozen=True)
class Item:
    """A line, a step, a word of a list, or a whole text: `parts` are its texts (the title and the
    text of a step), each in segments."""

    change: Change
    parts: tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True)
class Difference:
    """What differs in one field."""

    field: Field
    items: tuple[Item, ...]

    @property
    def is_list(self) -> bool:
        return self.field.kind in (Kind.LINES, Kind.STEPS, Kind.TERMS)


@dataclass(frozen=True)
class Compared:
    """The fields of a section that differ."""

    section: Section
    differences: list[Difference]


# ---------------------------------------------------------------------------------- sections


def between_contents(before: Content, after: Content) -> list[Compared]:
    """The sections that differ, in their order."""
    found = []
    for section in SECTIONS:
        said, says = before.get(section.name, {}), after.get(section.name, {})
        if differences := between(section, said, says):
            found.append(Compared(section, differences))
    return found


def between(
    section: Section, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Difference]:
    """The fields of a section that differ, in their order."""
    found = []
    for field in section.fields:
        said, says = before.get(field.name), after.get(field.name)
        items = of_field(field, said, says) if said != says else ()
        if any(item.change is not Change.SAME for item in items):
            found.append(Difference(field, items))
    return found


def of_field(field: Field, before: Any, after: Any) -> tuple[Item, ...]:
    """Two values of a field: item by item, then word by word."""
    if field.kind is Kind.LINES:
        return _items([(one,) for one in before or []], [(one,) for one in after or []])
    if field.kind is Kind.STEPS:
        return _items(_steps(before), _steps(after))
    if field.kind in (Kind.LINE, Kind.TEXT):
        said, says = before or "", after or ""
        return (_item((said,), (says,)),) if said or says else ()
    return _chosen(lines_of(field, before), lines_of(field, after))


def _steps(value: Any) -> list[tuple[str, ...]]:
    return [(one.get("title", ""), one.get("text", "")) for one in value or []]


def _chosen(before: list[str], after: list[str]) -> tuple[Item, ...]:
    """Words chosen in a list: those that stay, that leave, that come."""
    kept = [_alone(Change.SAME, (one,)) for one in before if one in after]
    left = [_alone(Change.REMOVED, (one,)) for one in before if one not in after]
    come = [_alone(Change.ADDED, (one,)) for one in after if one not in before]
    return (*kept, *left, *come)


def _alone(change: Change, texts: tuple[str, ...]) -> Item:
    return Item(change, tuple((Segment(change, text),) if text else () for text in texts))


def _item(before: tuple[str, ...], after: tuple[str, ...]) -> Item:
    """One item in its two states."""
    if _seen(before) == _seen(after):
        return _alone(Change.SAME, after)
    if not any(before) or not any(after):
        return _alone(Change.ADDED, after) if any(after) else _alone(Change.REMOVED, before)
    parts = tuple(tuple(words(*both)) for both in zip(before, after, strict=True))
    return Item(Change.CHANGED, parts)


def _items(before: list[tuple[str, ...]], after: list[tuple[str, ...]]) -> tuple[Item, ...]:
    """Two lists: the items of both, and between them those that were changed, in pairs where they
    resemble each other."""
    found: list[Item] = []
    for change, said, says in _blocks(before, after):
        if change is Change.SAME:
            found += [_alone(Change.SAME, one) for one in says]
        else:
            found += _paired(said, says)
    return tuple(found)


def _paired(removed: Sequence[tuple[str, ...]], added: Sequence[tuple[str, ...]]) -> Iterator[Item]:
    """What took the place of what: first with first, while they resemble each other."""
    for number in range(max(len(removed), len(added))):
        both = removed[number : number + 1], added[number : number + 1]
        if all(both) and _alike(both[0][0], both[1][0]):
            yield _item(both[0][0], both[1][0])
            continue
        for one in both[0]:
            yield _alone(Change.REMOVED, one)
        for one in both[1]:
            yield _alone(Change.ADDED, one)


def _alike(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    said, says = (set(re.findall(r"\w+", " ".join(one).lower())) for one in (before, after))
    return len(said & says) >= ALIKE * max(len(said), len(says), 1)


# -------------------------------------------------------------------------------- plain text


def told(difference: Difference) -> list[tuple[str, str]]:
    """What differs in one field, in plain text: each line or text that does, before and after,
    without what is far from the change. What came has nothing before, what left nothing after."""
    return [
        (_side(item, Change.ADDED), _side(item, Change.REMOVED))
        for item in difference.items
        if item.change is not Change.SAME
    ]


def _side(item: Item, without: Change) -> str:
    """One state of an item: all of it but what is `without`."""
    if item.change is without:
        return ""
    texts = ["".join(_near(part, without)).strip() for part in item.parts]
    text = " : ".join(filter(None, texts))
    return text if len(text) <= MOST_TOLD else f"{_first_words(text, MOST_TOLD)}…"


def _near(part: tuple[Segment, ...], without: Change) -> Iterator[str]:
    """The segments of one state, those that did not change shortened where nothing is near."""
    for place, segment in enumerate(part):
        if segment.change is without:
            continue
        text, last = segment.text, place == len(part) - 1
        if segment.change is not Change.SAME or len(part) == 1 or len(text) <= 2 * AROUND:
            yield text
            continue
        # What begins after a changed word keeps its space.
        begins = "" if place == 0 else _first_words(text, AROUND)
        shortened = f"{begins}…" if last else f"{begins} … {_last_words(text, AROUND)}"
        yield shortened.lstrip() if place == 0 else shortened


def _first_words(text: str, most: int) -> str:
    head = text[:most]
    return head[: head.rfind(" ")] if " " in head else head


def _last_words(text: str, most: int) -> str:
    tail = text[-most:]
    return tail[tail.find(" ") + 1 :]


# ------------------------------------------------------------------------------------- words


def words(before: str, after: str) -> list[Segment]:
    """Two texts word by word. A lone space between two changes belongs to both of them: a sentence
    that was rewritten is read as a sentence."""
    found: list[Segment] = []
    removed, added = "", ""
    for change, said, says in _blocks(TOKEN.findall(before), TOKEN.findall(after)):
        if change is not Change.SAME:
            removed, added = removed + "".join(said), added + "".join(says)
            continue
        text = "".join(says)
        if (removed or added) and text.isspace() and "\n" not in text:
            removed, added = removed + text, added + text
            continue
        found += _changed(removed, added)
        removed, added = "", ""
        found.append(Segment(Change.SAME, text))
    return [*found, *_changed(removed, added)]


def _changed(removed: str, added: str) -> list[Segment]:
    """What left and what came; the space that both end with is in both states."""
    if not (removed and added):
        both = (Segment(Change.REMOVED, removed), Segment(Change.ADDED, added))
        return [one for one in both if one.text]
    end = ""
    if _seen(removed[-1]) == _seen(added[-1]) and added[-1].isspace():
        removed, added, end = removed[:-1], added[:-1], added[-1]
    said = (
        Segment(Change.REMOVED, removed),
        Segment(Change.ADDED, added),
        Segment(Change.SAME, end),
    )
    return [one for one in said if one.text]


def _seen(one: Any) -> Any:
    """A word or the texts of an item, as a reader sees them."""
    if isinstance(one, tuple):
        return tuple(SPACES.sub(" ", text) for text in one)
    return " " if one.isspace() and one != "\n" else one


Block = tuple[Change, Sequence[Any], Sequence[Any]]


def _blocks(before: Sequence[Any], after: Sequence[Any]) -> list[Block]:
    """Two sequences as stretches that are the same (SAME) or that took the place of one another
    (CHANGED), in order: their sums are the sequences."""
    was, now = [_seen(one) for one in before], [_seen(one) for one in after]
    start = 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    end = 0
    room = min(len(was), len(now)) - start
    while end < room and was[-1 - end] == now[-1 - end]:
        end += 1
    inside = (before[start : len(before) - end], after[start : len(after) - end])
    blocks: list[Block] = [(Change.SAME, before[:start], after[:start])]
    blocks += _middle(*inside)
    blocks.append((Change.SAME, before[len(before) - end :], after[len(after) - end :]))
    return [one for one in blocks if one[1] or one[2]]


def _middle(before: Sequence[Any], after: Sequence[Any]) -> list[Block]:
    common = _common([_seen(one) for one in before], [_seen(one) for one in after])
    if common is None:
        return [(Change.CHANGED, before, after)]
    blocks: list[Block] = []
    here, there = 0, 0
    for x, y, length in common:
        blocks.append((Change.CHANGED, before[here:x], after[there:y]))
        blocks.append((Change.SAME, before[x : x + length], after[y : y + length]))
        here, there = x + length, y + length
    blocks.append((Change.CHANGED, before[here:], after[there:]))
    return blocks


def _common(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int, int, int]] | None:
    """The stretches that both have, as (place in `before`, place in `after`, length), by the
    shortest way from one to the other; None when that way is longer than `MOST_EDITS`."""
    wide, high = len(before), len(after)
    # How far along `before` the best path on each diagonal has come, and each turn of the search.
    reached = {1: 0}
    turns: list[dict[int, int]] = []
    for edits in range(min(wide + high, MOST_EDITS) + 1):
        turns.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1]
            )
            x = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            y = x - diagonal
            while x < wide and y < high and before[x] == after[y]:
                x, y = x + 1, y + 1
            reached[diagonal] = x
            if x >= wide and y >= high:
                return _way_back(turns, wide, high)
    return None


def _way_back(turns: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int, int]]:
    found = []
    for edits in range(len(turns) - 1, -1, -1):
        reached, diagonal = turns[edits], x - y
        down = diagonal == -edits or (
            diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1]
        )
        last = diagonal + 1 if down else diagonal - 1
        start = reached[last] if edits else 0
        # Where the straight stretch of this turn begins.
        begin = start if down or not edits else start + 1
        if x > begin:
            found.append((begin, begin - diagonal, x - begin))
        x, y = start, start - last
    return found[::-1]
