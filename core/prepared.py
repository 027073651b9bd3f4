"""Conditions written once in the ORM, compiled once a process.

Building a condition of ten subqueries takes Django longer than the database needs to answer it,
and a page asks for it several times. Nothing of the condition changes from one viewer to the
next but two values, the viewer's identifier and the present moment, and the columns that it is
put on. So it is compiled once on a model of reference, with marks in the place of those values,
and then only copied: the text, the columns of the query at hand, the values of this request.

Only text is kept, never an answer: who may see what is asked of the database in each query.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Model, Q
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

# What no viewer and no clock can be: where they stand in the compiled text, the values go.
NOBODY = -6_204_190_522_871
NEVER = datetime(1803, 2, 1, 4, 5, 6, 789, tzinfo=UTC)

# (viewer's identifier, now) → the condition, on the model of reference.
Rule = Callable[[int, datetime], Q]


@dataclass(frozen=True)
class Piece:
    """Text between two columns, its parameters, and the column that follows (None at the end)."""

    text: str
    params: tuple[Any, ...]
    column: int | None


class Prepared:
    """One condition on `columns` of `model`.

    `rule` may not depend on anything but its two arguments and what `variant` answers (a setting,
    for instance); its subqueries may not refer to the outer row but through `columns`.
    """

    def __init__(
        self,
        model: type[Model],
        columns: tuple[str, ...],
        rule: Rule,
        variant: Callable[[], Hashable] = lambda: None,
    ) -> None:
        self.model = model
        self.columns = columns
        self.rule = rule
        self.variant = variant
        self._texts: dict[tuple[str, Hashable], tuple[Piece, ...]] = {}

    def q(self, viewer_id: int, prefix: str = "") -> Q:
        """The condition for this viewer, now; `prefix` leads to the columns."""
        return Q(_Condition(self, viewer_id, timezone.now(), prefix))

    def pieces(self, connection: BaseDatabaseWrapper) -> tuple[Piece, ...]:
        key = (connection.vendor, self.variant())
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = self._compile(connection)
        return found

    def _compile(self, connection: BaseDatabaseWrapper) -> tuple[Piece, ...]:
        rows = self.model._base_manager.using(connection.alias)
        query = rows.filter(self.rule(NOBODY, NEVER)).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.compile(query.where)
        quote = connection.ops.quote_name
        table = quote(self.model._meta.db_table)
        fields: list[Any] = [self.model._meta.get_field(name) for name in self.columns]
        names = [f"{table}.{quote(field.column)}" for field in fields]
        pieces = []
        left = list(params)
        while True:
            places = {sql.find(name): n for n, name in enumerate(names) if name in sql}
            at = min(places, default=None)
            text = sql if at is None else sql[:at]
            count = text.count("%s")
            column = None if at is None else places[at]
            pieces.append(Piece(text, tuple(left[:count]), column))
            left = left[count:]
            if at is None or column is None:
                break
            sql = sql[at + len(names[column]) :]
        if f"{table}." in "".join(piece.text for piece in pieces) or left:
            raise AssertionError("A prepared condition uses a column that it did not name.")
        return tuple(pieces)


class _Condition(Expression):
    """A prepared condition in a query: its sources are the columns, as the query reaches them."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, prepared: Prepared, viewer_id: int, now: datetime, prefix: str) -> None:
        super().__init__()
        self.prepared = prepared
        self.viewer_id = viewer_id
        self.now = now
        self.sources: list[Any] = [F(f"{prefix}{name}") for name in prepared.columns]

    @property
    def identity(self) -> tuple[Any, ...]:
        return (self.prepared, self.viewer_id, self.now, *self.sources)

    def get_source_expressions(self) -> list[Any]:
        return self.sources

    def set_source_expressions(self, exprs: Any) -> None:
        self.sources = list(exprs)

    def copy(self) -> Self:
        copied = super().copy()
        copied.sources = list(self.sources)
        return copied

    def get_group_by_cols(self) -> list[Any]:
        return [column for source in self.sources for column in source.get_group_by_cols()]

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        columns = [compiler.compile(source) for source in self.sources]
        adapt = connection.ops.adapt_datetimefield_value
        values = {NOBODY: self.viewer_id, adapt(NEVER): adapt(self.now)}
        text: list[str] = []
        params: list[Any] = []
        for piece in self.prepared.pieces(connection):
            text.append(piece.text)
            params += [values.get(value, value) for value in piece.params]
            if piece.column is not None:
                sql, own = columns[piece.column]
                text.append(sql)
                params += own
        return f"({''.join(text)})", tuple(params)
