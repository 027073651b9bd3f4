"""Polls: who opens one, who answers, who sees what of it."""

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
from core.audience import State
from core.errors import NotAllowed
from core.models import ActionLog
from forums import errors, polls, services
from forums.models import Ballot, Choice, Poll, Thread
from forums.permissions import rights_of
from forums.services.common import Missing
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


def a_poll(thread: Thread, by: User, **fields: Any) -> Poll:
    given: dict[str, Any] = {
        "question": "Quel soir?",
        "labels": ["Lundi", "Mardi", "Jeudi"],
        "closes_at": timezone.now() + timedelta(days=2),
    }
    return services.open_poll(thread, by=by, **(given | fields))


def ids(poll: Poll, *labels: str) -> list[int]:
    return [poll.options.get(label=label).pk for label in labels]


def votes(poll: Poll) -> dict[str, int]:
    return dict(poll.options.values_list("label", "votes"))


def over(poll: Poll) -> None:
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    poll.refresh_from_db()


def see(poll: Poll, viewer: User) -> polls.Shown:
    poll = Poll.objects.select_related("thread__space").get(pk=poll.pk)
    return polls.shown(poll, viewer, rights_of(viewer, poll.thread))


# ------------------------------------------------------------------------------------- opening


def test_the_author_and_the_animators_open_a_poll_and_nobody_else(
    world: World, question: Thread
) -> None:
    paul = make_person("Paul", spaces=(world.common, world.intervention))
    with pytest.raises(NotAllowed):
        a_poll(question, paul)
    with pytest.raises(Missing):
        a_poll(question, world.eve)
    a_poll(question, world.maude)
    with pytest.raises(errors.OnePoll):
        a_poll(question, world.odile)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"question": "  "}, errors.QuestionNeeded),
        ({"labels": ["Seul"]}, errors.WrongChoices),
        ({"labels": ["Oui", "oui"]}, errors.WrongChoices),
        ({"labels": [str(n) for n in range(11)]}, errors.WrongChoices),
        ({"labels": ["Oui", "n" * 121]}, errors.WrongChoices),
        ({"closes_at": timezone.now() - timedelta(days=1)}, errors.WrongClosing),
        ({"closes_at": timezone.now() + timedelta(days=120)}, errors.WrongClosing),
    ],
)
def test_a_poll_that_makes_no_sense_is_refused(
    world: World, question: Thread, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        a_poll(question, world.maude, **wrong)
    a_poll(question, world.maude)


def test_a_locked_thread_takes_neither_poll_nor_answer(world: World, question: Thread) -> None:
    poll = a_poll(question, world.maude)
    services.lock(question, by=world.odile)
    with pytest.raises(errors.ThreadClosed):
        services.vote(poll, ids(poll, "Lundi"), by=world.maude)
    services.remove_poll(poll, by=world.odile)
    with pytest.raises(errors.ThreadClosed):
        a_poll(question, world.maude)


def test_who_asks_without_her_name_opens_a_poll_without_her_name(
    world: World, secret: Thread
) -> None:
    poll = a_poll(secret, world.naima)
    services.close_poll(poll, by=world.naima)
    rows = ActionLog.objects.filter(verb__startswith="poll.")
    assert [(row.verb, row.actor) for row in rows.order_by("pk")] == [
        ("poll.opened", None),
        ("poll.closed", None),
    ]


# ----------------------------------------------------------------------------------- answering


def test_an_answer_of_a_named_poll_changes_until_it_is_closed(
    world: World, question: Thread
) -> None:
    poll = a_poll(question, world.maude)
    services.vote(poll, ids(poll, "Lundi"), by=world.maude)
    services.vote(poll, ids(poll, "Mardi"), by=world.maude)
    services.vote(poll, ids(poll, "Mardi"), by=world.odile)
    assert votes(poll) == {"Lundi": 0, "Mardi": 2, "Jeudi": 0}
    over(poll)
    assert poll.voters == 2
    with pytest.raises(errors.PollClosed):
        services.vote(poll, ids(poll, "Jeudi"), by=world.maude)


def test_several_answers_only_where_the_poll_takes_several(world: World, question: Thread) -> None:
    poll = a_poll(question, world.maude)
    with pytest.raises(errors.NoSuchChoice):
        services.vote(poll, ids(poll, "Lundi", "Mardi"), by=world.maude)
    services.remove_poll(poll, by=world.maude)
    poll = a_poll(question, world.maude, multiple=True)
    services.vote(poll, ids(poll, "Lundi", "Mardi"), by=world.maude)
    services.vote(poll, ids(poll, "Mardi", "Jeudi"), by=world.maude)
    assert votes(poll) == {"Lundi": 0, "Mardi": 1, "Jeudi": 1}


def test_the_choice_of_another_poll_is_no_choice(
    world: World, question: Thread, secret: Thread
) -> None:
    other = a_poll(secret, world.naima)
    poll = a_poll(question, world.maude)
    for wrong in ([], ids(other, "Lundi"), [*ids(poll, "Lundi"), *ids(other, "Lundi")]):
        with pytest.raises(errors.NoSuchChoice):
            services.vote(poll, wrong, by=world.maude)
    services.vote(poll, ids(poll, "Lundi"), by=world.maude)


def test_who_does_not_read_the_thread_does_not_answer(
    world: World, question: Thread, as_: As
) -> None:
    poll = a_poll(question, world.maude)
    with pytest.raises(Missing):
        services.vote(poll, ids(poll, "Lundi"), by=world.eve)
    url = f"/discussions/{question.pk}/sondage/"
    assert as_(world.eve).post(f"{url}repondre/", {"choix": ids(poll, "Lundi")}).status_code == 404
    assert as_(world.eve).get(url).status_code == 404
    as_(world.maude).post(f"{url}repondre/", {"choix": ids(poll, "Lundi")})
    assert votes(poll)["Lundi"] == 1


# -------------------------------------------------------------------------------- without names


def voters(world: World, number: int) -> list[User]:
    return [make_person(f"P{n}", spaces=(world.common, world.intervention)) for n in range(number)]


def test_nothing_in_the_database_leads_from_a_person_to_her_unnamed_choice(
    world: World, question: Thread
) -> None:
    poll = a_poll(question, world.maude, unnamed=True)
    services.vote(poll, ids(poll, "Lundi"), by=world.maude)
    assert not Choice.objects.exists()
    assert {field.name for field in Ballot._meta.get_fields()} == {"id", "poll", "user", "choices"}
    assert not ActionLog.objects.filter(verb__contains="vote").exists()
    with pytest.raises(errors.AlreadyAnswered):
        services.vote(poll, ids(poll, "Mardi"), by=world.maude)
    assert votes(poll) == {"Lundi": 1, "Mardi": 0, "Jeudi": 0}


def test_unnamed_counts_wait_for_the_end_and_for_five_answers(
    world: World, question: Thread
) -> None:
    poll = a_poll(question, world.maude, unnamed=True)
    people = voters(world, 4)
    for one in people:
        services.vote(poll, ids(poll, "Lundi"), by=one)
    for viewer in (world.odile, world.maude, people[0]):
        assert [line.votes for line in see(poll, viewer).lines] == [None] * 3
        assert see(poll, viewer).voters is None
    services.vote(poll, ids(poll, "Jeudi"), by=world.maude)
    assert see(poll, world.odile).voters == 5
    assert not see(poll, world.odile).counted
    over(poll)
    assert [line.votes for line in see(poll, world.odile).lines] == [4, 0, 1]


def test_four_answers_are_never_told(world: World, question: Thread, as_: As) -> None:
    poll = a_poll(question, world.maude, unnamed=True)
    for one in voters(world, 4):
        services.vote(poll, ids(poll, "Lundi"), by=one)
    over(poll)
    assert not see(poll, world.odile).counted
    admin = as_(world.odile).get(f"/admin/forums/poll/{poll.pk}/change/").content.decode()
    assert "Quel soir?" in admin
    assert "Lundi (4)" not in admin


def test_neither_page_names_who_answered_without_names(
    world: World, question: Thread, as_: As
) -> None:
    named = a_poll(question, world.maude)
    zoe = make_person("Zoé", "Canaris", spaces=(world.common, world.intervention))
    services.vote(named, ids(named, "Lundi"), by=zoe)
    url = f"/discussions/{question.pk}/sondage/"
    assert "Zoé Canaris" in as_(world.maude).get(url).content.decode()
    services.remove_poll(named, by=world.odile, reason="Essai")
    unnamed = a_poll(question, world.maude, unnamed=True)
    for one in (zoe, *voters(world, 5)):
        services.vote(unnamed, ids(unnamed, "Lundi"), by=one)
    over(unnamed)
    for viewer in (world.maude, world.odile):
        for page in (url, question.get_absolute_url()):
            text = as_(viewer).get(page).content.decode()
            assert "Quel soir?" in text
            assert "Zoé Canaris" not in text


@pytest.mark.parametrize("path", ["ballot", "choice", "polloption"])
def test_answers_have_no_page_in_the_admin(world: World, as_: As, path: str) -> None:
    assert as_(world.odile).get(f"/admin/forums/{path}/").status_code == 404
    assert as_(world.odile).get("/admin/forums/poll/").status_code == 200
    asked = f"/admin/forums/poll/?ballots__user={world.maude.pk}"
    assert as_(world.odile).get(asked).status_code == 400


def test_the_poll_of_a_confidential_space_is_its_members_alone(
    world: World, secret: Thread, as_: As
) -> None:
    a_poll(secret, world.naima, question="Question perroquet?")
    world.odile.memberships.filter(space=world.psychosocial).delete()
    pages = (f"/discussions/{secret.pk}/sondage/", "/admin/forums/poll/?q=perroquet")
    for page in pages:
        text = as_(world.odile).get(page, follow=True).content.decode()
        assert "Question perroquet?" not in text
    assert "Question perroquet?" in as_(world.naima).get(pages[0]).content.decode()


# ------------------------------------------------------------------------------ closing, removing


def test_closing_is_the_author_s_and_the_animators(world: World, question: Thread) -> None:
    poll = a_poll(question, world.maude)
    paul = make_person("Paul", spaces=(world.common, world.intervention))
    with pytest.raises(NotAllowed):
        services.close_poll(poll, by=paul)
    assert services.close_poll(poll, by=world.maude).closed


def test_once_somebody_answered_only_an_animator_removes_it_and_says_why(
    world: World, question: Thread
) -> None:
    poll = a_poll(question, world.maude)
    services.vote(poll, ids(poll, "Lundi"), by=world.odile)
    with pytest.raises(NotAllowed):
        services.remove_poll(poll, by=world.maude, reason="Je change d’idée")
    with pytest.raises(errors.ReasonNeeded):
        services.remove_poll(poll, by=world.odile)
    services.remove_poll(poll, by=world.odile, reason="Nomme un jeune")
    assert not Poll.objects.exists()


def test_a_poll_goes_with_its_thread(world: World, question: Thread, as_: As) -> None:
    a_poll(question, world.maude)
    services.move_thread(question, world.direction, by=world.odile)
    url = f"/discussions/{question.pk}/sondage/"
    assert as_(world.real).get(url).status_code == 200
    assert as_(world.maude).get(url).status_code == 404
    Thread.objects.update(state=State.HIDDEN)
    assert as_(world.real).get(url).status_code == 404


# ----------------------------------------------------------------------------------------- pages


def form(**changes: Any) -> dict[str, Any]:
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    return {"title": "Quel soir?", "text": "Lundi\nMardi\n", "closes_on": day} | changes


def test_maude_opens_a_poll_and_answers_it_from_the_thread(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    url = f"/discussions/{question.pk}/sondage/nouveau/"
    assert url in maude.get(question.get_absolute_url()).content.decode()
    assert maude.get(url).status_code == 200
    assert maude.post(url, form()).status_code == 302
    poll = Poll.objects.get()
    page = maude.get(question.get_absolute_url()).content.decode()
    assert page.count('name="choix"') == 2
    assert url not in page
    answer = maude.post(
        f"/discussions/{question.pk}/sondage/repondre/", {"choix": ids(poll, "Mardi")}
    )
    assert answer.status_code == 302
    assert votes(poll) == {"Lundi": 0, "Mardi": 1}


def test_a_poll_that_could_identify_somebody_is_shown_before_it_is_opened(
    world: World, question: Thread, as_: As
) -> None:
    maude, url = as_(world.maude), f"/discussions/{question.pk}/sondage/nouveau/"
    risky = form(text="Appeler le 418 555-0143\nAttendre")
    page = maude.post(url, risky)
    assert page.status_code == 200 and not Poll.objects.exists()
    mended = maude.post(url, risky | {"replace": "all"})
    assert "418 555-0143" not in mended.context["form"]["text"].value()
    maude.post(url, risky | {"act": "as-is"})
    assert Poll.objects.count() == 1


def test_what_is_wrong_is_said_beside_its_field(world: World, question: Thread, as_: As) -> None:
    maude, url = as_(world.maude), f"/discussions/{question.pk}/sondage/nouveau/"
    page = maude.post(url, form(text="Une seule"))
    assert page.status_code == 400
    assert "text" in page.context["form"].errors
    assert "Une seule" in page.content.decode()


def test_only_who_may_is_offered_a_poll(world: World, question: Thread, as_: As) -> None:
    paul = make_person("Paul", spaces=(world.common, world.intervention))
    url = f"/discussions/{question.pk}/sondage/nouveau/"
    assert as_(paul).get(url).status_code == 403
    assert as_(world.odile).get(url).status_code == 200


@pytest.mark.parametrize("number", [3, 30])
def test_a_poll_costs_a_thread_two_queries_whatever_its_answers(
    world: World, question: Thread, number: int
) -> None:
    poll = a_poll(question, world.maude)
    for one in voters(world, number):
        services.vote(poll, ids(poll, "Lundi"), by=one)
    poll = Poll.objects.select_related("thread__space").get()
    rights = rights_of(world.maude, poll.thread)
    with CaptureQueriesContext(connection) as queries:
        assert polls.shown(poll, world.maude, rights).voters == number
    assert len(queries) == 2
