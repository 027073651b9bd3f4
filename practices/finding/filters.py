"""The filters of the directory: the address says them, the list, its map and its exports obey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import content, terms
from core.audience import State
from core.facets import Boxes, Column, Query, Said, Text, Ticked, Told, line_of
from core.text import fold
from practices.models import Evidence, Sheet, SheetTerm, Trial
from practices.sections import COSTS

if TYPE_CHECKING:
    from core.audience import Viewer
    from core.facets import Counts
    from practices.querysets import SheetQuerySet


def _told_trials() -> Any:
    """The trials that their readers read, of sheets that are asked for apart."""
    return Trial.objects.filter(state=State.PUBLISHED)


# In the order of the page.
BOXES = Boxes(
    of=(
        Said("public", _("Audience"), ("publics",)),
        Said("ordre", _("School level"), ("ordres_enseignement",)),
        Said("determinant", _("Determinant"), ("facteurs_risque",), families=True),
        Said("type", _("Type of intervention"), ("types_intervention",)),
        Said("region", _("Region"), ("regions",)),
        Said("milieu", _("Setting"), ("milieux",)),
        Column("cout", _("Cost per young person"), "cost_band", lambda: dict(COSTS)),
        Column(
            "preuve", _("Level of evidence"), "evidence", lambda: terms.scheme("niveaux_preuve")
        ),
        Column(
            "perimee",
            _("Expired evidence"),
            "evidence_expiry",
            lambda: {code: label for code, label in Evidence.Expiry.choices if code},
        ),
        Told(
            "essai",
            _("Outcome of the trials"),
            "outcome",
            "sheet",
            lambda: dict(Trial.Outcome.choices),
            _told_trials,
        ),
    ),
    said=SheetTerm,
    owner="sheet",
)
# What a visitor is not told of.
MEMBERS_ONLY = ("essai",)
ORDERS = {
    "": ("improved_at", "id"),
    "titre": ("title_key", "id"),
    "essais": ("trial_count", "id"),
}
ORDER_LABELS: dict[str, Text] = {
    "": _("Improved last"),
    "titre": _("By title"),
    "essais": _("Most tried"),
}
# What is not published yet was never improved.
WAITING_ORDER = ("updated_at", "id")


@dataclass(frozen=True)
class Standing:
    """Where a sheet stands: for those who look after the directory."""

    label: Text
    of: Callable[[SheetQuerySet], SheetQuerySet]
    published: bool = True


STATES: dict[str, Standing] = {
    "a-revoir": Standing(_("To be reviewed"), lambda rows: rows.due()),
    "soumise": Standing(
        _("Submitted"),
        lambda rows: rows.filter(progress__in=(Sheet.Progress.SUBMITTED, Sheet.Progress.REVIEW)),
        published=False,
    ),
    "archivee": Standing(
        _("Archived"), lambda rows: rows.published().filter(archived_at__isnull=False)
    ),
}


@dataclass(frozen=True)
class Filters:
    """What is asked of the list; an unknown value asks for nothing.

    inside  sheets that hold the words of `text`, for who has no page of search: a visitor
    chosen  facet → codes, any of which is enough; a sheet meets every facet
    ours    only the sheets that the viewer's organisation bears
    state   one of `STATES`: for those who look after the directory
    """

    boxes: Boxes = BOXES
    text: str = ""
    inside: tuple[int, ...] = ()
    chosen: Ticked = field(default_factory=dict)
    ours: bool = False
    state: str = ""
    order: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out at all; an order leaves nothing out."""
        return bool(self.text or self.chosen or self.ours or self.state)

    @property
    def keys(self) -> tuple[str, str]:
        """The columns that the list is read in the order of."""
        waiting = bool(self.state) and not STATES[self.state].published
        return WAITING_ORDER if waiting and not self.order else ORDERS[self.order]


def read(query: Query, viewer: Viewer) -> Filters:
    """The filters that an address asks for, among those that `viewer` may use. The words of a
    visitor are looked for in the sheets, in two queries; a member has the search for that."""
    boxes, ours, animates = BOXES.but(*MEMBERS_ONLY), False, False
    inside: tuple[int, ...] = ()
    text = line_of(query.get("q", ""))
    if viewer.is_authenticated:
        boxes, animates = BOXES, viewer.is_animator
        ours = bool(viewer.organisation_id) and query.get("qui", "") == "organisme"
    elif text:
        inside = tuple(content.holding("sheet", text, viewer))
    state, order = query.get("etat", ""), query.get("tri", "")
    return Filters(
        boxes=boxes,
        text=text,
        inside=inside,
        chosen=boxes.ticked(query),
        ours=ours,
        state=state if animates and state in STATES else "",
        order=order if order in ORDERS else "",
    )


def rows_for(filters: Filters, viewer: Viewer) -> SheetQuerySet:
    """The sheets that `viewer` may be shown under these filters, facets aside."""
    if filters.state:
        rows = STATES[filters.state].of(Sheet.objects.moderated_by(viewer))
        rows = rows.exclude(state=State.REMOVED)
    else:
        rows = Sheet.objects.readable_by(viewer).live()
    titled = reduce(and_, (Q(title_key__contains=word) for word in fold(filters.text).split()), Q())
    rows = rows.filter(titled | Q(pk__in=filters.inside) if filters.inside else titled)
    if filters.ours and viewer.is_authenticated:
        rows = rows.filter(bearer_id=viewer.organisation_id)
    return rows


def apply(filters: Filters, viewer: Viewer) -> SheetQuerySet:
    """The sheets that `viewer` may be shown under all these filters, in no order yet."""
    return rows_for(filters, viewer).filter(filters.boxes.all_q(filters.chosen))


def count(filters: Filters, viewer: Viewer) -> Counts:
    """The facets with their numbers, in four queries at most; of many sheets, the last improved
    ones."""
    return filters.boxes.count(rows_for(filters, viewer).improved_first(), filters.chosen)
