"""What happened is heard: once, whole, even after a crash."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import events, leases
from core.models import OutboxEvent, Term

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_ours() -> Iterator[None]:
    """The registers, empty for the test and given back after it."""
    handlers, hooks = dict(events._handlers), dict(events._hooks)
    events._handlers.clear()
    events._hooks.clear()
    leases.stopping.clear()
    yield
    events._handlers.clear()
    events._handlers.update(handlers)
    events._hooks.clear()
    events._hooks.update(hooks)
    leases.stopping.clear()


def make_due(**changes: Any) -> None:
    OutboxEvent.objects.update(not_before=timezone.now(), leased_until=None, **changes)


def test_a_handler_hears_the_identifiers_once() -> None:
    heard: list[dict[str, Any]] = []
    events.on("post.created")(heard.append)
    events.emit("post.created", post=12)

    assert heard == []
    assert events.drain() == 1
    assert events.drain() == 0
    assert heard == [{"post": 12}]
    assert OutboxEvent.objects.get().done_at is not None


def test_events_are_heard_in_their_order() -> None:
    heard: list[int] = []
    events.on("post.created")(lambda payload: heard.append(payload["post"]))
    for number in range(5):
        events.emit("post.created", post=number)
    events.drain(limit=3)
    assert heard == [0, 1, 2]
    events.drain()
    assert heard == [0, 1, 2, 3, 4]


def test_an_event_that_nobody_awaits_is_done() -> None:
    events.emit("nobody.listens", id=1)
    assert events.drain() == 1
    assert OutboxEvent.objects.get().done_at is not None


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(events.OutsideTransaction, match=r"post\.created.*transaction\.atomic"):
        events.emit("post.created", post=1)
    with pytest.raises(events.OutsideTransaction):
        events.run_hooks("request.approved", request=1)
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("value", ["x" * 81, {"text": "x"}, [1, {"text": "x"}], object(), 1.5])
def test_an_event_carries_identifiers_only(value: Any) -> None:
    with pytest.raises(TypeError, match="identifiers only: post"):
        events.emit("post.created", post=value)
    events.emit("post.created", post=1, kind="thread", fields=["name"], again=True, origin=None)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_never_happened() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.emit("post.created", post=1)
        raise ZeroDivisionError
    assert not OutboxEvent.objects.exists()
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_wakes_the_worker_once() -> None:
    with transaction.atomic():
        events.emit("post.created", post=1)
        with transaction.atomic():
            events.emit("post.created", post=2)
        events.emit("post.edited", post=2)
        assert not DBTaskResult.objects.exists()
    assert [row.task_path for row in DBTaskResult.objects.all()] == ["core.tasks.drain_outbox"]


@pytest.mark.django_db(transaction=True)
def test_a_wake_set_in_an_undone_part_does_not_stand_for_the_rest() -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            events.emit("post.created", post=1)
            raise ZeroDivisionError
        events.emit("post.created", post=2)
    assert DBTaskResult.objects.count() == 1
    assert OutboxEvent.objects.get().payload == {"post": 2}


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_away_does_not_undo_what_was_written(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("secret words")

    monkeypatch.setattr("django_tasks_db.backend.DatabaseBackend.enqueue", away)
    with transaction.atomic():
        events.emit("post.created", post=1)
    assert events.drain() == 1
    assert "ConnectionError" in caplog.text
    assert "secret words" not in caplog.text


def test_a_handler_that_fails_is_undone_and_tried_again_later() -> None:
    broken = [True]

    def file_it(payload: dict[str, Any]) -> None:
        Term.objects.create(scheme="essai", code=str(payload["post"]), label="x")
        if broken:
            raise ValueError("Une phrase de Maude")

    events.on("post.created")(file_it)
    events.emit("post.created", post=1)
    events.drain()

    event = OutboxEvent.objects.get()
    assert not Term.objects.filter(scheme="essai").exists()
    assert event.last_error == "builtins.ValueError"
    assert event.done_at is None
    assert timedelta(seconds=50) < event.not_before - timezone.now() <= timedelta(minutes=1)
    assert events.drain() == 0

    broken.clear()
    make_due()
    events.drain()
    assert Term.objects.filter(scheme="essai").count() == 1
    event.refresh_from_db()
    assert event.done_at is not None
    assert event.last_error == ""


def test_the_handlers_that_succeeded_are_not_run_again() -> None:
    heard: list[str] = []
    broken = [True]

    def first(payload: dict[str, Any]) -> None:
        heard.append("first")

    def second(payload: dict[str, Any]) -> None:
        if broken:
            raise ValueError
        heard.append("second")

    def third(payload: dict[str, Any]) -> None:
        heard.append("third")

    for function in (first, second, third):
        events.on("post.created")(function)
    events.emit("post.created", post=1)
    events.drain()
    assert heard == ["first", "third"]

    broken.clear()
    make_due()
    events.drain()
    assert heard == ["first", "third", "second"]


def test_after_enough_failures_the_event_is_given_up() -> None:
    def never(payload: dict[str, Any]) -> None:
        raise ValueError

    events.on("post.created")(never)
    events.emit("post.created", post=1)
    pauses = []
    for _ in range(6):
        make_due()
        events.drain()
        event = OutboxEvent.objects.get()
        if event.failed_at is None:
            pauses.append(round((event.not_before - timezone.now()).total_seconds() / 60))
    assert pauses == [1, 5, 30, 120, 480]
    assert event.failed_at is not None
    make_due()
    assert events.drain() == 0


def test_an_event_held_by_a_dead_worker_comes_back() -> None:
    heard: list[dict[str, Any]] = []
    events.on("post.created")(heard.append)
    events.emit("post.created", post=1)
    assert leases.take_one(events.waiting()) is not None

    assert events.drain() == 0
    OutboxEvent.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert events.drain() == 1
    assert heard == [{"post": 1}]


def test_an_event_that_kills_its_worker_stops_doing_so() -> None:
    heard: list[dict[str, Any]] = []
    events.on("post.created")(heard.append)
    events.emit("post.created", post=1)
    for _ in range(6):
        assert leases.take_one(events.waiting()) is not None
        make_due()
    events.drain()
    assert heard == []
    assert OutboxEvent.objects.get().last_error == "WorkerKilled"


def test_a_worker_asked_to_stop_leaves_the_rest_for_later() -> None:
    events.on("post.created")(lambda payload: leases.stopping.set())
    for number in range(3):
        events.emit("post.created", post=number)
    assert events.drain() == 1
    assert events.waiting().count() == 2


def test_a_hook_runs_at_once_and_its_error_undoes_everything() -> None:
    seen: list[int] = []

    def enrol(request: int) -> None:
        seen.append(request)

    events.hook("request.approved")(enrol)
    events.run_hooks("request.approved", request=7)
    assert seen == [7]

    def refuse(request: int) -> None:
        raise ValueError

    events.hook("request.approved")(refuse)
    with pytest.raises(ValueError), transaction.atomic():
        Term.objects.create(scheme="essai", code="a", label="x")
        events.run_hooks("request.approved", request=8)
    assert not Term.objects.filter(scheme="essai").exists()


def test_a_wide_queue_costs_no_more_a_row(
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    """Ten waiting rows or a thousand: two statements to take one, four to settle it."""
    for number in range(10):
        events.emit("nobody.listens", id=number)
    with django_assert_max_num_queries(6):
        events.drain(limit=1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_queue_and_take_nothing_twice() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the tests' SQLite lives in memory: its connections lock each other out")
    heard: list[int] = []
    workers: set[str] = set()

    def hear(payload: dict[str, Any]) -> None:
        heard.append(payload["post"])
        workers.add(threading.current_thread().name)

    events.on("post.created")(hear)
    with transaction.atomic():
        for number in range(200):
            events.emit("post.created", post=number)

    def work() -> None:
        events.drain(limit=500)
        connection.close()

    crowd = [threading.Thread(target=work) for _ in range(4)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sorted(heard) == list(range(200))
    assert len(workers) > 1
    assert not events.waiting().exists()
