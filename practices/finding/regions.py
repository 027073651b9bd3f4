"""The administrative regions of Québec as the directory draws them, and the sheets of each.

The drawing is ours: a plan, not a chart. North is above, the river runs from the lower left to the
right, and each region stands where people look for it, large enough for a finger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from core import facets, terms
from practices.finding import filters
from practices.models import SheetTerm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from practices.finding.filters import Filters

BOX = "52 12 672 602"
SCHEME = "regions"


@dataclass(frozen=True)
class Drawing:
    """The outline of a region (one or more closed lines); the middle of where its code and its
    number are written, one above the other where it is `tall`."""

    path: str
    x: int
    y: int
    tall: bool = False

    @property
    def under(self) -> int:
        """The line of the number, where the code is above."""
        return self.y + 26


DRAWINGS = {
    "10": Drawing("M60 20H420L474 66V170H360V200H60Z", 240, 100, tall=True),
    "08": Drawing("M60 206H190V310H60Z", 125, 246, tall=True),
    "07": Drawing("M60 316H190V486L126 462L60 414Z", 125, 372, tall=True),
    "04": Drawing("M196 206H360V246H400V400L328 436V330H196Z", 290, 268, tall=True),
    "15": Drawing("M196 336H256V432H196Z", 226, 372, tall=True),
    "14": Drawing("M262 336H322V432H262Z", 292, 372, tall=True),
    "02": Drawing("M366 176H490V294H406V240H366Z", 438, 222, tall=True),
    "03": Drawing("M406 300H490V352L406 397Z", 448, 340),
    "09": Drawing("M480 66H600L644 118L704 150V234L496 346V172H480Z", 590, 190, tall=True),
    "13": Drawing("M200 436H300V486H200Z", 250, 463),
    "06": Drawing("M212 490H326L304 540H212Z", 264, 517),
    "16": Drawing("M140 546H310L334 488L346 482V540L318 606H140Z", 230, 577),
    "17": Drawing("M352 478L404 448L430 478V530H352Z", 391, 494),
    "05": Drawing("M350 536H430L462 568V606H324Z", 396, 574),
    "12": Drawing("M410 444L498 398L522 434V526L468 562L436 528V474Z", 478, 466, tall=True),
    "01": Drawing("M504 395L598 342L624 384L604 424L528 430Z", 566, 396),
    "11": Drawing("M604 338L690 300L712 326V388L664 410L630 382Z M690 424H716V450H690Z", 664, 358),
}
# From how many sheets a region is drawn in the next tint.
STEPS = (1, 3, 6, 11)


@dataclass(frozen=True)
class Region:
    """One region of the map: `tint` is its class, from 0 (no sheet) to 4."""

    code: str
    name: str
    count: int
    url: str
    chosen: bool
    drawing: Drawing | None

    @property
    def tint(self) -> int:
        return tint_of(self.count)


@dataclass(frozen=True)
class Map:
    """The regions in the order of their codes; `nowhere` sheets name none."""

    regions: list[Region]
    nowhere: int
    total: int

    @property
    def drawn(self) -> list[Region]:
        return [one for one in self.regions if one.drawing is not None]


def tint_of(number: int) -> int:
    return sum(number >= step for step in STEPS)


def legend() -> list[tuple[int, str]]:
    """Each tint with the numbers that it stands for: `3–5`, `11+`."""
    found = [(0, "0")]
    for tint, (first, after) in enumerate(zip(STEPS, (*STEPS[1:], None), strict=True), start=1):
        last = after - 1 if after else None
        found.append((tint, f"{first}+" if last is None else f"{first}–{last}"))
    return found


def count(request: HttpRequest, wanted: Filters) -> Map:
    """How many sheets each region has under the filters in use, the region aside. Two queries."""
    aside = replace(wanted, chosen={k: v for k, v in wanted.chosen.items() if k != "region"})
    rows = filters.apply(aside, request.user)
    said = SheetTerm.objects.filter(term__scheme=SCHEME)
    numbers = said.filter(sheet__in=rows).order_by().values_list("term__code")
    somewhere = Exists(said.filter(sheet=OuterRef("pk")))
    totals = rows.aggregate(total=Count("pk"), nowhere=Count("pk", filter=~Q(somewhere)))
    found = dict(numbers.annotate(n=Count("pk")))
    index = reverse("practices:index")
    regions = [
        Region(
            code=code,
            name=name,
            count=found.get(code, 0),
            url=facets.address_with(request, index, region=code),
            chosen=code in wanted.chosen.get("region", ()),
            drawing=DRAWINGS.get(code),
        )
        for code, name in terms.scheme(SCHEME).items()
    ]
    return Map(regions, totals["nowhere"], totals["total"])
