"""Whether what stands elsewhere on the web still answers, asked politely.

An answer that asks who we are, or tells us to come back later, is an answer.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from core.fetching import NotAnAddress, NotPublic, NotRead, fetch

# Between two requests to one host.
PAUSE = 1.0
CLOSED_DOORS = frozenset({401, 402, 403, 407, 451})
LATER = frozenset({408, 425, 429, 503})


def wait(since: float | None) -> None:
    """Leave a host in peace for a moment after it was last asked."""
    if since is not None:
        time.sleep(max(0.0, PAUSE - (time.monotonic() - since)))


def probe(link: str) -> bool | None:
    """Whether `link` answers; None when it says to come back later.

    A HEAD first; where that does not succeed, a GET of nothing but its beginning: many sites
    know no HEAD.
    """
    found = _answer(link, "HEAD")
    return found if found else _answer(link, "GET")


def _answer(link: str, method: str) -> bool | None:
    try:
        status = fetch(link, method=method, most=1).status
    except (NotAnAddress, NotPublic, NotRead):
        return False
    if status in LATER:
        return None
    return status < 400 or status in CLOSED_DOORS


def host_of(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""
