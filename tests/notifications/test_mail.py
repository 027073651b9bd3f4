"""The mail of a reply: who has it, what is in it, and what changed before it left."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from community.models import Membership
from core.models import OutboxEvent, OutgoingMail
from forums import attachments, services
from forums.models import Thread
from notifications import services as notifications
from notifications.models import Subscription
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
Work = Callable[[], None]


@pytest.fixture
def question(world: World) -> Thread:
    """Maude asks; Zoé follows."""
    thread = services.create_thread(
        by=world.maude,
        space=world.intervention,
        title="Titre canari",
        text="Question canari",
    )
    world.zoe = make_person("Zoé", spaces=(world.intervention,))  # type: ignore[attr-defined]
    notifications.follow(thread, by=world.zoe, by_hand=True)  # type: ignore[attr-defined]
    return thread


@pytest.fixture
def secret(world: World) -> Thread:
    """Naïma asks without her name, in the confidential space."""
    return services.create_thread(
        by=world.naima,
        space=world.psychosocial,
        title="Titre perroquet",
        text="Question perroquet",
        unnamed=True,
    )


def sent_to() -> list[str]:
    return sorted(one.to[0].split(".")[0] for one in outbox.outbox)


def whole(message: Any) -> str:
    bodies = [str(message.body), *(str(content) for content, _type in message.alternatives)]
    return "\n".join([message.subject, *bodies, str(message.extra_headers)])


def test_the_author_and_the_followers_have_one_mail_each_and_the_writer_none(
    world: World, question: Thread, work: Work
) -> None:
    services.reply(question, by=world.odile, text="Un café.")
    work()
    work()
    assert sent_to() == ["maude", "zo"]
    message = next(one for one in outbox.outbox if one.to[0].startswith("maude"))
    assert message.subject == "Re: Titre canari"
    text = whole(message)
    assert "Un café." in text and "Odile L." in text
    assert f"/discussions/{question.pk}-titre-canari/#message-2" in text
    headers = message.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"thread.{question.pk}@" in headers["References"]
    assert headers["Message-ID"] not in headers["References"]


def test_the_request_only_says_that_it_happened(world: World, question: Thread) -> None:
    services.reply(question, by=world.odile, text="Un café.")
    assert not OutgoingMail.objects.exists()
    event = OutboxEvent.objects.get(name="post.created")
    assert set(event.payload) == {"post"}


def test_the_queue_holds_no_word_of_the_message(world: World, question: Thread, work: Work) -> None:
    from core import events

    services.reply(question, by=world.odile, text="Un café pélican.")
    events.drain()
    rows = list(OutgoingMail.objects.values())
    assert len(rows) == 2
    assert "pélican" not in str(rows) and "canari" not in str(rows)


def test_the_event_handled_twice_writes_to_nobody_twice(
    world: World, question: Thread, work: Work
) -> None:
    post = services.reply(question, by=world.odile, text="Un café.")
    work()
    from forums.handlers import tell_followers

    tell_followers({"post": post.pk})
    work()
    assert len(outbox.outbox) == 2


def test_a_confidential_mail_says_that_a_message_awaits_and_nothing_more(
    world: World, secret: Thread, work: Work
) -> None:
    services.reply(secret, by=world.odile, text="Une réponse perroquet.")
    work()
    (message,) = outbox.outbox
    assert message.to == [world.naima.email]
    text = whole(message)
    for word in ("perroquet", "Odile", "Suivis", "psychosoc"):
        assert word not in text
    assert f"/discussions/messages/{secret.posts.get(position=2).pk}/" in text


def test_an_unnamed_author_is_in_no_mail(world: World, work: Work) -> None:
    world.intervention.unnamed_posts = True
    world.intervention.save()
    thread = services.create_thread(by=world.odile, space=world.intervention, text="Question")
    services.reply(thread, by=world.maude, text="Je le vis aussi.", unnamed=True)
    work()
    (message,) = outbox.outbox
    assert "Je le vis aussi." in whole(message)
    for word in ("Maude", "Tremblay", "Racines"):
        assert word not in whole(message)


def restrict(world: World, thread: Thread) -> None:
    services.move_thread(thread, world.direction, by=world.odile)


def hide_message(world: World, thread: Thread) -> None:
    services.hide_post(thread.posts.get(position=2), by=world.odile, reason="essai")


def hide_thread(world: World, thread: Thread) -> None:
    services.hide_thread(thread, by=world.odile, reason="essai")


def leave(world: World, thread: Thread) -> None:

    Membership.objects.filter(space=thread.space).update(ended_at=timezone.now())


def close_accounts(world: World, thread: Thread) -> None:
    User.objects.exclude(pk=world.odile.pk).update(is_active=False)


def stop(world: World, thread: Thread) -> None:
    for user in (world.maude, world.zoe):  # type: ignore[attr-defined]
        notifications.unfollow(thread, by=user)


def refuse(world: World, thread: Thread) -> None:
    for user in (world.maude, world.zoe):  # type: ignore[attr-defined]
        word = {thread.space: ("", "rien")}
        notifications.set_preferences(by=user, everything=("", "chaque"), spaces=word)


@pytest.mark.parametrize("when", ["before the queue", "in the queue"])
@pytest.mark.parametrize(
    "change", [restrict, hide_message, hide_thread, leave, close_accounts, stop, refuse]
)
def test_nothing_leaves_that_may_not_be_read_any_more(
    world: World, question: Thread, work: Work, change: Callable[..., None], when: str
) -> None:
    from core import events

    services.reply(question, by=world.odile, text="Un pélican.")
    if when == "in the queue":
        events.drain()
        assert OutgoingMail.objects.count() == 2
    change(world, Thread.objects.get(pk=question.pk))
    work()
    assert outbox.outbox == []
    assert not OutgoingMail.objects.exclude(state="cancelled").exists()


def test_what_was_mended_in_between_is_what_leaves(
    world: World, question: Thread, work: Work
) -> None:
    from core import events

    post = services.reply(question, by=world.odile, text="Jérémy, 14 ans.")
    events.drain()
    services.edit_post(post, by=world.odile, text="Un jeune de 14 ans.")
    work()
    assert all("Jérémy" not in whole(one) for one in outbox.outbox)
    assert "Un jeune de 14 ans." in whole(outbox.outbox[0])


def test_a_thread_that_became_confidential_is_told_quietly(
    world: World, question: Thread, work: Work
) -> None:
    from core import events

    services.reply(question, by=world.odile, text="Un pélican.")
    events.drain()
    Membership.objects.create(user=world.maude, space=world.psychosocial)
    services.move_thread(question, world.psychosocial, by=world.odile)
    work()
    (message,) = outbox.outbox
    assert "pélican" not in whole(message) and "canari" not in whole(message)


def test_a_space_that_closed_its_mails_is_told_quietly(
    world: World, question: Thread, work: Work
) -> None:
    services.reply(question, by=world.odile, text="Un pélican.")
    world.intervention.content_in_mail = False
    world.intervention.save()
    work()
    assert len(outbox.outbox) == 2
    assert all("pélican" not in whole(one) for one in outbox.outbox)


def test_an_animator_who_is_no_member_follows_and_is_told(
    world: World, question: Thread, work: Work
) -> None:
    notifications.follow(question, by=world.odile, by_hand=True)
    services.reply(question, by=world.maude, text="Une précision.")
    work()
    assert sent_to() == ["odile", "zo"]


def test_telling_three_hundred_followers_takes_a_few_statements(
    world: World, question: Thread
) -> None:
    """The worker writes the queue in batches: nothing is asked for each person. SQLite takes
    some seventy rows a statement, PostgreSQL all of them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from forums.handlers import tell_followers

    post = services.reply(question, by=world.odile, text="Un café.")
    with CaptureQueriesContext(connection) as few:
        tell_followers({"post": post.pk})
    for number in range(300):
        person = User.objects.create_user(f"p{number}@exemple.test", first_name="P", last_name="Q")
        Membership.objects.create(user=person, space=world.intervention)
        notifications.follow(question, by=person)
    second = services.reply(question, by=world.odile, text="Deux cafés.")
    with CaptureQueriesContext(connection) as many:
        tell_followers({"post": second.pk})
    assert OutgoingMail.objects.count() == 304
    assert len(few) <= 3
    assert len(many) <= 8


