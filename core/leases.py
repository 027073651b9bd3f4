"""Rows that wait for a worker: how one is taken, given up, and tried again later.

The outbox and the mail queue share this. A row is taken one at a time and its attempt is counted
as it is taken, so that a row which kills its worker is the only one to suffer from it.
"""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connections, models, transaction
from django.db.models import F, Q
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)

LEASE = timedelta(minutes=5)
BACKOFF: Sequence[timedelta] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)

# Set by the worker when it is asked to stop: loops end after the row in hand.
stopping = threading.Event()


def due(waiting: models.QuerySet[Row], now: datetime | None = None) -> models.QuerySet[Row]:
    """Of the rows that wait, those that may be taken now."""
    now = now or timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return waiting.filter(free, not_before__lte=now)


def _oldest(rows: models.QuerySet[Row]) -> Row | None:
    # This order is that of the partial index on what waits: no sort, however long the queue.
    return rows.order_by("not_before", "id").first()


def take_one(waiting: models.QuerySet[Row], **also: Any) -> Row | None:
    """Lease the oldest due row of `waiting`, or answer None.

    `also` are columns to set in the same statement. Two workers never take the same row: on
    PostgreSQL the row is locked (SKIP LOCKED); on SQLite the condition is repeated in the
    UPDATE, which is alone in writing.
    """
    now = timezone.now()
    until = now + LEASE
    model = waiting.model
    changes = {"leased_until": until, "attempts": F("attempts") + 1, **also}
    connection = connections[waiting.db]
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic(using=waiting.db):
            row = _oldest(due(waiting, now).select_for_update(skip_locked=True))
            if row is not None:
                model._default_manager.filter(pk=row.pk).update(**changes)
    else:
        while (row := _oldest(due(waiting, now))) is not None:
            if due(waiting, now).filter(pk=row.pk).update(**changes):
                break
    if row is None:
        return None
    fresh: Row = model._default_manager.get(pk=row.pk)
    return fresh


def worn_out(attempts: int) -> bool:
    """Whether a row just taken was already tried often enough: it kills its workers."""
    return attempts > len(BACKOFF) + 1


def next_try(attempts: int, now: datetime | None = None) -> datetime | None:
    """When to try again after `attempts` failures; None when enough has been tried."""
    if attempts > len(BACKOFF):
        return None
    return (now or timezone.now()) + BACKOFF[attempts - 1]


def error_name(error: BaseException) -> str:
    """What is kept of an error: its class. Its message could quote a person."""
    return f"{type(error).__module__}.{type(error).__qualname__}"[:200]
