"""The list of sheets, every filter in the address; and the same on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import facets
from core.pagination import by_cursor
from core.ratelimit import limited
from core.web import person
from practices import home
from practices.finding import filters, regions
from practices.foreseen import FORESEEN
from practices.permissions import may_begin
from practices.views import showcase
from practices.views.chips import chips
from practices.views.common import layout_of

if TYPE_CHECKING:
    from practices.finding.filters import Filters

SIZE = 20


def _looks_inside(request: HttpRequest) -> bool:
    """Whether words are looked for inside the sheets: those of a visitor are (`filters.read`)."""
    return not request.user.is_authenticated and bool(request.GET.get("q"))


# As the page of the search, which members have for that.
searching = limited("search", limit=60, window=60, methods=("GET", "HEAD"), when=_looks_inside)


@login_not_required
@require_safe
@searching
def index(request: HttpRequest) -> HttpResponse:
    """The sheets that she may read, improved last first; a visitor sees the showcase."""
    if not request.user.is_authenticated:
        return showcase.index(request)
    user = request.user
    wanted = filters.read(request.GET, user)
    page = by_cursor(
        home.for_rows(filters.apply(wanted, user)),
        after=request.GET.get("apres", ""),
        size=SIZE,
        order=wanted.keys,
        ascending=wanted.order == "titre",
    )
    context = {
        "layout": layout_of(request),
        "sheets": page.rows,
        "next_url": facets.address_with(request, apres=page.next) if page.next else "",
        "wanted": wanted,
        "counts": filters.count(wanted, user),
        "chips": chips(request, wanted),
        "orders": filters.ORDER_LABELS,
        "states": filters.STATES if user.is_animator else {},
        "foreseen": foreseen(wanted),
        "map_url": facets.address_with(request, reverse("practices:map"), tri=""),
        "may_begin": may_begin(user),
        "exports": exports(request, wanted),
    }
    return render(request, "practices/index.html", context)


def exports(request: HttpRequest, wanted: Filters) -> dict[str, str]:
    """Where the whole list is taken away, under the same filters: what no version is published of
    leaves with nobody."""
    if wanted.state and not filters.STATES[wanted.state].published:
        return {}
    return {
        name: facets.address_with(request, reverse(f"practices:{route}"), tri="")
        for name, route in (("table", "table"), ("json", "json_list"))
    }


def foreseen(wanted: Filters) -> list[tuple[str, str]]:
    """What is asked for and that a new sheet could say: (parameter, code) of the address where
    one is begun."""
    return [(name, code) for name in FORESEEN for code in wanted.chosen.get(name, ())]


@login_not_required
@require_safe
@searching
def by_region(request: HttpRequest) -> HttpResponse:
    """The same sheets by region: on a map, and in a list beside it."""
    wanted = filters.read(request.GET, request.user)
    context = {
        "layout": layout_of(request),
        "map": regions.count(request, wanted),
        "box": regions.BOX,
        "legend": regions.legend(),
        "list_url": facets.address_with(request, reverse("practices:index")),
        "wanted": wanted,
        "chips": chips(request, wanted),
    }
    return render(request, "practices/map.html", context)


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What was improved last, as a part of a member's home."""
    if not request.headers.get("HX-Request"):
        return redirect("practices:index")
    return render(request, "practices/news.html", {"sheets": home.news(person(request))})
