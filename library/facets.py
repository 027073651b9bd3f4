"""How many documents each word of the filters would show: counted after the audience rule.

A facet is counted under every filter but its own: ticking a second box of it shows more. Beyond
`CEILING` documents only the newest are counted, and each number says that there are more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.pagination import CEILING
from library import filters as asked
from library import vocabularies
from library.filters import COLUMNS, FACETS, Filters
from library.models import DocumentTerm

if TYPE_CHECKING:
    from core.audience import Viewer

# A list of more words than this is cut.
LONG, SHOWN = 8, 6
LABELS: dict[str, str | Promise] = {
    "type": _("Type"),
    "theme": _("Theme"),
    "determinant": _("Determinant"),
    "public": _("Audience"),
    "ordre": _("School level"),
    "region": _("Region"),
    "milieu": _("Setting"),
    "langue": _("Language"),
    "licence": _("Licence"),
}


@dataclass(frozen=True)
class Option:
    """One box of a facet."""

    code: str
    label: str | Promise
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """One list of words. A long one shows the words that are ticked and those that show most; the
    rest is folded."""

    name: str
    label: str | Promise
    options: list[Option]

    @property
    def in_use(self) -> bool:
        return any(option.chosen for option in self.options)

    @property
    def shown(self) -> list[Option]:
        if len(self.options) <= LONG:
            return self.options
        first = sorted(self.options, key=lambda one: (not one.chosen, -one.count))[:SHOWN]
        return [one for one in self.options if one in first or one.chosen]

    @property
    def folded(self) -> list[Option]:
        shown = self.shown
        return [one for one in self.options if one not in shown]


@dataclass(frozen=True)
class Counts:
    """What the list page says in numbers. `total` is under all the filters; `more` says that it,
    and the numbers of the facets, are those of the newest documents only."""

    total: int
    more: bool
    facets: list[Facet]


def count(filters: Filters, viewer: Viewer) -> Counts:
    """The facets with their numbers, in two queries."""
    newest = asked.rows_for(filters, viewer).recent_first()
    total, columns, more = _columns(filters, newest)
    counted = columns | _terms(filters, newest)
    return Counts(total, more, [_facet(filters, name, counted.get(name, {})) for name in FACETS])


def _columns(filters: Filters, newest: Any) -> tuple[int, dict[str, Counter[str]], bool]:
    """The number of documents, and those of the facets that are columns of theirs."""
    flags = {
        f"meets_{facet}": ExpressionWrapper(asked.facet_q(facet, codes), BooleanField())
        for facet, codes in filters.chosen.items()
    }
    names = [column for column, _words in COLUMNS.values()]
    rows = newest.annotate(**flags).values_list(*flags, *names)[:CEILING]
    chosen = list(filters.chosen)
    counted: dict[str, Counter[str]] = {facet: Counter() for facet in COLUMNS}
    total = seen = 0
    for row in rows:
        seen += 1
        missed = [facet for facet, meets in zip(chosen, row, strict=False) if not meets]
        total += not missed
        for facet, value in zip(COLUMNS, row[len(chosen) :], strict=True):
            if not missed or missed == [facet]:
                counted[facet][value] += 1
    return total, counted, seen == CEILING


def _terms(filters: Filters, newest: Any) -> dict[str, Counter[str]]:
    """The numbers of the facets whose words are terms said of the documents."""
    said = DocumentTerm.objects.filter(document__in=newest.values("pk")[:CEILING])
    if filters.chosen:
        said = said.filter(reduce(or_, _branches(filters)))
    rows = said.order_by().values_list("term__scheme", "term__code")
    counted: dict[str, Counter[str]] = {facet: Counter() for facet in vocabularies.FACETS}
    for scheme, code, number in rows.annotate(n=Count("pk")):
        facet = vocabularies.facet_of(scheme)
        if facet is not None:
            counted[facet][code] += number
    return counted


def _branches(filters: Filters) -> list[Q]:
    """The words of each facet in use under the other filters, those of the rest under all."""
    used = [facet for facet in vocabularies.FACETS if facet in filters.chosen]
    rest = [facet for facet in vocabularies.FACETS if facet not in filters.chosen]
    branches = [(facet, vocabularies.FACETS[facet]) for facet in used]
    branches.append(("", tuple(name for facet in rest for name in vocabularies.FACETS[facet])))
    return [
        Q(term__scheme__in=schemes) & asked.chosen_q(filters, but=facet, prefix="document__")
        for facet, schemes in branches
    ]


def _facet(filters: Filters, name: str, counted: Any) -> Facet:
    """What is worth a box: the words that show something, and those that are ticked."""
    chosen = filters.chosen.get(name, ())
    options = [
        Option(code, label, counted.get(code, 0), code in chosen)
        for code, label in asked.words_of(name).items()
        if counted.get(code) or code in chosen
    ]
    return Facet(name, LABELS[name], options)
