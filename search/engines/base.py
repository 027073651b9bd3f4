"""What a full-text engine does for the search: little, so that another can take its place.

An engine finds; it neither ranks, counts nor says who reads. It answers candidates, the newest
first, at most `limit` of them, and everything else (weights, order, facets, cursor, excerpts) is
done once for all engines in `search.ranking` and `search.finding`.

The two engines of today are the databases' own: their indexes are filled by the database itself,
in the transaction of each row (migration 0002), and the audience rule is in the statement that
matches. A cluster such as OpenSearch would implement the same two questions so:

- it keeps each entry with the number of its cell, sent by a handler of the events that
  `search.handlers` hears, from `search.indexing.index`;
- `candidates` asks it for the newest entries that match among `search.cells` (a terms filter: these
  are the cells that the reader reads now), then takes from `search.rows`, filtered by the
  identifiers that came back, the rows themselves: the database has the last word on who reads;
- `alive` does the same with one result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from search.matching import Match

if TYPE_CHECKING:
    from search.querysets import EntryQuerySet


class Candidate(NamedTuple):
    """An entry that matches, with what ranking and facets need of it."""

    id: int
    kind: str
    object_id: int
    space_id: int | None
    type: str
    dated_at: datetime
    title_key: str
    title_stems: str
    body_stems: str


COLUMNS = Candidate._fields


@dataclass(frozen=True)
class Search:
    """One question to an engine.

    rows      what may be found: the audience rule and every filter, as a queryset not yet asked
    cells     where to look: the cells that the reader reads, the richest first
    match     what to look for; nothing but filters when it is empty
    limit     how many at most, the newest
    since     when set, a date since when there should be enough: nothing older is needed
    """

    rows: EntryQuerySet
    cells: Sequence[int]
    match: Match
    limit: int
    since: datetime | None = None


class Wanted(NamedTuple):
    """Something that is about to be offered: it must be found in one of these cells, by whom it
    is offered to. What is frequent is looked for among the newest entries of the first cell."""

    cells: Sequence[int]
    match: Match
    frequent: bool = False


class Engine(Protocol):
    def candidates(self, search: Search) -> list[Candidate]:
        """The newest rows of `search.rows` that match, at most `search.limit`, in any order."""

    def alive(self, rows: EntryQuerySet, wanted: Sequence[Wanted]) -> list[bool]:
        """For each: whether at least one of `rows` matches there, now."""
