"""The page of a sheet: what it says, what became of it, what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from practices.panels import PANELS
from practices.permissions import rights_of
from practices.services.common import working_content
from practices.shown import shown
from practices.views.common import layout_of, of_sheet

if TYPE_CHECKING:
    from practices.models import Sheet


@require_safe
@of_sheet
def page(request: HttpRequest, sheet: Sheet, slug: str = "") -> HttpResponse:
    """The published content; before the first version, what is in preparation."""
    address = sheet.get_absolute_url()
    if slug and request.path != address:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)
    rights = rights_of(request.user, sheet)
    content = sheet.content if sheet.current is not None else working_content(sheet)
    context: dict[str, Any] = {
        "layout": layout_of(request),
        "sheet": sheet,
        "rights": rights,
        "content": content,
        "sections": shown(content, but=("identite", "anglais")),
    }
    for panel in PANELS:
        context |= panel(request, sheet, rights, content)
    return render(request, "practices/sheet.html", context)
