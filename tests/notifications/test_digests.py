"""Digests: at her hour, within her time, what she has not read and may still read; never twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as outbox
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from core import events, mail
from core.models import OutgoingMail
from forums import services
from forums.models import Thread
from notifications import services as notifications
from notifications.digests import queue_digests
from notifications.models import Digest, Subscription
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db

MONTREAL = ZoneInfo("America/Toronto")
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=MONTREAL)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
Clock = Any


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """The clock, on the Sunday before, at noon."""
    with time_machine.travel(MONDAY - timedelta(hours=19)) as coordinates:
        yield coordinates


def wants(user: User, mode: str = "jour", **rhythm: Any) -> None:
    """She follows every thread of her spaces, and has them in a digest at seven on Mondays."""
    notifications.set_preferences(
        by=user, everything=("suivre", mode), spaces={}, rhythm={"hour": 7, **rhythm}
    )


def ask(world: World, title: str = "Titre canari", **more: Any) -> Thread:
    given = {"by": world.odile, "space": world.intervention, "text": f"Texte de {title}"} | more
    return services.create_thread(title=title, **given)


def leave(clock: Clock, moment: datetime) -> list[Any]:
    """What leaves when the worker looks at the clock at `moment`."""
    clock.move_to(moment)
    outbox.outbox.clear()
    queue_digests()
    while events.drain():
        pass
    while mail.deliver():
        pass
    return [one for one in outbox.outbox if "digest" in _name(one)]


def killed(*args: Any) -> None:
    raise SystemExit


def _name(message: Any) -> str:
    return OutgoingMail.objects.get(message_id=message.extra_headers["Message-ID"]).name


def whole(message: Any) -> str:
    bodies = [str(message.body), *(str(content) for content, _type in message.alternatives)]
    return "\n".join([message.subject, *bodies, str(message.extra_headers)])


def test_maude_has_at_seven_what_was_said_since_the_last_one(world: World, clock: Clock) -> None:
    wants(world.maude)
    ask(world)
    assert leave(clock, MONDAY - timedelta(minutes=1)) == []
    (message,) = leave(clock, MONDAY)
    assert message.to == [world.maude.email]
    text = whole(message)
    for said in ("Titre canari", "Texte de Titre canari", "Odile L.", "Intervention"):
        assert said in text
    headers = message.extra_headers
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<img" not in text
    # Never twice, never empty.
    assert leave(clock, MONDAY + timedelta(minutes=5)) == []
    assert leave(clock, MONDAY + DAY) == []
    ask(world, "Titre perroquet")
    (second,) = leave(clock, MONDAY + 2 * DAY)
    assert "perroquet" in whole(second) and "canari" not in whole(second)


def test_who_has_a_digest_has_no_mail_at_once(world: World, clock: Clock) -> None:
    wants(world.maude)
    thread = ask(world)
    services.reply(thread, by=world.odile, text="Un café.")
    while events.drain():
        pass
    assert not OutgoingMail.objects.exists()


def test_the_weekly_one_comes_on_her_day_in_her_time_zone(world: World, clock: Clock) -> None:
    wants(world.maude, "semaine", weekday=2, hour=6, zone="America/St_Johns")
    ask(world)
    wednesday = datetime(2026, 11, 25, 6, 0, tzinfo=ZoneInfo("America/St_Johns"))
    assert leave(clock, wednesday - timedelta(minutes=1)) == []
    assert len(leave(clock, wednesday)) == 1
    assert Digest.objects.get().next_at == wednesday + WEEK


def test_seven_stays_seven_when_the_clocks_change(world: World) -> None:
    digest = Digest(user=world.maude, daily=True, hour=7)
    saturday = datetime(2027, 3, 13, 7, 0, tzinfo=MONTREAL)
    for _day in range(2):
        following = digest.after(saturday)
        assert following is not None and following.hour == 7
        assert following.date() == saturday.date() + DAY
        saturday = following


def test_a_worker_that_was_down_sends_one_and_forgets_nothing(world: World, clock: Clock) -> None:
    wants(world.maude)
    ask(world)
    (message,) = leave(clock, MONDAY + 3 * DAY + timedelta(hours=5))
    assert "canari" in whole(message)
    assert Digest.objects.get().next_at == MONDAY + 4 * DAY


def test_a_worker_killed_between_sending_and_noting_it_sends_the_same_digest_once_more(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a second digest: the copy has the same Message-ID, and the next one begins after it."""
    wants(world.maude)
    ask(world)

    with monkeypatch.context() as patch:
        patch.setattr("core.mail.outbox._mark_sent", killed)
        with pytest.raises(SystemExit):
            leave(clock, MONDAY)
    first = list(outbox.outbox)
    again = leave(clock, MONDAY + timedelta(hours=1))
    ids = {one.extra_headers["Message-ID"] for one in [*first, *again]}
    assert (len(first), len(again), len(ids)) == (1, 1, 1)
    assert leave(clock, MONDAY + timedelta(hours=2)) == []
    assert leave(clock, MONDAY + DAY) == []


