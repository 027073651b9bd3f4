"""CSL-JSON (the schema of Citation Style Language 1.0.2): a list of one item."""

from __future__ import annotations

import json
from typing import Any

from core.site import site
from library.exchange.citations.types import authors_of, note_of, of_role, type_of
from library.exchange.names import Name
from library.exchange.record import Record

# Roles of ours → variables of CSL.
ROLES = {
    "editor": ("edt",),
    "translator": ("trl",),
    "illustrator": ("ill",),
    "contributor": ("ctb", "res", "rev"),
}


def write(record: Record) -> str:
    return json.dumps([item(record)], ensure_ascii=False, indent=2) + "\n"


def item(record: Record) -> dict[str, Any]:
    """The document as one item; what is empty is left out."""
    found: dict[str, Any] = {
        "id": f"document-{record.number}",
        "type": type_of(record).csl,
        "title": record.title,
        "title-short": record.alternative,
        "author": [_name(name) for name in authors_of(record)],
        **{name: [_name(one) for one in of_role(record, *roles)] for name, roles in ROLES.items()},
        "issued": {"date-parts": [record.date]},
        "publisher": record.publisher,
        "genre": record.type_label,
        "version": record.version,
        "number-of-pages": record.page_count or "",
        "language": record.language,
        "ISBN": record.isbn,
        "DOI": record.doi,
        "URL": record.url,
        "abstract": record.abstract,
        "keyword": ", ".join(record.tags),
        "license": note_of(record),
        "source": site().name,
    }
    return {name: value for name, value in found.items() if value}


def _name(name: Name) -> dict[str, str]:
    return (
        {"literal": name.literal}
        if name.literal
        else {
            "family": name.family,
            "given": name.given,
        }
    )
