"""RIS: a tag, two spaces, a hyphen, a space and a value a line."""

from __future__ import annotations

from collections.abc import Iterator

from library.exchange.citations.types import authors_of, note_of, of_role, type_of
from library.exchange.record import Record


def write(record: Record) -> str:
    lines = (f"{tag}  - {' '.join(value.split())}" for tag, value in _fields(record) if value)
    return "\r\n".join([*lines, "ER  - ", ""])


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    yield "TY", type_of(record).ris
    yield "ID", f"document-{record.number}"
    for name in authors_of(record):
        yield "AU", name.inverted
    for name in of_role(record, "edt"):
        yield "A2", name.inverted
    for name in of_role(record, "trl"):
        yield "A4", name.inverted
    yield "TI", record.title
    yield "ST", record.alternative
    yield "PY", record.issued[:4]
    # YYYY/MM/DD: what is not known is left empty, the slashes stay.
    yield "DA", "/".join([*record.issued.split("-"), "", ""][:3])
    yield "PB", record.publisher
    yield "M3", record.type_label
    yield "ET", record.version
    yield "SP", str(record.page_count or "")
    yield "SN", record.isbn
    yield "DO", record.doi
    yield "UR", record.url
    yield "LA", record.language
    for tag in record.tags:
        yield "KW", tag
    yield "AB", record.abstract
    yield "N1", note_of(record)
