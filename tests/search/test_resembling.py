"""What resembles a question while it is being typed: only what its author may read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from community.models import SubCommunity
from core import content
from forums import services
from forums.models import Thread
from search.indexing import index
from tests.conftest import World
from tests.forums.test_budgets import counted

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
SAID = "L’anxiété de performance avant les examens, en petit groupe"
ASKED = "Qui travaille l’anxiété de performance des examens?"
ADDRESS = "/discussions/nouveau/semblables/"


def threads(by: User, space: SubCommunity, number: int = 2, **more: bool) -> list[Thread]:
    """Enough of them for their words to tell something."""
    made = [
        services.create_thread(by=by, space=space, text=f"{SAID}, {n}.", **more)
        for n in range(number)
    ]
    index(content.get("thread"), [one.pk for one in made])
    return made


def shown(browser: Client, space: SubCommunity, text: str = ASKED) -> set[int]:
    answer = browser.post(ADDRESS, {"space": space.slug, "text": text})
    assert answer.headers["Cache-Control"] == "no-store"
    return {one.pk for one in answer.context["similar"]}


def test_what_she_reads_is_shown_and_nothing_else(world: World, as_: As) -> None:
    common = {one.pk for one in threads(world.maude, world.common)}
    inside = {one.pk for one in threads(world.maude, world.intervention)}
    assert shown(as_(world.eve), world.common) == common
    assert shown(as_(world.maude), world.common) == common | inside


def test_a_confidential_space_is_compared_from_inside_only(world: World, as_: As) -> None:
    common = {one.pk for one in threads(world.maude, world.common)}
    secret = {one.pk for one in threads(world.naima, world.psychosocial, unnamed=True)}
    naima = as_(world.naima)
    assert shown(naima, world.common) == common
    assert shown(naima, world.psychosocial) == secret
    page = naima.post(ADDRESS, {"space": world.psychosocial.slug, "text": ASKED})
    assert "Belkacem" not in page.content.decode()
    asked = {"space": world.psychosocial.slug, "text": ASKED}
    assert as_(world.eve).post(ADDRESS, asked).status_code == 404


@pytest.mark.parametrize("text", ["", "Bonjour", "12345 67890 12345", "\0" * 30, "le la les de du"])
def test_too_little_resembles_nothing(world: World, as_: As, text: str) -> None:
    threads(world.maude, world.common)
    assert shown(as_(world.eve), world.common, text) == set()


def test_without_javascript_the_page_shows_them_when_asked(world: World, as_: As) -> None:
    made = {one.pk for one in threads(world.maude, world.common)}
    asked = {"space": world.common.slug, "text": ASKED, "act": "refresh"}
    page = as_(world.eve).post("/discussions/nouveau/", asked)
    assert {one.pk for one in page.context["similar"]} == made
    assert Thread.objects.count() == 2


def test_it_costs_the_same_among_few_and_among_many(world: World, as_: As) -> None:
    eve = as_(world.eve)
    costs = []
    for number in (3, 27):
        threads(world.maude, world.common, number)
        eve.get("/compte/avis/")
        with counted() as found:
            assert len(shown(eve, world.common)) in (3, 4)
        costs.append(len(found))
    assert costs[0] == costs[1]
