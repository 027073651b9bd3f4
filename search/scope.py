"""Where a person searches: the cells that she reads now, and what is known of words in them.

Everything that is decided from how frequent a word is (which plan the engine takes, how much a
word weighs, what it is corrected to) is decided from here, and so from what she may read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from math import log
from typing import TYPE_CHECKING

from django.db.models import FilteredRelation, Q, Sum, TextField
from django.db.models.functions import Cast

from core.audience import Level
from search import analysis
from search.matching import Group, Match, Way
from search.models import Cell, Word

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.audience import Viewer


COLUMNS = (
    "pk", "kind", "level", "space_id", "space__name", "space__slug", "documents", "by_month",
    "found__stem",
)  # fmt: skip
# So many entries are a lot: their usual words are looked at before the rare ones.
LARGE = 20_000
# No stem is this.
NOTHING = "-"


@dataclass
class Seen:
    """A cell as it is searched: how many entries it has, by month, and in how many a stem is."""

    pk: int
    kind: str
    space_id: int | None
    documents: int
    months: dict[str, int]
    counts: dict[str, int] = field(default_factory=dict)

    def expected(self, match: Match) -> tuple[float, float]:
        """How many entries of the cell may match: a likely number, and one never exceeded."""
        if not self.documents:
            return 0.0, 0.0
        likely = ceiling = 0.0
        for demand in match.demands():
            share, most = 1.0, float(self.documents)
            for group in demand:
                found = min(sum(self._ways(way) for way in group), self.documents)
                share *= found / self.documents
                most = min(most, sum(self._most(way) for way in group))
            likely += share * self.documents
            ceiling += most
        return min(likely, self.documents), min(ceiling, self.documents)

    def _ways(self, way: Way) -> float:
        share = 1.0
        for stem in way.stems:
            share *= min(1.0, self.counts.get(stem, 0) / self.documents)
        return share * self.documents

    def _most(self, way: Way) -> float:
        return min(self.counts.get(stem, 0) for stem in way.stems)


@dataclass
class Scope:
    """The cells of one search, and the names of their spaces."""

    cells: list[Seen]
    spaces: dict[int, tuple[str, str]]

    @cached_property
    def documents(self) -> int:
        return sum(cell.documents for cell in self.cells)

    def count(self, stem: str) -> int:
        """In how many entries the stem is: at most, since each form of a word counts."""
        return sum(cell.counts.get(stem, 0) for cell in self.cells)

    def weight(self, group: Group) -> float:
        """How much a group tells: the rarer it is, the more (inverse document frequency)."""
        found = max(1.0, sum(min(self.count(stem) for stem in way.stems) for way in group))
        return log(1 + (self.documents + 1) / found)

    def learn(self, stems: Iterable[str]) -> None:
        """Look up how often these stand in each cell too: one query."""
        cells = {cell.pk: cell for cell in self.cells if cell.documents}
        words = Word.objects.filter(cell__in=cells, stem__in=set(stems))
        found = words.values_list("cell", "stem").annotate(total=Sum("count"))
        for pk, stem, total in found.order_by():
            cells[pk].counts[stem] = total

    def named(self, name: str) -> set[int]:
        """The spaces whose name or address holds these words."""
        keys = [word.key for word in analysis.words(name)]
        return {
            pk
            for pk, names in self.spaces.items()
            if keys
            and all(any(analysis.fold(key) in analysis.fold(one) for one in names) for key in keys)
        }

    def within(
        self, *, kinds: Collection[str] = (), spaces: Collection[int] | None = None
    ) -> Scope:
        """The part of it that holds these kinds, in these spaces."""
        cells = [
            cell
            for cell in self.cells
            if (not kinds or cell.kind in kinds) and (spaces is None or cell.space_id in spaces)
        ]
        return Scope(cells, self.spaces)

    def ids(self) -> tuple[int, ...]:
        """The cells, those where most is found first."""
        frequent = sorted(self.cells, key=lambda cell: -sum(cell.counts.values()))
        return tuple(cell.pk for cell in frequent)

    def known(self) -> list[int]:
        """The cells whose words may be told."""
        return [cell.pk for cell in self.cells if cell.documents]

    def expected(self, match: Match) -> tuple[float, float]:
        """How many entries may match: a likely number, and one never exceeded."""
        found = [cell.expected(match) for cell in self.cells]
        return sum(likely for likely, _most in found), sum(most for _likely, most in found)

    def since(self, wanted: float, before: datetime | None = None) -> datetime | None:
        """The first day of the month since when there are `wanted` entries; None for always."""
        months: dict[str, int] = {}
        for cell in self.cells:
            for month, count in cell.months.items():
                months[month] = months.get(month, 0) + count
        last = before.strftime("%Y-%m") if before else "9"
        found = 0
        for month in sorted(months, reverse=True):
            found += months[month] if month <= last else 0
            if found >= wanted:
                return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC)
        return None


def scope_of(
    user: Viewer, *, inside: SubCommunity | None = None, stems: Iterable[str] = ()
) -> Scope:
    """The cells that `user` searches now, and how often `stems` are in each: one query."""
    cells = Cell.objects.findable_by(user, inside=inside)
    guest = user.is_authenticated and user.is_guest
    if guest and inside is None:
        # Her own profile, which she reads, is among the members'.
        cells = cells | Cell.objects.filter(level=Level.MEMBERS, space=None)
    wanted = Q(words__stem__in=sorted(set(stems) or {NOTHING}))
    rows = cells.annotate(
        found=FilteredRelation("words", condition=wanted), by_month=Cast("months", TextField())
    ).values_list(*COLUMNS)
    found: dict[int, Seen] = {}
    spaces: dict[int, tuple[str, str]] = {}
    for row in rows.annotate(total=Sum("found__count")).order_by():
        pk, kind, level, space_id, name, slug, documents, months, stem, count = row
        cell = found.get(pk)
        if cell is None:
            untold = level == Level.MEMBERS and guest
            known = {} if untold else json.loads(months)
            cell = found[pk] = Seen(pk, kind, space_id, 0 if untold else documents, known)
        if space_id is not None:
            spaces[space_id] = (name, slug)
        if stem is not None and cell.documents:
            cell.counts[stem] = count
    return Scope(list(found.values()), spaces)
