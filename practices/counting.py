"""How often a sheet was taken away: once a session, a sheet and a day (`core.counting`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.counting import first_today
from core.web import person
from practices.services.taking import count_downloads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest


def note_downloads(request: HttpRequest, sheets: Iterable[int]) -> None:
    """Count what a signed-in person takes; a visitor takes without being counted."""
    new = [pk for pk in sheets if first_today(request, "practices.download", f"{pk}")]
    if new:
        count_downloads(new, by=person(request))
