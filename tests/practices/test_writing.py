"""Writing a sheet: who may, section by section, and what a version keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import ActionLog, OutboxEvent, Term
from practices.content import clean, completeness
from practices.errors import (
    FieldMissing,
    FieldTooLong,
    GuestsRead,
    NotABearer,
    NothingNew,
    NotYourOrganisation,
    SectionChanged,
    SectionParted,
    TooMany,
    UnknownChoice,
    WrongStage,
)
from practices.models import Sheet, Version
from practices.sections import BY_NAME, SECTIONS, Kind
from practices.services import improving, life, writing
from practices.services.common import Missing, working_content
from tests.conftest import World, make_person
from tests.practices.conftest import make_published, make_sheet, make_terms, whole

pytestmark = pytest.mark.django_db


def test_maude_begins_a_sheet_of_her_organisation_and_bears_it(world: World) -> None:
    sheet = writing.begin_sheet(by=world.maude, bearer=world.relais, title="Le lien")

    assert sheet.state == "draft"
    assert list(sheet.bearers.values_list("user", flat=True)) == [world.maude.pk]
    assert ActionLog.objects.filter(verb="sheet.begun", object_id=sheet.pk).exists()


def test_nobody_begins_a_sheet_for_another_organisation_but_an_animator(world: World) -> None:
    with pytest.raises(NotYourOrganisation):
        writing.begin_sheet(by=world.maude, bearer=world.phare)

    sheet = writing.begin_sheet(by=world.odile, bearer=world.phare, title="Notée pour eux")
    assert sheet.bearer == world.phare
    assert not sheet.bearers.exists()


def test_a_guest_does_not_write(world: World) -> None:
    until = timezone.now() + timedelta(days=30)
    guest = make_person("Guy", role="invite", organisation=world.relais, access_until=until)

    with pytest.raises(GuestsRead):
        writing.begin_sheet(by=guest, bearer=world.relais)


def test_a_draft_is_seen_by_those_who_make_it_only(world: World, draft: Sheet) -> None:
    assert draft in Sheet.objects.seen_by(world.maude)
    for other in (world.real, world.odile, world.naima):
        assert draft not in Sheet.objects.seen_by(other)
        with pytest.raises(Missing):
            writing.save_section(draft, "besoin", {"context": "Moi"}, by=other, revision=1)


def test_who_leaves_the_organisation_no_longer_bears_its_sheets(world: World, sheet: Sheet) -> None:
    world.maude.organisation = world.phare
    world.maude.save()

    with pytest.raises(NotABearer):
        writing.save_section(sheet, "besoin", {"context": "Encore"}, by=world.maude, revision=0)


def test_two_people_on_one_section_lose_nothing(world: World, draft: Sheet) -> None:
    mine = writing.save_section(draft, "logique", {"if_we": "Un"}, by=world.maude, revision=0)
    assert mine.revision == 1

    with pytest.raises(SectionChanged) as refusal:
        writing.save_section(draft, "logique", {"if_we": "Deux"}, by=world.maude, revision=0)

    assert refusal.value.theirs == {"if_we": "Un"}
    assert refusal.value.revision == 1
    assert working_content(draft)["logique"] == {"if_we": "Un"}


def test_saving_what_is_there_changes_nothing(world: World, draft: Sheet) -> None:
    before = OutboxEvent.objects.count()

    row = writing.save_section(draft, "besoin", whole()["besoin"], by=world.maude, revision=0)

    assert row.revision == 1
    assert OutboxEvent.objects.count() == before


def test_the_heading_of_a_family_is_chosen_by_nobody() -> None:
    make_terms()
    family = Term.objects.create(scheme="facteurs_risque", code="scolaires", label="De l’école")
    Term.objects.filter(code="fs-relation").update(parent=family)
    aims = BY_NAME["visees"]

    with pytest.raises(UnknownChoice):
        clean(aims, {"determinants": ["scolaires"]})
    assert clean(aims, {"determinants": ["fs-relation"]}) == {"determinants": ["fs-relation"]}


def test_the_published_version_stays_while_another_is_prepared(world: World, sheet: Sheet) -> None:
    before = sheet.content["besoin"]["context"]

    writing.save_section(sheet, "besoin", {"context": "Autrement"}, by=world.maude, revision=0)

    sheet.refresh_from_db()
    assert sheet.content["besoin"]["context"] == before
    assert sheet.progress == Sheet.Progress.DRAFT
    version = writing.publish_changes(sheet, by=world.maude, note="Plus clair")
    sheet.refresh_from_db()
    assert (version.number, version.changed) == (2, ["besoin"])
    assert sheet.content["besoin"]["context"] == "Autrement"
    assert not sheet.working_sections.exists()


def test_publishing_without_a_change_is_refused(world: World, sheet: Sheet) -> None:
    with pytest.raises(NothingNew):
        writing.publish_changes(sheet, by=world.maude)


def test_the_first_publication_is_an_animators(world: World, draft: Sheet) -> None:
    with pytest.raises(WrongStage):
        writing.publish_changes(draft, by=world.maude)


def test_an_incomplete_sheet_is_not_submitted_and_says_what_is_missing(world: World) -> None:
    make_terms()
    sheet = writing.begin_sheet(by=world.maude, bearer=world.relais, title="Le lien")

    with pytest.raises(FieldMissing) as refusal:
        life.submit(sheet, by=world.maude)

    assert refusal.value.field == "summary"
    assert completeness(working_content(sheet)).next == BY_NAME["identite"]


def test_restoring_makes_a_new_version_and_keeps_the_others(
    world: World, sheet: Sheet, change: Callable[..., Version]
) -> None:
    change(sheet, "besoin", context="Deuxième")
    first = sheet.versions.get(number=1)

    restored = writing.restore_version(first, by=world.maude)

    assert restored.number == 3
    assert restored.content == first.content
    assert restored.restored_from == first
    assert sheet.versions.get(number=2).content["besoin"]["context"] == "Deuxième"


def test_the_words_of_the_lists_follow_the_published_content(
    world: World, sheet: Sheet, change: Callable[..., Version]
) -> None:
    change(sheet, "visees", determinants=["fi-anxiete"])

    codes = set(sheet.terms.filter(scheme="facteurs_risque").values_list("code", flat=True))
    assert codes == {"fi-anxiete"}


@pytest.mark.parametrize(
    ("section", "values", "refusal"),
    [
        ("identite", {"title": "x" * 161}, FieldTooLong),
        ("identite", {"running": "jamais"}, UnknownChoice),
        ("visees", {"determinants": ["inconnu"]}, UnknownChoice),
        ("lecons", {"mistakes": "\n".join(str(n) for n in range(21))}, TooMany),
        ("public", {"yearly": "beaucoup"}, UnknownChoice),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    world: World, section: str, values: dict[str, Any], refusal: type[Exception]
) -> None:
    make_terms()
    with pytest.raises(refusal) as told:
        clean(BY_NAME[section], values)

    assert told.value.field == next(iter(values))  # type: ignore[attr-defined]


def test_the_meter_counts_the_fields_and_names_what_would_help_most(world: World) -> None:
    assert completeness({}).next == SECTIONS[0]
    filled = completeness(whole())
    assert filled.missing == []
    assert filled.next == BY_NAME["logique"]
    assert 0 < filled.percent < 100


LINES = st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=LINES, line=st.text(st.characters(codec="utf-8"), max_size=100))
def test_cleaning_twice_is_cleaning_once(lines: list[str], line: str) -> None:
    for section in SECTIONS:
        values = {
            field.name: {Kind.LINES: lines, Kind.STEPS: [{"title": one} for one in lines]}.get(
                field.kind, line if field.kind in (Kind.LINE, Kind.TEXT) else None
            )
            for field in section.fields
        }
        try:
            once = clean(section, values)
        except (FieldTooLong, TooMany):
            continue
        assert clean(section, once) == once


def test_another_organisations_sheet_is_seen_once_published(world: World) -> None:
    sheet = make_sheet(world.maude)
    assert not Sheet.objects.readable_by(world.real).filter(pk=sheet.pk).exists()
    published = make_published(world)
    assert published in Sheet.objects.readable_by(world.real)


def test_an_improvement_published_meanwhile_is_not_undone_unseen(
    world: World, sheet: Sheet, change: Callable[..., Version]
) -> None:
    row = writing.save_section(
        sheet, "besoin", {"context": "En préparation"}, by=world.maude, revision=0
    )
    proposal = improving.propose(
        sheet, "besoin", {"context": "Bonifié par Réal"}, why="Vécu ici", by=world.real, base=1
    )
    improving.accept(proposal, by=world.odile)

    with pytest.raises(SectionParted):
        writing.publish_changes(sheet, by=world.maude)
    with pytest.raises(SectionParted):
        life.submit(sheet, by=world.maude)

    # Shown both, she chose.
    writing.save_section(
        sheet,
        "besoin",
        {"context": "Les deux ensemble"},
        by=world.maude,
        revision=row.revision,
        seen=2,
    )
    version = writing.publish_changes(sheet, by=world.maude)
    assert version.content["besoin"]["context"] == "Les deux ensemble"
