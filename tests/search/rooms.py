"""Helpers of the tests that go through the rooms: what happens, and the worker that hears it."""

from __future__ import annotations

from typing import Any

from core import events
from core.models import OutboxEvent
from search import indexing, vocabulary
from search.finding import find
from search.models import Cell


def heard() -> None:
    """The worker has heard all that happened, and all that followed from it."""
    while events.drain():
        pass
    failed = OutboxEvent.objects.exclude(last_error="").values_list("name", "last_error")
    assert list(failed) == []


def index_all() -> None:
    """The index of everything that is there."""
    for kind in indexing.indexed_kinds():
        for _chunk in indexing.walk(kind, name="test"):
            pass


def titles(query: str, user: Any, **also: Any) -> list[str]:
    return [hit.row.title for hit in find(query, user=user, **also).hits]


def exact() -> bool:
    """Whether the vocabulary says what the entries hold, cell by cell."""
    return all(vocabulary.is_right(cell) for cell in Cell.objects.all())