# ---------------------------------------------------------------------------- how to stop them


def stop_link(message: Any) -> str:
    found = re.search(
        r"<https?://[^/]+(/courriel/arret/[^>]+)>", message.extra_headers["List-Unsubscribe"]
    )
    assert found
    return found[1]


def test_one_click_stops_without_a_session_and_a_visit_changes_nothing(
    world: World, question: Thread, work: Work
) -> None:
    services.reply(question, by=world.odile, text="Un café.")
    work()
    message = next(one for one in outbox.outbox if one.to[0].startswith("maude"))
    url = stop_link(message)
    machine = Client(enforce_csrf_checks=True)
    page = machine.get(url)
    assert page.status_code == 200
    assert "canari" not in page.content.decode()
    assert notifications.is_following(question, world.maude)
    assert machine.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not notifications.is_following(question, world.maude)
    assert notifications.is_following(question, world.zoe)  # type: ignore[attr-defined]
    services.reply(question, by=world.odile, text="Encore.")
    work()
    assert sent_to() == ["maude", "zo", "zo"]


def test_a_false_link_stops_nothing(world: World, question: Thread) -> None:
    assert Client().post("/courriel/arret/faux/").status_code == 404
    from core.signing import make_token

    other = make_token("writer", user=world.maude.pk, kind="thread", id=question.pk)
    assert Client().post(f"/courriel/arret/{other}/").status_code == 404
    assert notifications.is_following(question, world.maude)


