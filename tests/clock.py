"""Moments that are the same day whatever the hour at which the tests run."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def noon(day: date | None = None, *, days: int = 0) -> datetime:
    """Noon of the place, of `day` (today when not said) and so many days after.

    So many times 24 hours from now may be another day: the clocks change in March and November.
    """
    when = (day or timezone.localdate()) + timedelta(days=days)
    return timezone.make_aware(datetime.combine(when, time(12)))
