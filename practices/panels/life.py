"""On the page of a sheet: what is being prepared, and who looks after the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from practices import preparing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from practices.content import Content
    from practices.models import Sheet
    from practices.permissions import Rights


def panel(request: HttpRequest, sheet: Sheet, rights: Rights, content: Content) -> dict[str, Any]:
    """What its partials need, beside what the page has already: no query for readers; one for
    those who follow the sheet, when the animators answered."""
    follows = preparing.follows(rights)
    return {
        "follows": follows,
        "answer": preparing.last_answer(sheet) if follows else None,
        "cares": rights.edit or rights.consent,
    }
