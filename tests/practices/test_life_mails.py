"""Who is told of the life of a sheet, when, and when it stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core import formats
from core.models import OutgoingMail
from practices.models import Sheet
from practices.services import life, reminders, writing
from tests.clock import noon
from tests.conftest import World
from tests.practices.conftest import make_published, make_sheet

pytestmark = pytest.mark.django_db

Work = Callable[[], None]


def asked(name: str) -> list[User | None]:
    rows = OutgoingMail.objects.filter(name=name).select_related("recipient").order_by("pk")
    return [row.recipient for row in rows]


@pytest.mark.parametrize(
    ("act", "words"),
    [(life.ask_corrections, "Plus court, Untel."), (life.refuse, "La mère d’Untel.")],
)
def test_the_bearers_are_told_of_a_decision_and_read_its_words_on_the_site_only(
    world: World, draft: Sheet, work: Work, act: Callable[..., Sheet], words: str
) -> None:
    draft.bearers.create(user=world.naima)
    life.submit(draft, by=world.maude)
    act(draft, by=world.odile, words=words)
    work()

    assert {one.to[0] for one in mail.outbox} == {world.maude.email, world.naima.email}
    for one in mail.outbox:
        assert draft.title in one.subject
        whole = one.subject + one.body + str(one.alternatives)
        assert "Untel" not in whole
        assert f"/pratiques/{draft.pk}/" in one.body


def test_publishing_is_told_to_who_bears_it_and_not_to_who_decided(
    world: World, work: Work
) -> None:
    sheet = make_sheet(world.odile, world.relais)
    sheet.bearers.create(user=world.maude)
    life.submit(sheet, by=world.odile)
    life.publish(sheet, by=world.odile)
    work()

    assert [one.to for one in mail.outbox] == [[world.maude.email]]


def test_who_no_longer_bears_it_is_told_nothing(world: World, draft: Sheet, work: Work) -> None:
    draft.bearers.create(user=world.naima)
    life.submit(draft, by=world.maude)
    world.naima.organisation = world.phare
    world.naima.save()
    life.refuse(draft, by=world.odile, words="Non")
    work()

    assert [one.to for one in mail.outbox] == [[world.maude.email]]


def test_a_decision_that_was_followed_by_another_is_not_told(
    world: World, draft: Sheet, work: Work
) -> None:
    life.submit(draft, by=world.maude)
    life.ask_corrections(draft, by=world.odile, words="Plus court")
    life.submit(draft, by=world.maude)
    life.publish(draft, by=world.odile)
    work()

    assert len(mail.outbox) == 1
    assert asked("sheet_decided") == [world.maude, world.maude]


def test_submitting_writes_to_nobody(world: World, draft: Sheet, work: Work) -> None:
    life.submit(draft, by=world.maude)
    work()

    assert mail.outbox == []


# ------------------------------------------------------------------------------------- reviews


def on_day(sheet: Sheet, day: int) -> None:
    """Run the duty so many days after the day of the review."""
    assert sheet.review_on is not None
    with time_machine.travel(noon(sheet.review_on, days=day), tick=False):
        reminders.remind_reviews()


def test_the_bearers_are_told_on_the_day_and_the_animators_thirty_days_later_each_once(
    world: World, sheet: Sheet
) -> None:
    on_day(sheet, -1)
    assert asked("sheet_review") == []
    for day in (0, 1, 29):
        on_day(sheet, day)
    assert asked("sheet_review") == [world.maude]
    for day in (30, 31, 59, 60, 400):
        on_day(sheet, day)
    assert asked("sheet_review") == [world.maude, world.odile]


def test_when_nobody_bears_the_sheet_the_animators_are_told_at_once(
    world: World, sheet: Sheet
) -> None:
    sheet.bearers.all().delete()
    on_day(sheet, 0)

    assert asked("sheet_review") == [world.odile]


@pytest.mark.parametrize("day", [30, 61, 400])
def test_a_sheet_whose_day_was_missed_is_asked_for_all_the_same_and_once(
    world: World, sheet: Sheet, day: int
) -> None:
    on_day(sheet, day)
    # Its bearers have their thirty days from then.
    on_day(sheet, day + 29)
    assert asked("sheet_review") == [world.maude]
    on_day(sheet, day + 30)
    assert asked("sheet_review") == [world.maude, world.odile]
    # Mails are forgotten after a month: the journal is not.
    OutgoingMail.objects.all().delete()
    for later in (31, 40, 90):
        on_day(sheet, day + later)
    assert asked("sheet_review") == []


def test_an_animator_who_bears_a_sheet_reads_one_mail_of_a_morning(
    world: World, sheet: Sheet
) -> None:
    on_day(sheet, 0)
    world.odile.organisation = sheet.bearer
    world.odile.save()
    sheet.bearers.create(user=world.odile)
    OutgoingMail.objects.all().delete()
    on_day(sheet, 30)
    on_day(sheet, 31)

    assert asked("sheet_review") == [world.odile]


def submit_next(sheet: Sheet, world: World) -> None:
    """Its bearer sends the animators its next version."""
    writing.save_section(sheet, "besoin", {"context": "Neuf."}, by=world.maude, revision=0)
    life.submit(sheet, by=world.maude)


def test_a_next_version_in_review_is_an_answer_until_it_comes_back(
    world: World, sheet: Sheet
) -> None:
    on_day(sheet, 0)
    submit_next(sheet, world)
    on_day(sheet, 31)
    assert asked("sheet_review") == [world.maude]
    life.ask_corrections(sheet, by=world.odile, words="Plus court")
    on_day(sheet, 32)
    assert asked("sheet_review") == [world.maude, world.odile]


def test_a_mail_about_a_review_does_not_leave_once_the_next_version_is_submitted(
    world: World, sheet: Sheet, work: Work
) -> None:
    work()
    mail.outbox.clear()
    Sheet.objects.update(review_on=timezone.localdate())
    reminders.remind_reviews()
    submit_next(sheet, world)
    work()

    assert asked("sheet_review") == [world.maude] and mail.outbox == []


def test_when_nothing_is_to_be_said_eight_due_sheets_cost_what_two_do(world: World) -> None:
    costs = []
    for more in (2, 6):
        for _ in range(more):
            make_published(world)
        Sheet.objects.update(review_on=timezone.localdate())
        reminders.remind_reviews()
        with CaptureQueriesContext(connection) as asked_for:
            reminders.remind_reviews()
        costs.append(len(asked_for))

    assert costs == [3, 3]


def test_who_is_named_later_is_asked_too_and_the_others_not_again(
    world: World, sheet: Sheet
) -> None:
    on_day(sheet, 3)
    OutgoingMail.objects.all().delete()
    sheet.bearers.create(user=world.naima)
    on_day(sheet, 5)
    assert asked("sheet_review") == [world.naima]


def written(world: World, sheet: Sheet, work: Work, *, day: int, to: User) -> str:
    """The mail about a review that she reads when it is so many days late."""
    mail.outbox.clear()
    Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=day))
    reminders.remind_reviews()
    work()
    (one,) = [one for one in mail.outbox if one.to == [to.email] and "revoir" in one.subject]
    return str(one.body)


def test_the_mail_says_today_on_the_day_and_since_when_after(
    world: World, sheet: Sheet, work: Work
) -> None:
    first = written(world, sheet, work, day=0, to=world.maude)
    assert f"« {sheet.title} » est à revoir aujourd’hui." in first
    assert "à revoir depuis le" in written(world, sheet, work, day=2, to=world.maude)


def test_the_mail_says_what_counts_as_an_answer_and_what_comes_without(
    world: World, sheet: Sheet, work: Work
) -> None:
    body = written(world, sheet, work, day=0, to=world.maude)
    for words in ("« Elle tient toujours »", "cochez que vous l’avez relue", "archivez-la"):
        assert words in body
    assert "reste visible avec la mention « à revoir »" in body
    assert "Rien ne se retire tout seul" in body


def test_the_bearers_read_on_which_day_the_animators_are_told(
    world: World, sheet: Sheet, work: Work
) -> None:
    told_on = formats.day(noon(days=30).date())
    for late in (40, 0):
        body = written(world, sheet, work, day=late, to=world.maude)
        assert f"l’équipe d’animation en est avisée le {told_on}" in body
        assert not [one for one in mail.outbox if one.to == [world.odile.email]]


def test_who_is_named_once_the_animators_were_told_reads_so(
    world: World, sheet: Sheet, work: Work
) -> None:
    sheet.bearers.all().delete()
    written(world, sheet, work, day=1, to=world.odile)
    sheet.bearers.create(user=world.maude)
    assert "l’équipe d’animation en est déjà avisée" in written(
        world, sheet, work, day=1, to=world.maude
    )


def test_the_animators_are_told_whether_somebody_looks_after_it(
    world: World, sheet: Sheet, work: Work
) -> None:
    Sheet.objects.update(review_on=noon(days=-31).date())
    with time_machine.travel(noon(days=-30), tick=False):
        reminders.remind_reviews()
    silent = written(world, sheet, work, day=31, to=world.odile)
    assert "n’ont pas répondu" in silent and "Plus personne" not in silent
    world.maude.organisation = world.phare
    world.maude.save()
    left = written(world, sheet, work, day=3, to=world.odile)
    assert "Plus personne n’en prend soin" in left and "n’ont pas répondu" not in left


def test_a_review_done_before_the_mail_leaves_is_not_asked_for(
    world: World, sheet: Sheet, work: Work
) -> None:
    Sheet.objects.update(review_on=timezone.localdate())
    mail.outbox.clear()
    reminders.remind_reviews()
    life.confirm_review(sheet, by=world.maude)
    work()

    assert not [one for one in mail.outbox if "revoir" in one.subject or "review" in one.subject]


def test_an_archived_sheet_is_not_to_be_reviewed(world: World, sheet: Sheet) -> None:
    life.archive(sheet, by=world.maude)
    on_day(sheet, 0)

    assert asked("sheet_review") == []


def test_the_next_review_is_told_in_its_turn(world: World, sheet: Sheet) -> None:
    on_day(sheet, 0)
    Sheet.objects.update(review_on=timezone.localdate() + timedelta(days=400))
    sheet.refresh_from_db()
    on_day(sheet, 0)

    assert asked("sheet_review") == [world.maude, world.maude]


def test_a_change_by_its_bearers_is_told_to_nobody(world: World, sheet: Sheet, work: Work) -> None:
    work()
    mail.outbox.clear()
    writing.save_section(sheet, "besoin", {"context": "x"}, by=world.maude, revision=0)
    writing.publish_changes(sheet, by=world.maude)
    work()

    assert mail.outbox == []
