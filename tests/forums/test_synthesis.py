"""The synthesis of a thread: who writes it, who reads what it said, who takes it away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.errors import NotAllowed
from forums import errors, services
from forums.models import Draft, Synthesis, Thread
from forums.services.common import Missing
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


@pytest.fixture
def paul(world: World) -> User:
    return make_person("Paul", spaces=(world.common, world.intervention))


def url(thread: Thread, more: str = "") -> str:
    return f"/discussions/{thread.pk}/synthese/{more}"


def page(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_a_member_writes_it_another_improves_it_and_all_read_both(
    world: World, question: Thread, paul: User, as_: As
) -> None:
    maude, other = as_(world.maude), as_(paul)
    assert url(question) in page(maude, question.get_absolute_url())
    assert maude.post(url(question), {"text": "Le héron d’abord.", "number": 0}).status_code == 302
    thread = page(other, question.get_absolute_url())
    assert "Le héron d’abord." in thread and 'id="synthese"' in thread
    assert other.post(url(question), {"text": "La loutre ensuite.", "number": 1}).status_code == 302
    thread = page(maude, question.get_absolute_url())
    assert "La loutre ensuite." in thread and "héron" not in thread
    assert "Le héron d’abord." in page(maude, url(question, "versions/"))


def test_who_is_not_of_the_space_neither_writes_nor_reads_it(
    world: World, question: Thread, as_: As
) -> None:
    services.write_synthesis(question, by=world.maude, text="Le héron.")
    for more in ("", "versions/", "retirer/"):
        assert as_(world.eve).get(url(question, more)).status_code == 404
        assert as_(world.odile).get(url(question, more)).status_code == 200
    with pytest.raises(Missing):
        services.write_synthesis(question, by=world.eve, text="Moi.", number=1)


def test_a_guest_reads_it_and_does_not_write_it(world: World, as_: As) -> None:
    guest = make_person(
        "Solange",
        role=User.Role.GUEST,
        access_until=timezone.now() + timedelta(days=3),
        spaces=(world.common,),
    )
    thread = services.create_thread(by=world.eve, space=world.common, text="Une question.")
    services.write_synthesis(thread, by=world.eve, text="Le héron.")
    shown = page(as_(guest), thread.get_absolute_url())
    assert "Le héron." in shown and url(thread) + '"' not in shown
    assert as_(guest).get(url(thread)).status_code == 403
    with pytest.raises(errors.GuestsReply):
        services.write_synthesis(thread, by=guest, text="Moi.", number=1)


def test_in_a_locked_thread_the_animators_alone_write_it(
    world: World, question: Thread, as_: As
) -> None:
    services.lock(question, by=world.odile)
    with pytest.raises(errors.ThreadClosed):
        services.write_synthesis(question, by=world.maude, text="Moi.")
    assert as_(world.maude).get(url(question)).status_code == 403
    services.write_synthesis(question, by=world.odile, text="Le héron.")


def test_two_who_write_at_once_lose_nothing(
    world: World, question: Thread, paul: User, as_: As
) -> None:
    services.write_synthesis(question, by=world.maude, text="Le héron.")
    answer = as_(paul).post(url(question), {"text": "La loutre.", "number": 0})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Le héron." in shown and "La loutre." in shown
    assert Synthesis.objects.get().text == "Le héron."
    number = answer.context["form"]["number"].value()
    as_(paul).post(url(question), {"text": "Le héron et la loutre.", "number": number})
    assert Synthesis.objects.get().text == "Le héron et la loutre."


def test_the_same_text_sent_twice_is_one_version(world: World, question: Thread) -> None:
    first = services.write_synthesis(question, by=world.maude, text="Le héron.")
    again = services.write_synthesis(question, by=world.maude, text="Le héron.")
    assert (first.number, again.number) == (1, 1)
    assert not question.synthesis_versions.exists()


def test_an_empty_one_is_refused(world: World, question: Thread, as_: As) -> None:
    assert as_(world.maude).post(url(question), {"text": " ", "number": 0}).status_code == 400
    assert not Synthesis.objects.exists()


def test_what_could_identify_somebody_is_shown_first(
    world: World, question: Thread, as_: As
) -> None:
    risky = {"text": "Appeler le 418 555-0143.", "number": 0}
    assert as_(world.maude).post(url(question), risky).status_code == 200
    assert not Synthesis.objects.exists()
    as_(world.maude).post(url(question), risky | {"act": "as-is"})
    assert Synthesis.objects.exists()


def test_what_is_withdrawn_is_read_by_the_animators_alone(
    world: World, question: Thread, as_: As
) -> None:
    services.write_synthesis(question, by=world.maude, text="Le héron.")
    services.write_synthesis(question, by=world.maude, text="La loutre.", number=1)
    with pytest.raises(NotAllowed):
        services.withdraw_synthesis(question, by=world.maude, reason="Non")
    assert as_(world.maude).get(url(question, "retirer/")).status_code == 403
    as_(world.odile).post(url(question, "retirer/"), {"reason": "Nomme un jeune"})
    for address in (question.get_absolute_url(), url(question, "versions/"), url(question)):
        shown = page(as_(world.maude), address)
        assert "héron" not in shown and "loutre" not in shown
    shown = page(as_(world.odile), url(question, "versions/"))
    assert "Le héron." in shown and "La loutre." in shown
    fresh = services.write_synthesis(question, by=world.maude, text="Le castor.")
    assert fresh.number == 3
    assert "héron" not in page(as_(world.maude), url(question, "versions/"))


def test_it_goes_with_its_thread(world: World, question: Thread, as_: As) -> None:
    services.write_synthesis(question, by=world.maude, text="Le héron.")
    services.move_thread(question, world.direction, by=world.odile)
    assert as_(world.maude).get(url(question, "versions/")).status_code == 404
    assert "Le héron." in page(as_(world.real), url(question))


def test_a_text_whose_session_ended_comes_back(world: World, question: Thread, as_: As) -> None:
    maude = as_(world.maude)
    writer = maude.get(url(question)).context["form"]["writer"].value()
    answer = Client().post(url(question), {"text": "Le héron.", "number": 0, "writer": writer})
    assert answer.status_code == 302
    assert Draft.objects.get().user == world.maude
    assert "Le héron." in page(maude, url(question) + "?brouillon=1")
    maude.post(url(question), {"text": "Le héron.", "number": 0, "brouillon": "1"})
    assert not Draft.objects.exists()


def test_the_second_page_leads_to_it(world: World, question: Thread, as_: As) -> None:
    for number in range(25):
        services.reply(question, by=world.maude, text=f"Réponse {number}.")
    services.write_synthesis(question, by=world.maude, text="Le héron.")
    shown = page(as_(world.maude), question.get_absolute_url() + "?page=2")
    assert "Le héron." not in shown and "#synthese" in shown


@pytest.mark.parametrize("rows", [3, 30])
def test_the_versions_cost_the_same_however_many(
    world: World, question: Thread, as_: As, rows: int
) -> None:
    for number in range(rows):
        services.write_synthesis(question, by=world.maude, text=f"Mouture {number}.", number=number)
    maude: Any = as_(world.maude)
    maude.get(url(question, "versions/"))
    with CaptureQueriesContext(connection) as queries:
        maude.get(url(question, "versions/"))
    assert len(queries) <= 6, "\n".join(q["sql"] for q in queries.captured_queries)
