"""Pages of lists: by cursor, never by OFFSET; counts that stop at a ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

CEILING = 2000


@dataclass(frozen=True)
class Slice:
    """One page of a list. `next` is the value of `?apres=`, empty on the last page."""

    rows: list[Any]
    next: str


def by_cursor(
    rows: QuerySet, *, after: str, size: int, order: tuple[str, str], ascending: bool = False
) -> Slice:
    """`size` rows of `rows` after the cursor `after`, newest or greatest first.

    `order` names two columns without sign, the second a unique one (`("last_post_at", "id")`);
    both are read in descending order, or from A to Z when `ascending`. A cursor that was
    tampered with starts again at the top.
    """
    first, second = order
    sign, beyond = ("", "gt") if ascending else ("-", "lt")
    rows = rows.order_by(f"{sign}{first}", f"{sign}{second}")
    if after:
        try:
            value, unique = signing.loads(after, salt=f"cursor.{first}")
        except signing.BadSignature:
            pass
        else:
            at = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else value
            rows = rows.filter(
                Q(**{f"{first}__{beyond}": at}) | Q(**{first: at, f"{second}__{beyond}": unique})
            )
    found = list(rows[: size + 1])
    if len(found) <= size:
        return Slice(found, "")
    last = found[size - 1]
    value = getattr(last, first)
    if isinstance(value, date):
        value = value.isoformat()
    return Slice(
        found[:size], signing.dumps([value, getattr(last, second)], salt=f"cursor.{first}")
    )


def capped_count(rows: QuerySet, ceiling: int = CEILING) -> int:
    """The number of rows, or `ceiling` when there are at least as many."""
    return rows.order_by()[:ceiling].count()
