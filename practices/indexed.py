"""How sheets are found by the search (`core.content.Indexed`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from core.audience import State
from core.content import Entry, Indexed
from practices.content import words
from practices.models import Sheet

# What the services of this room emit, each with `sheet=…`.
EVENTS = (
    "sheet.changed",  # its audience, its bearers, its review, what is in preparation
    "sheet.submitted",
    "sheet.published",
    "sheet.decided",
    "sheet.hidden",
    "sheet.put_back",
    "sheet.withdrawn",
    "trial.told",  # how many there are
    "trial.hidden",
    "trial.restored",
)


def sheets(ids: Sequence[int]) -> Iterator[Entry]:
    """Sheets as they are found: by their title, their words, the labels of their taxonomies. What
    has no published version is found by nobody. Two queries."""
    rows = Sheet.objects.filter(pk__in=list(ids), current__isnull=False)
    rows = rows.exclude(state=State.REMOVED).select_related("bearer", "current")
    for sheet in rows:
        yield Entry(
            object_id=sheet.pk,
            level=sheet.level,
            space_id=None,
            organisation_id=None,
            owner_id=sheet.owner_id,
            state=sheet.state,
            title=sheet.title,
            url=sheet.get_absolute_url(),
            dated_at=sheet.improved_at or sheet.created_at,
            pages=["\n\n".join(words(sheet.content))],
            keywords=sheet.bearer.name,
            author_name=sheet.bearer.name,
            meta={"bearer": sheet.bearer.name, "trials": sheet.trial_count},
        )


def sheet_ids(after: int, limit: int) -> list[int]:
    rows = Sheet.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def touched(payload: dict[str, Any]) -> list[int]:
    return [payload["sheet"]]


SHEETS = Indexed(entries=sheets, ids=sheet_ids, events=dict.fromkeys(EVENTS, touched))
