"""The directory as a visitor sees it: the same filters, and nothing that is for members."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import facets, files
from core.pagination import by_cursor
from core.site import absolute
from practices import showcase
from practices.exchange import picture, schema
from practices.finding import filters
from practices.views.chips import chips
from practices.views.taking import as_picture

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
    if first:
        total = context["totals"]["sheets"]
        context["picture"] = schema.showcase_picture_address(total)
        context["script"] = schema.collection_script(page.rows, total)
    return render(request, "practices/showcase.html", context)


@login_not_required
@require_safe
def image(request: HttpRequest) -> HttpResponse:
    """The picture of the showcase: its title, and how many practices it holds."""
    words = schema.showcase_words(showcase.totals()["sheets"])
    name = picture.name_of(*words)
    if request.GET.get("v") != name:
        return redirect(f"{reverse('practices:showcase_picture')}?v={name}")
    content = files.made_once("showcase", f"{name}.png", lambda: picture.drawn(*words))
    return as_picture(request, content)
