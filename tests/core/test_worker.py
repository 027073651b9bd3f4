"""The worker: tasks, retries, leases, and what `kill -9` does not break."""

import email
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from core import events, leases, tasks
from core.models import OutboxEvent, Schedule
from core.schedule import WORKER
from core.worker import DatabaseQueue, Worker, configured_queue

ROOT = Path(__file__).resolve().parents[2]
ran: list[str] = []


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    ran.clear()
    leases.stopping.clear()
    yield
    leases.stopping.clear()


@task()
def note(word: str) -> None:
    ran.append(word)


@task()
def fail() -> None:
    raise ValueError("Une phrase de Maude")


@pytest.mark.django_db
def test_a_task_runs_once() -> None:
    note.enqueue("un")
    note.enqueue("deux")
    queue = DatabaseQueue("essai")
    assert queue.work_one()
    assert queue.work_one()
    assert not queue.work_one()
    assert ran == ["un", "deux"]
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {
        TaskResultStatus.SUCCESSFUL
    }


@pytest.mark.django_db
def test_a_task_that_fails_is_tried_again_then_given_up_and_quotes_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fail.enqueue()
    queue = DatabaseQueue("essai")
    for _ in range(5):
        assert queue.work_one()
        row = DBTaskResult.objects.get()
        assert row.status == TaskResultStatus.READY
        assert row.run_after > timezone.now()
        assert not queue.work_one()
        DBTaskResult.objects.update(run_after=timezone.now())
    assert queue.work_one()
    row = DBTaskResult.objects.get()
    assert row.status == TaskResultStatus.FAILED
    assert row.exception_class_path == "builtins.ValueError"
    assert "in fail" in row.traceback
    kept = row.traceback.replace('raise ValueError("Une phrase de Maude")', "")
    assert "Une phrase de Maude" not in kept
    assert "Une phrase de Maude" not in caplog.text


@pytest.mark.django_db
def test_a_task_held_by_a_dead_worker_is_taken_back() -> None:
    note.enqueue("un")
    dead, alive = DatabaseQueue("mort"), DatabaseQueue("vivant")
    assert dead._claim() is not None
    alive.upkeep()
    assert not alive.work_one(), "it may only be slow"
    DBTaskResult.objects.update(started_at=timezone.now() - timedelta(minutes=16))
    alive.upkeep()
    assert alive.work_one()
    assert ran == ["un"]


@pytest.mark.django_db
def test_a_task_that_kills_its_workers_is_given_up() -> None:
    note.enqueue("un")
    queue = DatabaseQueue("essai")
    for _ in range(6):
        assert queue._claim() is not None
        DBTaskResult.objects.update(started_at=timezone.now() - timedelta(minutes=16))
        queue.upkeep()
    row = DBTaskResult.objects.get()
    assert (row.status, row.exception_class_path) == (TaskResultStatus.FAILED, "WorkerKilled")
    assert ran == []


@pytest.mark.django_db
def test_done_tasks_are_forgotten_after_a_day() -> None:
    note.enqueue("un")
    queue = DatabaseQueue("essai")
    queue.work_one()
    queue.upkeep()
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    queue.upkeep()
    assert DBTaskResult.objects.count() == 0


@pytest.mark.django_db
def test_the_tick_finds_what_no_wake_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.schedule._duties", {})
    events.emit("nobody.listens", id=1)
    worker = Worker(configured_queue("essai"))
    worker.run_once()
    assert OutboxEvent.objects.get().done_at is not None
    assert Schedule.objects.get(name=WORKER).last_run_at is not None


@pytest.mark.django_db
def test_a_full_slice_asks_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "SLICE", 2)
    for number in range(3):
        events.emit("nobody.listens", id=number)
    tasks.drain_outbox.func()
    assert events.waiting().count() == 1
    assert DBTaskResult.objects.filter(task_path="core.tasks.drain_outbox").count() == 1


