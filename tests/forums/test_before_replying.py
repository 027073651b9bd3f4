"""What a person learns before she replies: who came since, and that the thread sleeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from forums.models import Thread
from tests.conftest import World, make_person
from tests.forums.test_budgets import counted

As = Callable[[User | None], Client]
ASLEEP = "/discussions/nouveau/?communaute=intervention"


def line_of(thread: Thread) -> str:
    return f"/discussions/nouveau/portee/?space={thread.space.slug}&line=1&fil={thread.pk}"


def test_those_who_came_since_the_thread_began_are_named(
    world: World, question: Thread, as_: As
) -> None:
    assert "Ève" not in as_(world.maude).get(line_of(question)).content.decode()
    Membership.objects.create(user=world.eve, space=world.intervention)

    assert "Ève" in as_(world.maude).get(line_of(question)).content.decode()
    # Not in a thread that began after she came, nor to herself, nor once she left.
    later = Thread.objects.get(pk=question.pk)
    Thread.objects.filter(pk=later.pk).update(created_at=timezone.now())
    assert "Ève" not in as_(world.maude).get(line_of(question)).content.decode()
    Thread.objects.filter(pk=later.pk).update(created_at=question.created_at)
    assert "Ève" not in as_(world.eve).get(line_of(question)).content.decode()
    Membership.objects.filter(user=world.eve, space=world.intervention).update(
        ended_at=timezone.now()
    )
    assert "Ève" not in as_(world.maude).get(line_of(question)).content.decode()


def test_a_guest_is_told_how_many_and_not_who(world: World, question: Thread, as_: As) -> None:
    guest = make_person(
        "Solange",
        role=User.Role.GUEST,
        access_until=timezone.now() + timedelta(days=9),
        spaces=(world.intervention,),
    )
    Membership.objects.create(user=world.eve, space=world.intervention)
    answer = as_(guest).get(line_of(question))
    assert answer.status_code == 200 and "Ève" not in answer.content.decode()


def test_a_thread_that_she_does_not_read_names_nobody(
    world: World, secret: Thread, as_: As
) -> None:
    Membership.objects.create(user=world.eve, space=world.intervention)
    asked = f"/discussions/nouveau/portee/?space=intervention&line=1&fil={secret.pk}"
    assert "Ève" not in as_(world.maude).get(asked).content.decode()


def test_thirty_newcomers_cost_what_three_do(world: World, question: Thread, as_: As) -> None:
    browser = as_(world.maude)

    def cost() -> int:
        browser.get(line_of(question))
        with counted() as found:
            browser.get(line_of(question))
        return len(found)

    for number in range(3):
        make_person(f"Nouvelle{number}", spaces=(world.intervention,))
    few = cost()
    for number in range(3, 30):
        make_person(f"Nouvelle{number}", spaces=(world.intervention,))
    assert cost() == few


@pytest.mark.parametrize(("days", "warned"), [(179, False), (181, True)])
def test_a_thread_asleep_says_so_before_it_is_woken(
    world: World, question: Thread, as_: As, days: int, warned: bool
) -> None:
    Thread.objects.filter(pk=question.pk).update(last_post_at=timezone.now() - timedelta(days=days))
    page = as_(world.maude).get(question.get_absolute_url()).content.decode()
    assert (ASLEEP in page) == warned
    empty = as_(world.maude).post(f"/discussions/{question.pk}/repondre/", {"text": ""})
    assert (ASLEEP in empty.content.decode()) == warned
