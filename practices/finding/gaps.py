"""What the directory lacks: two facets crossed, the cells without a practice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core import terms
from practices.models import Sheet, SheetTerm

if TYPE_CHECKING:
    from core.audience import Viewer
    from core.facets import Query, Text

# Name in the address (that of the same filter of the list) → its taxonomy and its words.
AXES: dict[str, tuple[str, Text]] = {
    "determinant": ("facteurs_risque", _("Determinant")),
    "ordre": ("ordres_enseignement", _("School level")),
    "region": ("regions", _("Region")),
}


@dataclass(frozen=True)
class Asked:
    """Which two facets are crossed; the third one narrows, when `code` says a word of it."""

    rows: str
    columns: str
    code: str

    @property
    def third(self) -> str:
        return next(name for name in AXES if name not in (self.rows, self.columns))

    @property
    def rows_label(self) -> Text:
        return AXES[self.rows][1]

    @property
    def columns_label(self) -> Text:
        return AXES[self.columns][1]

    @property
    def third_label(self) -> Text:
        return AXES[self.third][1]

    @property
    def word(self) -> str:
        """The word of the third facet that narrows, if one does."""
        return terms.label(AXES[self.third][0], self.code) if self.code else ""

    @property
    def narrowing(self) -> dict[str, dict[str, str]]:
        """The words of the third facet, code → label, by heading."""
        return terms.under_headings(AXES[self.third][0])


@dataclass(frozen=True)
class Cell:
    """How many sheets say both words; `query` are the two, and the third, in an address."""

    column: str
    count: int
    query: str

    @cached_property
    def list_url(self) -> str:
        return f"{reverse('practices:index')}?{self.query}"


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Column:
    """One column by itself: the label and the cell of each row, below their headings."""

    label: str
    groups: list[tuple[str, list[tuple[str, Cell]]]]
    empty: int


@dataclass(frozen=True)
class Table:
    """`groups` are rows below their heading, in the order of their taxonomy; `empty` of `cells`
    have no practice."""

    columns: list[str]
    groups: list[tuple[str, list[Row]]]
    cells: int
    empty: int

    @property
    def by_column(self) -> list[Column]:
        """The same, column by column: what a phone has the width of."""
        return [self._column(place, label) for place, label in enumerate(self.columns)]

    def _column(self, place: int, label: str) -> Column:
        groups = [
            (heading, [(row.label, row.cells[place]) for row in rows])
            for heading, rows in self.groups
        ]
        empty = sum(not cell.count for _heading, rows in groups for _label, cell in rows)
        return Column(label, groups, empty)


def read(query: Query) -> Asked:
    """What an address asks for: determinant by level at first. The same facet is not crossed with
    itself."""
    rows = query.get("lignes", "")
    rows = rows if rows in AXES else "determinant"
    columns = query.get("colonnes", "")
    if columns not in AXES or columns == rows:
        columns = next(name for name in ("ordre", "determinant", "region") if name != rows)
    asked = Asked(rows, columns, "")
    code = query.get(asked.third, "")
    known = code in _words(AXES[asked.third][0])
    return Asked(rows, columns, code) if known else asked


def table(asked: Asked, viewer: Viewer) -> Table:
    """The cells, counted after the audience rule. One query."""
    numbers = _numbers(asked, viewer)
    scheme, crossed = AXES[asked.rows][0], AXES[asked.columns][0]
    columns = _words(crossed)
    narrow = [(asked.third, asked.code)] if asked.code else []
    groups: dict[str, list[Row]] = defaultdict(list)
    for heading, words in terms.under_headings(scheme).items():
        for code, label in words.items():
            cells = [
                Cell(
                    name,
                    numbers.get((code, other), 0),
                    urlencode([(asked.rows, code), (asked.columns, other), *narrow]),
                )
                for other, name in columns.items()
            ]
            groups[heading].append(Row(label, cells))
    cells = [cell for rows in groups.values() for row in rows for cell in row.cells]
    empty = sum(not cell.count for cell in cells)
    return Table(list(columns.values()), list(groups.items()), len(cells), empty)


def _words(scheme: str) -> dict[str, str]:
    """The words of a taxonomy, without those that are only the heading of others."""
    groups = terms.under_headings(scheme).values()
    return {code: label for words in groups for code, label in words.items()}


def _numbers(asked: Asked, viewer: Viewer) -> dict[tuple[str, str], int]:
    sheets = Sheet.objects.readable_by(viewer).live()
    if asked.code:
        third = AXES[asked.third][0]
        sheets = sheets.filter(said_terms__term__scheme=third, said_terms__term__code=asked.code)
    said: Any = SheetTerm.objects.filter(
        sheet__in=sheets,
        term__scheme=AXES[asked.rows][0],
        sheet__said_terms__term__scheme=AXES[asked.columns][0],
    )
    pairs = said.order_by().values_list("term__code", "sheet__said_terms__term__code")
    return {(one, other): n for one, other, n in pairs.annotate(n=Count("sheet", distinct=True))}
