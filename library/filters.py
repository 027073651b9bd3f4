"""The filters of the library: the address says them, the list, its feed and its export obey."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.models import TaggedItem

from core import terms
from core.audience import State
from core.facets import Boxes, Column, Query, Said, Ticked, line_of
from library import vocabularies
from library.models import Document, DocumentTerm, Licence
from library.models.document import LANGUAGES
from library.titles import title_key

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.audience import Viewer
    from library.querysets import DocumentQuerySet

YEAR = re.compile(r"[12]\d{3}")


BOXES = Boxes(
    of=(
        Column("type", _("Type"), "type", lambda: terms.scheme(vocabularies.TYPES)),
        *(
            Said(name, label, vocabularies.FACETS[name])
            for name, label in vocabularies.LABELS.items()
        ),
        Column("langue", _("Language"), "language", lambda: dict(LANGUAGES)),
        Column("licence", _("Licence"), "licence", lambda: dict(Licence.choices)),
    ),
    said=DocumentTerm,
    owner="document",
)
ORDERS = {
    "": ("created_at", "id"),
    "titre": ("title_key", "id"),
    "annee": ("issued", "id"),
    "utile": ("useful_count", "id"),
}


@dataclass(frozen=True)
class Filters:
    """What is asked of the list; an unknown value asks for nothing.

    chosen  facet → codes, any of which is enough; a document meets every facet
    space   the slug of a space, resolved by whoever knows which ones she may name
    state   `a-verifier`, `lien-brise`, `attente`: for those who look after documents
    """

    text: str = ""
    tag: str = ""
    chosen: Ticked = field(default_factory=dict)
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
    state = query.get("etat", "")
    order = query.get("tri", "")
    return Filters(
        text=line_of(query.get("q", "")),
        tag=line_of(query.get("mot", "")),
        chosen=BOXES.ticked(query),
        space=spaces.get(query.get("espace", "")),
        since=_year(query.get("de", "")),
        until=_year(query.get("a", "")),
        mine=query.get("qui", "") == "moi",
        state=state if looks_after and state in STATES else "",
        order=order if order in ORDERS else "",
    )


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


def apply(filters: Filters, viewer: Viewer) -> DocumentQuerySet:
    """The documents that `viewer` may be shown under all these filters, in no order yet."""
    return rows_for(filters, viewer).filter(BOXES.all_q(filters.chosen))
