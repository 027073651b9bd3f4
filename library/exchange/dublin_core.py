"""Which term of Dublin Core each field is: the truth behind docs/library-metadata.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from library.exchange.record import Record


@dataclass(frozen=True)
class Mapped:
    """One field of a document.

    field    its name in the model; `terms` and `current` say which after a point
    term     in the DCMI vocabulary (`dcterms:`)
    element  of the fifteen of `oai_dc` that carries it, or nothing
    values   what that element says
    """

    field: str
    term: str
    element: str = ""
    values: Callable[[Record], Iterable[str]] = lambda record: ()


def _present(*values: str) -> list[str]:
    return [value for value in values if value]


MAPPING = (
    Mapped("title", "title", "title", lambda r: [r.title]),
    Mapped("alternative", "alternative", "title", lambda r: _present(r.alternative)),
    Mapped("authors", "creator", "creator", lambda r: [one.inverted for one in r.authors]),
    Mapped("terms.facteurs_risque", "subject", "subject", lambda r: r.labels("facteurs_risque")),
    Mapped(
        "terms.types_intervention", "subject", "subject", lambda r: r.labels("types_intervention")
    ),
    Mapped("terms.themes_gestion", "subject", "subject", lambda r: r.labels("themes_gestion")),
    Mapped("tags", "subject", "subject", lambda r: r.tags),
    Mapped("abstract", "abstract", "description", lambda r: [r.abstract]),
    Mapped("publisher_name", "publisher", "publisher", lambda r: [r.publisher]),
    Mapped(
        "contributors",
        "contributor",
        "contributor",
        lambda r: [f"{one.name.inverted} ({one.role_label})" for one in r.contributors],
    ),
    Mapped("issued", "issued", "date", lambda r: [r.issued]),
    Mapped("type", "type", "type", lambda r: [r.type_label]),
    Mapped("current.file", "format", "format", lambda r: _present(_format(r))),
    Mapped("extent", "extent", "format", lambda r: _present(r.extent)),
    Mapped("id", "identifier", "identifier", lambda r: [r.url]),
    Mapped("doi", "identifier", "identifier", lambda r: _present(r.doi_address)),
    Mapped(
        "isbn", "identifier", "identifier", lambda r: [f"urn:isbn:{r.isbn}"] if r.isbn else []
    ),
    Mapped("link", "identifier", "identifier", lambda r: _present(r.link)),
    Mapped("source", "source", "source", lambda r: _present(r.source)),
    Mapped("language", "language", "language", lambda r: [r.language]),
    Mapped("replaces", "replaces", "relation", lambda r: r.replaces),
    Mapped("period", "temporal", "coverage", lambda r: _present(r.period)),
    Mapped("terms.regions", "spatial", "coverage", lambda r: r.labels("regions")),
    Mapped("terms.milieux", "spatial", "coverage", lambda r: r.labels("milieux")),
    Mapped(
        "terms.marqueurs_territoire", "spatial", "coverage",
        lambda r: r.labels("marqueurs_territoire"),
    ),
    Mapped(
        "licence", "license", "rights", lambda r: _present(r.licence_label, r.licence_address)
    ),
    Mapped("rights_holder", "rightsHolder", "rights", lambda r: _present(r.rights_holder)),
    # No element of the fifteen says these.
    Mapped("terms.publics", "audience"),
    Mapped("terms.ordres_enseignement", "educationLevel"),
    Mapped("current.label", "hasVersion"),
    Mapped("level", "accessRights"),
    Mapped("embargo_until", "available"),
    Mapped("created_at", "dateSubmitted"),
    Mapped("updated_at", "modified"),
    Mapped("replaced_by", "isReplacedBy"),
)  # fmt: skip
ELEMENTS = (
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type",
    "format", "identifier", "source", "language", "relation", "coverage", "rights",
)  # fmt: skip


def elements(record: Record) -> Iterator[tuple[str, str]]:
    """Pairs of `oai_dc`, grouped by element; what is said twice is said once."""
    for element in ELEMENTS:
        found = (
            value for mapped in MAPPING if mapped.element == element
            for value in mapped.values(record) if value
        )  # fmt: skip
        yield from ((element, value) for value in dict.fromkeys(found))


def _format(record: Record) -> str:
    return record.edition.content_type if record.edition is not None else ""
