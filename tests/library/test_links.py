"""Links are asked once a week, politely, and are broken only after three bad days."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from core import probing
from core.fetching import Answer, NotPublic, NotRead, TooSlow
from library.models import Document
from library.services import links
from library.services.deposit import edit_document
from library.services.withdrawal import withdraw_document
from tests.library.conftest import make_document

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
ALIVE, FAILING, BROKEN = (
    Document.LinkState.ALIVE, Document.LinkState.FAILING, Document.LinkState.BROKEN,
)  # fmt: skip


class Web:
    """A web of our own: what each address answers to each method, and who asked what."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, str]] = []

    def fetch(self, url: str, *, method: str = "GET", most: int = 0) -> Answer:
        self.asked.append((method, url))
        found = self.answers.get(f"{method} {url}", self.answers.get(url, 200))
        if isinstance(found, type):
            raise found
        return Answer(url, found, "text/html", b"")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    web = Web()
    monkeypatch.setattr(probing, "fetch", web.fetch)
    monkeypatch.setattr(links, "wait", lambda since: None)
    return web


def link_of(by: User, link: str = "https://exemple.org/page", **words: Any) -> Document:
    return make_document(by, link=link, **({"title": link} | words))


def state(document: Document) -> tuple[str, int]:
    found = Document.objects.get(pk=document.pk)
    return found.link_state, found.link_failures


def on_day(day: float) -> None:
    """Run the duty on that day."""
    with time_machine.travel(START + timedelta(days=day), tick=False):
        links.check_links()


@pytest.fixture
def link(library) -> Document:
    return link_of(library.maude)


def test_a_link_that_answers_is_asked_once_a_week(link, web) -> None:
    for day in (0, 1, 6.9, 7.1):
        on_day(day)

    assert web.asked == [("HEAD", link.link)] * 2
    assert state(link) == (ALIVE, 0)


def test_a_site_that_knows_no_head_is_asked_with_a_get(link, web) -> None:
    for refusal in (405, 404, 500, NotRead):
        Document.objects.update(link_checked_at=None)
        web.answers = {f"HEAD {link.link}": refusal}
        on_day(0)
        assert state(link) == (ALIVE, 0), refusal
    assert web.asked == [("HEAD", link.link), ("GET", link.link)] * 4


@pytest.mark.parametrize("failure", [404, 410, 500, NotRead, TooSlow, NotPublic])
def test_a_link_is_broken_after_three_failures_on_three_days(link, web, failure) -> None:
    web.answers[link.link] = failure
    on_day(0)
    assert state(link) == (FAILING, 1)
    on_day(0.1)
    assert state(link) == (FAILING, 1)
    on_day(1)
    assert state(link) == (FAILING, 2)
    on_day(2)
    assert state(link) == (BROKEN, 3)


def test_a_broken_link_is_asked_again_each_week_and_may_come_back(link, web) -> None:
    web.answers[link.link] = 404
    for day in (0, 1, 2, 3, 9.1, 16.2):
        on_day(day)
    assert len(web.asked) == 5 * 2
    assert state(link) == (BROKEN, 3)

    web.answers.clear()
    on_day(24)
    assert state(link) == (ALIVE, 0)


def test_a_closed_door_is_an_answer_and_a_busy_site_is_none(link, web) -> None:
    web.answers[link.link] = 403
    on_day(0)
    assert state(link) == (ALIVE, 0)

    for busy in (429, 503):
        web.answers[link.link] = busy
        on_day(busy)
        assert state(link) == (ALIVE, 0)


def test_one_good_answer_forgets_the_bad_ones(link, web) -> None:
    web.answers[link.link] = 404
    on_day(0)
    web.answers.clear()
    on_day(1)
    web.answers[link.link] = 404
    on_day(9)

    assert state(link) == (FAILING, 1)


def test_another_address_begins_anew(link, web, library) -> None:
    web.answers[link.link] = 404
    for day in (0, 1, 2):
        on_day(day)
    edit_document(link, by=library.maude, link="https://exemple.org/ailleurs")
    assert state(link) == ("", 0)
    on_day(2.1)

    assert state(link) == (ALIVE, 0)


def test_what_is_found_of_an_address_that_was_changed_meanwhile_is_forgotten(link) -> None:
    links.note(link.pk, "https://exemple.org/avant", False)

    assert state(link) == ("", 0)


def test_to_look_is_not_to_change(link, web) -> None:
    """Its feed and its place in the catalogue do not move."""
    web.answers[link.link] = 404
    before = Document.objects.get(pk=link.pk).updated_at
    on_day(0)

    assert Document.objects.get(pk=link.pk).updated_at == before


def test_only_living_documents_are_looked_at(library, web) -> None:
    gone = link_of(library.maude, "https://exemple.org/retire")
    withdraw_document(gone, by=library.maude, reason="Périmé")
    make_document(library.maude, title="Un fichier")
    on_day(0)

    assert web.asked == []


def test_a_host_is_asked_a_few_times_a_run_and_never_twice_in_a_row(
    library, web, monkeypatch
) -> None:
    monkeypatch.setattr(links, "MOST_OF_A_HOST", 3)
    for number in range(5):
        link_of(library.maude, f"https://un.exemple/{number}")
    for number in range(2):
        link_of(library.maude, f"https://deux.exemple/{number}")
    on_day(0)

    assert [url for _method, url in web.asked] == [
        "https://un.exemple/0", "https://deux.exemple/0", "https://un.exemple/1",
        "https://deux.exemple/1", "https://un.exemple/2",
    ]  # fmt: skip
    on_day(0.1)
    assert len(web.asked) == 7


def test_a_run_has_an_end_and_the_next_goes_on(library, web, monkeypatch) -> None:
    monkeypatch.setattr(links, "MOST", 2)
    for number in range(5):
        link_of(library.maude, f"https://n{number}.exemple/")
    for day in (0, 0.1, 0.2):
        on_day(day)

    assert [url for _method, url in web.asked] == [f"https://n{n}.exemple/" for n in range(5)]


def test_a_run_stops_when_its_time_is_up(library, web, monkeypatch) -> None:
    clock: Callable[[], float] = itertools.count(0, 300).__next__
    monkeypatch.setattr(links.time, "monotonic", clock)
    for number in range(5):
        link_of(library.maude, f"https://n{number}.exemple/")
    links.check_links()

    assert len(web.asked) == 1


def test_a_host_is_left_in_peace_between_two_requests(monkeypatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic", lambda: 100.25)
    links.wait(None)
    links.wait(100.0)
    links.wait(50.0)

    assert slept == [0.75, 0.0]
