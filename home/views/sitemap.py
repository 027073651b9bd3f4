"""What a search engine is told to read: the pages for everybody, and what was made public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core.site import absolute
from library.models import Document
from practices import showcase

PAGES = (
    "home:landing", "practices:index", "library:index", "home:help", "home:privacy",
    "home:accessibility", "home:terms",
)  # fmt: skip
# A sitemap holds fifty thousand addresses at most.
MOST = 20_000


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Two queries, both as anybody reads."""
    return render(
        request, "home/sitemap.xml", {"places": _places()}, content_type="application/xml"
    )


def _places() -> Iterator[tuple[str, datetime | None]]:
    for name in PAGES:
        yield absolute(reverse(name)), None
    for sheet in showcase.public().improved_first().only("slug", "improved_at")[:MOST]:
        yield absolute(sheet.get_absolute_url()), sheet.improved_at
    documents = Document.objects.readable_by(AnonymousUser()).select_related("space")
    columns = ("slug", "updated_at", "space__confidentiality")
    for document in documents.only(*columns).order_by("-pk")[:MOST]:
        yield absolute(document.get_absolute_url()), document.updated_at
