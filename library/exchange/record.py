"""A document as catalogues know it: what every export draws from, read from the rows once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from core import terms
from core.site import absolute
from library.exchange import names
from library.exchange.names import Name
from library.models import Document, Licence
from library.roles import ROLES
from library.vocabularies import TYPES

if TYPE_CHECKING:
    from datetime import datetime

    from core.models import StoredFile

LICENCE_ADDRESSES = {
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Licence.CC_BY_NC: "https://creativecommons.org/licenses/by-nc/4.0/",
    Licence.CC_BY_NC_SA: "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    Licence.CC_BY_ND: "https://creativecommons.org/licenses/by-nd/4.0/",
    Licence.CC_BY_NC_ND: "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
}


@dataclass(frozen=True)
class Contributor:
    """Somebody besides the authors; `role` is a code of `library.roles.ROLES`."""

    name: Name
    role: str
    role_label: str


@dataclass(frozen=True)
class Record:
    """What is said of a document, in words and in the reader's language.

    `replaces` are the addresses, without a word, of public ones that were merged into it.
    `terms` are the labels by scheme. `version` is the label of the current version, or its number
    from the second one on. `edition` is the file of that version; None for what stands elsewhere.
    """

    number: int
    title: str
    alternative: str
    authors: tuple[Name, ...]
    contributors: tuple[Contributor, ...]
    publisher: str
    abstract: str
    issued: str
    type: str
    type_label: str
    language: str
    extent: str
    period: str
    isbn: str
    doi: str
    link: str
    source: str
    licence: str
    licence_label: str
    licence_address: str
    rights_holder: str
    terms: dict[str, list[str]]
    tags: list[str]
    replaces: list[str]
    version: str
    edition: StoredFile | None
    page_count: int | None
    url: str
    created_at: datetime
    updated_at: datetime

    @property
    def date(self) -> list[int]:
        """Year, and month and day when they are known."""
        return [int(part) for part in self.issued.split("-")]

    @property
    def doi_address(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else ""

    def labels(self, *schemes: str) -> list[str]:
        return [label for scheme in schemes for label in self.terms.get(scheme, ())]


def with_words(rows: Any) -> QuerySet[Document]:
    """What `record_of` reads, in two more queries whatever the number of rows."""
    found: QuerySet[Document] = rows.select_related("space", "current__file")
    return found.prefetch_related("terms").prefetch_related("tags")  # type: ignore[misc]


def record_of(document: Document, *, replaced: Iterable[Document] = ()) -> Record:
    """The record of a document that came through `with_words`; `replaced` are those that were
    merged into it, where that is told."""
    current: Any = document.current
    licence = Licence(document.licence)
    return Record(
        number=document.pk,
        title=clean(document.title),
        alternative=clean(document.alternative),
        authors=names.parse(clean(document.authors), bodies=(document.publisher_name,)),
        contributors=_contributors(document),
        publisher=clean(document.publisher_name),
        abstract=clean(document.abstract),
        issued=document.issued,
        type=document.type,
        type_label=clean(terms.label(TYPES, document.type)),
        language=document.language,
        extent=clean(document.extent),
        period=clean(document.period),
        isbn=clean(document.isbn),
        doi=_bare_doi(clean(document.doi)),
        link=document.link,
        source=clean(document.source),
        licence=document.licence,
        licence_label=str(licence.label),
        licence_address=LICENCE_ADDRESSES.get(licence, ""),
        rights_holder=clean(document.rights_holder),
        terms=_terms(document),
        tags=sorted(clean(tag.name) for tag in document.tags.all()),
        replaces=[
            absolute(reverse("library:document", args=(old.pk,)))
            for old in replaced
            if old.was_public
        ],
        version=_version(current),
        edition=current.file if current is not None else None,
        page_count=current.page_count if current is not None else None,
        url=absolute(document.get_absolute_url()),
        created_at=document.created_at,
        updated_at=document.updated_at,
    )


def clean(text: str) -> str:
    """The text without what XML and line formats cannot hold: control characters, halves of
    pairs, noncharacters."""
    return "".join(char for char in text if char in "\n\t" or _is_text(char))


def _is_text(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs"} and ord(char) & 0xFFFE != 0xFFFE


def _contributors(document: Document) -> tuple[Contributor, ...]:
    found = []
    for one in document.contributors:
        role = str(one.get("role", ""))
        for name in names.parse(clean(str(one.get("name", "")))):
            found.append(Contributor(name, role, str(ROLES.get(role, role))))
    return tuple(found)


def _terms(document: Document) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for term in sorted(document.terms.all(), key=lambda term: (term.position, term.label)):
        said.setdefault(term.scheme, []).append(clean(term.label))
    return said


def _version(current: Any) -> str:
    if current is None:
        return ""
    return clean(current.label) or (str(current.number) if current.number > 1 else "")


def _bare_doi(doi: str) -> str:
    """`10.1234/abc`, however it was pasted."""
    for prefix in ("https://doi.org/", "http://doi.org/", "http://dx.doi.org/", "doi:"):
        if doi.lower().startswith(prefix):
            return doi[len(prefix) :].strip()
    return doi
