"""PostgreSQL: a `tsvector` in each row and a GIN index on it.

The match is worked out in a MATERIALIZED subquery, without the limit: PostgreSQL would otherwise
rather walk an index by date in the hope of meeting a rare word soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from search.engines.base import Search
from search.engines.database import NARROW, RECENT, TABLE, DatabaseEngine, Grammar, Sql, shadowed

if TYPE_CHECKING:
    from search.querysets import EntryQuerySet

VECTOR = f"{TABLE}.vector"


class Tsquery(Grammar):
    AND = " & "
    OR = " | "

    def together(self, tokens: Sequence[str]) -> str:
        # In the title or in the text: not from the end of one to the beginning of the other.
        return self.either(
            [f"({' <-> '.join(f'{one}:{weight}' for one in tokens)})" for weight in "AB"]
        )

    def without(self, wanted: str, unwanted: str) -> str:
        return f"({wanted} & !{unwanted})"


class PostgresEngine(DatabaseEngine):
    grammar = Tsquery()

    def matched(self, statement: str) -> str:
        return f"MATERIALIZED {statement}"

    def matching(self, search: Search) -> Sql:
        # A question for each cell: the index then answers each without a look at the rows, which
        # it does not for one that is made of all of them.
        loose = search.match.apart()
        queries = [self.grammar.in_cell(cell, loose) for cell in search.cells]
        found = " OR ".join([f"{VECTOR} @@ %s::tsquery"] * len(queries))
        if not search.match.ordered:
            return f"({found})", queries
        # The index knows no places: of what it finds, each row is asked once, in the words of its
        # own cell, which no index can answer.
        cases = [(cell, self.grammar.in_cell(cell, search.match)) for cell in search.cells]
        whens = "WHEN %s THEN %s::tsquery " * len(cases)
        return (
            f"({found}) AND {VECTOR} @@ CASE {TABLE}.cell_id {whens}END",
            [*queries, *(value for case in cases for value in case)],
        )

    def exists(self, rows: EntryQuerySet, *, frequent: bool) -> Sql:
        if frequent:
            newest = (
                f"SELECT {NARROW} FROM (SELECT * FROM {TABLE} WHERE cell_id = wanted.cell "  # noqa: S608
                f"ORDER BY dated_at DESC LIMIT {RECENT:d}) recent "
                "WHERE vector @@ wanted.query::tsquery"
            )
            return shadowed(rows, "NOT MATERIALIZED", newest)
        found = f"SELECT {NARROW} FROM {TABLE} WHERE vector @@ wanted.query::tsquery"  # noqa: S608
        return shadowed(rows, "MATERIALIZED", found)
