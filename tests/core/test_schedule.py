"""What is done by the clock is done once, at the hour of Québec, and again after a crash."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core import leases, schedule
from core.models import Schedule

pytestmark = pytest.mark.django_db
MONTREAL = ZoneInfo("America/Toronto")


@pytest.fixture(autouse=True)
def only_ours() -> Iterator[None]:
    duties = dict(schedule._duties)
    schedule._duties.clear()
    leases.stopping.clear()
    yield
    schedule._duties.clear()
    schedule._duties.update(duties)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MONTREAL)  # type: ignore[arg-type, misc]


def test_a_frequent_duty_runs_at_once_then_at_its_interval() -> None:
    runs: list[int] = []
    schedule.every(minutes=30, name="essai")(lambda: runs.append(1))
    with time_machine.travel(local(2026, 11, 22, 10, 0), tick=False) as clock:
        assert schedule.run_due() == ["essai"]
        assert schedule.run_due() == []
        clock.shift(timedelta(minutes=29))
        assert schedule.run_due() == []
        clock.shift(timedelta(minutes=1, seconds=1))
        assert schedule.run_due() == ["essai"]
    assert len(runs) == 2


def test_mondays_mail_leaves_on_monday_at_eight_local_time() -> None:
    runs: list[int] = []
    schedule.weekly(weekday=0, hour=8, name="lundi")(lambda: runs.append(1))
    with time_machine.travel(local(2026, 11, 20, 12, 0), tick=False) as clock:
        assert schedule.run_due() == [], "a new installation waits for its first Monday"
        clock.move_to(local(2026, 11, 23, 7, 59))
        assert schedule.run_due() == []
        clock.move_to(local(2026, 11, 23, 8, 0))
        assert schedule.run_due() == ["lundi"]
        clock.move_to(local(2026, 11, 29, 23, 59))
        assert schedule.run_due() == []
        clock.move_to(local(2026, 11, 30, 8, 1))
        assert schedule.run_due() == ["lundi"]


def test_mondays_mail_follows_the_change_of_hour() -> None:
    schedule.weekly(weekday=0, hour=8, name="lundi")(lambda: None)
    latest = schedule.duties()[0].latest
    assert latest(local(2026, 3, 9, 9, 0)).astimezone(UTC).hour == 12
    assert latest(local(2026, 3, 2, 9, 0)).astimezone(UTC).hour == 13


def test_a_monday_missed_by_a_stopped_worker_is_caught_up_once() -> None:
    schedule.weekly(weekday=0, hour=8, name="lundi")(lambda: None)
    with time_machine.travel(local(2026, 11, 20, 12, 0), tick=False) as clock:
        schedule.run_due()
        clock.move_to(local(2026, 11, 24, 15, 0))
        assert schedule.run_due() == ["lundi"]
        assert schedule.run_due() == []


def test_a_nightly_purge_runs_once_a_day() -> None:
    schedule.daily(hour=3, name="purge")(lambda: None)
    with time_machine.travel(local(2026, 11, 22, 2, 0), tick=False) as clock:
        assert schedule.run_due() == []
        clock.move_to(local(2026, 11, 22, 3, 5))
        assert schedule.run_due() == ["purge"]
        clock.move_to(local(2026, 11, 23, 2, 59))
        assert schedule.run_due() == []
        clock.move_to(local(2026, 11, 23, 3, 0))
        assert schedule.run_due() == ["purge"]


def test_two_workers_do_not_run_it_twice() -> None:
    seen: list[list[str]] = []
    schedule.every(minutes=5, name="essai")(lambda: seen.append(schedule.run_due()))
    assert schedule.run_due() == ["essai"]
    assert seen == [[]], "the second worker found it taken"


def test_a_failure_is_tried_again_soon_and_named() -> None:
    broken = [True]

    def duty() -> None:
        if broken:
            raise ValueError("Une phrase de Maude")

    schedule.every(minutes=600, name="essai")(duty)
    with time_machine.travel(local(2026, 11, 22, 10, 0), tick=False) as clock:
        schedule.run_due()
        row = Schedule.objects.get(name="essai")
        assert row.last_error == "builtins.ValueError"
        assert row.last_run_at is None
        assert schedule.run_due() == []
        broken.clear()
        clock.shift(timedelta(minutes=1, seconds=1))
        assert schedule.run_due() == ["essai"]
        row.refresh_from_db()
        assert (row.last_error, row.attempts) == ("", 0)


def test_a_duty_that_always_fails_waits_for_its_next_turn() -> None:
    def duty() -> None:
        raise ValueError

    schedule.every(minutes=6000, name="essai")(duty)
    with time_machine.travel(local(2026, 11, 22, 10, 0), tick=False) as clock:
        tries = 0
        for _ in range(60):
            tries += len(schedule.run_due())
            clock.shift(timedelta(hours=1))
    assert tries == 6
    assert Schedule.objects.get(name="essai").last_error == "builtins.ValueError"


def test_a_duty_whose_worker_was_killed_is_run_again() -> None:
    runs: list[int] = []
    schedule.every(minutes=600, name="essai")(lambda: runs.append(1))
    with time_machine.travel(local(2026, 11, 22, 10, 0), tick=False) as clock:
        row = Schedule.objects.create(name="essai")
        assert schedule._claim(row, datetime.now(tz=UTC))
        assert schedule.run_due() == []
        clock.shift(schedule.LEASE + timedelta(seconds=1))
        assert schedule.run_due() == ["essai"]
