"""Who is told of what: follow, mentions, silence, by thread and by space; held, first, named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client

from accounts.models import User
from core import events, mail
from core.models import OutgoingMail
from forums import services
from forums.models import Thread
from notifications import services as notifications
from notifications.models import Mention, Subscription
from tests.conftest import World, hold_mails_no_more, make_person

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


@pytest.fixture
def thread(world: World) -> Thread:
    return services.create_thread(
        by=world.odile, space=world.intervention, title="Titre canari", text="Question"
    )


def hear() -> None:
    while events.drain():
        pass


def work() -> list[str]:
    """Everything that the worker does once the mails were held: who was written to."""
    hear()
    hold_mails_no_more()
    outbox.outbox.clear()
    while mail.deliver():
        pass
    return sorted(one.to[0].split(".")[0] for one in outbox.outbox)


def of_space(user: User, world: World, attention: str, mode: str = "") -> None:
    word = {world.intervention: (attention, mode)}
    notifications.set_preferences(by=user, everything=("", ""), spaces=word)


# What she said of everything, of the space, whether she wrote in the thread, what she said of it.
TOLD = [
    ("", "", False, "", False),
    ("", "", True, "", True),
    ("suivre", "", False, "", True),
    ("", "suivre", False, "", True),
    ("", "participe", False, "", False),
    ("suivre", "participe", False, "", False),
    ("", "mentions", True, "", False),
    ("mentions", "", True, "", False),
    ("", "silence", True, "", False),
    ("suivre", "silence", True, "", False),
    ("silence", "suivre", False, "", True),
    ("", "silence", True, "suivre", True),
    ("", "suivre", True, "mentions", False),
    ("", "suivre", True, "silence", False),
]


@pytest.mark.parametrize(("everything", "space", "wrote", "own", "told"), TOLD)
def test_the_nearest_word_wins(
    world: World, thread: Thread, everything: str, space: str, wrote: bool, own: str, told: bool
) -> None:
    word = {world.intervention: (space, "")}
    notifications.set_preferences(by=world.maude, everything=(everything, ""), spaces=word)
    if wrote:
        services.reply(thread, by=world.maude, text="Un café.")
    if own:
        notifications.set_attention(thread, own, by=world.maude)
    people = notifications.told_of(thread, world.intervention)
    assert people.filter(pk=world.maude.pk).exists() == told


def test_the_page_of_the_thread_says_the_same(world: World, thread: Thread, as_: As) -> None:
    """The rule of the mail and the pressed button are one rule."""
    maude = as_(world.maude)
    for _everything, space, _wrote, own, _told in TOLD:
        Subscription.objects.filter(user=world.maude).delete()
        of_space(world.maude, world, space)
        if own:
            notifications.set_attention(thread, own, by=world.maude)
        told = notifications.told_of(thread, world.intervention).filter(pk=world.maude.pk)
        page = maude.get(thread.get_absolute_url()).content.decode()
        pressed = 'id="follow-suivre" name="attention" value="suivre" aria-pressed="true"'
        assert (pressed in page) == told.exists()


def test_who_follows_a_space_is_told_of_a_new_thread_and_nobody_else(world: World) -> None:
    zoe = make_person("Zoe", spaces=(world.intervention,))
    of_space(world.maude, world, "suivre")
    of_space(zoe, world, "participe")
    services.create_thread(by=world.odile, space=world.intervention, title="T", text="Question")
    assert work() == ["maude"]
    assert outbox.outbox[0].subject == "T"


def test_a_mail_is_held_three_minutes(world: World, thread: Thread) -> None:
    of_space(world.maude, world, "suivre")
    post = services.reply(thread, by=world.odile, text="Un café.")
    hear()
    row = OutgoingMail.objects.get(object_id=post.pk)
    assert row.not_before == post.created_at + timedelta(minutes=3)
    assert mail.deliver() == 0


def test_what_she_reads_in_the_meantime_does_not_leave(world: World, thread: Thread) -> None:
    of_space(world.maude, world, "suivre")
    hear()
    OutgoingMail.objects.all().delete()
    post = services.reply(thread, by=world.odile, text="Un café.")
    hear()
    assert OutgoingMail.objects.count() == 1
    services.mark_read(post.thread, post.position, by=world.maude)
    assert work() == []
    assert OutgoingMail.objects.get().state == "cancelled"


def test_the_first_unread_message_only(world: World, thread: Thread) -> None:
    of_space(world.maude, world, "suivre", "premier")
    thread.refresh_from_db()
    services.mark_read(thread, 1, by=world.maude)
    for text in ("Un", "Deux"):
        services.reply(thread, by=world.odile, text=text)
    assert work() == ["maude"]
    assert "Un" in outbox.outbox[0].body
    services.reply(thread, by=world.odile, text="Trois")
    assert work() == []
    services.mark_read(Thread.objects.get(), 4, by=world.maude)
    services.reply(thread, by=world.odile, text="Quatre")
    assert work() == ["maude"]


def test_mails_of_one_thread_are_one_conversation(world: World, thread: Thread) -> None:
    of_space(world.maude, world, "suivre")
    first = services.reply(thread, by=world.odile, text="Un")
    services.reply(thread, by=world.odile, text="Deux", parent=first)
    work()
    opening, one, two = (message.extra_headers for message in outbox.outbox)
    assert "In-Reply-To" not in opening
    assert one["In-Reply-To"] == opening["Message-ID"]
    assert two["In-Reply-To"] == one["Message-ID"]
    assert two["References"] == f"{opening['Message-ID']} {one['Message-ID']}"
    assert {one["List-Id"], two["List-Id"]} == {f"<espace-{world.intervention.pk}.localhost>"}
    # A person wrote them: what answers by itself is kept away by List-Id.
    assert "Auto-Submitted" not in one


# ------------------------------------------------------------------------------------- mentions


def test_who_is_named_is_told_once_and_silence_is_silence(world: World, thread: Thread) -> None:
    zoe = make_person("Zoe", spaces=(world.intervention,))
    luc = make_person("Luc", spaces=(world.intervention,))
    notifications.unfollow(thread, by=luc)
    notifications.follow(thread, by=zoe, by_hand=True)
    post = services.reply(thread, by=world.odile, text="Qu’en dites-vous?")
    for _twice in range(2):
        notifications.mention(post, [world.maude, zoe, luc.pk, world.real])
    assert work() == ["maude", "zoe"]
    assert "nomme" in outbox.outbox[0].body or "names you" in outbox.outbox[0].body
    assert Mention.objects.count() == 4
    notifications.mention(post, [world.maude])
    assert work() == []


def test_who_wants_the_first_only_is_told_when_she_is_named(world: World, thread: Thread) -> None:
    of_space(world.maude, world, "suivre", "premier")
    assert work() == ["maude"]
    post = services.reply(thread, by=world.odile, text="Maude?")
    notifications.mention(post, [world.maude])
    assert work() == ["maude"]


def test_naming_who_may_not_read_tells_nobody(world: World) -> None:
    secret = services.create_thread(by=world.naima, space=world.psychosocial, text="Question")
    notifications.mention(secret.posts.get(), [world.maude, world.odile])
    assert work() == ["odile"]
    message = outbox.outbox[0]
    assert "Question" not in message.body and "Naïma" not in message.body


# ----------------------------------------------------------------------------------- the centre


def test_the_centre_has_one_line_a_thread_until_it_is_read(
    world: World, thread: Thread, as_: As
) -> None:
    of_space(world.maude, world, "suivre")
    maude = as_(world.maude)
    for text in ("Un", "Deux"):
        services.reply(thread, by=world.odile, text=text)
    page = maude.get("/avis/").content.decode()
    assert page.count("Titre canari") == 1 and "Odile L." in page
    maude.get(thread.get_absolute_url())
    assert "Titre canari" not in maude.get("/avis/").content.decode()
    post = services.reply(thread, by=world.odile, text="Trois")
    notifications.set_attention(thread, "mentions", by=world.maude)
    assert "Titre canari" not in maude.get("/avis/").content.decode()
    notifications.mention(post, [world.maude])
    assert "Titre canari" in maude.get("/avis/").content.decode()
    services.move_thread(thread, world.direction, by=world.odile)
    assert "canari" not in maude.get("/avis/").content.decode()


def test_the_centre_costs_the_same_at_three_lines_and_at_thirty(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    of_space(world.maude, world, "suivre")
    maude = as_(world.maude)
    maude.get("/avis/")
    for number in (3, 30):
        for n in range(number):
            services.create_thread(by=world.odile, space=world.intervention, text=f"Fil {n}")
        # The shell, whose counters are stale, and one query for the lines of each source: threads,
        # passages, improvements, trials.
        with django_assert_max_num_queries(9):
            page = maude.get("/avis/")
        assert len(page.context["notices"]) >= number
