"""Trials told at the same moment, on PostgreSQL: each counts once, one form is one trial."""

from __future__ import annotations

import uuid

import pytest

from accounts.models import User
from core.models import OutgoingMail
from practices.models import Interest, Sheet, Trial
from practices.services import interest, trials
from tests.conftest import World
from tests.forums.test_concurrency import at_once
from tests.practices.conftest import make_published

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


def tell(sheet: Sheet, by: User, **given: object) -> int:
    said = {"period": "Hiver", "outcome": "abandonnee", "lesson": "À retenir."}
    return trials.tell(sheet, by=by, **(said | given)).pk  # type: ignore[arg-type]


def test_two_trials_told_at_once_both_count(sheet: Sheet, world: World) -> None:
    people = (world.real, world.eve)
    made = at_once(10, lambda number: tell(sheet, people[number % 2]))

    sheet.refresh_from_db()
    assert len(set(made)) == 10
    assert (sheet.trial_count, sheet.abandoned_count) == (10, 10)


def test_ten_identical_submissions_at_once_are_one_trial(sheet: Sheet, world: World) -> None:
    form = uuid.uuid4()
    made = at_once(10, lambda _number: tell(sheet, world.real, submission=form))

    sheet.refresh_from_db()
    assert len(set(made)) == 1
    assert sheet.trial_count == Trial.objects.count() == 1


def test_keeping_and_downloading_at_once_is_one_interest(sheet: Sheet, world: World) -> None:
    def act(number: int) -> None:
        if number % 2:
            interest.keep(sheet, by=world.eve)
        else:
            interest.note_download(sheet, by=world.eve)

    at_once(8, act)

    row = Interest.objects.get()
    assert row.saved_at and row.downloaded_at and row.ask_on


def test_two_workers_ask_once(sheet: Sheet, world: World) -> None:
    for kept in (sheet, make_published(world)):
        interest.keep(kept, by=world.eve)
    Interest.objects.update(ask_on="2020-01-01")
    at_once(4, lambda _number: interest.ask_trials())

    assert OutgoingMail.objects.filter(name="trial_question").count() == 1
