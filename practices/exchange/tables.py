"""A list of sheets as a table that a spreadsheet of Québec opens: CSV, semicolons, a mark for
UTF-8, and no cell that runs."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.formats import local
from core.site import absolute
from core.tables import Echo, harmless
from practices.content import lines_of
from practices.exchange.pages import LANGUAGE
from practices.models import Sheet
from practices.sections import SECTIONS
from practices.shown import expiry_said, level_said

Text = str | Promise
CHUNK = 200
BAR = " | "


def _day(field: str) -> Callable[[Sheet], str]:
    def cell(sheet: Sheet) -> str:
        value = getattr(sheet, field)
        return local(value).isoformat()[:10] if value else ""

    return cell


CELLS: tuple[tuple[Text, Callable[[Sheet], Any]], ...] = (
    (_("Number"), lambda sheet: sheet.pk),
    (_("Address"), lambda sheet: absolute(sheet.get_absolute_url())),
    (_("Bearing organisation"), lambda sheet: sheet.bearer.name),
    (_("In the showcase"), lambda sheet: _("Yes") if sheet.is_public else _("No")),
    (_("Version"), lambda sheet: sheet.current.number if sheet.current else ""),
    (_("First published on"), _day("published_at")),
    (_("Last improved on"), _day("improved_at")),
    (_("To be reviewed on"), _day("review_on")),
    (_("Archived on"), _day("archived_at")),
    (_("Code of the level of evidence"), lambda sheet: sheet.evidence),
    (_("Level of evidence"), lambda sheet: level_said(sheet.evidence, sheet.evidence_expiry)),
    (_("Evidence expired"), lambda sheet: expiry_said(sheet.evidence_expiry)),
    (_("Trials"), lambda sheet: sheet.trial_count),
    (_("Abandoned trials"), lambda sheet: sheet.abandoned_count),
    (_("Adaptations"), lambda sheet: sheet.adaptation_count),
    (_("Downloads"), lambda sheet: sheet.download_count),
)
# Then a column for each field of the content.
FIELDS = [(section, field) for section in SECTIONS for field in section.fields]


def header() -> list[str]:
    """What stands above each column, for people: two fields of one label say their section too."""
    labels = [str(label) for label, _cell in CELLS] + [
        str(field.label) for _section, field in FIELDS
    ]
    seen = Counter(labels)
    told = [str(label) for label, _cell in CELLS]
    for section, field in FIELDS:
        label = str(field.label)
        told.append(label if seen[label] == 1 else f"{section.label} – {label}")
    return told


def row_of(sheet: Sheet) -> list[str]:
    content = sheet.content
    cells = [cell(sheet) for _label, cell in CELLS]
    cells += [
        BAR.join(lines_of(field, content.get(section.name, {}).get(field.name)))
        for section, field in FIELDS
    ]
    return [harmless(cell) for cell in cells]


def lines(rows: Any) -> Iterator[str]:
    """The table of a queryset of sheets, line by line, `CHUNK` sheets in memory."""
    writer = csv.writer(Echo(), delimiter=";")
    yield "\ufeff"
    with translation.override(LANGUAGE):
        yield writer.writerow(header())
    for sheet in rows.select_related("bearer", "current").iterator(chunk_size=CHUNK):
        with translation.override(LANGUAGE):
            yield writer.writerow(row_of(sheet))
