"""Whether what stands elsewhere on the web still answers, asked politely.

An answer that asks who we are, or tells us to come back later, is an answer. Silence says something
of a site only while the rest of the web answers us: `is_online`.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from django.core.cache import cache

from core.fetching import NotAnAddress, NotPublic, NotRead, fetch

# Between two requests to one host.
PAUSE = 1.0
CLOSED_DOORS = frozenset({401, 402, 403, 407, 451})
LATER = frozenset({408, 425, 429, 503})
# The last answer of anything, whatever it said, is remembered a little more than a day: links that
# are asked each day, at one hour, answer for one another.
ANSWERED, REMEMBERED = "probing.answered", 25 * 3600


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
    cache.set(ANSWERED, True, REMEMBERED)
    if status in LATER:
        return None
    return status < 400 or status in CLOSED_DOORS


def is_online() -> bool:
    """Whether anything that we asked answered since yesterday. A server without a network, or
    behind a proxy, finds every site silent."""
    return bool(cache.get(ANSWERED))


def host_of(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""
