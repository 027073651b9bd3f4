"""The filters of the library: the address says them, the list, its feed and its export obey."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from taggit.models import TaggedItem

from core import terms
from core.audience import State
from library import vocabularies
from library.models import Document, DocumentTerm, Licence
from library.models.document import LANGUAGES
from library.titles import title_key

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.audience import Viewer
    from library.querysets import DocumentQuerySet

YEAR = re.compile(r"[12]\d{3}")
# Nobody ticks more boxes of one list.
MOST = 30
LONGEST = 100


class Query(Protocol):
    """What is read of a `QueryDict`."""

    def get(self, key: str, default: Any = ...) -> Any: ...

    def getlist(self, key: str) -> list[Any]: ...


# Facets read in a column of the document: name in the address → column, words.
COLUMNS: dict[str, tuple[str, Callable[[], Mapping[str, Any]]]] = {
    "type": ("type", lambda: terms.scheme(vocabularies.TYPES)),
    "langue": ("language", lambda: dict(LANGUAGES)),
    "licence": ("licence", lambda: dict(Licence.choices)),
}
FACETS = ("type", *vocabularies.FACETS, "langue", "licence")
ORDERS = {
    "": ("created_at", "id"),
    "titre": ("title_key", "id"),
    "annee": ("issued", "id"),
    "utile": ("useful_count", "id"),
}


def words_of(facet: str) -> Mapping[str, Any]:
    """The words that a facet offers, code → label."""
    return COLUMNS[facet][1]() if facet in COLUMNS else vocabularies.words(facet)


@dataclass(frozen=True)
class Filters:
    """What is asked of the list; an unknown value asks for nothing.

    chosen  facet → codes, any of which is enough; a document meets every facet
    space   the slug of a space, resolved by whoever knows which ones she may name
    state   `a-verifier`, `lien-brise`, `attente`: for those who look after documents
    """

    text: str = ""
    tag: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    space: SubCommunity | None = None
    since: str = ""
    until: str = ""
    mine: bool = False
    state: str = ""
    order: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out at all; an order leaves nothing out."""
        return any(
            (self.text, self.tag, self.chosen, self.space, self.since, self.until, self.mine)
        ) or bool(self.state)


STATES: dict[str, Callable[[], Q]] = {
    "a-verifier": lambda: Q(review_on__lte=timezone.localdate(), state=State.PUBLISHED),
    "lien-brise": lambda: Q(link_state=Document.LinkState.BROKEN, state=State.PUBLISHED),
    "attente": lambda: Q(approval=Document.Approval.WAITING, state=State.PENDING),
}


def read(query: Query, spaces: Mapping[str, SubCommunity], *, looks_after: bool = False) -> Filters:
    """The filters that an address asks for. `spaces` are those that may be named, by slug;
    `looks_after` says that the states of `STATES` may be asked for."""
    chosen = {}
    for facet in FACETS:
        known = words_of(facet)
        codes = tuple(dict.fromkeys(c for c in query.getlist(facet)[:MOST] if c in known))
        if codes:
            chosen[facet] = codes
    state = query.get("etat", "")
    order = query.get("tri", "")
    return Filters(
        text=_line(query.get("q", "")),
        tag=_line(query.get("mot", "")),
        chosen=chosen,
        space=spaces.get(query.get("espace", "")),
        since=_year(query.get("de", "")),
        until=_year(query.get("a", "")),
        mine=query.get("qui", "") == "moi",
        state=state if looks_after and state in STATES else "",
        order=order if order in ORDERS else "",
    )


def _line(value: str) -> str:
    return " ".join(value.replace("\0", " ").split())[:LONGEST]


def _year(value: str) -> str:
    return value if value.isascii() and YEAR.fullmatch(value) else ""


def rows_for(filters: Filters, viewer: Viewer) -> DocumentQuerySet:
    """The documents that `viewer` may be shown under these filters, facets aside."""
    if filters.state:
        rows = Document.objects.moderated_by(viewer).filter(STATES[filters.state]())
    else:
        rows = Document.objects.readable_by(viewer)
    for word in title_key(filters.text).split():
        rows = rows.filter(title_key__contains=word)
    if filters.tag:
        rows = rows.filter(Exists(_tagged(filters.tag)))
    if filters.space is not None:
        rows = rows.filter(space_id=filters.space.pk)
    if filters.since:
        rows = rows.filter(issued__gte=filters.since)
    if filters.until:
        rows = rows.filter(issued__lt=str(int(filters.until) + 1))
    if filters.mine:
        rows = rows.filter(owner_id=viewer.pk or 0)
    return rows


def _tagged(tag: str) -> Any:
    return TaggedItem.objects.filter(
        content_type__app_label="library",
        content_type__model="document",
        object_id=OuterRef("pk"),
        tag__name__iexact=tag,
    )


def facet_q(facet: str, codes: tuple[str, ...], prefix: str = "") -> Q:
    """The condition under which a document has one of `codes`; `prefix` leads to the document."""
    if facet in COLUMNS:
        return Q(**{f"{prefix}{COLUMNS[facet][0]}__in": codes})
    said = DocumentTerm.objects.filter(
        document_id=OuterRef(f"{prefix}pk"),
        term__scheme__in=vocabularies.FACETS[facet],
        term__code__in=codes,
    )
    return Q(Exists(said))


def chosen_q(filters: Filters, *, but: str = "", prefix: str = "") -> Q:
    """All the facets chosen, together, but one."""
    conditions = (
        facet_q(facet, codes, prefix) for facet, codes in filters.chosen.items() if facet != but
    )
    return reduce(and_, conditions, Q())


def apply(filters: Filters, viewer: Viewer) -> DocumentQuerySet:
    """The documents that `viewer` may be shown under all these filters, in no order yet."""
    return rows_for(filters, viewer).filter(chosen_q(filters))
