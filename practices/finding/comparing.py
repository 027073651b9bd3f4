"""Up to three sheets side by side, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.web import numbers_in
from practices.content import lines_of
from practices.models import Sheet
from practices.sections import SECTIONS, Field, Kind, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.audience import Viewer

MOST = 3
# Said above the table, or of no use beside another.
ASIDE = {"identite": ("title",), "anglais": ("title_en", "summary_en"), "ethique": ("nobody",)}


@dataclass(frozen=True)
class Cell:
    """What one sheet says of a field: `lines` in words, as a list or as paragraphs."""

    sheet: Sheet
    lines: list[str]


@dataclass(frozen=True)
class Row:
    """One field of the sheets; `differs` when they do not all say the same."""

    field: Field
    cells: list[Cell]
    differs: bool

    @property
    def is_list(self) -> bool:
        return self.field.kind in (Kind.LINES, Kind.STEPS, Kind.TERMS)


@dataclass(frozen=True)
class Group:
    section: Section
    rows: list[Row]


def chosen(said: Sequence[str], viewer: Viewer) -> tuple[list[Sheet], list[Sheet]]:
    """The published sheets of these numbers that `viewer` reads, in the order she named them: the
    first three, and those of the next three that are left out. One query."""
    asked = list(dict.fromkeys(numbers_in(said)))
    rows = Sheet.objects.readable_by(viewer).published().select_related("bearer", "current")
    found = rows.in_bulk(asked[: 2 * MOST])
    sheets = [found[pk] for pk in asked if pk in found]
    return sheets[:MOST], sheets[MOST:]


def side_by_side(sheets: Sequence[Sheet], *, only_what_differs: bool = False) -> list[Group]:
    """The fields of which at least one of the sheets says something, by section."""
    found = []
    for section in SECTIONS:
        fields = [one for one in section.fields if one.name not in ASIDE.get(section.name, ())]
        rows = [row for field in fields if (row := _row(section, field, sheets)) is not None]
        if only_what_differs:
            rows = [row for row in rows if row.differs]
        if rows:
            found.append(Group(section, rows))
    return found


def _row(section: Section, field: Field, sheets: Sequence[Sheet]) -> Row | None:
    values: list[Any] = [sheet.content.get(section.name, {}).get(field.name) for sheet in sheets]
    cells = [
        Cell(sheet, lines_of(field, value)) for sheet, value in zip(sheets, values, strict=True)
    ]
    if not any(cell.lines for cell in cells):
        return None
    return Row(field, cells, any(value != values[0] for value in values[1:]))


def others(viewer: Viewer, but: Sequence[Sheet], words: list[str], limit: int) -> list[Sheet]:
    """Sheets that could be added: those whose title has the folded `words`, improved last first."""
    rows = Sheet.objects.readable_by(viewer).live().exclude(pk__in=[one.pk for one in but])
    for word in words:
        rows = rows.filter(title_key__contains=word)
    return list(rows.select_related("bearer").improved_first()[:limit])
