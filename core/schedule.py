"""What is done by the clock: digests, reminders, purges, Monday's mail.

A room registers a duty where it registers its event handlers:

    @every(minutes=30, name="library.check_links")
    @daily(hour=3, name="accounts.purge_drafts")
    @weekly(weekday=0, hour=8, name="moderation.monday_mail")

The worker's tick runs those that are due. Two workers never run the same duty at once; a worker
killed in the middle leaves it to be run again, so a duty is idempotent (`mail.queue(dedupe=…)`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from core import leases
from core.models import Schedule

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=15)
WORKER = "worker"

Function = Callable[[], None]


@dataclass(frozen=True)
class Duty:
    """A named function and the rule that says when it is due.

    `latest(now)` is the last moment at which it should have run. `at_once` says whether a new
    installation runs it without waiting for the next such moment.
    """

    name: str
    run: Function
    latest: Callable[[datetime], datetime]
    at_once: bool


_duties: dict[str, Duty] = {}


def duties() -> list[Duty]:
    return list(_duties.values())


def _register(name: str, latest: Callable[[datetime], datetime], *, at_once: bool):  # type: ignore[no-untyped-def]
    def register(function: Function) -> Function:
        _duties[name] = Duty(name, function, latest, at_once)
        return function

    return register


def every(*, minutes: int, name: str) -> Callable[[Function], Function]:
    """Run the function each time that so many minutes have passed since the last run."""
    return _register(name, lambda now: now - timedelta(minutes=minutes), at_once=True)


def daily(*, hour: int, name: str) -> Callable[[Function], Function]:
    """Run the function once a day, from that hour on, by the federation's own clock."""
    return _register(name, lambda now: _latest_hour(now, hour, None), at_once=False)


def weekly(*, weekday: int, hour: int, name: str) -> Callable[[Function], Function]:
    """Run the function once a week, from that hour of that day on (0 is Monday), local time.

    A worker that was down at that moment runs it as soon as it is back.
    """
    return _register(name, lambda now: _latest_hour(now, hour, weekday), at_once=False)


def _latest_hour(now: datetime, hour: int, weekday: int | None) -> datetime:
    """The last moment, at or before `now`, when the local clock said that hour (of that day)."""
    zone = timezone.get_default_timezone()
    local = now.astimezone(zone)
    days = 0 if weekday is None else (local.weekday() - weekday) % 7
    moment = datetime.combine(
        local.date() - timedelta(days=days), datetime.min.time().replace(hour=hour), tzinfo=zone
    )
    if moment <= now:
        return moment
    earlier = moment.date() - timedelta(days=1 if weekday is None else 7)
    return datetime.combine(earlier, moment.timetz())


def beat() -> None:
    """Say that a worker is alive."""
    Schedule.objects.update_or_create(name=WORKER, defaults={"last_run_at": timezone.now()})


def run_due(now: datetime | None = None) -> list[str]:
    """Run every duty that is due; answer the names of those that were run."""
    now = now or timezone.now()
    rows = {row.name: row for row in Schedule.objects.filter(name__in=_duties)}
    ran = []
    for duty in duties():
        if leases.stopping.is_set():
            break
        row = (
            rows.get(duty.name)
            or Schedule.objects.get_or_create(
                name=duty.name, defaults={"last_run_at": None if duty.at_once else now}
            )[0]
        )
        if (row.last_run_at is None or row.last_run_at < duty.latest(now)) and _claim(row, now):
            _run(duty, row)
            ran.append(duty.name)
    return ran


def _claim(row: Schedule, now: datetime) -> bool:
    """Take the duty, unless another worker has it or a pause after a failure goes on."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    same = Schedule.objects.filter(free, pk=row.pk, last_run_at=row.last_run_at)
    return bool(same.update(leased_until=now + LEASE, attempts=F("attempts") + 1))


def _run(duty: Duty, row: Schedule) -> None:
    own = Schedule.objects.filter(pk=row.pk)
    try:
        duty.run()
    except Exception as error:
        name = leases.error_name(error)
        logger.error("duty %s failed with %s", duty.name, name)
        pause = leases.next_try(own.values_list("attempts", flat=True).get())
        if pause is not None:
            own.update(leased_until=pause, last_error=name)
            return
        own.update(leased_until=None, attempts=0, last_run_at=timezone.now(), last_error=name)
    else:
        own.update(leased_until=None, attempts=0, last_run_at=timezone.now(), last_error="")
