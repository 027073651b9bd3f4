"""Many at once, on PostgreSQL: one decision, one version, one credit; one form, one proposal."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from practices.errors import AlreadyAnswered
from practices.models import Proposal, Sheet
from practices.services import adapting, improving, writing
from tests.conftest import World
from tests.forums.test_concurrency import at_once
from tests.practices.conftest import make_published

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
BETTER = {"context": "Surtout le lundi."}


@pytest.fixture
def sheet(world: World) -> Sheet:
    return make_published(world)


def proposed(sheet: Sheet, world: World, **given: Any) -> Proposal:
    return improving.propose(sheet, "besoin", given or BETTER, why="Vu", by=world.real)


def test_two_who_accept_at_once_make_one_version_and_one_credit(world: World, sheet: Sheet) -> None:
    proposal = proposed(sheet, world)

    def accept(number: int) -> str:
        try:
            improving.accept(proposal, by=(world.maude, world.odile)[number % 2])
        except AlreadyAnswered:
            return "late"
        return "done"

    assert sorted(at_once(6, accept)) == ["done", *["late"] * 5]
    sheet.refresh_from_db()
    assert (sheet.versions.count(), sheet.waiting_count) == (2, 0)
    assert sheet.credits.filter(role="bonification").count() == 1


def test_one_accepts_while_the_other_refuses_it_is_one_or_the_other(
    world: World, sheet: Sheet
) -> None:
    proposal = proposed(sheet, world)

    def answer(number: int) -> str:
        try:
            if number:
                improving.refuse(proposal, by=world.odile, reply="Non")
            else:
                improving.accept(proposal, by=world.maude)
        except AlreadyAnswered:
            return "late"
        return "done"

    assert sorted(at_once(2, answer)) == ["done", "late"]
    proposal.refresh_from_db()
    published = sheet.versions.count() == 2
    assert proposal.answer == ("acceptee" if published else "refusee")
    assert sheet.credits.filter(role="bonification").exists() is published


def test_an_acceptance_while_a_bearer_publishes_another_section_keeps_both(
    world: World, sheet: Sheet
) -> None:
    proposal = proposed(sheet, world)
    writing.save_section(sheet, "lecons", {"mistakes": ["Aller vite"]}, by=world.maude, revision=0)

    def act(number: int) -> None:
        if number:
            improving.accept(proposal, by=world.odile)
        else:
            writing.publish_changes(sheet, by=world.maude)

    at_once(2, act)
    sheet.refresh_from_db()
    assert sheet.versions.count() == 3
    assert sheet.content["besoin"] == BETTER
    assert sheet.content["lecons"] == {"mistakes": ["Aller vite"]}


def test_twenty_identical_submissions_at_once_are_one_proposal(world: World, sheet: Sheet) -> None:
    form = uuid.uuid4()

    def propose(_number: int) -> int:
        made = improving.propose(sheet, "besoin", BETTER, why="Vu", by=world.real, submission=form)
        return made.pk

    assert len(set(at_once(20, propose))) == 1
    sheet.refresh_from_db()
    assert (Proposal.objects.count(), sheet.waiting_count) == (1, 1)


def test_ten_proposals_and_their_answers_at_once_are_counted(world: World, sheet: Sheet) -> None:
    first = [proposed(sheet, world, context=f"Texte {n}") for n in range(5)]

    def act(number: int) -> None:
        if number < 5:
            improving.refuse(first[number], by=world.maude, reply="Non")
        else:
            proposed(sheet, world, context=f"Texte {number}")

    at_once(10, act)
    sheet.refresh_from_db()
    assert sheet.waiting_count == Proposal.objects.filter(sheet=sheet).waiting().count() == 5


def test_ten_identical_adaptations_at_once_are_one_draft(world: World, sheet: Sheet) -> None:
    form = uuid.uuid4()
    made = at_once(10, lambda _n: adapting.adapt(sheet, by=world.real, submission=form).pk)

    assert len(set(made)) == 1
    assert Sheet.objects.get(pk=made[0]).credits.filter(role="origine").count() == 1
