"""How many documents each word of the filters would show: counted after the audience rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from library.filters import BOXES, Filters, rows_for

if TYPE_CHECKING:
    from core.audience import Viewer
    from core.facets import Counts


def count(filters: Filters, viewer: Viewer) -> Counts:
    """The facets with their numbers, in two queries; of many documents, those of the newest."""
    return BOXES.count(rows_for(filters, viewer).recent_first(), filters.chosen)