class FlakyQueue:
    """A queue whose database goes away now and then."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)

    def work_one(self) -> bool:
        outcome = self.outcomes.pop(0)
        if not self.outcomes:
            leases.stopping.set()
        if isinstance(outcome, Exception):
            raise outcome
        return bool(outcome)

    def upkeep(self) -> None:
        """Nothing to keep."""


def worker_of(queue: FlakyQueue, monkeypatch: pytest.MonkeyPatch) -> tuple[Worker, list[float]]:
    naps: list[float] = []
    monkeypatch.setattr(leases.stopping, "wait", naps.append)
    monkeypatch.setattr("core.worker.connections.close_all", lambda: None)
    worker = Worker(queue)
    worker.next_tick = time.monotonic() + 3600
    return worker, naps


@pytest.mark.django_db
def test_the_worker_outlives_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    away = OperationalError("the database system is shutting down")
    worker, naps = worker_of(
        FlakyQueue(away, away, away, away, away, away, True, False), monkeypatch
    )
    worker.run()
    assert naps == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 1.0]


@pytest.mark.django_db
def test_an_error_of_the_program_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watches over it starts it again; a loop that swallows everything helps nobody."""
    worker, _naps = worker_of(FlakyQueue(ValueError(), False), monkeypatch)
    with pytest.raises(ValueError):
        worker.run()


# ---------------------------------------------------------------- a real process

SEED = """
from core import mail
data = {"notice": "account/email/password_set", "facts": {}}
to = [f"personne{number}@exemple.test" for number in range(400)]
mail.queue_many("account_notice", to=to, data=data, dedupe="essai")
"""
COUNT = """
from core.models import OutgoingMail
print("SENT", OutgoingMail.objects.filter(state="sent").count())
"""
EXPIRE = """
from core.models import OutgoingMail
OutgoingMail.objects.update(leased_until=None)
"""


class House:
    """An instance of its own, on SQLite, with mail written to its folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        kept = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
        self.environment = {**kept, "ANCRAGE_HOME": str(home), "DJANGO_SETTINGS_MODULE": ""}
        del self.environment["DJANGO_SETTINGS_MODULE"]
        self.manage("migrate", "--skip-checks", "-v0")
        self.manage("createcachetable")

    def manage(self, *command: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        ).stdout

    def shell(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code)

    def worker(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )

    def mails(self) -> list[Path]:
        return sorted((self.home / "mail").glob("*.eml"))

    def wait_for_mails(self, number: int, limit: float = 60) -> None:
        end = time.monotonic() + limit
        while len(self.mails()) < number:
            assert time.monotonic() < end, f"{len(self.mails())} mails after {limit} s"
            time.sleep(0.01)

    def last_beat(self) -> str:
        with closing(sqlite3.connect(self.home / "ancrage.sqlite3")) as database:
            row = database.execute("SELECT last_run_at FROM core_schedule WHERE name = 'worker'")
            return str((row.fetchone() or [""])[0])

    def wait_for_beat(self, *, after: str, limit: float = 60) -> None:
        end = time.monotonic() + limit
        while self.last_beat() <= after:
            assert time.monotonic() < end, f"no sign of life after {limit} s"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@pytest.mark.server
@pytest.mark.sqlite
def test_kill_9_loses_no_mail_and_doubles_at_most_the_one_in_hand(house: House) -> None:
    house.shell(SEED)
    kills = 2
    for _ in range(kills):
        worker = house.worker()
        house.wait_for_mails(len(house.mails()) + 60)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        house.shell(EXPIRE)
    house.manage("worker", "--once")

    assert "SENT 400" in house.shell(COUNT)
    letters = [email.message_from_bytes(path.read_bytes()) for path in house.mails()]
    copies = Counter(letter["To"] for letter in letters)
    assert len(copies) == 400
    assert sum(copies.values()) <= 400 + kills
    assert len({letter["Message-ID"] for letter in letters}) == 400
    assert not [path for path in house.mails() if path.stat().st_size == 0]


@pytest.mark.server
@pytest.mark.sqlite
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_stops_cleanly_when_asked(house: House, number: int) -> None:
    before = house.last_beat()
    worker = house.worker()
    house.wait_for_beat(after=before)
    assert worker.poll() is None
    worker.send_signal(number)
    assert worker.wait(timeout=60) == 0
