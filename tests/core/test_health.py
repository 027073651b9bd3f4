"""`/sante/` tells a monitor one word, and an administrator what is behind it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core import events, health, mail, schedule
from core.mail import outbox
from core.models import OutboxEvent, OutgoingMail, Schedule
from tests.conftest import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.urls")]


@pytest.fixture(autouse=True)
def healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_duties", {})
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=10**10))
    schedule.beat()


@pytest.fixture
def monitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def administrator() -> Iterator[Client]:
    client = Client(raise_request_exception=False)
    user = make_person("Ada", is_superuser=True)
    client.force_login(user, backend="accounts.backends.AccountBackend")
    yield client


def status(client: Client) -> tuple[int, str]:
    answer = client.get("/sante/")
    return answer.status_code, answer.json()["status"]


def test_a_monitor_reads_one_word(monitor: Client) -> None:
    answer = monitor.get("/sante/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]
    assert monitor.head("/sante/").status_code == 200
    assert monitor.post("/sante/").status_code == 405


def test_it_answers_whatever_name_it_is_called_by(monitor: Client) -> None:
    assert monitor.get("/sante/", headers={"Host": "10.1.2.3"}).status_code == 200


def test_a_member_reads_no_more_than_a_monitor(
    as_: Callable[[User | None], Client], maude: User, odile: User
) -> None:
    for person in (None, maude, odile):
        assert as_(person).get("/sante/").json() == {"status": "ok"}


def test_an_administrator_reads_what_is_behind(administrator: Client) -> None:
    details = administrator.get("/sante/").json()["details"]
    assert set(details) == set(health.FINDINGS)
    assert details["worker"]["ok"]
    assert details["disk_free"]["detail"] == 10**10


def test_without_database_it_answers_503(
    monitor: Client, administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("password of the database")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    for client in (monitor, administrator):
        answer = client.get("/sante/")
        assert (answer.status_code, answer.json()) == (503, {"status": "down"})


def test_without_cache_it_is_degraded(
    monitor: Client, administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("redis.internal:6379")

    monkeypatch.setattr("django.core.cache.backends.locmem.LocMemCache.set", away)
    assert status(monitor) == (200, "degraded")
    cache = administrator.get("/sante/").json()["details"]["cache"]
    assert cache == {"ok": False, "detail": "builtins.ConnectionError"}


def test_broken_sessions_do_not_break_it(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any) -> None:
        raise ValueError

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", broken)
    answer = administrator.get("/sante/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    administrator.cookies["ancrage"] = "n-importe-quoi\0"
    assert administrator.get("/sante/").status_code == 200


def degrade_worker() -> None:
    Schedule.objects.filter(name=schedule.WORKER).update(
        last_run_at=timezone.now() - timedelta(minutes=2)
    )


def degrade_worker_never() -> None:
    Schedule.objects.all().delete()


def degrade_events() -> None:
    events.emit("nobody.listens", id=1)
    OutboxEvent.objects.update(not_before=timezone.now() - timedelta(minutes=6))


def degrade_failed_event() -> None:
    events.emit("nobody.listens", id=1)
    OutboxEvent.objects.update(failed_at=timezone.now())


def degrade_mails() -> None:
    mail.queue("essai", to="a@exemple.test", not_before=timezone.now() - timedelta(minutes=16))


def degrade_failed_mail() -> None:
    mail.queue("essai", to="a@exemple.test")
    OutgoingMail.objects.update(state="failed", last_error="builtins.ValueError")


def degrade_server() -> None:
    Schedule.objects.create(
        name=outbox.SERVER, leased_until=timezone.now() + timedelta(minutes=1), last_error="x"
    )


def degrade_duty() -> None:
    schedule.every(minutes=5, name="essai")(lambda: None)
    Schedule.objects.create(name="essai", last_error="builtins.ValueError")


@pytest.mark.parametrize(
    ("degrade", "name"),
    [
        (degrade_worker, "worker"),
        (degrade_worker_never, "worker"),
        (degrade_events, "events_waiting"),
        (degrade_failed_event, "events_failed"),
        (degrade_mails, "mails_waiting"),
        (degrade_failed_mail, "mails_failed"),
        (degrade_server, "mail_server"),
        (degrade_duty, "duties"),
    ],
)
def test_what_needs_a_hand_shows(
    monitor: Client, administrator: Client, degrade: Callable[[], None], name: str
) -> None:
    degrade()
    assert status(monitor) == (200, "degraded")
    details = administrator.get("/sante/").json()["details"]
    assert [key for key, finding in details.items() if not finding["ok"]] == [name]


def test_what_needs_no_hand_does_not(monitor: Client) -> None:
    mail.queue("essai", to="a@exemple.test")
    mail.queue("essai", to="b@exemple.test", not_before=timezone.now() + timedelta(days=2))
    OutgoingMail.objects.filter(address="a@exemple.test").update(
        state="failed", last_error="smtplib.SMTPRecipientsRefused"
    )
    events.emit("nobody.listens", id=1)
    assert status(monitor) == (200, "ok")


def test_a_full_disk_shows(monitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=10**6))
    assert status(monitor) == (200, "degraded")


def test_a_folder_of_files_that_cannot_be_written_shows(
    monitor: Client, administrator: Client, tmp_path: Path, settings: Any
) -> None:
    (tmp_path / "fichier").write_text("not a folder")
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "fichier"},
        }
    }
    assert status(monitor) == (200, "degraded")
    details = administrator.get("/sante/").json()["details"]
    assert details["storage"]["detail"] == "builtins.FileExistsError"


def test_looking_leaves_nothing_behind(monitor: Client) -> None:
    monitor.get("/sante/")
    folder = Path(storages["private"].path(""))
    assert list(folder.iterdir()) == []
