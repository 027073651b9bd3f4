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
    """What is new in one object: all of it in one line. `named` says that it names her; `space` is
    None for what lives in no space."""

    title: str
    url: str
    what: str
    at: datetime
    space: SubCommunity | None
    named: bool = False


Source = Callable[["User", int], list[Notice]]
_sources: dict[str, Source] = {}


def source(name: str) -> Callable[[Source], Source]:
    """Register the notices of a room: its newest, at most as many as it is asked for."""

    def register(function: Source) -> Source:
        _sources[name] = function
        return function

    return register


def notices(person: User) -> list[Notice]:
    """The newest notices of all rooms; what names her first."""
    found = [one for give in _sources.values() for one in give(person, MOST)]
    return nlargest(MOST, found, key=lambda one: (one.named, one.at))
