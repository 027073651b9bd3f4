"""The life of a sheet when two people decide at once: one after the other, never half of each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from core.audience import Level, State
from core.errors import Refused
from forums import services as forums
from practices.errors import TooManyBooklets
from practices.models import Booklet, Interest, Passage, Proposal, Sheet, Trial
from practices.services import accords, births, improving, interest, life, taking, trials
from practices.services.births import Chosen
from tests.accounts.test_joining_at_once import at_once
from tests.conftest import World, make_person
from tests.practices.conftest import make_published, make_sheet, make_terms, whole

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], Any]


def by_turns(*acts: Act, times: int = 12) -> list[Any]:
    """These acts at once, several times each; only what the services refuse may be refused."""
    turn = cycle(acts)
    answers = at_once(lambda: next(turn)(), times)
    troubles = [one for one in answers if isinstance(one, Exception)]
    expected = (Refused, Http404, ObjectDoesNotExist)
    assert [one for one in troubles if not isinstance(one, expected)] == []
    return answers


def test_a_consent_taken_back_while_it_is_opened_leaves_nothing_public(world: World) -> None:
    sheet = make_published(world)
    life.give_consent(sheet, by=world.odile, words="La directrice, par courriel")

    by_turns(
        lambda: life.open_to_public(sheet, by=world.odile),
        lambda: life.withdraw_consent(sheet, by=world.odile),
    )

    sheet.refresh_from_db()
    assert (sheet.level, sheet.consented_at) == (Level.COMMUNITY, None)


def test_two_animators_who_take_one_sheet_are_told_apart(world: World) -> None:
    sheet = make_sheet(world.maude)
    life.submit(sheet, by=world.maude)
    karim = make_person("Karim", organisation=world.federation, role="animation")

    by_turns(
        lambda: life.claim(sheet, by=world.odile),
        lambda: life.claim(sheet, by=karim),
        lambda: life.release(sheet, by=karim),
        lambda: life.take_back(sheet, by=world.maude),
    )

    sheet.refresh_from_db()
    assert (sheet.claimed_by_id is not None) == (sheet.progress == Sheet.Progress.REVIEW)
    assert (sheet.state == State.DRAFT) == (sheet.progress == Sheet.Progress.DRAFT)


def test_a_sheet_withdrawn_while_improvements_are_accepted_keeps_each_credit(world: World) -> None:
    sheet = make_published(world)
    proposals = [
        improving.propose(sheet, "besoin", {"context": f"Texte {n}"}, why="Oui", by=world.eve)
        for n in range(3)
    ]
    withdrawn = lambda: life.withdraw(sheet, by=world.maude, reason="Fini")  # noqa: E731

    by_turns(
        *(lambda one=one: improving.accept(one, by=world.odile) for one in proposals), withdrawn
    )

    sheet.refresh_from_db()
    accepted = Proposal.objects.filter(sheet=sheet, answer="acceptee").count()
    assert sheet.state == State.REMOVED
    assert sheet.credits.filter(role="bonification").count() == accepted
    assert sheet.versions.count() == 1 + accepted
    assert sheet.waiting_count == Proposal.objects.filter(sheet=sheet).waiting().count()


def test_a_writer_who_refuses_while_her_sheet_is_submitted_is_heard(world: World) -> None:
    make_terms()
    thread = forums.create_thread(by=world.real, space=world.common, title="Fil", text="Allô ici.")
    post = thread.posts.get(position=1)
    chosen = [Chosen(post.pk, "besoin.context")]
    sheet = births.begin_from_thread(
        thread.pk, chosen, by=world.maude, bearer=world.relais, title="Une pratique"
    )
    from practices.services import writing

    for name, values in whole().items():
        row = sheet.working_sections.filter(name=name).first()
        given = values | (row.values if row else {})
        revision = row.revision if row else 0
        writing.save_section(sheet, name, given, by=world.maude, revision=revision)
    passage = Passage.objects.get(sheet=sheet)
    seen = accords.digest("Allô ici.")

    by_turns(
        lambda: births.answer(passage, by=world.real, yes=True, seen=seen),
        lambda: life.submit(sheet, by=world.maude),
        lambda: births.answer(passage, by=world.real, yes=False, seen=seen),
        lambda: life.publish(sheet, by=world.odile),
    )

    sheet.refresh_from_db()
    passage.refresh_from_db()
    said = str(sheet.content)
    assert ("Allô ici." in said) <= (passage.consent == Passage.Consent.GIVEN)


def test_counters_equal_a_recount_whatever_happens_at_once(world: World) -> None:
    sheet, other = make_published(world), make_published(world)
    told = {"period": "Automne", "outcome": "abandonnee", "lesson": "Retenir"}
    trial = trials.tell(sheet, by=world.real, **told)

    by_turns(
        lambda: trials.tell(sheet, by=world.eve, **told),
        lambda: trials.hide_trial(trial, by=world.odile, reason="Essai"),
        lambda: trials.restore_trial(trial, by=world.odile),
        lambda: taking.count_downloads([sheet.pk, other.pk], by=world.eve),
        lambda: taking.count_downloads([other.pk, sheet.pk], by=world.real),
        lambda: life.confirm_review(sheet, by=world.maude),
        times=18,
    )

    sheet.refresh_from_db()
    there = Trial.objects.filter(sheet=sheet, state=State.PUBLISHED)
    assert sheet.trial_count == sheet.abandoned_count == there.count()
    assert sheet.download_count == 6


def test_booklets_asked_at_once_are_three_of_each_person(world: World) -> None:
    sheet = make_published(world)

    answers = by_turns(
        lambda: taking.ask_booklet([sheet.pk], by=world.eve),
        lambda: taking.ask_booklet([sheet.pk], by=world.real),
        times=16,
    )

    assert Booklet.objects.of(world.eve).count() == taking.MOST_WAITING
    assert Booklet.objects.of(world.real).count() == taking.MOST_WAITING
    assert sum(isinstance(one, TooManyBooklets) for one in answers) == 10


def test_keeping_and_keeping_no_more_at_once_is_one_row(world: World) -> None:
    sheet = make_published(world)

    by_turns(
        lambda: interest.keep(sheet, by=world.eve),
        lambda: interest.let_go(sheet, by=world.eve),
        lambda: interest.note_download(sheet, by=world.eve),
    )

    row = Interest.objects.get(sheet=sheet, user=world.eve)
    assert row.downloaded_at is not None
    assert row.ask_on is not None


def test_two_who_name_the_bearers_at_once_name_those_of_one_of_them(world: World) -> None:
    sheet = make_published(world)
    lea = make_person("Léa", organisation=world.relais, spaces=(world.common,))

    by_turns(
        lambda: life.name_bearers(sheet, [world.maude], by=world.odile),
        lambda: life.name_bearers(sheet, [lea], by=world.odile),
    )

    assert sheet.bearers.count() == 1
