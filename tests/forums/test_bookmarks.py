"""What a person keeps at hand, and the mail that reminds her of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from forums import errors, services
from forums.models import Bookmark, Post, Thread
from forums.services.bookmarks import remind
from forums.services.common import Missing
from tests.conftest import World

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
LIST = "/discussions/gardes/"


def opening(thread: Thread) -> Post:
    return thread.posts.get(position=1)


def day(after: int) -> date:
    return timezone.localdate() + timedelta(days=after)


def due(by: User, post: Post) -> Bookmark:
    """A bookmark of hers whose day has come."""
    kept = services.bookmark(post, by=by, remind_on=day(1))
    Bookmark.objects.filter(pk=kept.pk).update(remind_on=day(0))
    return kept


def test_maude_keeps_a_message_from_its_page_and_finds_it(
    world: World, question: Thread, as_: As
) -> None:
    maude, post = as_(world.maude), opening(question)
    url = f"/discussions/messages/{post.pk}/garder/"
    assert url in maude.get(question.get_absolute_url()).content.decode()
    assert maude.get(url).status_code == 200
    assert maude.post(url, {"when": "7"}).status_code == 302
    assert Bookmark.objects.get().remind_on == day(7)
    page = maude.get(LIST).content.decode()
    assert question.title in page and "Par où reprendre le lien avec la famille?" in page
    assert question.title not in as_(world.odile).get(LIST).content.decode()
    maude.post(url, {"acte": "retirer"})
    assert question.title not in maude.get(LIST).content.decode()


def test_a_day_is_chosen_or_said_to_be_missing(world: World, question: Thread, as_: As) -> None:
    maude, url = as_(world.maude), f"/discussions/messages/{opening(question).pk}/garder/"
    for wrong in ("", day(0).isoformat(), day(400).isoformat(), "demain"):
        assert maude.post(url, {"when": "jour", "day": wrong}).status_code == 400
    assert not Bookmark.objects.exists()
    maude.post(url, {"when": "jour", "day": day(12).isoformat()})
    assert Bookmark.objects.get().remind_on == day(12)
    maude.post(url, {"when": ""})
    assert Bookmark.objects.get().remind_on is None


def test_nobody_keeps_what_she_does_not_read(world: World, question: Thread, as_: As) -> None:
    post = opening(question)
    with pytest.raises(Missing):
        services.bookmark(post, by=world.eve)
    assert as_(world.eve).get(f"/discussions/messages/{post.pk}/garder/").status_code == 404
    services.bookmark(post, by=world.maude)
    with pytest.raises(errors.WrongReminder):
        services.bookmark(post, by=world.maude, remind_on=day(0))


def test_what_is_no_longer_read_is_no_longer_listed(
    world: World, question: Thread, as_: As
) -> None:
    reply = services.reply(question, by=world.odile, text="Une réponse.")
    services.bookmark(reply, by=world.maude)
    assert question.title in as_(world.maude).get(LIST).content.decode()
    services.hide_post(reply, by=world.odile, reason="Essai")
    assert question.title not in as_(world.maude).get(LIST).content.decode()


def test_the_reminder_comes_once_on_its_day(
    world: World, question: Thread, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    kept = services.bookmark(opening(question), by=world.maude, remind_on=day(1))
    remind()
    work()
    assert mailoutbox == []
    Bookmark.objects.filter(pk=kept.pk).update(remind_on=day(0))
    remind()
    remind()
    work()
    (mail,) = mailoutbox
    assert mail.to == [world.maude.email]
    assert question.title in mail.body


def test_a_worker_that_was_down_reminds_late(
    world: World, question: Thread, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    kept = due(world.maude, opening(question))
    Bookmark.objects.filter(pk=kept.pk).update(remind_on=day(-3))
    remind()
    work()
    assert len(mailoutbox) == 1


def test_of_a_confidential_space_the_reminder_says_nothing(
    world: World, secret: Thread, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    due(world.naima, opening(secret))
    remind()
    work()
    (mail,) = mailoutbox
    assert "perroquet" not in mail.subject + mail.body + str(mail.alternatives)
    assert f"/discussions/messages/{opening(secret).pk}/" in mail.body


def leaves(world: World, thread: Thread) -> None:
    Membership.objects.filter(user=world.maude, space=thread.space).update(ended_at=timezone.now())


def is_set_aside(world: World, thread: Thread) -> None:
    services.hide_thread(thread, by=world.odile, reason="Essai")


def is_moved(world: World, thread: Thread) -> None:
    services.move_thread(thread, world.direction, by=world.odile)


def is_dropped(world: World, thread: Thread) -> None:
    services.drop_bookmark(opening(thread), by=world.maude)


@pytest.mark.parametrize("change", [leaves, is_set_aside, is_moved, is_dropped])
def test_the_reminder_is_asked_again_when_it_leaves(
    world: World,
    question: Thread,
    mailoutbox: list[Any],
    work: Callable[[], None],
    change: Callable[[World, Thread], None],
) -> None:
    due(world.maude, opening(question))
    due(world.odile, opening(question))
    remind()
    change(world, question)
    work()
    told = {mail.to[0] for mail in mailoutbox}
    assert world.maude.email not in told
    assert (world.odile.email in told) == (change is not is_set_aside)


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_costs_the_same_at_any_length(world: World, as_: As, rows: int) -> None:
    maude = as_(world.maude)
    for number in range(rows):
        thread = services.create_thread(by=world.odile, space=world.common, text=f"Fil {number}.")
        services.bookmark(opening(thread), by=world.maude)
    maude.get(LIST)
    Membership.objects.update(counted_activity=-1)
    with CaptureQueriesContext(connection) as queries:
        maude.get(LIST)
    reads = [q for q in queries.captured_queries if not q["sql"].startswith(("SAVE", "RELE"))]
    assert len(reads) <= 5 + 1, "\n".join(q["sql"] for q in reads)
