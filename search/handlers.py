"""The index hears what happens in the rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from core import content
from core.content import Kind
from core.events import emit, hook, on
from search import indexing

# What one event draws itself; the rest waits in events of its own, so that none is long.
AT_ONCE = 200


def subscribe(kind: Kind) -> None:
    """Hear every event that a kind names."""
    if kind.indexed is not None:
        for event, touched in kind.indexed.events.items():
            on(event)(_handler(kind, event, touched))


def _handler(
    kind: Kind, event: str, touched: Callable[[dict[str, Any]], Iterable[int]]
) -> Callable[[dict[str, Any]], None]:
    def redraw(payload: dict[str, Any]) -> None:
        _redraw(kind, list(touched(payload)))

    # Handlers are known by their name: that of a kind must not pass for another's.
    redraw.__qualname__ = f"redraw.{kind.name}.{event}"
    return redraw


def _redraw(kind: Kind, ids: Sequence[int]) -> None:
    for at in range(AT_ONCE, len(ids), AT_ONCE):
        emit("search.redraw", kind=kind.name, ids=list(ids[at : at + AT_ONCE]))
    indexing.index(kind, ids[:AT_ONCE])


@on("search.redraw")
def redraw_more(payload: dict[str, Any]) -> None:
    indexing.index(content.get(payload["kind"]), payload["ids"])


@hook("audience.changed")
def hide_until_drawn(kind: str, ids: Sequence[int]) -> None:
    """Whoever narrows, hides or moves something waits for no worker: from this transaction on it
    is not found, nor what it contains, until the event that follows has drawn it again."""
    indexing.hide(kind, ids)
