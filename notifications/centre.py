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
# Of these, those that the home counts: it shows them beside what is unread, within its budget.
_at_home: set[str] = set()


def source(name: str, *, at_home: bool = True) -> Callable[[Source], Source]:
    """Register the notices of a room: its newest, at most as many as it is asked for. `at_home`
    says that the home counts them."""

    def register(function: Source) -> Source:
        _sources[name] = function
        if at_home:
            _at_home.add(name)
        return function

    return register


def notices(person: User, *, at_home: bool = False) -> list[Notice]:
    """The newest notices of all rooms (those that the home counts); what names her first."""
    asked = [give for name, give in _sources.items() if not at_home or name in _at_home]
    found = [one for give in asked for one in give(person, MOST)]
    return nlargest(MOST, found, key=lambda one: (one.named, one.at))
