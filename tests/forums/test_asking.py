"""Asking three people: who asks, who may be asked, and what the mail says of who asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Profile, Skill, User
from community.models import Membership
from core.errors import NotAllowed
from core.models import ActionLog
from forums import asking, errors, services
from forums.models import Ask, Thread
from forums.services.common import Missing
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


def knows(person: User, word: str = "refus scolaire") -> User:
    profile = person.profiles.get()
    Skill.objects.create(profile=profile, direction="aide", word=word, folded=word)
    return person


def helpers(world: World, number: int) -> list[User]:
    spaces = (world.common, world.intervention)
    return [knows(make_person(f"Aide{n}", spaces=spaces)) for n in range(number)]


def test_the_author_asks_three_people_and_no_more(
    world: World, question: Thread, as_: As, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    people = helpers(world, 4)
    maude, url = as_(world.maude), f"/discussions/{question.pk}/demander/"
    assert url in maude.get(question.get_absolute_url()).content.decode()
    page = maude.get(url).content.decode()
    assert all(one.full_name in page for one in people)
    for one in people:
        maude.post(url, {"person": one.pk})
    work()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(p.email for p in people[:3])
    assert "Maude T." in mailoutbox[0].body and question.title in mailoutbox[0].body
    assert maude.get(url).context["candidates"] == []
    with pytest.raises(errors.EnoughAsked):
        services.ask(question, people[3], by=world.odile)


def test_neither_another_member_nor_a_stranger_asks(
    world: World, question: Thread, as_: As
) -> None:
    (fit,) = helpers(world, 1)
    paul = make_person("Paul", spaces=(world.common, world.intervention))
    url = f"/discussions/{question.pk}/demander/"
    assert as_(paul).get(url).status_code == 403
    assert as_(world.eve).get(url).status_code == 404
    with pytest.raises(NotAllowed):
        services.ask(question, fit, by=paul)
    with pytest.raises(Missing):
        services.ask(question, fit, by=world.eve)
    services.ask(question, fit, by=world.maude)


def test_the_author_asks_those_whose_words_fit_an_animator_anybody_of_the_space(
    world: World, question: Thread
) -> None:
    paul = make_person("Paul", spaces=(world.common, world.intervention))
    outside = knows(make_person("Aline", spaces=(world.common,)))
    for wrong in (paul, outside, world.maude):
        with pytest.raises(errors.NotAsked):
            services.ask(question, wrong, by=world.maude)
    with pytest.raises(errors.NotAsked):
        services.ask(question, outside, by=world.odile)
    services.ask(question, paul, by=world.odile)


def test_a_word_that_the_author_does_not_read_proposes_nobody(
    world: World, question: Thread
) -> None:
    (fit,) = helpers(world, 1)
    Profile.objects.filter(owner=fit).update(visibility={"helps": "animation"})
    assert asking.candidates(question, viewer=world.maude) == []
    with pytest.raises(errors.NotAsked):
        services.ask(question, fit, by=world.maude)
    assert [one.person for one in asking.candidates(question)] == [fit]


def test_two_requests_a_month_whoever_asks(world: World, question: Thread) -> None:
    (fit,) = helpers(world, 1)
    others = [
        services.create_thread(
            by=world.maude, space=world.intervention, title=f"Refus scolaire {n}", text="Encore."
        )
        for n in range(2)
    ]
    services.ask(question, fit, by=world.odile)
    services.ask(others[0], fit, by=world.maude)
    for asker in (world.maude, world.odile):
        with pytest.raises(errors.NotAsked):
            services.ask(others[1], fit, by=asker)
    assert asking.candidates(others[1], viewer=world.maude) == []


def test_who_asks_without_her_name_is_named_neither_by_mail_nor_in_the_journal(
    world: World, secret: Thread, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    fit = knows(make_person("Simon", spaces=(world.common, world.psychosocial)), "perroquet")
    work()
    mailoutbox.clear()
    services.ask(secret, fit, by=world.naima)
    work()
    (mail,) = mailoutbox
    whole = mail.subject + mail.body + str(mail.alternatives)
    assert "Naïma" not in whole and "perroquet" not in whole
    assert Ask.objects.get().by is None
    assert ActionLog.objects.get(verb="thread.asked").actor is None
    assert [one.person for one in asking.candidates(secret, viewer=world.naima)] == []


def test_a_confidential_space_names_no_member_in_its_mails(
    world: World, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    fit = knows(make_person("Simon", spaces=(world.common, world.psychosocial)), "perroquet")
    signed = services.create_thread(by=world.naima, space=world.psychosocial, text="Un perroquet.")
    services.ask(signed, fit, by=world.naima)
    work()
    (mail,) = [one for one in mailoutbox if one.to == [fit.email]]
    assert "Naïma" not in mail.body and "perroquet" not in mail.body


def test_who_left_in_the_meantime_is_not_mailed(
    world: World, question: Thread, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    (fit,) = helpers(world, 1)
    services.ask(question, fit, by=world.maude)
    Membership.objects.filter(user=fit).delete()
    work()
    assert mailoutbox == []


def test_nobody_is_asked_about_a_locked_thread(world: World, question: Thread) -> None:
    (fit,) = helpers(world, 1)
    services.lock(question, by=world.odile)
    with pytest.raises(errors.ThreadClosed):
        services.ask(question, fit, by=world.maude)
