"""Improvements: who proposes, who answers, what is published, who is thanked."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from core import content
from core.errors import NotAllowed
from core.models import ActionLog, OutboxEvent, OutgoingMail
from notifications.centre import notices
from practices.errors import (
    AlreadyAnswered,
    FieldMissing,
    FieldTooLong,
    GuestsRead,
    NotABearer,
    NothingProposed,
    NotYourProposal,
    ReasonNeeded,
    SectionMoved,
    Withdrawn,
    WrongStage,
)
from practices.home import proposals_to_decide
from practices.models import Bearer, Proposal, Sheet, Version
from practices.services import improving, life, writing
from practices.services.common import Missing
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db

BETTER = {"context": "Les appels de l’école devenaient une menace, surtout le lundi."}
WHY = "Nous l’avons vu trois fois cet automne."


def proposed(sheet: Sheet, by: User, name: str = "besoin", **given: Any) -> Proposal:
    values = sheet.content.get(name, {}) | (given or BETTER)
    return improving.propose(sheet, name, values, why=WHY, by=by)


@pytest.fixture
def proposal(world: World, sheet: Sheet) -> Proposal:
    """Réal, of another organisation, proposes a better context for Maude's sheet."""
    return proposed(sheet, world.real)


# --------------------------------------------------------------------------------- proposing


