"""On the page of a sheet: what is being prepared, and who looks after the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

    from practices.content import Content
    from practices.models import Sheet
    from practices.permissions import Rights


def panel(request: HttpRequest, sheet: Sheet, rights: Rights, content: Content) -> dict[str, Any]:
    """What its partials need, beside what the page has already."""
    return {}
