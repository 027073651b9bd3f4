"""The showcase: what a visitor is told of the practices that their organisations made public.

Numbers, and no name: how often a practice was tried, by how many organisations, adapted,
improved, taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Sum

from core.audience import State
from practices.models import Sheet, Trial

NEWEST = 3


@dataclass(frozen=True)
class Usage:
    """What became of a practice, in numbers."""

    trials: int
    abandoned: int
    organisations: int
    adaptations: int
    improvements: int
    downloads: int

    def __bool__(self) -> bool:
        return bool(self.trials or self.adaptations or self.improvements or self.downloads)


def public() -> Any:
    """The sheets of the showcase, as anybody reads them."""
    return Sheet.objects.readable_by(AnonymousUser()).in_showcase().filter(archived_at=None)


def drawn(rows: Any) -> Any:
    """What a card of the showcase draws."""
    return rows.select_related("bearer", "current")


def newest() -> list[Sheet]:
    """Those that the landing page shows."""
    return list(drawn(public()).improved_first()[:NEWEST])


def usage_of(sheet: Sheet) -> Usage:
    """Kept counters, and one query when it was tried: by how many organisations."""
    organisations = 0
    if sheet.trial_count:
        told = Trial.objects.filter(sheet=sheet, state=State.PUBLISHED)
        counted = told.aggregate(n=Count("organisation", distinct=True))
        organisations = counted["n"]
    return Usage(
        trials=sheet.trial_count,
        abandoned=sheet.abandoned_count,
        organisations=organisations,
        adaptations=sheet.adaptation_count,
        improvements=sheet.current.number - 1 if sheet.current else 0,
        downloads=sheet.download_count,
    )


def totals() -> dict[str, int]:
    """How many practices, borne by how many organisations, tried how often. One query."""
    found: dict[str, Any] = public().aggregate(
        sheets=Count("pk"), organisations=Count("bearer", distinct=True), trials=Sum("trial_count")
    )
    return {name: number or 0 for name, number in found.items()}
