"""A list of documents as a table that a spreadsheet of Québec opens: CSV, semicolons, a mark for
UTF-8, and no cell that runs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from core.audience import Level
from core.formats import local
from core.tables import Echo, harmless
from library.exchange import columns
from library.exchange.columns import BAR
from library.exchange.record import Record, record_of, with_words
from library.models.document import LANGUAGES

if TYPE_CHECKING:
    from library.models import Document

# As many rows are in memory at once, with their words.
CHUNK = 500
LANGUAGE_LABELS = dict(LANGUAGES)
Cell = Callable[["Document", Record], Any]


def _word(field: str) -> Cell:
    return lambda document, record: getattr(document, field)


def _day(field: str) -> Cell:
    return lambda document, record: getattr(document, field) or ""


def _said(schemes: tuple[str, ...]) -> Cell:
    return lambda document, record: BAR.join(record.labels(*schemes))


CELLS: dict[str, Cell] = {
    "numero": lambda document, record: document.pk,
    columns.FILE: lambda document, record: record.edition.name if record.edition else "",
    **{name: _word(field) for name, field in columns.WORDS.items()},
    columns.CONTRIBUTORS: lambda document, record: BAR.join(
        f"{one.name.inverted} ({one.role})" for one in record.contributors
    ),
    "type": lambda document, record: record.type_label,
    "langue": lambda document, record: LANGUAGE_LABELS.get(record.language, record.language),
    "licence": lambda document, record: record.licence_label,
    "visibilite": lambda document, record: Level(document.level).label,
    columns.SPACE: lambda document, record: document.space.name if document.space else "",
    **{name: _day(field) for name, field in columns.DATES.items()},
    **{name: _said(schemes) for name, schemes in columns.TERMS.items()},
    columns.TAGS: lambda document, record: BAR.join(record.tags),
    "version": lambda document, record: record.version,
    "pages": lambda document, record: record.page_count or "",
    "taille": lambda document, record: record.edition.size if record.edition else "",
    "depose_le": lambda document, record: local(record.created_at).isoformat()[:10],
    "modifie_le": lambda document, record: local(record.updated_at).isoformat()[:10],
    "adresse": lambda document, record: record.url,
}


def lines(rows: Any) -> Iterator[str]:
    """The table of a queryset of documents, line by line, `CHUNK` documents in memory."""
    writer = csv.writer(Echo(), delimiter=";")
    yield "\ufeff"
    yield writer.writerow(CELLS)
    for document in with_words(rows).iterator(chunk_size=CHUNK):
        yield writer.writerow(row_of(document))


def row_of(document: Document) -> list[str]:
    record = record_of(document)
    return [harmless(cell(document, record)) for cell in CELLS.values()]
