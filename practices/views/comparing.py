"""Sheets side by side, and what the directory lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core import content
from core.facets import line_of
from core.text import fold
from core.web import person
from practices.finding import comparing, gaps
from practices.permissions import may_begin
from practices.views.common import layout_of, of_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from practices.models import Sheet

ADDABLE = 6
SIMILAR = 4


@dataclass(frozen=True)
class Compared:
    """A sheet of the comparison, and the address of the comparison without it."""

    sheet: Sheet
    without: str


def address(sheets: Sequence[Sheet], **also: str) -> str:
    """The comparison of these sheets."""
    query = [("fiche", str(sheet.pk)) for sheet in sheets] + list(also.items())
    return (
        f"{reverse('practices:compare')}?{urlencode(query)}"
        if query
        else reverse("practices:compare")
    )


@login_not_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to three sheets, field by field; with fewer, those that could be added."""
    user = request.user
    sheets, left_out = comparing.chosen(request.GET.getlist("fiche"), user)
    only = request.GET.get("seulement") == "differences" and len(sheets) > 1
    text = line_of(request.GET.get("q", ""))
    addable = []
    if len(sheets) < comparing.MOST:
        found = comparing.others(user, sheets, fold(text).split(), ADDABLE)
        addable = [(one, address([*sheets, one])) for one in found]
    context = {
        "layout": layout_of(request),
        "compared": [
            Compared(one, address([other for other in sheets if other != one])) for one in sheets
        ],
        "groups": comparing.side_by_side(sheets, only_what_differs=only),
        "only": only,
        "all_url": address(sheets),
        "only_url": address(sheets, seulement="differences"),
        "addable": addable,
        "full": len(sheets) == comparing.MOST,
        "left_out": left_out,
        "words": text,
    }
    return render(request, "practices/compare.html", context)


@require_safe
@of_sheet
def similar(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """What resembles a sheet: asked by its page once it is scrolled to, or a page of its own."""
    found = content.similar_to(sheet, request.user, SIMILAR)
    if request.headers.get("HX-Request"):
        return render(request, "practices/parts/similar_rows.html", {"similar": found})
    context = {"layout": layout_of(request), "sheet": sheet, "similar": found}
    return render(request, "practices/similar.html", context)


@require_safe
def missing(request: HttpRequest) -> HttpResponse:
    """Two facets crossed, a third one as a filter: where the directory has nothing to say."""
    user = person(request)
    asked = gaps.read(request.GET)
    context = {
        "asked": asked,
        "table": gaps.table(asked, user),
        "axes": gaps.AXES,
        "may_begin": may_begin(user),
    }
    return render(request, "practices/gaps.html", context)
