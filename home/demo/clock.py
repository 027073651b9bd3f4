"""The file's dates, brought to now."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from home.founding import source


def shift() -> timedelta:
    """The whole weeks from the file's own date to today, never into the future."""
    written = date.fromisoformat(source()["meta"]["date_reference"])
    return timedelta(weeks=max(0, (timezone.localdate() - written).days // 7))


def moment(text: str) -> datetime:
    """`2026-11-03T09:12:00-05:00` at the same hour of the same weekday, some weeks later.

    The hour is the one on the wall: summer time may be between.
    """
    wall = datetime.fromisoformat(text).replace(tzinfo=None) + shift()
    return timezone.make_aware(wall)


def day(text: str) -> date:
    return date.fromisoformat(text) + shift()


def morning(text: str, hour: int = 8) -> datetime:
    return timezone.make_aware(datetime.combine(day(text), time(hour)))
