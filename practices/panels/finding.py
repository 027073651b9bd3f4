"""On the page of a sheet: what resembles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core import content as content_registry

if TYPE_CHECKING:
    from django.http import HttpRequest

    from practices.content import Content
    from practices.models import Sheet
    from practices.permissions import Rights


def panel(request: HttpRequest, sheet: Sheet, rights: Rights, content: Content) -> dict[str, Any]:
    """What its partials need, beside what the page has already."""
    return {"similar": content_registry.knows_neighbours() and sheet.is_published}
