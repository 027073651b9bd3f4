"""The directory as a visitor sees it: the same filters, and nothing that is for members."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import facets
from core.pagination import by_cursor
from core.site import absolute
from practices import showcase
from practices.finding import filters
from practices.views.chips import chips

SIZE = 24


def index(request: HttpRequest) -> HttpResponse:
    """The practices of the showcase, improved last first. Five queries at most: the numbers of the
    whole are told on its first page only."""
    after, user = request.GET.get("apres", ""), request.user
    wanted = filters.read(request.GET, user)
    rows = showcase.drawn(filters.apply(wanted, user))
    page = by_cursor(rows, after=after, size=SIZE, order=("improved_at", "id"))
    first = not after and not wanted.narrows
    context: dict[str, Any] = {
        "sheets": page.rows,
        "next_url": facets.address_with(request, apres=page.next) if page.next else "",
        "totals": showcase.totals() if first else {},
        "wanted": wanted,
        "counts": filters.count(wanted, user),
        "chips": chips(request, wanted),
        "map_url": facets.address_with(request, reverse("practices:map")),
        "url": absolute(reverse("practices:index")),
        "first": first,
    }
    return render(request, "practices/showcase.html", context)
