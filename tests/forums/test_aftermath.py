"""Two months after it was resolved: who is asked, once, and what her answer becomes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership, SubCommunity
from core import links
from core.mail import deliver
from core.models import ActionLog, OutgoingMail
from forums import aftermath, services
from forums.models import Draft, Post, Thread
from forums.services import create_thread
from notifications import questions
from practices.models import Trial
from practices.services.life import hide_sheet
from tests.conftest import World, make_person
from tests.notifications.conftest import DOMAIN, SERVER, sent, written
from tests.practices.conftest import make_published

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
FAR = datetime(2100, 1, 1, tzinfo=UTC)
START = datetime(2026, 3, 2, 15, tzinfo=UTC)


def at(day: int) -> Any:
    return time_machine.travel(START + timedelta(days=day), tick=False)


def duty(day: int) -> None:
    with at(day):
        aftermath.ask_outcomes()
        aftermath.ask_outcomes()  # run again after a cut
        deliver()


def resolved(thread: Thread, by: User) -> Thread:
    with at(0):
        return services.resolve(thread, by=by)


@pytest.fixture
def settled(question: Thread, world: World) -> Thread:
    """Maude's question, resolved on the first day."""
    return resolved(question, world.maude)


def asked() -> list[User | None]:
    rows = OutgoingMail.objects.filter(name="outcome_question").select_related("recipient")
    return [row.recipient for row in rows]


def url(thread: Thread) -> str:
    return f"/discussions/{thread.pk}/suites/"


def test_who_asked_is_asked_once_sixty_days_later(
    settled: Thread, world: World, mailoutbox: list[Any]
) -> None:
    duty(59)
    assert asked() == []
    for day in (60, 61, 80):
        duty(day)
    assert asked() == [world.maude]
    (mail,) = mailoutbox
    assert mail.to == [world.maude.email] and settled.title in mail.subject
    assert url(settled) in mail.body


def test_not_of_a_question_resolved_long_before(settled: Thread) -> None:
    duty(200)
    assert asked() == []


def test_not_when_it_was_reopened_and_still_once_when_it_is_resolved_again(
    settled: Thread, world: World
) -> None:
    with at(50):
        services.reopen(settled, by=world.maude)
    duty(60)
    assert asked() == []
    with at(70):
        services.resolve(settled, by=world.maude)
    duty(131)
    with at(132):
        services.reopen(settled, by=world.maude)
        services.resolve(settled, by=world.maude)
    duty(195)
    assert asked() == [world.maude]


@pytest.mark.parametrize("why", ["archived", "locked", "hidden", "gone", "left", "unwanted"])
def test_nobody_is_asked_when_it_makes_no_sense(
    settled: Thread, world: World, why: str, mailoutbox: list[Any]
) -> None:
    if why == "archived":
        world.intervention.archived_at = timezone.now()
        world.intervention.save()
    elif why == "locked":
        services.lock(settled, by=world.odile)
    elif why == "hidden":
        services.hide_thread(settled, by=world.odile, reason="Hors sujet")
    elif why == "gone":
        User.objects.filter(pk=world.maude.pk).update(is_active=False)
    elif why == "left":
        Membership.objects.filter(user=world.maude).update(ended_at=timezone.now())
    else:
        questions.set_wanted((), by=world.maude)
    duty(60)
    assert asked() == [] and not mailoutbox


def test_what_changes_between_the_queue_and_the_sending_holds_the_mail_back(
    settled: Thread, world: World, mailoutbox: list[Any]
) -> None:
    with at(60):
        aftermath.ask_outcomes()
        services.reopen(settled, by=world.maude)
        deliver()
    assert asked() == [world.maude] and not mailoutbox


def test_a_confidential_space_and_an_unnamed_question_say_nothing_to_anybody(
    secret: Thread, world: World, mailoutbox: list[Any]
) -> None:
    resolved(secret, world.odile)
    duty(60)
    (mail,) = mailoutbox
    assert mail.to == [world.naima.email]
    for word in ("perroquet", "Naïma", "Belkacem", "psychosoc"):
        assert word not in mail.subject + mail.body + str(mail.alternatives)
    line = ActionLog.objects.get(verb="thread.outcome_asked")
    assert line.actor is None and line.data == {}


# ------------------------------------------------------------------------------- her answer


def test_she_answers_in_two_fields_and_it_is_a_reply_in_the_thread(
    settled: Thread, world: World, as_: As
) -> None:
    maude = as_(world.maude)
    form = maude.get(url(settled)).context["form"]
    typed = {
        "outcome": "mieux",
        "text": "Il revient.",
        "submission": str(form["submission"].value()),
    }

    answer = maude.post(url(settled), typed)
    maude.post(url(settled), typed)

    post = Post.objects.get(thread=settled, position=2)
    assert post.author == world.maude and post.text.endswith("Il revient.")
    assert f"message={post.pk}" in answer["Location"]
    page = maude.get(answer["Location"])
    assert page.status_code == 200 and page.context["post"] == post


