"""The life of a sheet: each act, who may do it, and from which stage."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotAllowed
from practices.errors import (
    ConsentMissing,
    NotABearer,
    NotYourOrganisation,
    OnlyAnimators,
    PassagesWaiting,
    ReasonNeeded,
    Withdrawn,
    WrongStage,
)
from practices.models import Passage, Sheet
from practices.services import life, writing
from practices.services.common import Missing
from tests.conftest import World, make_person
from tests.practices.conftest import publish_sheet

pytestmark = pytest.mark.django_db


def test_the_whole_way_from_draft_to_published(world: World, draft: Sheet) -> None:
    life.submit(draft, by=world.maude, words="Bonne lecture")
    draft.refresh_from_db()
    assert (draft.progress, draft.state) == ("soumise", "pending")
    assert draft not in Sheet.objects.readable_by(world.real)

    life.claim(draft, by=world.odile)
    life.ask_corrections(draft, by=world.odile, words="Préciser les étapes.")
    draft.refresh_from_db()
    assert (draft.progress, draft.claimed_by) == ("corrections", world.odile)

    writing.save_section(draft, "logique", {"if_we": "Oui"}, by=world.maude, revision=0)
    life.submit(draft, by=world.maude)
    draft.refresh_from_db()
    # It goes back to who asked.
    assert (draft.progress, draft.claimed_by) == ("revision", world.odile)

    version = life.publish(draft, by=world.odile)
    draft.refresh_from_db()
    assert (version.number, draft.progress, draft.state) == (1, "", "published")
    assert draft in Sheet.objects.readable_by(world.real)
    assert draft.review_on == life.next_review()
    acts = list(draft.steps.order_by("pk").values_list("act", flat=True))
    assert acts == ["soumise", "prise", "corrections", "soumise", "publiee"]


def test_what_is_submitted_is_changed_by_animators_only(world: World, draft: Sheet) -> None:
    life.submit(draft, by=world.maude)

    with pytest.raises(WrongStage):
        writing.save_section(draft, "logique", {"if_we": "Non"}, by=world.maude, revision=0)
    writing.save_section(draft, "logique", {"if_we": "Oui"}, by=world.odile, revision=0)


def test_a_member_neither_reviews_nor_publishes(world: World, draft: Sheet) -> None:
    life.submit(draft, by=world.maude)

    for act in (life.claim, life.publish, life.release):
        with pytest.raises(OnlyAnimators):
            act(draft, by=world.maude)
        with pytest.raises(Missing):
            act(draft, by=world.real)


def test_a_refusal_says_why_and_the_sheet_may_be_made_again(world: World, draft: Sheet) -> None:
    life.submit(draft, by=world.maude)
    with pytest.raises(ReasonNeeded):
        life.refuse(draft, by=world.odile, words="  ")
    life.refuse(draft, by=world.odile, words="Une famille s’y reconnaîtrait.")

    writing.save_section(draft, "logique", {"if_we": "Autre"}, by=world.maude, revision=0)
    life.submit(draft, by=world.maude)

    draft.refresh_from_db()
    assert draft.progress == "soumise"


def test_a_sheet_whose_words_await_consent_is_not_submitted(world: World, draft: Sheet) -> None:
    Passage.objects.create(
        sheet=draft, kind="post", object_id=1, thread_id=1, section="besoin", field="context",
        writer=world.eve,
    )  # fmt: skip

    with pytest.raises(PassagesWaiting):
        life.submit(draft, by=world.maude)


def test_a_year_later_it_is_to_be_reviewed(world: World, sheet: Sheet) -> None:
    Sheet.objects.filter(pk=sheet.pk).update(review_on=timezone.localdate() - timedelta(days=1))
    sheet.refresh_from_db()
    assert sheet.is_due
    assert sheet in Sheet.objects.due()

    life.confirm_review(sheet, by=world.maude)

    sheet.refresh_from_db()
    assert not sheet.is_due


def test_the_review_of_a_leap_day_is_the_28th() -> None:
    assert life.next_review(date(2028, 2, 29)) == date(2029, 2, 28)


def test_an_archived_sheet_leaves_the_directory_and_may_come_back(
    world: World, sheet: Sheet
) -> None:
    life.archive(sheet, by=world.maude)
    assert sheet not in Sheet.objects.readable_by(world.real).live()
    assert sheet in Sheet.objects.readable_by(world.real)

    life.unarchive(sheet, by=world.odile)
    assert sheet in Sheet.objects.live()


def test_a_withdrawn_sheet_leaves_a_tombstone_with_its_reason(world: World, sheet: Sheet) -> None:
    with pytest.raises(NotABearer):
        life.withdraw(sheet, by=world.real, reason="Je ne l’aime pas.")
    life.withdraw(sheet, by=world.maude, reason="La famille l’a demandé.")

    assert sheet not in Sheet.objects.readable_by(world.real)
    gone = Sheet.objects.gone_for(world.real).get(pk=sheet.pk)
    assert gone.removed_reason == "La famille l’a demandé."
    with pytest.raises(Withdrawn):
        writing.save_section(sheet, "besoin", {"context": "x"}, by=world.maude, revision=0)
    with pytest.raises(Missing):
        writing.save_section(sheet, "besoin", {"context": "x"}, by=world.real, revision=0)


def test_a_withdrawn_draft_leaves_no_trace(world: World, draft: Sheet) -> None:
    life.withdraw(draft, by=world.maude, reason="Un essai")

    assert not Sheet.objects.gone_for(world.maude).filter(pk=draft.pk).exists()


def test_a_sheet_set_aside_exists_for_animators_only_until_it_is_put_back(
    world: World, sheet: Sheet
) -> None:
    life.hide_sheet(sheet, by=world.odile, reason="À vérifier")
    for person in (world.maude, world.real):
        assert sheet not in Sheet.objects.seen_by(person)
    with pytest.raises(Withdrawn):
        life.publish(sheet, by=world.odile)

    life.restore_sheet(sheet, by=world.odile)
    assert sheet in Sheet.objects.readable_by(world.real)


def test_the_showcase_needs_the_consent_of_the_organisation(world: World, sheet: Sheet) -> None:
    with pytest.raises(ConsentMissing):
        life.open_to_public(sheet, by=world.odile)
    with pytest.raises(NotAllowed):
        life.give_consent(sheet, by=world.maude)
    world.relais.contact = world.naima
    world.relais.save()

    life.give_consent(sheet, by=world.naima)
    life.open_to_public(sheet, by=world.odile)
    assert sheet in Sheet.objects.in_showcase()

    life.withdraw_consent(sheet, by=world.naima)
    assert sheet not in Sheet.objects.in_showcase()
    assert sheet in Sheet.objects.readable_by(world.real)


def test_the_database_refuses_a_public_sheet_without_consent(sheet: Sheet) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Sheet.objects.filter(pk=sheet.pk).update(level="public")


def test_the_organisation_names_who_bears_its_sheets(world: World, sheet: Sheet) -> None:
    world.relais.contact = world.maude
    world.relais.save()
    with pytest.raises(NotYourOrganisation):
        life.name_bearers(sheet, [world.real], by=world.maude)

    life.name_bearers(sheet, [world.naima], by=world.maude)

    writing.save_section(sheet, "besoin", {"context": "Par Naïma"}, by=world.naima, revision=0)
    with pytest.raises(NotABearer):
        writing.save_section(sheet, "besoin", {"context": "Par Maude"}, by=world.maude, revision=1)


def test_a_former_account_bears_nothing(world: World, draft: Sheet) -> None:
    world.maude.is_active = False
    world.maude.save()

    assert draft not in Sheet.objects.seen_by(world.maude)


def test_publishing_is_not_done_twice(world: World, draft: Sheet) -> None:
    sheet = publish_sheet(draft, world.odile)

    with pytest.raises(WrongStage):
        life.publish(sheet, by=world.odile)
    assert sheet.versions.count() == 1


def test_who_is_of_no_organisation_of_it_cannot_take_it_back(world: World, draft: Sheet) -> None:
    other = make_person("Luc", organisation=world.phare)
    life.submit(draft, by=world.maude)
    with pytest.raises(Missing):
        life.take_back(draft, by=other)
    life.take_back(draft, by=world.maude)
    draft.refresh_from_db()
    assert (draft.progress, draft.state) == ("brouillon", "draft")