def test_stopping_outlives_what_she_writes_next(world: World, question: Thread, work: Work) -> None:
    notifications.unfollow(question, by=world.maude)
    services.reply(question, by=world.maude, text="Une précision.")
    assert not notifications.is_following(question, world.maude)
    notifications.follow(question, by=world.maude, by_hand=True)
    assert notifications.is_following(question, world.maude)


def test_eve_follows_nothing_that_she_does_not_read(world: World, question: Thread) -> None:
    from core.errors import NotAllowed

    with pytest.raises(NotAllowed):
        notifications.follow(question, by=world.eve, by_hand=True)


# --------------------------------------------------------------------------------- preferences


@pytest.mark.parametrize(
    ("default", "here", "told"),
    [
        (None, None, True),
        ("rien", None, False),
        ("rien", "chaque", True),
        ("rien", "premier", True),
        ("chaque", "jour", False),
        ("chaque", "rien", False),
        ("chaque", None, True),
    ],
)
def test_her_word_on_a_space_wins_over_her_word_on_all(
    world: World, question: Thread, default: str | None, here: str | None, told: bool
) -> None:
    word = {world.intervention: ("", here or "")}
    notifications.set_preferences(by=world.maude, everything=("", default or ""), spaces=word)
    people = notifications.recipients_for(question, world.intervention)
    assert people.filter(pk=world.maude.pk).exists() == told


