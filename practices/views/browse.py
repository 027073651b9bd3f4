"""The list of sheets."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from core.pagination import by_cursor
from core.web import person
from practices import home
from practices.models import Sheet
from practices.permissions import may_begin
from practices.views import showcase
from practices.views.common import layout_of

SIZE = 20


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The sheets that she may read, improved last first; a visitor sees the showcase."""
    if not request.user.is_authenticated:
        return showcase.index(request)
    rows = home.for_rows(Sheet.objects.readable_by(request.user).live())
    page = by_cursor(
        rows, after=request.GET.get("apres", ""), size=SIZE, order=("improved_at", "id")
    )
    user = request.user
    context = {
        "layout": layout_of(request),
        "sheets": page.rows,
        "next_url": f"?apres={page.next}" if page.next else "",
        "may_begin": may_begin(user),
    }
    return render(request, "practices/index.html", context)


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What was improved last, as a part of a member's home."""
    if not request.headers.get("HX-Request"):
        return redirect("practices:index")
    return render(request, "practices/news.html", {"sheets": home.news(person(request))})
