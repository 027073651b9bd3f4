"""Whether what is kept twice agrees: a counter and what it counts, a file and its fingerprint.

Each room registers what it keeps, where it registers its duties:

    integrity.counters(Thread, reply_count=counted(replies, "thread"))

    @integrity.check("search.index")
    def check_index(*, repair: bool) -> Found: ...

`manage.py check_integrity` runs every check. By night counters are counted again and mended by
themselves, and files are read in turn (`core.files.verifying`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.schedule import daily

logger = logging.getLogger(__name__)

CHUNK = 5_000
# Of what is wrong, how much is told line by line.
TOLD = 20


@dataclass
class Found:
    """What one check saw: how much it looked at, how much of it was wrong and how much of that it
    mended. `lines` tell the first wrong ones: identifiers and figures, never a content."""

    looked_at: int = 0
    wrong: int = 0
    mended: int = 0
    lines: list[str] = field(default_factory=list)

    def tell(self, line: str, rows: int = 1) -> None:
        self.wrong += rows
        if len(self.lines) < TOLD:
            self.lines.append(line)


class Check(Protocol):
    def __call__(self, *, repair: bool) -> Found: ...


_checks: dict[str, Check] = {}
_counters: dict[type[Model], dict[str, Any]] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under `<room>.<what>`."""

    def register(function: Check) -> Check:
        _checks[name] = function
        return function

    return register


def checks() -> dict[str, Check]:
    """Every check, by name."""
    return dict(_checks)


# -------------------------------------------------------------------------------- counters


def counters(model: type[Model], **recounts: Any) -> None:
    """Register kept columns of `model`, each with the SQL expression over a row of it that says
    what the column should hold. Whoever changes a column holds the lock of its row."""
    _counters.setdefault(model, {}).update(recounts)


def registered_counters() -> dict[type[Model], dict[str, Any]]:
    """The recount of every registered column, by model."""
    return {model: dict(recounts) for model, recounts in _counters.items()}


def counted(rows: QuerySet[Any], by: str) -> Coalesce:
    """The expression that counts the `rows` whose column `by` is the identifier of the row."""
    groups = rows.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(groups.annotate(counted=Count("pk")).values("counted")), 0)


@check("core.counters")
def check_counters(*, repair: bool) -> Found:
    """Count again what every room registered."""
    found = Found()
    for model, recounts in _counters.items():
        for chunk in _chunks(model):
            found.looked_at += len(chunk)
            _check_chunk(model, recounts, chunk, found, repair=repair)
    return found


def _chunks(model: type[Model]) -> Iterator[list[int]]:
    after = 0
    while True:
        rows = model._base_manager.filter(pk__gt=after).order_by("pk")
        chunk = list(rows.values_list("pk", flat=True)[:CHUNK])
        if not chunk:
            return
        yield chunk
        after = chunk[-1]


def _check_chunk(
    model: type[Model], recounts: dict[str, Any], chunk: list[int], found: Found, *, repair: bool
) -> None:
    said = {f"recounted_{name}": recount for name, recount in recounts.items()}
    differs = Q()
    for name in recounts:
        differs |= ~Q(**{name: F(f"recounted_{name}")})
    rows = model._base_manager.filter(pk__range=(chunk[0], chunk[-1])).annotate(**said)
    wrong = list(rows.filter(differs).order_by("pk").values("pk", *recounts, *said))
    for row in wrong:
        kept = {name: (row[name], row[f"recounted_{name}"]) for name in recounts}
        told = ", ".join(
            f"{name} is {one}, should be {other}"
            for name, (one, other) in kept.items()
            if one != other
        )
        found.tell(f"{model._meta.label} {row['pk']}: {told}")
    if repair and wrong:
        found.mended += _recount(model, recounts, [row["pk"] for row in wrong])


def _recount(model: type[Model], recounts: dict[str, Any], ids: list[int]) -> int:
    """Set the columns of these rows anew. The rows are locked by a first statement: the second one
    then sees all that was committed by whoever held them."""
    with transaction.atomic():
        rows = model._base_manager.filter(pk__in=ids)
        list(rows.select_for_update().order_by("pk").values_list("pk"))
        return rows.update(**recounts)


@daily(hour=4, name="core.recount")
def recount_nightly() -> None:
    """Mend the counters that a stopped process or a hand in the database left wrong."""
    found = check_counters(repair=True)
    for line in found.lines:
        logger.warning("integrity: %s", line)
    if found.wrong:
        logger.warning("integrity: %s rows were counted again", found.mended)
