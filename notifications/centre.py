"""The notification centre: what waits for a person, one line an object, newest first.

Nothing is stored: each room says what of its own is new for her, as she may read it now, and what
she reads leaves by itself. A room registers its source:

    @source("threads")
    def threads(person: User, most: int) -> list[Notice]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User
    from community.models import SubCommunity

MOST = 50


@dataclass(frozen=True)
class Notice:
    """What is new in one object: all of it in one line. `space` is None for what stands in none;
    `named` says that it names her."""

    title: str
    url: str
    what: str
    at: datetime
    space: SubCommunity | None
    named: bool = False


Source = Callable[["User", int], list[Notice]]
_sources: dict[str, Source] = {}
# Those whose notices are read in the centre alone: home has no query to spare for them.
_centre_alone: set[str] = set()


def source(name: str, *, on_home: bool = True) -> Callable[[Source], Source]:
    """Register the notices of a room: its newest, at most as many as it is asked for. They count
    on home too, unless not `on_home`."""

    def register(function: Source) -> Source:
        _sources[name] = function
        if not on_home:
            _centre_alone.add(name)
        return function

    return register


def notices(person: User, *, on_home: bool = False) -> list[Notice]:
    """The newest notices of all rooms; what names her first. A query a room."""
    rooms = [give for name, give in _sources.items() if not (on_home and name in _centre_alone)]
    found = [one for give in rooms for one in give(person, MOST)]
    return nlargest(MOST, found, key=lambda one: (one.named, one.at))
