"""SQLite: an FTS5 table beside the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from search.engines.base import Search
from search.engines.database import NARROW, RECENT, TABLE, DatabaseEngine, Grammar, Sql, shadowed

if TYPE_CHECKING:
    from search.querysets import EntryQuerySet

FOUND = "SELECT rowid FROM search_fts WHERE search_fts MATCH "


class Fts5(Grammar):
    AND = " AND "
    OR = " OR "

    def together(self, tokens: Sequence[str]) -> str:
        return f'"{" ".join(tokens)}"'

    def without(self, wanted: str, unwanted: str) -> str:
        return f"({wanted} NOT {unwanted})"


class SqliteEngine(DatabaseEngine):
    grammar = Fts5()

    def matching(self, search: Search) -> Sql:
        query = self.grammar.anywhere(search.cells, search.match)
        return f"{TABLE}.id IN ({FOUND}%s)", [query]

    def exists(self, rows: EntryQuerySet, *, frequent: bool) -> Sql:
        columns = ", ".join(f"d.{name}" for name in NARROW.split(", "))
        if frequent:
            newest = (
                f"SELECT {columns} FROM main.{TABLE} d WHERE d.cell_id = wanted.cell "  # noqa: S608
                f"AND EXISTS ({FOUND}wanted.query AND rowid = d.id) "
                f"ORDER BY d.dated_at DESC LIMIT {RECENT:d}"
            )
            return shadowed(rows, "", newest)
        found = (
            f"SELECT {columns} FROM search_fts CROSS JOIN main.{TABLE} d "  # noqa: S608
            "ON d.id = search_fts.rowid WHERE search_fts MATCH wanted.query"
        )
        return shadowed(rows, "", found)
