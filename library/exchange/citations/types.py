"""What a type of resource is called in each format, and the roles that formats know."""

from __future__ import annotations

from dataclasses import dataclass

from library.exchange.names import Name
from library.exchange.record import Record


@dataclass(frozen=True)
class Type:
    """`csl` and `ris` name the type; `bibtex` the entry, whose `house` field is the publisher."""

    csl: str
    ris: str
    bibtex: str = "misc"
    house: str = "publisher"


REPORT = Type("report", "RPRT", "techreport", "institution")
BOOK = Type("book", "BOOK", "book")
TYPES = {
    **dict.fromkeys(("recherche", "evaluation", "memoire", "portrait", "compte-rendu"), REPORT),
    **dict.fromkeys(("guide", "trousse", "repertoire", "recension"), BOOK),
    "article": Type("article", "GEN"),
    "presentation": Type("speech", "SLIDE"),
    "video": Type("motion_picture", "VIDEO"),
    "balado": Type("broadcast", "SOUND"),
}
PAGE = Type("webpage", "ELEC")
OTHER = Type("document", "GEN")


def type_of(record: Record) -> Type:
    """By its type; what stands elsewhere and has no other is a page of the web."""
    return TYPES.get(record.type, OTHER if record.edition is not None else PAGE)


def of_role(record: Record, *roles: str) -> list[Name]:
    return [one.name for one in record.contributors if one.role in roles]


def authors_of(record: Record) -> list[Name]:
    """The authors, and the contributors who are authors too; the publisher where nobody signs."""
    found = [*record.authors, *of_role(record, "aut")]
    return found or [Name(literal=record.publisher)]


def note_of(record: Record) -> str:
    """What no field of these formats takes: the licence, and whose work it is."""
    parts = [record.licence_label, record.licence_address]
    if record.rights_holder:
        parts.append(f"© {record.rights_holder}")
    return " — ".join(part for part in parts if part)
