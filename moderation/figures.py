"""The few figures of the console: how questions fare, and that reading counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from core.audience import State
from forums.models import Post, ReadPosition, Thread

DAYS = 30


@dataclass(frozen=True)
class Figures:
    """Over the last 30 days, in the spaces that the viewer moderates.

    `answered` and `across` are percentages of the threads opened (None without any),
    `median_hours` the median delay of the first reply by somebody else, `regions` how many
    regions have a thread, `readers` and `writers` how many people read and wrote.
    """

    threads: int
    answered: int | None
    median_hours: float | None
    across: int | None
    regions: int
    readers: int
    writers: int


def figures_for(user: User) -> Figures:
    """Three queries; only the rows of the last 30 days are read."""
    since = timezone.now() - timedelta(days=DAYS)
    replies = (
        Post.objects.filter(thread=OuterRef("pk"), position__gt=1, state=State.PUBLISHED)
        .exclude(author=OuterRef("owner"))
        .order_by()
        .values("thread")
    )
    # Between organisations: somebody of another one answered.
    elsewhere = replies.exclude(author__organisation=OuterRef("organisation"))
    opened = list(
        Thread.objects.moderated_by(user)
        .filter(created_at__gt=since, state=State.PUBLISHED)
        .exclude(kind="annonce")
        .annotate(
            first=Subquery(replies.annotate(at=Min("created_at")).values("at")),
            other=Subquery(elsewhere.annotate(at=Min("created_at")).values("at")),
        )
        .values_list("created_at", "first", "other", "organisation__region")
    )
    delays = [_hours(created, first) for created, first, _other, _region in opened if first]
    moderated = Thread.objects.moderated_by(user)
    return Figures(
        threads=len(opened),
        answered=_percent(len(delays), len(opened)),
        median_hours=median(delays) if delays else None,
        across=_percent(sum(1 for row in opened if row[2]), len(opened)),
        regions=len({region for *_rest, region in opened if region}),
        readers=(
            ReadPosition.objects.filter(thread__in=moderated, updated_at__gt=since)
            .values("user")
            .distinct()
            .count()
        ),
        writers=(
            Post.objects.moderated_by(user)
            .filter(created_at__gt=since)
            .values("author")
            .distinct()
            .count()
        ),
    )


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
