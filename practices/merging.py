"""Two changes of one section put together: what a person is shown when she settles them.

Each field is compared with what both began from. A field that only one of them changed is that
one's; lists go line by line. A field that both changed otherwise is said to clash: nobody but a
person decides of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from practices.content import Values
from practices.sections import Field, Kind, Section


@dataclass(frozen=True)
class Merged:
    """`values` is the section with both changes; of a field that is in `clashes`, it has what is
    proposed."""

    values: Values
    clashes: set[str] = field(default_factory=set)


def merge(
    section: Section,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    proposed: Mapping[str, Any],
) -> Merged:
    """What `now` and `proposed` each changed of `before`."""
    found = Merged({})
    for one in section.fields:
        began, stands, wanted = (said.get(one.name) for said in (before, now, proposed))
        if wanted in (began, stands):
            value = stands
        elif stands == began:
            value = wanted
        else:
            value = _both(one, began, stands, wanted)
            if value is None:
                found.clashes.add(one.name)
                value = wanted
        if value not in (None, "", [], False):
            found.values[one.name] = value
    return found


# What another text is added to; the value of the other kinds is one or the other.
GROWING = (Kind.TEXT, Kind.LINES, Kind.STEPS, Kind.TERMS)


def added(one: Field, hers: Any, theirs: Any) -> Any:
    """A value of a field of `GROWING` kind with another one after it: what it has already is not
    put in it twice."""
    if not hers or not theirs:
        return hers or theirs
    if one.kind is Kind.TEXT:
        return hers if f"\n{theirs}\n" in f"\n{hers}\n" else f"{hers.rstrip()}\n\n{theirs}"
    return [*hers, *(row for row in theirs if row not in hers)]


def _both(one: Field, began: Any, stands: Any, wanted: Any) -> Any:
    """A field that both changed; None when they cannot stand together."""
    lists = (began or [], stands or [], wanted or [])
    if one.kind is Kind.TERMS:
        return _joined(*lists)
    if one.kind is Kind.LINES:
        return _joined(*lists) if _apart(*lists) else None
    if one.kind is Kind.STEPS:
        steps = tuple([(row["title"], row["text"]) for row in rows] for rows in lists)
        if _apart(*steps):
            return [{"title": title, "text": text} for title, text in _joined(*steps)]
    return None


def _apart(began: list[Any], stands: list[Any], wanted: list[Any]) -> bool:
    """Whether each added and removed lines of its own. A line that both removed may have been
    rewritten by one of them, and one that was moved has no place of its own: these clash."""
    if any(len(set(rows)) < len(rows) for rows in (began, stands, wanted)):
        return False
    if any(_of(rows, began) != _of(began, rows) for rows in (stands, wanted)):
        return False
    return not set(began) - set(stands) - set(wanted)


def _of(rows: Iterable[Any], others: Iterable[Any]) -> list[Any]:
    among = set(others)
    return [one for one in rows if one in among]


def _joined(began: list[Any], stands: list[Any], wanted: list[Any]) -> list[Any]:
    """What stands, less what was removed, and each added line after the one that it followed."""
    found = [one for one in stands if one in wanted or one not in began]
    for place, one in enumerate(wanted):
        if one not in began and one not in found:
            before = next((found.index(row) for row in wanted[:place][::-1] if row in found), -1)
            found.insert(_past(found, before + 1, lambda row: row not in wanted), one)
    return found


def _past(rows: list[Any], place: int, other: Callable[[Any], bool]) -> int:
    """The place behind the lines that the other added there."""
    while place < len(rows) and other(rows[place]):
        place += 1
    return place
