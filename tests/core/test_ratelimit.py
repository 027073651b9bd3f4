"""Limits hold against who varies what she types, and let go when their window ends."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.test import Client, RequestFactory

from core.ratelimit import by_address, canonical, client_address, hit


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        yield clock


def test_so_many_and_no_more_until_the_window_ends(clock: Any) -> None:
    assert [hit("essai", "maude", 3, 60) for _ in range(4)] == [True, True, True, False]
    assert hit("essai", "eve", 3, 60)
    assert hit("autre", "maude", 3, 60)
    clock.shift(61)
    assert hit("essai", "maude", 3, 60)


@pytest.mark.parametrize(
    "same",
    [
        "MAUDE@Exemple.test",
        "  maude@exemple.test ",
        "maude@\u00a0exemple.test",
        "\uff4d\uff41\uff55\uff44\uff45@exemple.test",
        "maude\u200b@exemple.test",
        "maude@exem\u00adple.test",
        "maude\0@exemple.test",
    ],
)
def test_another_way_of_typing_the_same_counts_as_the_same(same: str) -> None:
    assert canonical(same) == "maude@exemple.test"


def test_accents_composed_or_not_are_the_same() -> None:
    assert canonical("Réal") == canonical("re\u0301al")
    assert hit("essai", "RÉAL", 1, 60)
    assert not hit("essai", "re\u0301al", 1, 60)


def test_what_the_client_says_of_its_address_is_not_believed(
    rf: RequestFactory, settings: Any
) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": "203.0.113.9"}, REMOTE_ADDR="192.0.2.1")
    assert client_address(request) == "192.0.2.1"

    settings.TRUSTED_PROXIES = 1
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert client_address(request) == "203.0.113.9"

    settings.TRUSTED_PROXIES = 3
    assert client_address(request) == "127.0.0.1", "a chain too short did not pass by our proxies"

    settings.TRUSTED_PROXIES = 1
    request = rf.get("/", headers={"X-Forwarded-For": "<script>"})
    assert client_address(request) == "0.0.0.0"  # noqa: S104


def test_one_subscriber_is_one_address(rf: RequestFactory) -> None:
    def of(address: str) -> str:
        return by_address(rf.get("/", REMOTE_ADDR=address))

    assert of("2001:db8:1:2:aaaa::1") == of("2001:db8:1:2:bbbb::2")
    assert of("2001:db8:1:2::1") != of("2001:db8:1:3::1")
    assert of("::ffff:192.0.2.1") == of("192.0.2.1")


def test_a_cache_that_is_away_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("maude@exemple.test")

    monkeypatch.setattr("django.core.cache.backends.locmem.LocMemCache.add", away)
    assert hit("essai", "maude@exemple.test", 1, 60)
    assert "ConnectionError" in caplog.text
    assert "maude@" not in caplog.text


def test_the_cache_does_not_hold_the_key() -> None:
    hit("essai", "maude@exemple.test", 3, 60)
    store: Any = caches["default"]
    assert store._cache
    assert not any("maude" in key for key in store._cache)


@pytest.fixture
def database_cache(settings: Any) -> DatabaseCache:
    settings.CACHES = settings.CACHES | {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "core_cache",
        }
    }
    store = caches["default"]
    assert isinstance(store, DatabaseCache)
    return store


@pytest.mark.django_db
def test_the_databases_cache_counts_too(database_cache: DatabaseCache) -> None:
    assert [hit("essai", "maude", 3, 600) for _ in range(4)] == [True, True, True, False]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_counted_one_by_one(database_cache: DatabaseCache) -> None:
    from django.db import connections

    answers: list[bool] = []

    def try_once() -> None:
        answers.append(hit("essai", "maude", 5, 600))
        connections.close_all()

    crowd = [threading.Thread(target=try_once) for _ in range(20)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert answers.count(True) <= 5


@pytest.mark.django_db
@pytest.mark.parametrize("written", [0, 1, 2, 3])
def test_a_database_that_does_not_write_lets_nobody_more(
    database_cache: DatabaseCache, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    write = DatabaseCache.add
    turns = iter(range(1_000))

    def busy(self: DatabaseCache, *args: Any, **kwargs: Any) -> bool:
        return next(turns) % 4 < written and write(self, *args, **kwargs)

    monkeypatch.setattr(DatabaseCache, "add", busy)
    monkeypatch.setattr(DatabaseCache, "set", lambda *args, **kwargs: None)
    answers = [hit("essai", "maude", 3, 600) for _ in range(20)]
    assert answers.count(True) == (3 if written else 0)


@pytest.mark.django_db
@pytest.mark.urls("tests.core.urls")
def test_allauths_limits_answer_the_same_page() -> None:
    answer = Client().post("/etroit/allauth/")
    assert answer.status_code == 429
    assert "C’est beaucoup à la fois" in answer.text


@pytest.mark.django_db
@pytest.mark.urls("tests.core.urls")
def test_a_view_past_its_limit_answers_a_page_that_says_when(clock: Any) -> None:
    visitor = Client()
    assert visitor.post("/etroit/").status_code == 200
    assert visitor.post("/etroit/", headers={"X-Forwarded-For": "6.6.6.6"}).status_code == 200
    answer = visitor.post("/etroit/", headers={"X-Forwarded-For": "7.7.7.7"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "C’est beaucoup à la fois" in answer.text
    assert visitor.get("/etroit/").status_code == 200, "reading is not limited"
    clock.shift(61)
    assert visitor.post("/etroit/").status_code == 200
