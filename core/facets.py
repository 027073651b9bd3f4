"""Lists that one narrows by ticking boxes: what the boxes ask for, how many rows each would show.

A room describes its boxes once (`Boxes`); the address of the list says which are ticked. Numbers
are counted after the audience rule, on the rows that the caller gives. A facet is counted under
every facet but itself: ticking a second box of it shows more. Beyond `CEILING` rows only the first
ones are counted, and each number says that there are more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Protocol, Self

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.functional import Promise

from core import terms
from core.pagination import CEILING

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest

Text = str | Promise
# Facet → codes, any of which is enough; a row meets every facet.
Ticked = Mapping[str, tuple[str, ...]]

# Nobody ticks more boxes of one list, nor types a longer line.
MOST = 30
LONGEST = 100
# A list of more words than this is cut.
LONG, SHOWN = 8, 6


class Query(Protocol):
    """What is read of a `QueryDict`."""

    def get(self, key: str, default: Any = ...) -> Any: ...

    def getlist(self, key: str) -> list[Any]: ...


# ------------------------------------------------------------------------------------- shown


@dataclass(frozen=True)
class Option:
    """One box of a facet. `group` is the heading it stands below, where its list has headings."""

    code: str
    label: Text
    count: int
    chosen: bool
    group: Text = ""


@dataclass(frozen=True)
class Facet:
    """One list of words. A long one shows the words that are ticked and those that show most; the
    rest is folded."""

    name: str
    label: Text
    options: list[Option]

    @property
    def in_use(self) -> bool:
        return any(option.chosen for option in self.options)

    @property
    def by_group(self) -> list[tuple[Text, list[Option]]]:
        """Its words below their headings, in order; nothing when it has no heading."""
        if not any(option.group for option in self.options):
            return []
        found: dict[Text, list[Option]] = {}
        for option in self.options:
            found.setdefault(option.group, []).append(option)
        return list(found.items())

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
    """What a list says in numbers. `total` is under all the filters; `more` says that it, and the
    numbers of the facets, are those of the first rows only."""

    total: int
    more: bool
    facets: list[Facet]


# ------------------------------------------------------------------------------------- boxes


@dataclass(frozen=True)
class Column:
    """Words that are read in a column of the row."""

    name: str
    label: Text
    column: str
    offered: Callable[[], Mapping[str, Any]]

    def words(self) -> Mapping[str, Any]:
        return self.offered()


@dataclass(frozen=True)
class Said:
    """Words of taxonomies that are said of the row. With `families`, they are shown below the word
    that they stand below in their taxonomy."""

    name: str
    label: Text
    schemes: tuple[str, ...]
    families: bool = False

    def words(self) -> Mapping[str, Any]:
        read = terms.by_family if self.families else terms.scheme
        return {code: label for one in self.schemes for code, label in read(one).items()}

    def heading(self, code: str) -> str:
        """The word above this one, when the list is read by families."""
        if not self.families:
            return ""
        for scheme in self.schemes:
            if above := terms.above(scheme).get(code):
                return terms.label(scheme, above)
        return ""


@dataclass(frozen=True)
class Told:
    """Words that are read in a column of what stands in the row: `rows` are those that count,
    `owner` their link to it."""

    name: str
    label: Text
    column: str
    owner: str
    offered: Callable[[], Mapping[str, Any]]
    rows: Callable[[], QuerySet]

    def words(self) -> Mapping[str, Any]:
        return self.offered()


Box = Column | Said | Told


@dataclass(frozen=True)
class Boxes:
    """The facets of one list, in the order of the page.

    said   the rows that say a term of a row of the list, as `Said` facets read them
    owner  their link to the row of the list
    """

    of: tuple[Box, ...]
    said: type[Model]
    owner: str

    def but(self, *names: str) -> Self:
        """The same without these facets."""
        return replace(self, of=tuple(box for box in self.of if box.name not in names))

    def __getitem__(self, name: str) -> Box:
        return next(box for box in self.of if box.name == name)

    def ticked(self, query: Query) -> dict[str, tuple[str, ...]]:
        """What an address asks for; an unknown code asks for nothing."""
        found = {}
        for box in self.of:
            known = box.words()
            asked = query.getlist(box.name)[:MOST]
            if codes := tuple(dict.fromkeys(code for code in asked if code in known)):
                found[box.name] = codes
        return found

    def q(self, name: str, codes: Iterable[str], prefix: str = "") -> Q:
        """The condition under which a row has one of `codes`; `prefix` leads to the row."""
        box = self[name]
        if isinstance(box, Column):
            return Q(**{f"{prefix}{box.column}__in": tuple(codes)})
        mine = OuterRef(f"{prefix}pk")
        if isinstance(box, Told):
            told = {f"{box.owner}_id": mine, f"{box.column}__in": tuple(codes)}
            return Q(Exists(box.rows().filter(**told)))
        said = {
            f"{self.owner}_id": mine,
            "term__scheme__in": box.schemes,
            "term__code__in": tuple(codes),
        }
        return Q(Exists(self.said._default_manager.filter(**said)))

    def all_q(self, ticked: Ticked, *, but: str = "", prefix: str = "") -> Q:
        """All the facets that are ticked, together, but one."""
        asked = (self.q(name, codes, prefix) for name, codes in ticked.items() if name != but)
        return reduce(and_, asked, Q())

    def count(self, rows: Any, ticked: Ticked) -> Counts:
        """The facets with their numbers, in two queries, and one for each `Told`. `rows` are those
        that the viewer may be shown under whatever else is asked, in their order."""
        total, counted, more = self._columns(rows, ticked)
        counted |= self._said(rows, ticked)
        for box in self.of:
            if isinstance(box, Told):
                counted[box.name] = self._told(box, rows, ticked)
        facets = [_facet(box, ticked.get(box.name, ()), counted[box.name]) for box in self.of]
        return Counts(total, more, facets)

    def _columns(self, rows: Any, ticked: Ticked) -> tuple[int, dict[str, Mapping[str, int]], bool]:
        """The number of rows, and those of the facets that are columns of theirs."""
        boxes = [box for box in self.of if isinstance(box, Column)]
        flags = {
            f"meets_{name}": ExpressionWrapper(self.q(name, codes), BooleanField())
            for name, codes in ticked.items()
        }
        columns = [box.column for box in boxes]
        chosen = list(ticked)
        counted: dict[str, Counter[str]] = {box.name: Counter() for box in boxes}
        total = seen = 0
        for row in rows.annotate(**flags).values_list(*flags, *columns)[:CEILING]:
            seen += 1
            missed = [name for name, meets in zip(chosen, row, strict=False) if not meets]
            total += not missed
            for box, value in zip(boxes, row[len(chosen) :], strict=True):
                if not missed or missed == [box.name]:
                    counted[box.name][value] += 1
        return total, dict(counted), seen == CEILING

    def _said(self, rows: Any, ticked: Ticked) -> dict[str, Mapping[str, int]]:
        """The numbers of the facets whose words are terms said of the rows."""
        boxes = [box for box in self.of if isinstance(box, Said)]
        said: Any = self.said._default_manager.filter(
            **{f"{self.owner}__in": rows.values("pk")[:CEILING]}
        )
        if ticked:
            said = said.filter(reduce(or_, self._branches(boxes, ticked)))
        counted: dict[str, Counter[str]] = {box.name: Counter() for box in boxes}
        words = said.order_by().values_list("term__scheme", "term__code")
        for scheme, code, number in words.annotate(n=Count("pk")):
            for box in boxes:
                if scheme in box.schemes:
                    counted[box.name][code] += number
        return dict(counted)

    def _branches(self, boxes: list[Said], ticked: Ticked) -> list[Q]:
        """The words of each facet in use under the other filters, those of the rest under all."""
        used = [box for box in boxes if box.name in ticked]
        rest = tuple(one for box in boxes if box.name not in ticked for one in box.schemes)
        branches = [(box.name, box.schemes) for box in used] + [("", rest)]
        return [
            Q(term__scheme__in=schemes) & self.all_q(ticked, but=name, prefix=f"{self.owner}__")
            for name, schemes in branches
        ]

    def _told(self, box: Told, rows: Any, ticked: Ticked) -> Mapping[str, int]:
        """How many rows have something that tells each word."""
        told = box.rows().filter(**{f"{box.owner}__in": rows.values("pk")[:CEILING]})
        told = told.filter(self.all_q(ticked, but=box.name, prefix=f"{box.owner}__"))
        counted = told.order_by().values_list(box.column)
        return dict(counted.annotate(n=Count(box.owner, distinct=True)))


def _facet(box: Box, chosen: tuple[str, ...], counted: Mapping[str, int]) -> Facet:
    """What is worth a box: the words that show something, and those that are ticked."""
    options = [
        Option(
            code,
            label,
            counted.get(code, 0),
            code in chosen,
            box.heading(code) if isinstance(box, Said) else "",
        )
        for code, label in box.words().items()
        if counted.get(code) or code in chosen
    ]
    return Facet(box.name, box.label, options)


# ----------------------------------------------------------------------------- in the address


def line_of(value: str) -> str:
    """What somebody typed in a filter, on one line."""
    return " ".join(value.replace("\0", " ").split())[:LONGEST]


@dataclass(frozen=True)
class Chip:
    """One filter in use: what it says, and the address without it."""

    label: Any
    without: str


def address_with(request: HttpRequest, path: str = "", /, **changes: str) -> str:
    """The list of this page, from its top, with other parameters; an empty one is taken away.
    `path` is another page that reads the same ones."""
    path = path or request.path
    query = request.GET.copy()
    for name, value in ({"apres": ""} | changes).items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{path}?{query.urlencode()}" if query else path


def address_without(request: HttpRequest, name: str, code: str) -> str:
    """The list of this page, from its top, without one code of a facet."""
    query = request.GET.copy()
    query.pop("apres", None)
    query.setlist(name, [one for one in query.getlist(name) if one != code])
    return f"{request.path}?{query.urlencode()}"


def chips(
    request: HttpRequest, said: Mapping[str, Any], ticked: Ticked, boxes: Boxes
) -> list[Chip]:
    """The filters in use, in words: `said` are those that are not boxes, parameter → words."""
    found = [
        Chip(words, address_with(request, **{one: ""})) for one, words in said.items() if words
    ]
    for name, codes in ticked.items():
        words = boxes[name].words()
        found += [Chip(words[code], address_without(request, name, code)) for code in codes]
    return found