def test_what_she_said_already_is_shown_in_place_of_an_empty_form(
    settled: Thread, world: World, as_: As
) -> None:
    links.link(make_published(world), settled, by=world.maude)
    maude = as_(world.maude)
    assert "form" in maude.get(url(settled)).context
    maude.post(url(settled), {"outcome": "mieux", "text": "Il revient."})

    page = maude.get(url(settled))
    post = Post.objects.get(thread=settled, position=2)
    assert "form" not in page.context and page.context["post"] == post
    assert "Vous avez répondu\u00a0: Mieux." in page.content.decode()
    ((_end, address),) = page.context["places"]
    assert address.endswith(f"?message={post.pk}&resultat=mieux")
    # Of a question that was opened and resolved again since: she may say it once more.
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(days=400))
    assert "form" in maude.get(url(settled)).context


def test_what_she_said_before_the_sending_holds_the_mail_back(
    settled: Thread, world: World, as_: As, mailoutbox: list[Any]
) -> None:
    with at(60):
        aftermath.ask_outcomes()
        as_(world.maude).post(url(settled), {"outcome": "pareil"})
        deliver()
    assert asked() == [world.maude]
    assert not [one for one in mailoutbox if one.to == [world.maude.email]]


@pytest.mark.parametrize("outcome", ["mieux", "abandonnee"])
def test_the_words_are_those_of_a_question_and_of_what_came_of_it(
    settled: Thread, world: World, as_: As, outcome: str
) -> None:
    maude = as_(world.maude)
    done = maude.post(url(settled), {"outcome": outcome})
    text = Post.objects.get(thread=settled, position=2).text
    assert aftermath.outcome_of(text) == outcome and aftermath.own_words(text) == ""
    assert ("nous avons abandonné." in text) is (outcome == "abandonnee")
    page = maude.get(done["Location"]).content.decode()
    assert ("Ce qui a été trouvé" in page) is (outcome == "mieux")


def test_what_she_answers_to_the_mail_is_a_reply_in_the_thread(
    settled: Thread, world: World, as_: As, mailoutbox: list[Any], settings: Any
) -> None:
    settings.MAIL_DOMAIN = DOMAIN
    duty(60)
    (mail,) = mailoutbox
    assert "ne pas répondre" not in mail.body and "signée de votre nom" in mail.body
    with at(61):
        sent(written(world.maude, mail.extra_headers["Reply-To"], "Il revient.\n"))
        post = Post.objects.get(thread=settled, position=2)
        assert (post.author, post.unnamed, post.text) == (world.maude, False, "Il revient.")
        assert as_(world.maude).get(url(settled)).context["post"] == post


def test_an_answer_by_mail_never_signs_an_unnamed_question(
    secret: Thread, world: World, mailoutbox: list[Any], settings: Any
) -> None:
    settings.MAIL_DOMAIN = DOMAIN
    other = create_thread(by=world.naima, space=secret.space, text="Et après?", unnamed=True)
    with at(0):
        services.reply(other, by=world.naima, text="Je précise.")
    for thread in (secret, other):
        resolved(thread, world.odile)
    duty(60)
    unnamed, signed = [one for one in mailoutbox if "questi" in one.subject]
    assert "Reply-To" in unnamed.extra_headers and "sans votre nom" in unnamed.body
    assert "Reply-To" not in signed.extra_headers and "ne pas répondre" in signed.body


@pytest.mark.parametrize("since", ["signed", "names only"])
def test_what_she_signed_since_does_not_sign_her_answer_by_mail(
    secret: Thread,
    world: World,
    mailoutbox: list[Any],
    settings: Any,
    since: str,
) -> None:
    settings.MAIL_DOMAIN, settings.MAIL_AUTHSERV = DOMAIN, SERVER
    resolved(secret, world.odile)
    duty(60)
    mail = next(one for one in mailoutbox if "questi" in one.subject)
    assert "sans votre nom" in mail.body
    with at(60):
        if since == "signed":
            services.reply(secret, by=world.naima, text="Un mot signé, sur autre chose.")
        else:
            SubCommunity.objects.filter(pk=secret.space_id).update(unnamed_posts=False)
    with at(61):
        sent(written(world.naima, mail.extra_headers["Reply-To"], "Il revient.\n", proof="pass"))
    said = Post.objects.filter(thread=secret, by_mail=True)
    # Where nobody may leave her name out any more, nothing is said rather than signed.
    assert [one.unnamed for one in said] == ([True] if since == "signed" else [])