def test_a_worker_killed_while_it_writes_a_digest_loses_none(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wants(world.maude)
    ask(world)

    with monkeypatch.context() as patch:
        patch.setattr("core.mail.outbox._build", killed)
        with pytest.raises(SystemExit):
            leave(clock, MONDAY)
    (message,) = leave(clock, MONDAY + timedelta(minutes=6))
    assert "canari" in whole(message)


def test_a_mail_server_that_is_down_for_an_hour_finds_each_digest(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_person(name, spaces=(world.intervention,)) for name in ("Ada", "Léo", "Zoé")]
    for person in people:
        wants(person)
    ask(world)

    def away(self: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
        for minutes in range(0, 60, 5):
            assert leave(clock, MONDAY + timedelta(minutes=minutes)) == []
    found = leave(clock, MONDAY + timedelta(hours=1, minutes=2))
    assert sorted(one.to[0] for one in found) == sorted(person.email for person in people)


def test_questions_without_an_answer_come_first(world: World, clock: Clock) -> None:
    wants(world.maude)
    ask(world, "Sans réponse")
    answered = ask(world, "Répondue")
    services.reply(answered, by=world.odile, text="Voilà.")
    ask(world, "Annoncée", kind="annonce")
    body = str(leave(clock, MONDAY)[0].body)
    assert body.index("Sans réponse") < min(body.index("Répondue"), body.index("Annoncée"))


def test_five_minutes_are_five_minutes(world: World, clock: Clock) -> None:
    wants(world.maude, minutes=5)
    for number in range(40):
        ask(world, f"Titre {number}", text="mot " * 200)
    message = leave(clock, MONDAY)[0]
    words = len(re.sub(r"https?://\S+", "", str(message.body)).split())
    assert words < 5 * 220 * 1.3
    assert "autres" in str(message.body) or "other" in str(message.body)
    notifications.plan_digest(world.maude, minutes=60)
    for number in range(40):
        ask(world, f"Suite {number}", text="mot " * 200)
    longer = leave(clock, MONDAY + DAY)[0]
    assert len(str(longer.body).split()) > 2 * words


def test_what_she_read_is_not_in_it(world: World, clock: Clock) -> None:
    wants(world.maude)
    read = ask(world, "Déjà lue")
    services.mark_read(read, 1, by=world.maude)
    assert leave(clock, MONDAY) == []


def test_her_own_messages_are_no_news(world: World, clock: Clock) -> None:
    wants(world.maude)
    ask(world, by=world.maude)
    assert leave(clock, MONDAY) == []


def test_an_unnamed_author_is_unnamed_there_too(world: World, clock: Clock) -> None:
    world.intervention.unnamed_posts = True
    world.intervention.save()
    wants(world.maude)
    thread = ask(world)
    services.reply(thread, by=world.odile, text="Je le vis.", unnamed=True)
    Thread.objects.filter(pk=thread.pk).update(unnamed=True)
    thread.posts.update(unnamed=True)
    assert "Odile" not in whole(leave(clock, MONDAY)[0])


def test_of_a_confidential_space_it_says_that_something_awaits(world: World, clock: Clock) -> None:
    wants(world.naima)
    ask(world, space=world.psychosocial)
    (message,) = leave(clock, MONDAY)
    text = whole(message)
    for word in ("canari", "Odile", "psychosoc", "Suivis"):
        assert word not in text
    assert "/avis/" in text


# ------------------------------------------------------- what changes between queue and delivery


def restrict(world: World, thread: Thread) -> None:
    services.move_thread(thread, world.direction, by=world.odile)


def hide_message(world: World, thread: Thread) -> None:
    for post in thread.posts.all():
        services.hide_post(post, by=world.odile, reason="essai")


def hide_thread(world: World, thread: Thread) -> None:
    services.hide_thread(thread, by=world.odile, reason="essai")


def leave_space(world: World, thread: Thread) -> None:
    Membership.objects.filter(space=thread.space).update(ended_at=timezone.now())


def close_account(world: World, thread: Thread) -> None:
    User.objects.filter(pk=world.maude.pk).update(is_active=False)


def silence(world: World, thread: Thread) -> None:
    notifications.unfollow(thread, by=world.maude)


def stop_all(world: World, thread: Thread) -> None:
    notifications.stop_digests(by=world.maude)


def read(world: World, thread: Thread) -> None:
    services.mark_read(thread, 1, by=world.maude)


CHANGES = [
    restrict,
    hide_message,
    hide_thread,
    leave_space,
    close_account,
    silence,
    stop_all,
    read,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_before_it_leaves_is_looked_at_again(
    world: World, clock: Clock, change: Any
) -> None:
    wants(world.maude)
    thread = ask(world)
    clock.move_to(MONDAY)
    queue_digests()
    assert OutgoingMail.objects.filter(state="waiting").count() == 1
    assert "canari" not in str(list(OutgoingMail.objects.values()))
    change(world, Thread.objects.get(pk=thread.pk))
    assert leave(clock, MONDAY) == []
    assert OutgoingMail.objects.get(name="digest").state == "cancelled"


def test_a_thread_that_became_confidential_is_told_quietly(world: World, clock: Clock) -> None:
    Membership.objects.create(user=world.maude, space=world.psychosocial)
    wants(world.maude)
    thread = ask(world)
    clock.move_to(MONDAY)
    queue_digests()
    services.move_thread(thread, world.psychosocial, by=world.odile)
    (message,) = leave(clock, MONDAY)
    assert "canari" not in whole(message)


def test_what_was_mended_is_what_leaves(world: World, clock: Clock) -> None:
    wants(world.maude)
    thread = ask(world, text="Jérémy, 14 ans")
    clock.move_to(MONDAY)
    queue_digests()
    services.edit_post(thread.posts.get(), by=world.odile, text="Un jeune de 14 ans")
    text = whole(leave(clock, MONDAY)[0])
    assert "Jérémy" not in text and "Un jeune de 14 ans" in text


# ------------------------------------------------------------------------------ how they stop


def test_one_click_in_the_mail_stops_them_and_nothing_else(world: World, clock: Clock) -> None:
    wants(world.maude)
    ask(world)
    (message,) = leave(clock, MONDAY)
    link = re.search(
        r"<https?://[^/]+(/courriel/arret/[^>]+)>", message.extra_headers["List-Unsubscribe"]
    )
    assert link is not None
    machine = Client(enforce_csrf_checks=True)
    assert machine.get(link[1]).status_code == 200
    assert Digest.objects.get().next_at is not None
    assert machine.post(link[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Digest.objects.get().next_at is None
    said = Subscription.objects.get(user=world.maude, kind="")
    assert (said.attention, said.mail) == ("suivre", "rien")


def test_after_half_a_year_away_one_goodbye_then_nothing(world: World, clock: Clock) -> None:
    wants(world.maude)
    User.objects.filter(pk=world.maude.pk).update(last_seen_at=MONDAY - timedelta(days=181))
    ask(world)
    (message,) = leave(clock, MONDAY)
    assert "canari" not in whole(message)
    assert _name(message) == "digest_goodbye"
    for days in range(1, 9):
        ask(world, f"Titre {days}")
        assert leave(clock, MONDAY + days * DAY) == []


def test_they_begin_again_when_she_is_back(world: World, clock: Clock) -> None:
    wants(world.maude)
    User.objects.filter(pk=world.maude.pk).update(last_seen_at=MONDAY - timedelta(days=181))
    leave(clock, MONDAY)
    User.objects.filter(pk=world.maude.pk).update(last_seen_at=MONDAY + 2 * DAY)
    assert leave(clock, MONDAY + 2 * DAY + timedelta(hours=1)) == []
    ask(world, "Titre perroquet")
    (message,) = leave(clock, MONDAY + 3 * DAY)
    assert "perroquet" in whole(message)


def test_a_closed_account_leaves_the_queue_alone(world: World, clock: Clock) -> None:
    wants(world.maude)
    close_account(world, ask(world))
    assert leave(clock, MONDAY) == []
    assert not OutgoingMail.objects.exists()


# --------------------------------------------------------------------------------- the searches


def test_her_saved_searches_join_her_digest(world: World, clock: Clock) -> None:
    from search.mail import weekly_mail
    from search.services import save_search
    from search.wanted import Wanted, spaces_of
    from tests.search.entries import entry

    for user in (world.maude, world.eve):
        wanted = Wanted.read(QueryDict("q=retour"), spaces_of(user))
        save_search(wanted, by=user, name="Le retour", by_mail=True)
    wants(world.maude, "semaine")
    soon = MONDAY - timedelta(hours=2)
    entry("Retour canari", space=world.common, since=soon, dated_at=soon)
    clock.move_to(MONDAY)
    weekly_mail()
    assert [row.recipient_id for row in OutgoingMail.objects.all()] == [world.eve.pk]
    (message,) = leave(clock, MONDAY)
    assert message.to == [world.maude.email]
    assert "Retour canari" in whole(message)
    assert leave(clock, MONDAY + WEEK) == []


# ------------------------------------------------------------------------------------ what it costs


def test_queueing_costs_the_same_a_batch_however_many(world: World, clock: Clock) -> None:
    """Two batches of one person or of sixty take as many statements, but for the rows a statement
    that SQLite takes."""
    counts = []
    for number in (3, 60):
        for n in range(number):
            wants(make_person(f"P{number}-{n}", spaces=(world.intervention,)))
        clock.move_to(MONDAY + number * DAY)
        with CaptureQueriesContext(connection) as found:
            queue_digests()
        counts.append(len(found))
    assert counts[1] <= counts[0] + 2


def test_one_digest_costs_the_same_at_three_threads_and_at_thirty(
    world: World, clock: Clock
) -> None:
    wants(world.maude, minutes=60)
    counts = []
    for day, number in ((0, 3), (1, 30)):
        for n in range(number):
            ask(world, f"Titre {day}-{n}")
        clock.move_to(MONDAY + day * DAY)
        queue_digests()
        while events.drain():
            pass
        with CaptureQueriesContext(connection) as found:
            mail.deliver()
        counts.append(len(found))
    assert len(outbox.outbox) == 2
    assert counts[0] == counts[1]
