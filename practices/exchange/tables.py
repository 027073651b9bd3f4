"""A list of sheets as a table that a spreadsheet of Québec opens: CSV, semicolons, a mark for
UTF-8, and no cell that runs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import translation

from core.formats import local
from core.site import absolute
from core.tables import Echo, harmless
from practices.content import lines_of
from practices.exchange.pages import LANGUAGE
from practices.models import Sheet
from practices.sections import SECTIONS
from practices.shown import expiry_said, level_said

CHUNK = 200
BAR = " | "


def _day(field: str) -> Callable[[Sheet], str]:
    def cell(sheet: Sheet) -> str:
        value = getattr(sheet, field)
        return local(value).isoformat()[:10] if value else ""

    return cell


CELLS: dict[str, Callable[[Sheet], Any]] = {
    "numero": lambda sheet: sheet.pk,
    "adresse": lambda sheet: absolute(sheet.get_absolute_url()),
    "organisme": lambda sheet: sheet.bearer.name,
    "publique": lambda sheet: "oui" if sheet.is_public else "non",
    "version": lambda sheet: sheet.current.number if sheet.current else "",
    "publiee_le": _day("published_at"),
    "bonifiee_le": _day("improved_at"),
    "a_revoir_le": _day("review_on"),
    "archivee_le": _day("archived_at"),
    "niveau_preuve": lambda sheet: sheet.evidence,
    "preuve": lambda sheet: level_said(sheet.evidence, sheet.evidence_expiry),
    "preuve_expiree": lambda sheet: expiry_said(sheet.evidence_expiry),
    "essais": lambda sheet: sheet.trial_count,
    "essais_abandonnes": lambda sheet: sheet.abandoned_count,
    "adaptations": lambda sheet: sheet.adaptation_count,
    "telechargements": lambda sheet: sheet.download_count,
}
# Then a column for each field of the content.
FIELDS = [(section.name, field) for section in SECTIONS for field in section.fields]


def header() -> list[str]:
    return [*CELLS, *(f"{section}.{field.name}" for section, field in FIELDS)]


def row_of(sheet: Sheet) -> list[str]:
    content = sheet.content
    cells = [cell(sheet) for cell in CELLS.values()]
    cells += [
        BAR.join(lines_of(field, content.get(section, {}).get(field.name)))
        for section, field in FIELDS
    ]
    return [harmless(cell) for cell in cells]


def lines(rows: Any) -> Iterator[str]:
    """The table of a queryset of sheets, line by line, `CHUNK` sheets in memory."""
    writer = csv.writer(Echo(), delimiter=";")
    yield "\ufeff"
    yield writer.writerow(header())
    for sheet in rows.select_related("bearer", "current").iterator(chunk_size=CHUNK):
        with translation.override(LANGUAGE):
            yield writer.writerow(row_of(sheet))
