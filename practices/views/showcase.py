"""The directory as a visitor sees it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.pagination import by_cursor
from core.site import absolute
from practices import showcase

SIZE = 24


def index(request: HttpRequest) -> HttpResponse:
    """The practices of the showcase, improved last first. Two queries."""
    after = request.GET.get("apres", "")
    page = by_cursor(showcase.public(), after=after, size=SIZE, order=("improved_at", "id"))
    context = {
        "sheets": page.rows,
        "next_url": f"?apres={page.next}" if page.next else "",
        "totals": showcase.totals(),
        "url": absolute(reverse("practices:index")),
        "first": not after,
    }
    return render(request, "practices/showcase.html", context)