def test_her_page_lists_what_she_follows_and_still_reads(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    assert "Titre canari" in maude.get("/compte/avis/").content.decode()
    services.move_thread(question, world.direction, by=world.odile)
    assert "canari" not in maude.get("/compte/avis/").content.decode()


CHOICES = {
    "attention": "participe",
    "mail": "chaque",
    "minutes": "5",
    "hour": "7",
    "weekday": "0",
    "zone": "America/Toronto",
}


def test_she_sets_her_mails_space_by_space(world: World, question: Thread, as_: As) -> None:
    maude = as_(world.maude)
    name = f"space-{world.intervention.pk}-mail"
    assert maude.post("/compte/avis/", CHOICES | {name: "rien"}).status_code == 302
    people = notifications.recipients_for(question, world.intervention)
    assert not people.filter(pk=world.maude.pk).exists()
    page = maude.get("/compte/avis/")
    assert page.context["form"][name].value() == "rien"
    maude.post("/compte/avis/", CHOICES | {name: ""})
    assert not Subscription.objects.filter(user=world.maude, kind="space").exists()
    assert people.all().filter(pk=world.maude.pk).exists()
    refused = maude.post("/compte/avis/", CHOICES | {"mail": "tout", name: "rien"})
    assert refused.status_code == 200
    foreign = f"space-{world.direction.pk}-mail"
    maude.post("/compte/avis/", CHOICES | {foreign: "rien"})
    assert not Subscription.objects.filter(kind="space", object_id=world.direction.pk).exists()


def test_she_stops_one_from_her_list(world: World, question: Thread, as_: As) -> None:
    maude = as_(world.maude)
    maude.post("/compte/avis/suivi/", {"kind": "thread", "id": question.pk})
    assert not notifications.is_following(question, world.maude)
    for data in ({"kind": "thread", "id": "9" * 30}, {"kind": "x", "id": "1"}, {}):
        assert maude.post("/compte/avis/suivi/", data).status_code == 302


def test_readers_of_a_space_are_those_who_read_it(world: World) -> None:
    """The inverse of the audience rule agrees with the rule."""
    from community.audience import readers_of
    from community.models import SubCommunity

    for space in SubCommunity.objects.all():
        readers = set(readers_of(space))
        for user in User.objects.all():
            reads = SubCommunity.objects.readable_by(user).filter(pk=space.pk).exists()
            assert (user in readers) == reads, (space, user)


def test_the_mail_keeps_marks_and_leaves_pictures_on_the_site(
    world: World, question: Thread, work: Work
) -> None:
    picture = "/fichiers/7a6e0f43-0a55-4b8c-9a55-8d4a64e9a0f1/"
    html = f'<blockquote><p>cité</p></blockquote><p><b>Oui</b></p><img src="{picture}">'
    services.reply(question, by=world.odile, html=html)
    work()
    (body, _type), *_rest = outbox.outbox[0].alternatives
    assert "<blockquote><p>cité</p></blockquote>" in str(body)
    assert "<strong>Oui</strong>" in str(body)
    assert picture not in str(body)


def test_the_mail_says_what_stays_on_the_site(world: World, question: Thread, work: Work) -> None:
    picture = "/fichiers/7a6e0f43-0a55-4b8c-9a55-8d4a64e9a0f1/"
    html = f'<p>Voyez</p><figure><img src="{picture}"></figure><p>ci-dessus.</p>'
    notes = SimpleUploadedFile("notes.txt", b"Sept oc", "text/plain")
    kept = attachments.keep(notes, by=world.odile)
    services.reply(question, by=world.odile, html=html, attachments=[kept.pk])
    work()
    message = outbox.outbox[0]
    (body, _type), *_rest = message.alternatives
    assert "<figure" not in str(body) and "<p>Voyez</p><p>ci-dessus.</p>" in str(body)
    file = ngettext("%(n)s file (%(names)s)", "%(n)s files (%(names)s)", 1)
    named = file % {"n": 1, "names": "notes.txt, 7\u00a0octets"}
    for text in (str(message.body), str(body)):
        assert ngettext("%(n)s picture", "%(n)s pictures", 1) % {"n": 1} in text
        assert named in text


def test_a_mail_with_nothing_on_the_site_speaks_of_none(
    world: World, question: Thread, work: Work
) -> None:
    services.reply(question, by=world.odile, text="Un café.")
    work()
    assert str(outbox.outbox[0].body).count(question.get_absolute_url()) == 1


def test_a_confidential_space_tells_no_file(world: World, secret: Thread, work: Work) -> None:
    notes = SimpleUploadedFile("notes.txt", b"Sept oc", "text/plain")
    kept = attachments.keep(notes, by=world.odile)
    services.reply(secret, by=world.odile, text="Voici", attachments=[kept.pk])
    work()
    assert sent_to() == ["nama"] and "notes.txt" not in whole(outbox.outbox[0])


def test_the_date_of_a_mail_is_a_day_and_not_today(
    world: World, question: Thread, work: Work
) -> None:
    with time_machine.travel("2027-06-20T15:05:00-04:00", tick=False):
        services.reply(question, by=world.odile, text="Un café.")
        work()
    (body, _type), *_rest = outbox.outbox[0].alternatives
    assert "20 juin 2027, 15\u00a0h\u00a005" in str(body)
