"""Where the parts of a conversation meet: moving and digests, names and held mails, outsiders."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from forums import services
from forums.models import Draft, Post, Thread
from notifications.centre import notices
from notifications.digests import queue_digests
from notifications.models import Digest
from notifications.services import set_mail
from tests.conftest import World, make_person
from tests.forums.test_budgets import counted

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
Work = Callable[[], None]
LONG_AGO = timedelta(days=200)


@pytest.fixture
def old(world: World) -> Thread:
    """A conversation of two hundred days ago, of four messages."""
    with time_machine.travel(timezone.now() - LONG_AGO):
        thread = services.create_thread(by=world.odile, space=world.intervention, text="Vieux")
        for number in range(3):
            services.reply(thread, by=world.odile, text=f"Vieux {number}")
    Membership.objects.update(read_floor=timezone.now() - timedelta(days=300))
    return thread


def to(user: User) -> list[str]:
    return [one.body for one in outbox.outbox if one.to == [user.email]]


def test_a_digest_tells_what_is_new_though_old_messages_came_after_it(
    world: World, question: Thread, old: Thread, work: Work
) -> None:
    set_mail(question, "jour", by=world.maude)
    Digest.objects.update(daily_until=timezone.now() - timedelta(hours=20))
    services.reply(question, by=world.odile, text="La nouveauté.")
    services.merge(old, question, by=world.odile)
    Digest.objects.update(next_at=timezone.now())
    work()
    outbox.outbox.clear()
    queue_digests()
    work()
    [body] = to(world.maude)
    assert "La nouveauté." in body and "Vieux" not in body


@pytest.mark.parametrize("late", [0, 18, 60])
def test_a_weekly_digest_comes_however_late_the_worker_is(
    world: World, question: Thread, work: Work, late: int
) -> None:
    monday = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    with time_machine.travel(monday - timedelta(days=2), tick=False):
        set_mail(question, "semaine", by=world.maude)
    with time_machine.travel(monday - timedelta(days=1), tick=False):
        services.reply(question, by=world.odile, text="La nouveauté.")
    with time_machine.travel(monday + timedelta(hours=late), tick=False):
        queue_digests()
        work()
        assert ["La nouveauté." in body for body in to(world.maude)] == [True]
        assert Digest.objects.get().next_at == monday + timedelta(days=7)


@pytest.mark.parametrize("into", ["merge", "move"])
def test_old_messages_that_come_are_no_news_to_who_had_read_all(
    world: World, question: Thread, old: Thread, into: str
) -> None:
    services.mark_read(question, 99, by=world.maude)
    services.reply(question, by=world.maude, text="Encore.")
    if into == "merge":
        services.merge(old, question, by=world.odile)
    else:
        services.move_posts(old.posts.get(position=2), question, by=world.odile, onward=True)
    assert not Thread.objects.unread_by(world.maude).exists()
    assert notices(world.maude) == []


def test_a_message_of_today_that_comes_is_news(world: World, question: Thread, old: Thread) -> None:
    services.reply(old, by=world.odile, text="D’aujourd’hui.")
    services.mark_read(question, 99, by=world.maude)
    services.merge(old, question, by=world.odile)
    thread = Thread.objects.unread_by(world.maude).with_reading(world.maude).get()
    first = services.first_unread(thread, by=world.maude)
    assert thread.posts.get(position=first).text == "D’aujourd’hui."


def test_the_centre_counts_what_others_wrote_and_is_there(
    world: World, question: Thread, old: Thread
) -> None:
    services.mark_read(question, 1, by=world.maude)
    posts = [services.reply(question, by=world.odile, text=f"Un {n}") for n in range(5)]
    services.move_posts(posts[0], old, by=world.odile, onward=True)
    services.reply(question, by=world.odile, text="Le seul.")
    said = {notice.title: notice.what for notice in notices(world.maude)}
    assert said[question.title].startswith("1 ")


def test_who_is_named_by_an_edit_is_told_though_she_was_not_to_be(
    world: World, question: Thread, work: Work
) -> None:
    set_mail(question, "premier", by=world.maude)
    services.reply(question, by=world.odile, text="Un")
    work()
    second = services.reply(question, by=world.odile, text="Deux")
    work()
    assert len(to(world.maude)) == 1
    services.edit_post(second, by=world.odile, text=f"Deux, @{world.maude.full_name}.")
    work()
    assert len(to(world.maude)) == 2


def test_naming_somebody_costs_two_statements(world: World, question: Thread, as_: As) -> None:
    odile = as_(world.odile)
    address = reverse("forums:reply", args=(question.pk,))
    costs = []
    for text in ("Un", "Deux", f"@{world.maude.full_name}, trois"):
        page = odile.get(question.get_absolute_url()).content.decode()
        found = re.search(r'name="writer" value="([^"]+)"', page)
        assert found is not None
        with counted() as queries:
            answer = odile.post(address, {"text": text, "writer": found[1]})
        assert answer.status_code == 302
        costs.append(len(queries))
    assert costs[2] - costs[1] == 2
    assert costs[2] <= 16


def test_a_request_follows_the_thread_that_took_its_question(
    world: World, question: Thread, work: Work
) -> None:
    julie = make_person("Julie", "Aide", spaces=(world.intervention,))
    other = services.create_thread(
        by=world.odile, space=world.intervention, title="Le titre du fil qui reste", text="x"
    )
    services.ask(question, julie, by=world.odile)
    services.merge(question, other, by=world.odile)
    work()
    assert ["Le titre du fil qui reste" in body for body in to(julie)] == [True]


def test_the_request_of_a_confidential_space_names_nobody(world: World, work: Work) -> None:
    thread = services.create_thread(by=world.naima, space=world.psychosocial, text="Question")
    julie = make_person("Julie", "Aide", spaces=(world.psychosocial,))
    services.ask(thread, julie, by=world.odile)
    work()
    [body] = to(julie)
    assert "Odile" not in body and "Naïma" not in body


def test_a_synthesis_and_a_reply_are_not_each_others_draft(
    world: World, question: Thread, as_: As
) -> None:
    services.keep_draft(by=world.maude, thread=question, text="Ma réponse", sheet=uuid.uuid4())
    services.keep_draft(
        by=world.maude, thread=question, text="Ma synthèse", details={"synthesis": True}
    )
    maude = as_(world.maude)
    page = maude.get(question.get_absolute_url()).content.decode()
    assert "Ma réponse" in page and "Ma synthèse" not in page
    address = reverse("forums:synthesis", args=(question.pk,))
    page = maude.get(f"{address}?brouillon=1").content.decode()
    found: Any = re.search(r'name="writer" value="([^"]+)"', page)
    answer = maude.post(
        address, {"text": "Ma synthèse", "number": 0, "brouillon": 1, "writer": found[1]}
    )
    assert answer.status_code == 302
    assert list(Draft.objects.values_list("body", flat=True)) == ["Ma réponse"]


def test_an_outsider_keeps_her_name_wherever_her_message_goes(
    world: World, question: Thread, as_: As
) -> None:
    post = services.reply(question, by=world.odile, text="D’ailleurs.")
    Post.objects.filter(pk=post.pk).update(author=None, outsider="Luce Dehors")
    made = services.split(post, by=world.odile)
    assert made.outsider == "Luce Dehors"
    assert "Luce Dehors" in as_(world.maude).get("/discussions/").content.decode()
