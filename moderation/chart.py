"""Reading and writing, week after week: how many people, never who."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone

from accounts.models import User
from forums.models import Post, ReadPosition, Thread
from moderation.figures import unless_few

WEEKS = 8
HEIGHT = 100


@dataclass(frozen=True)
class Bar:
    """A column of the drawing: how high it is, and where it begins from the top."""

    height: int

    @property
    def top(self) -> int:
        return HEIGHT - self.height


@dataclass(frozen=True)
class Week:
    """A week that begins on the Monday `starts`; a number of people is None for a few."""

    starts: date
    readers: int | None
    writers: int | None
    read: Bar
    written: Bar


def weeks_for(user: User) -> list[Week]:
    """The last weeks, this one at the end, in the spaces that `user` moderates: three queries.

    Of each reader of a thread, the house keeps when she began and the day of her last visit:
    a week in between is not known, so that the numbers are the least that is true.
    """
    mondays = _mondays()
    start = datetime.combine(mondays[0], datetime.min.time(), timezone.get_current_timezone())
    positions = ReadPosition.objects.filter(thread__in=Thread.objects.moderated_by(user))
    read = _by_week(positions.filter(updated_at__gte=start), "updated_at", "user")
    read |= _by_week(positions.filter(viewed_on__gte=mondays[0]), "viewed_on", "user")
    posts = Post.objects.moderated_by(user).filter(created_at__gte=start, unnamed=False)
    written = _by_week(posts, "created_at", "author")
    return _drawn(mondays, _people(read), _people(written))


def _mondays() -> list[date]:
    today = timezone.localdate()
    this_one = today - timedelta(days=today.weekday())
    return [this_one - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def _by_week(rows: QuerySet[Any], moment: str, person: str) -> set[tuple[date, int]]:
    """Each person once a week, as (Monday, identifier)."""
    weeks = rows.order_by().annotate(week=TruncWeek(moment)).values_list("week", F(person))
    return {
        (week.date() if isinstance(week, datetime) else week, who) for week, who in weeks.distinct()
    }


def _people(pairs: set[tuple[date, int]]) -> dict[date, int | None]:
    return {monday: unless_few(n) for monday, n in Counter(week for week, _who in pairs).items()}


def _drawn(
    mondays: list[date], read: dict[date, int | None], written: dict[date, int | None]
) -> list[Week]:
    most = max([1, *(n or 0 for n in (*read.values(), *written.values()))])

    def bar(people: int | None) -> Bar:
        return Bar(round(HEIGHT * (people or 0) / most))

    return [
        Week(
            starts=monday,
            readers=read.get(monday),
            writers=written.get(monday),
            read=bar(read.get(monday)),
            written=bar(written.get(monday)),
        )
        for monday in mondays
    ]