def test_thanks_in_answer_to_her_own_question_are_words(
    settled: Thread, world: World, mailoutbox: list[Any], settings: Any
) -> None:
    settings.MAIL_DOMAIN = DOMAIN
    duty(60)
    (mail,) = mailoutbox
    with at(61):
        sent(written(world.maude, mail.extra_headers["Reply-To"], "Merci\n", proof="pass"))
    assert Post.objects.get(thread=settled, by_mail=True).text == "Merci"


def test_two_windows_say_it_once(settled: Thread, world: World, as_: As) -> None:
    maude = as_(world.maude)
    first = {"outcome": "mieux", "text": "On a respiré.", "submission": str(uuid.uuid4())}
    for _press in range(2):
        assert maude.post(url(settled), first).status_code == 302
    other = maude.post(url(settled), first | {"outcome": "pire", "submission": str(uuid.uuid4())})
    assert other.status_code == 409
    assert "On a respiré." in other.content.decode() and "déjà dit" in other.content.decode()
    assert Post.objects.filter(thread=settled, position__gt=1).count() == 1


def test_an_unnamed_question_has_an_unnamed_answer(secret: Thread, world: World, as_: As) -> None:
    resolved(secret, world.odile)
    as_(world.naima).post(url(secret), {"outcome": "pareil", "text": "Rien n’a changé."})
    post = Post.objects.get(thread=secret, position=2)
    assert post.unnamed and post.author == world.naima
    assert "Belkacem" not in as_(world.odile).get(secret.get_absolute_url()).content.decode()


def test_the_page_is_there_for_who_asked_only(settled: Thread, world: World, as_: As) -> None:
    for other in (world.odile, world.eve, world.naima):
        assert as_(other).get(url(settled)).status_code == 404
        assert as_(other).post(url(settled), {"outcome": "mieux"}).status_code == 404
    assert not Post.objects.filter(thread=settled, position=2).exists()


def test_an_open_question_leads_back_to_its_thread(question: Thread, world: World, as_: As) -> None:
    answer = as_(world.maude).get(url(question))
    assert answer["Location"] == question.get_absolute_url()


def test_an_identifier_is_shown_before_it_is_published(
    settled: Thread, world: World, as_: As
) -> None:
    maude = as_(world.maude)
    typed = {"outcome": "mieux", "text": "Appeler le 418 555-2368."}
    assert maude.post(url(settled), typed).context["parts"]
    mended = maude.post(url(settled), typed | {"replace": "text:0"})
    assert "418 555-2368" not in mended.context["form"]["text"].value()
    assert not Post.objects.filter(thread=settled, position=2).exists()
    maude.post(url(settled), typed | {"act": "as-is"})
    assert Post.objects.filter(thread=settled, position=2).exists()


def test_what_she_typed_when_her_session_ended_is_a_draft_of_a_reply(
    settled: Thread, world: World, as_: As
) -> None:
    writer = as_(world.maude).get(url(settled)).context["form"]["writer"].value()
    sent = {"outcome": "mieux", "text": "Il revient.", "writer": writer, "submission": uuid.uuid4()}
    as_(None).post(url(settled), sent)
    assert Draft.objects.get(user=world.maude, thread=settled).body == "Il revient."


def test_a_practice_that_is_tied_to_the_thread_is_offered_with_her_words(
    settled: Thread, world: World, as_: As
) -> None:
    sheet = make_published(world)
    links.link(sheet, settled, by=world.maude)
    maude = as_(world.maude)
    done = maude.post(url(settled), {"outcome": "abandonnee", "text": "Trop long pour nous."})
    ((end, address),) = maude.get(done["Location"]).context["places"]
    assert end.title == sheet.title

    form = maude.get(address).context["form"]
    assert form["lesson"].value() == "Trop long pour nous."
    assert form["outcome"].value() == "abandonnee" and not Trial.objects.exists()


def test_a_practice_that_she_does_not_read_is_not_named(
    settled: Thread, world: World, as_: As
) -> None:
    sheet = make_published(world)
    links.link(sheet, settled, by=world.maude)
    hide_sheet(sheet, by=world.odile, reason="À revoir")
    maude = as_(world.maude)
    done = maude.post(url(settled), {"outcome": "mieux", "text": "Il revient."})
    page = maude.get(done["Location"])
    assert page.context["places"] == [] and sheet.title not in page.content.decode()


def test_nothing_is_proposed_to_who_tried_nothing(settled: Thread, world: World, as_: As) -> None:
    links.link(make_published(world), settled, by=world.maude)
    maude = as_(world.maude)
    done = maude.post(url(settled), {"outcome": "rien"})
    page = maude.get(done["Location"])
    assert (page.context["places"], page.context["births"]) == ([], [])


def test_a_guest_is_led_to_no_sheet_to_write(world: World, question: Thread) -> None:
    guest = make_person("Gilles", role=User.Role.GUEST, access_until=FAR)
    assert list(aftermath.births(question, guest)) == []
