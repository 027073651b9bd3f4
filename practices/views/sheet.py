"""The page of a sheet: what it says, what became of it, what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from practices.content import Content, Values
from practices.panels import PANELS
from practices.permissions import rights_of
from practices.sections import SECTIONS, Field, Kind, Section
from practices.services.common import working_content
from practices.views.common import layout_of, of_sheet

if TYPE_CHECKING:
    from practices.models import Sheet


@dataclass(frozen=True)
class Shown:
    """One section as it is drawn: its fields that say something, each with its value."""

    section: Section
    fields: list[tuple[Field, Any]]

    @property
    def has_words(self) -> bool:
        return any(field.kind is not Kind.YES for field, _value in self.fields)


def shown(content: Content, *, but: tuple[str, ...] = ()) -> list[Shown]:
    """The sections of `content` that say something, in their order."""
    named = [one for one in SECTIONS if one.name not in but]
    found = [shown_section(one, content.get(one.name, {})) for one in named]
    return [one for one in found if one is not None]


def shown_section(section: Section, values: Values) -> Shown | None:
    """One section as it is drawn; None when it says nothing."""
    fields = [(field, values[field.name]) for field in section.fields if field.name in values]
    return Shown(section, fields) if fields else None


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
