"""How a column of folded text begins, by its index on both databases."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Lookup
from django.db.models.lookups import StartsWith

# After every letter, in the order of SQLite.
LAST = chr(0x10FFFF)


@CharField.register_lookup
class Begins(Lookup):
    """`key__begins="ret"`: as `startswith`. On PostgreSQL it is a LIKE, which an index with the
    pattern operators answers; on SQLite a LIKE answers to no index, two bounds do."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return StartsWith(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", [*params, self.rhs, *params, self.rhs + LAST]
