"""The family of a sheet: what it was adapted from, what was adapted from it, at any depth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from practices.models import Sheet

if TYPE_CHECKING:
    from core.audience import Viewer

# All that comes of the same first practice, whoever reads it: identifiers only.
FAMILY = """
WITH RECURSIVE
above(id, parent) AS (
    SELECT id, derived_from_id FROM practices_sheet WHERE id = %s
    UNION
    SELECT sheet.id, sheet.derived_from_id FROM practices_sheet sheet
    JOIN above ON sheet.id = above.parent
),
below(id, parent) AS (
    SELECT id, parent FROM above WHERE parent IS NULL
    UNION
    SELECT sheet.id, sheet.derived_from_id FROM practices_sheet sheet
    JOIN below ON sheet.derived_from_id = below.id
)
SELECT id, parent FROM below
"""


@dataclass(frozen=True)
class Node:
    """One sheet of a nested list: whether a list opens below it, and, when none does, how many
    lists end with it."""

    sheet: Sheet
    opens: bool
    closes: range


def family(sheet: Sheet, viewer: Viewer) -> list[Node]:
    """The sheets of the family that `viewer` reads, and `sheet` itself, as a nested list. What
    stands below a sheet that she does not read is shown below the nearest one that she does. Two
    queries, whatever the depth."""
    with connection.cursor() as cursor:
        cursor.execute(FAMILY, [sheet.pk])
        parents: dict[int, int | None] = dict(cursor.fetchall())
    rows = Sheet.objects.readable_by(viewer).published().filter(pk__in=parents)
    shown = {one.pk: one for one in rows.select_related("bearer")}
    shown.setdefault(sheet.pk, sheet)
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk in sorted(shown, key=lambda pk: (shown[pk].published_at is None, pk)):
        below[_nearest(pk, parents, shown)].append(pk)
    return _walk(below, shown)


def _nearest(pk: int, parents: dict[int, int | None], shown: Iterable[int]) -> int | None:
    """The nearest sheet above that is shown."""
    above = parents.get(pk)
    while above is not None and above not in shown:
        above = parents.get(above)
    return above


def _walk(below: dict[int | None, list[int]], shown: dict[int, Sheet]) -> list[Node]:
    """The nested list, in reading order, without calling itself: it may be deep."""
    found = []
    # Each with how many lists end after it, if it is the last of its own.
    waiting = [(pk, 0) for pk in reversed(below[None])]
    while waiting:
        pk, closes = waiting.pop()
        children = below.get(pk, [])
        found.append(Node(shown[pk], bool(children), range(0 if children else closes)))
        for place, child in enumerate(reversed(children)):
            waiting.append((child, closes + 1 if place == 0 else 0))
    return found
