"""The few figures of the console: how questions fare, and that reading counts.

They speak of people together and of nobody: what was said without a name is left out of all that
could tell whose it is (a region, an organisation, a number of authors), and a number of people
below `FEW` is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Min, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from core import terms
from core.audience import State
from forums.models import Post, ReadPosition, Thread

DAYS = 30
FEW = 5


@dataclass(frozen=True)
class Figures:
    """Over the last 30 days, in the spaces that the viewer moderates.

    `answered` is a percentage of the threads opened, `across` of the signed ones (None without
    any); `median_hours` the median delay of the first reply by somebody else; `regions` how many
    of the `all_regions` have a signed thread; `readers` and `writers` how many people read, and
    wrote in their name (None for a few).
    """

    threads: int
    answered: int | None
    median_hours: float | None
    across: int | None
    regions: int
    all_regions: int
    readers: int | None
    writers: int | None


def figures_for(user: User) -> Figures:
    """Three queries; only the rows of the last 30 days are read."""
    since = timezone.now() - timedelta(days=DAYS)
    replies = (
        Post.objects.filter(thread=OuterRef("pk"), position__gt=1, state=State.PUBLISHED)
        # Only of what both sign: otherwise the figure would say that an unnamed one is hers.
        .exclude(author=OuterRef("owner"), unnamed=False, thread__unnamed=False)
        .order_by()
        .values("thread")
    )
    # Between organisations: somebody of another one answered, and both said who they are.
    elsewhere = replies.filter(unnamed=False, thread__unnamed=False).exclude(
        author__organisation=OuterRef("organisation")
    )
    opened = list(
        Thread.objects.moderated_by(user)
        .filter(created_at__gt=since, state=State.PUBLISHED)
        .exclude(kind="annonce")
        .annotate(
            first=Subquery(replies.annotate(at=Min("created_at")).values("at")),
            other=Subquery(elsewhere.annotate(at=Min("created_at")).values("at")),
        )
        .values_list("created_at", "first", "other", "organisation__region", "unnamed")
    )
    delays = [_hours(created, first) for created, first, *_rest in opened if first]
    signed = [(other, region) for _at, _first, other, region, unnamed in opened if not unnamed]
    return Figures(
        threads=len(opened),
        answered=_percent(len(delays), len(opened)),
        median_hours=median(delays) if delays else None,
        across=_percent(sum(1 for other, _region in signed if other), len(signed)),
        regions=len({region for _other, region in signed if region}),
        all_regions=len(terms.scheme("regions")),
        readers=unless_few(_readers(user, since)),
        writers=unless_few(_writers(user, since)),
    )


def unless_few(people: int) -> int | None:
    """A number of people, or None when there are so few that it would point at somebody."""
    return people if people >= FEW else None


def _readers(user: User, since: datetime) -> int:
    """A position knows when it began, and the day of the last visit."""
    lately = Q(updated_at__gt=since) | Q(viewed_on__gt=timezone.localdate(since))
    moderated = Thread.objects.moderated_by(user)
    read = ReadPosition.objects.filter(lately, thread__in=moderated)
    return read.values("user").distinct().count()


def _writers(user: User, since: datetime) -> int:
    posts = Post.objects.moderated_by(user).filter(created_at__gt=since, unnamed=False)
    return posts.values("author").distinct().count()


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