def test_anybody_who_writes_proposes_and_what_she_read_is_kept(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    assert proposal.before == sheet.content["besoin"]
    assert proposal.base == sheet.current
    assert proposal.organisation == world.phare
    sheet.refresh_from_db()
    assert sheet.waiting_count == 1
    assert sheet.content["besoin"] != proposal.values
    assert ActionLog.objects.filter(verb="proposal.created", object_id=proposal.pk).exists()
    assert OutboxEvent.objects.filter(name="proposal.created").exists()


def test_what_the_sheet_says_already_is_not_proposed(world: World, sheet: Sheet) -> None:
    with pytest.raises(NothingProposed):
        improving.propose(sheet, "besoin", sheet.content["besoin"], why=WHY, by=world.real)


def test_a_proposal_says_why_and_leaves_nothing_required_empty(world: World, sheet: Sheet) -> None:
    with pytest.raises(ReasonNeeded):
        improving.propose(sheet, "besoin", BETTER, why=" ", by=world.real)
    with pytest.raises(FieldTooLong):
        improving.propose(sheet, "besoin", BETTER, why="x" * 1001, by=world.real)
    with pytest.raises(FieldMissing) as told:
        improving.propose(sheet, "lecons", {"success": ["Du temps"]}, why=WHY, by=world.real)
    assert told.value.field == "mistakes"


def test_a_guest_a_stranger_and_a_draft_propose_nothing(
    world: World, sheet: Sheet, draft: Sheet
) -> None:
    until = timezone.now() + timedelta(days=30)
    guest = make_person("Guy", role="invite", organisation=world.relais, access_until=until)
    with pytest.raises(GuestsRead):
        proposed(sheet, guest)
    with pytest.raises(Missing):
        improving.propose(draft, "besoin", BETTER, why=WHY, by=world.real)
    with pytest.raises(WrongStage):
        improving.propose(draft, "besoin", BETTER, why=WHY, by=world.maude)


def test_the_same_form_sent_twice_is_one_proposal(world: World, sheet: Sheet) -> None:
    form = uuid.uuid4()
    both = [
        improving.propose(sheet, "besoin", BETTER, why=WHY, by=world.real, submission=form)
        for _twice in range(2)
    ]
    assert both[0] == both[1]
    assert Proposal.objects.count() == 1


def test_the_form_of_somebody_else_is_another_proposal(world: World, sheet: Sheet) -> None:
    form = uuid.uuid4()
    for person in (world.real, world.eve):
        improving.propose(sheet, "besoin", BETTER, why=WHY, by=person, submission=form)

    assert Proposal.objects.count() == 2


# ---------------------------------------------------------------------------------- answering


def test_accepting_publishes_at_once_and_thanks_the_person_and_her_organisation(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    version = improving.accept(proposal, by=world.maude)

    sheet.refresh_from_db()
    proposal.refresh_from_db()
    assert sheet.current == version
    assert (version.number, version.cause, version.changed) == (2, "bonification", ["besoin"])
    assert sheet.content["besoin"] == proposal.values
    assert (proposal.answer, proposal.answered_by, proposal.version) == (
        "acceptee", world.maude, version,
    )  # fmt: skip
    credit = sheet.credits.get(proposal=proposal)
    assert (credit.person, credit.organisation, credit.version, credit.role) == (
        world.real, world.phare, version, "bonification",
    )  # fmt: skip
    assert sheet.waiting_count == 0


def test_the_organisation_thanked_is_the_one_she_was_of_when_she_proposed(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    world.real.organisation = world.federation
    world.real.save()

    improving.accept(proposal, by=world.maude)

    assert sheet.credits.get(proposal=proposal).organisation == world.phare


def test_what_is_in_preparation_stays_in_preparation(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    writing.save_section(sheet, "logique", {"if_we": "passe"}, by=world.maude, revision=0)

    improving.accept(proposal, by=world.maude)

    sheet.refresh_from_db()
    assert "logique" not in sheet.content
    assert sheet.working_sections.get().values == {"if_we": "passe"}
    assert sheet.progress == Sheet.Progress.DRAFT


def test_preparing_the_same_text_as_the_one_accepted_is_preparing_nothing(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    writing.save_section(sheet, "besoin", proposal.values, by=world.maude, revision=0)

    improving.accept(proposal, by=world.maude)

    sheet.refresh_from_db()
    assert not sheet.working_sections.exists()
    assert sheet.progress == Sheet.Progress.NONE


def test_only_bearers_and_animators_answer(world: World, sheet: Sheet, proposal: Proposal) -> None:
    for stranger in (world.real, world.eve, world.naima):
        with pytest.raises(NotABearer):
            improving.accept(proposal, by=stranger)
        with pytest.raises(NotABearer):
            improving.refuse(proposal, by=stranger, reply="Non")

    improving.accept(proposal, by=world.odile)


def test_it_is_answered_once(world: World, sheet: Sheet, proposal: Proposal) -> None:
    improving.accept(proposal, by=world.maude)

    with pytest.raises(AlreadyAnswered):
        improving.accept(proposal, by=world.odile)
    with pytest.raises(AlreadyAnswered):
        improving.refuse(proposal, by=world.odile, reply="Non")
    with pytest.raises(AlreadyAnswered):
        improving.take_back(proposal, by=world.real)
    assert sheet.versions.count() == 2
    assert sheet.credits.filter(role="bonification").count() == 1


def test_a_refusal_needs_its_answer(world: World, sheet: Sheet, proposal: Proposal) -> None:
    with pytest.raises(ReasonNeeded):
        improving.refuse(proposal, by=world.maude, reply=" ")

    refused = improving.refuse(proposal, by=world.maude, reply="Ce n’est plus vrai depuis juin.")

    sheet.refresh_from_db()
    assert (refused.answer, sheet.waiting_count, sheet.versions.count()) == ("refusee", 0, 1)
    assert not sheet.credits.filter(role="bonification").exists()


def test_its_author_alone_takes_it_back(world: World, sheet: Sheet, proposal: Proposal) -> None:
    with pytest.raises(NotYourProposal):
        improving.take_back(proposal, by=world.maude)

    improving.take_back(proposal, by=world.real)

    sheet.refresh_from_db()
    proposal.refresh_from_db()
    assert (proposal.answer, sheet.waiting_count) == ("retiree", 0)


def test_accepted_with_changes_both_texts_stay(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    settled = {"context": "Les appels de l’école devenaient une menace le lundi."}

    version = improving.amend(
        proposal, settled, by=world.maude, seen=1, reply="Merci, en plus court."
    )

    proposal.refresh_from_db()
    assert (proposal.answer, proposal.settled) == ("amendee", settled)
    assert proposal.values["context"] == BETTER["context"]
    assert version.content["besoin"] == settled
    assert sheet.credits.get(proposal=proposal).person == world.real


def test_put_together_with_what_changed_since_is_accepted_as_it_was(
    world: World, sheet: Sheet, change: Callable[..., Version]
) -> None:
    hers = proposed(sheet, world.real, "lecons", obstacles=["L’autobus"])
    change(sheet, "lecons", success=["Le lundi"])
    sheet.refresh_from_db()
    both = sheet.content["lecons"] | {"obstacles": ["L’autobus"]}

    improving.amend(hers, both, by=world.maude, seen=2)

    hers.refresh_from_db()
    assert (hers.answer, hers.published_values) == ("acceptee", both)
    assert improving.changes_of(hers) == []


def test_what_was_changed_of_it_is_told_without_what_others_had_changed(
    world: World, sheet: Sheet, change: Callable[..., Version]
) -> None:
    hers = proposed(sheet, world.real, "lecons", obstacles=["L’autobus du matin"])
    change(sheet, "lecons", success=["Le lundi"])
    sheet.refresh_from_db()
    settled = sheet.content["lecons"] | {"obstacles": ["L’autobus"]}

    improving.amend(hers, settled, by=world.maude, seen=2)

    hers.refresh_from_db()
    assert hers.answer == "amendee"
    assert [one.field.name for one in improving.changes_of(hers)] == ["obstacles"]


def test_a_section_that_changed_meanwhile_is_settled_and_never_overwritten(
    world: World, sheet: Sheet, proposal: Proposal, change: Callable[..., Version]
) -> None:
    change(sheet, "besoin", context="Écrit par Maude.")

    with pytest.raises(SectionMoved):
        improving.accept(proposal, by=world.maude)
    with pytest.raises(SectionMoved):
        improving.amend(proposal, BETTER, by=world.maude, seen=1)
    both = {"context": "Écrit par Maude. Surtout le lundi."}
    version = improving.amend(proposal, both, by=world.maude, seen=2)

    assert version.content["besoin"] == both
    texts = [one.content["besoin"]["context"] for one in sheet.versions.order_by("number")]
    assert texts[1] == "Écrit par Maude."


def test_another_section_that_changed_is_no_conflict(
    world: World, sheet: Sheet, proposal: Proposal, change: Callable[..., Version]
) -> None:
    change(sheet, "lecons", mistakes=["Aller trop vite"])

    version = improving.accept(proposal, by=world.maude)

    assert version.content["lecons"]["mistakes"] == ["Aller trop vite"]
    assert version.content["besoin"] == proposal.values


def test_what_was_read_in_an_older_version_is_a_conflict_from_the_start(
    world: World, sheet: Sheet, change: Callable[..., Version]
) -> None:
    change(sheet, "besoin", context="Écrit par Maude.")

    late = improving.propose(sheet, "besoin", BETTER, why=WHY, by=world.real, base=1)

    sheet.refresh_from_db()
    assert improving.is_conflict(late, sheet)
    assert late.before["context"] != "Écrit par Maude."


def test_two_people_who_propose_the_same_text_are_both_thanked_for_one_version(
    world: World, sheet: Sheet
) -> None:
    one, other = proposed(sheet, world.real), proposed(sheet, world.eve)
    version = improving.accept(one, by=world.maude)

    again = improving.amend(other, other.values, by=world.maude, seen=version.number)

    assert again == version
    assert sheet.versions.count() == 2
    people = {one.person for one in sheet.credits.filter(role="bonification")}
    assert people == {world.real, world.eve}


def test_nothing_is_answered_on_a_withdrawn_sheet(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    life.withdraw(sheet, by=world.maude, reason="La famille l’a demandé.")

    with pytest.raises(Withdrawn):
        improving.accept(proposal, by=world.maude)
    assert not Proposal.objects.readable_by(world.real).exists()


# ------------------------------------------------------------------------------------- asides


def test_a_proposal_set_aside_exists_for_animators_only(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    kind = content.get("proposal")
    with pytest.raises(NotAllowed):
        improving.hide_proposal(proposal, by=world.maude, reason="À vérifier")

    assert kind.hide is not None
    kind.hide(proposal, by=world.odile, reason="Nomme un jeune")

    sheet.refresh_from_db()
    assert sheet.waiting_count == 0
    for person in (world.maude, world.real, world.odile):
        assert proposal not in Proposal.objects.readable_by(person)
    assert proposal in Proposal.objects.moderated_by(world.odile)
    with pytest.raises(Missing):
        improving.accept(proposal, by=world.maude)
    assert kind.restore is not None
    kind.restore(proposal, by=world.odile)
    sheet.refresh_from_db()
    assert sheet.waiting_count == 1


# ---------------------------------------------------------------------------- who is told of it


def test_the_bearers_are_told_and_find_it_in_their_notices(
    world: World, sheet: Sheet, proposal: Proposal, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    work()

    told = [one for one in mailoutbox if one.to == [world.maude.email] and WHY in one.body]
    assert len(told) == 1
    assert told[0].body.count(WHY) == 1, "below, the mail says why she receives it"
    assert sheet.title in told[0].subject
    assert [one.title for one in notices(world.maude)] == [sheet.title]
    assert notices(world.real) == []


def test_the_animators_are_told_when_nobody_bears_the_sheet_any_more(
    world: World, sheet: Sheet, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    Bearer.objects.all().delete()
    proposal = proposed(sheet, world.real)
    work()

    assert any(one.to == [world.odile.email] for one in mailoutbox)
    assert [one.url for one in proposals_to_decide(world.odile, 5)] == [proposal.get_absolute_url()]


def test_the_animators_are_told_of_what_the_only_bearer_proposes(
    world: World, sheet: Sheet, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    proposed(sheet, world.maude)
    work()

    told = [one.to for one in mailoutbox if WHY in one.body]
    assert told == [[world.odile.email]]


def test_the_mail_tells_what_changes_before_and_after(
    world: World, sheet: Sheet, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    proposed(sheet, world.real, "lecons", obstacles=["L’autobus <du matin>"], mistakes=["Seule"])
    work()

    [told] = [one for one in mailoutbox if one.to == [world.maude.email] and WHY in one.body]
    assert "Obstacles\nAprès : L’autobus <du matin>" in told.body
    before, after = "Avant : Alterner deux intervenantes", "Après : Seule"
    assert told.body.index(before) < told.body.index(after)
    assert "L’autobus &lt;du matin&gt;" in told.alternatives[0][0]


def test_the_mail_leaves_to_the_page_what_would_be_too_long(
    world: World, sheet: Sheet, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    proposed(sheet, world.real, "lecons", success=[f"Un {n}" for n in range(12)], obstacles=["x"])
    work()

    [told] = [one for one in mailoutbox if one.to == [world.maude.email] and WHY in one.body]
    assert told.body.count("Facteurs de succès\n") == 1
    assert told.body.count("Après : Un ") == 8
    assert "Obstacles" not in told.body
    assert "D’autres lignes changent" in told.body


@pytest.mark.parametrize("amended", [True, False])
def test_the_mail_of_an_answer_without_words_says_whose_it_is_and_what_was_changed(
    world: World,
    sheet: Sheet,
    proposal: Proposal,
    work: Callable[[], None],
    mailoutbox: list[Any],
    amended: bool,
) -> None:
    if amended:
        improving.amend(proposal, {"context": "Le lundi."}, by=world.maude, seen=1)
    else:
        improving.accept(proposal, by=world.maude)
    work()

    [told] = [one for one in mailoutbox if one.to == [world.real.email]]
    assert "Réponse de Maude Tremblay." in told.body
    assert ("Votre texte : " in told.body) is amended
    assert ("Le texte publié : " in told.body) is amended


def test_the_animators_console_holds_what_waits_for_more_than_two_weeks(
    world: World, sheet: Sheet, proposal: Proposal
) -> None:
    assert proposals_to_decide(world.odile, 5) == []

    long_ago = timezone.now() - timedelta(days=15)
    Proposal.objects.update(created_at=long_ago)

    assert [one.since for one in proposals_to_decide(world.odile, 5)] == [long_ago]
    assert proposals_to_decide(world.real, 5) == []


@pytest.mark.parametrize("kept", [True, False], ids=["accepted", "refused"])
def test_its_author_reads_the_answer_in_the_mail(
    world: World,
    sheet: Sheet,
    proposal: Proposal,
    work: Callable[[], None],
    mailoutbox: list[Any],
    kept: bool,
) -> None:
    if kept:
        improving.accept(proposal, by=world.maude, reply="Merci de tout cœur.")
    else:
        improving.refuse(proposal, by=world.maude, reply="Merci de tout cœur.")
    work()

    told = [one for one in mailoutbox if one.to == [world.real.email]]
    assert len(told) == 1
    assert "Merci de tout cœur." in told[0].body
    assert ("Le Phare des Battures" in told[0].body) is kept


def test_who_may_no_longer_read_it_is_told_nothing(
    world: World, sheet: Sheet, proposal: Proposal, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    improving.accept(proposal, by=world.maude)
    life.hide_sheet(sheet, by=world.odile, reason="À vérifier")

    work()

    about = OutgoingMail.objects.filter(name__startswith="proposal_")
    assert set(about.values_list("state", flat=True)) == {"cancelled"}
    assert not [one for one in mailoutbox if sheet.title in one.subject + one.body]
