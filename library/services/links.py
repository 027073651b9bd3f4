"""Whether what stands elsewhere still answers: each link is asked once a week, politely.

One failure says little: a link is *broken* after three, at least a day apart.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import zip_longest

from django.db.models import F, Q
from django.utils import timezone

from core import leases
from core.audience import State
from core.probing import host_of, probe, wait
from core.schedule import every
from library.models import Document

LinkState = Document.LinkState

AGAIN = timedelta(days=7)
# A little less than a day: by the clock, the same hour of the next day is a day later.
DOUBTED_AGAIN = timedelta(hours=23)
BROKEN_AFTER = 3
# In one run, which an hourly duty has the time of: so many links, so many of one host.
MOST, MOST_OF_A_HOST, SECONDS = 60, 10, 480


@every(minutes=60, name="library.check_links")
def check_links() -> None:
    """Ask the links that are due, as many as one run has the time of."""
    until = time.monotonic() + SECONDS
    asked: dict[str, float] = {}
    for pk, link in _in_turn(timezone.now()):
        if leases.stopping.is_set() or time.monotonic() > until:
            break
        host = host_of(link)
        wait(asked.get(host))
        state = probe(link)
        asked[host] = time.monotonic()
        note(pk, link, state)


def note(pk: int, link: str, answers: bool | None) -> None:
    """Write what was found, unless the link was changed meanwhile. It is not a change of the
    document: nothing else of it moves."""
    now = timezone.now()
    rows = Document.objects.filter(pk=pk, link=link)
    if answers is None:
        rows.update(link_checked_at=now)
    elif answers:
        rows.update(link_checked_at=now, link_state=LinkState.ALIVE, link_failures=0)
    else:
        rows.update(link_checked_at=now, link_failures=F("link_failures") + 1)
        failing = rows.filter(link_failures__lt=BROKEN_AFTER)
        failing.update(link_state=LinkState.FAILING)
        broken = rows.filter(link_failures__gte=BROKEN_AFTER)
        broken.update(link_state=LinkState.BROKEN, link_failures=BROKEN_AFTER)


def due(now: datetime) -> Q:
    """Never asked, asked a week ago, or doubted since yesterday."""
    doubted = Q(link_state=LinkState.FAILING, link_checked_at__lte=now - DOUBTED_AGAIN)
    return Q(link_checked_at=None) | Q(link_checked_at__lte=now - AGAIN) | doubted


def _in_turn(now: datetime) -> Iterator[tuple[int, str]]:
    """The links that are due, those that waited the longest first, hosts one after the other."""
    rows = Document.objects.exclude(link="").filter(due(now), replaced_by=None)
    rows = rows.filter(state__in=(State.PUBLISHED, State.PENDING))
    rows = rows.order_by(F("link_checked_at").asc(nulls_first=True), "pk")
    by_host: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, link in rows.values_list("pk", "link")[: MOST * MOST_OF_A_HOST]:
        if len(by_host[host_of(link)]) < MOST_OF_A_HOST:
            by_host[host_of(link)].append((pk, link))
    turns = (one for turn in zip_longest(*by_host.values()) for one in turn if one is not None)
    for _count, one in zip(range(MOST), turns, strict=False):
        yield one
