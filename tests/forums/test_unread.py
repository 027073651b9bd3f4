"""What is unread, the lists that show it and the way to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from forums import services
from forums.models import Post, Thread
from notifications.services import follow, unfollow
from tests.conftest import World, make_person
from tests.forums.test_budgets import counted

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


def replies(thread: Thread, number: int, *, by: User) -> None:
    for count in range(number):
        services.reply(thread, by=by, text=f"Réponse {count}")


def jump(browser: Client, thread: Thread) -> str:
    """Where "?nouveau=1" leads, without the address of the thread."""
    there = browser.get(f"{thread.get_absolute_url()}?nouveau=1").headers["Location"]
    return there.removeprefix(thread.get_absolute_url())


def listed(browser: Client, query: str) -> set[str]:
    return {one.title for one in browser.get(f"/discussions/?{query}").context["threads"]}


def test_each_filter_shows_its_threads_and_is_a_chip(world: World, as_: As) -> None:
    titles = ("À Maude", "Suivi", "Lu")
    mine, followed, read = (
        services.create_thread(by=by, space=world.common, text=".", title=title)
        for title, by in zip(titles, (world.maude, world.eve, world.eve), strict=True)
    )
    services.reply(read, by=world.real, text="Oui.")
    follow(followed, by=world.maude, by_hand=True)
    unfollow(mine, by=world.maude)
    maude = as_(world.maude)
    maude.get(read.get_absolute_url())
    assert listed(maude, "filtre=a-moi") == {"À Maude"}
    assert listed(maude, "filtre=suivis") == {"Suivi"}
    assert listed(maude, "filtre=nonlus") == {"Suivi"}
    assert listed(maude, "filtre=sans-reponse") == {"À Maude", "Suivi"}
    assert listed(maude, "filtre=inconnu") == set(titles)
    page = maude.get("/discussions/?filtre=suivis&espace=place-commune")
    assert next(chip.without for chip in page.context["chips"]) == "/discussions/?filtre=suivis"
    services.hide_thread(followed, by=world.odile, reason="Essai")
    assert listed(maude, "filtre=suivis") == set()


def test_the_jump_leads_to_the_first_message_that_she_has_not_read(
    world: World, question: Thread, as_: As
) -> None:
    odile = as_(world.odile)
    odile.get(question.get_absolute_url())
    replies(question, 30, by=world.maude)
    services.hide_post(question.posts.get(position=2), by=world.odile, reason="Essai")
    assert jump(odile, question) == "#message-3"
    odile.get(question.get_absolute_url())
    page = odile.get(f"{question.get_absolute_url()}?page=1").content.decode()
    assert f'href="{question.get_absolute_url()}?nouveau=1"' in page
    assert jump(odile, question) == "?page=2#message-21"
    odile.get(f"{question.get_absolute_url()}?page=2")
    assert jump(odile, question) == "?page=2#message-31"
    page = odile.get(question.get_absolute_url()).content.decode()
    assert "?nouveau=1" not in page


def test_nothing_before_joining_is_jumped_to(world: World, question: Thread, as_: As) -> None:
    replies(question, 25, by=world.maude)
    Post.objects.update(created_at=timezone.now() - timedelta(days=3))
    zoe = make_person("Zoé", spaces=(world.intervention,))
    assert jump(as_(zoe), question) == "?page=2#message-26"
    services.reply(question, by=world.maude, text="Du neuf")
    assert jump(as_(zoe), question) == "?page=2#message-27"


def test_nothing_older_than_sixty_days_is_jumped_to(
    world: World, question: Thread, as_: As
) -> None:
    Membership.objects.update(read_floor=timezone.now() - timedelta(days=300))
    replies(question, 3, by=world.maude)
    Post.objects.filter(position__lt=3).update(created_at=timezone.now() - timedelta(days=61))
    Post.objects.filter(position=3).update(created_at=timezone.now() - timedelta(days=59))
    assert jump(as_(world.odile), question) == "#message-3"


def test_mark_all_read_empties_the_list_and_the_counters(world: World, as_: As) -> None:
    for space in (world.common, world.intervention):
        services.create_thread(by=world.odile, space=space, text="Une question?")
    maude = as_(world.maude)
    assert len(listed(maude, "filtre=nonlus")) == 1
    maude.post("/discussions/lu/", {"espace": "intervention"})
    assert maude.get("/discussions/?filtre=nonlus&espace=intervention").context["threads"] == []
    assert len(listed(maude, "filtre=nonlus&espace=place-commune")) == 1
    maude.post("/discussions/lu/")
    assert listed(maude, "filtre=nonlus") == set()
    assert 'class="count new"' not in maude.get("/discussions/").content.decode()


def test_the_jump_costs_the_same_in_a_short_thread_and_in_a_long_one(
    world: World, question: Thread, as_: As
) -> None:
    odile = as_(world.odile)
    costs = []
    for more in (3, 30):
        replies(question, more, by=world.maude)
        odile.get("/compte/avis/")
        with counted() as found:
            jump(odile, question)
        costs.append(len(found))
    assert costs[0] == costs[1]
