"""What the two databases have in common: the statements, but for how a match is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from search.engines.base import COLUMNS, Candidate, Search, Wanted
from search.matching import Match, Way
from search.models import SearchDocument

if TYPE_CHECKING:
    from search.querysets import EntryQuerySet

TABLE = SearchDocument._meta.db_table
# What the audience rule and the filters may ask of a row; the texts stay where they are.
NARROW = ", ".join(
    str(column.column)
    for column in SearchDocument._meta.local_concrete_fields
    if not isinstance(column, models.TextField | models.JSONField)
)
# A word that stands in so many entries is looked for among the newest ones of its cell.
FREQUENT = 5000
RECENT = 2000

Sql = tuple[str, list[Any]]


def token(cell: int, stem: str) -> str:
    """A stem as it is indexed in a cell (migration 0002)."""
    return f"c{cell}x{stem}"


def author_token(cell: int, key: str) -> str:
    return f"c{cell}y{key}"


class Grammar(ABC):
    """How one database writes what is looked for."""

    AND: str
    OR: str

    @abstractmethod
    def together(self, tokens: Sequence[str]) -> str:
        """These, one after the other."""

    @abstractmethod
    def without(self, wanted: str, unwanted: str) -> str:
        """The first and not the second."""

    def either(self, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else f"({self.OR.join(parts)})"

    def every(self, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else f"({self.AND.join(parts)})"

    def in_cell(self, cell: int, match: Match) -> str:
        """What `match` looks for, in the words of one cell."""
        by = [author_token(cell, key) for key in match.author]
        groups = {
            group: self.either([self._way(cell, way) for way in group]) for group in match.groups
        }
        demands = [
            self.every([*(groups[group] for group in demand), *by])
            for demand in match.demands()
            if demand or by
        ]
        wanted = self.either(list(dict.fromkeys(demands)))
        if not match.without:
            return wanted
        unwanted = [self._way(cell, Way(stems)) for stems in match.without]
        return self.without(wanted, self.either(unwanted))

    def _way(self, cell: int, way: Way) -> str:
        tokens = [token(cell, stem) for stem in way.stems]
        return self.together(tokens) if way.together and len(tokens) > 1 else self.every(tokens)

    def anywhere(self, cells: Sequence[int], match: Match) -> str:
        return self.either([self.in_cell(cell, match) for cell in cells])


class DatabaseEngine(ABC):
    """The engine of a database; see `search.engines.base.Engine`."""

    grammar: Grammar

    @abstractmethod
    def matching(self, search: Search) -> Sql:
        """The condition that looks the words up in the index."""

    @abstractmethod
    def exists(self, rows: EntryQuerySet, *, frequent: bool) -> Sql:
        """Whether one of `rows` matches `wanted.query` (in the cell `wanted.cell` if frequent)."""

    def matched(self, statement: str) -> str:
        """A statement, as the body of a WITH that is worked out by itself, before its limit."""
        return statement

    def candidates(self, search: Search) -> list[Candidate]:
        if not search.cells:
            return []
        rows = search.rows
        # The words name their cells already: to say them again would make the database go through
        # all of each, were it not for the date.
        if search.since is not None or not search.match:
            rows = rows.filter(cell_id__in=search.cells)
        if search.since is not None:
            rows = rows.filter(dated_at__gte=search.since)
        if search.match:
            sql, params = self.matching(search)
            rows = rows.filter(RawSQL(sql, params, output_field=BooleanField()))  # noqa: S611
        inner, params = _sql(rows.values("id", "dated_at"))
        newest = RawSQL(  # noqa: S611
            f"WITH matched AS {self.matched(f'({inner})')} "  # noqa: S608
            f"SELECT id FROM matched ORDER BY dated_at DESC, id DESC LIMIT {search.limit:d}",
            params,
        )
        found = SearchDocument.objects.filter(pk__in=newest).values_list(*COLUMNS)
        return [Candidate(*row) for row in found]

    def alive(self, rows: EntryQuerySet, wanted: Sequence[Wanted]) -> list[bool]:
        found: set[int] = set()
        for frequent in (False, True):
            asked = [(n, one) for n, one in enumerate(wanted) if one.frequent == frequent]
            if asked:
                found |= self._alive(rows, asked, frequent=frequent)
        return [n in found for n in range(len(wanted))]

    def _alive(
        self, rows: EntryQuerySet, asked: Sequence[tuple[int, Wanted]], *, frequent: bool
    ) -> set[int]:
        values: list[str] = []
        params: list[Any] = []
        for n, one in asked:
            values.append("(%s, %s, %s)")
            params += [n, one.cells[0], self.grammar.anywhere(one.cells, one.match)]
        sql, more = self.exists(rows, frequent=frequent)
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH wanted(n, cell, query) AS (VALUES {', '.join(values)}) "  # noqa: S608
                f"SELECT n FROM wanted WHERE EXISTS ({sql})",
                [*params, *more],
            )
            return {n for (n,) in cursor.fetchall()}


def _sql(rows: Any) -> Sql:
    sql, params = rows.order_by().query.sql_with_params()
    return sql, list(params)


def shadowed(rows: EntryQuerySet, name: str, statement: str, params: Sequence[Any] = ()) -> Sql:
    """`rows`, read from what `statement` answers in place of the whole table."""
    sql, more = _sql(rows.values("id"))
    return f"WITH {TABLE} AS {name} ({statement}) {sql}", [*params, *more]
