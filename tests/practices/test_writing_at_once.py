"""Two people, or ten, on one section at once: one is kept, the others meet both texts."""

from __future__ import annotations

import uuid

import pytest

from practices.errors import SectionChanged, WrongStage
from practices.models import Presence, Sheet, Version
from practices.services import life, presence, writing
from tests.accounts.test_joining_at_once import at_once
from tests.conftest import World
from tests.practices.conftest import make_published, make_sheet, make_terms

pytestmark = pytest.mark.django_db(transaction=True)


def test_ten_who_save_one_section_at_once_lose_nothing(world: World) -> None:
    sheet = make_sheet(world.maude)
    texts = iter([f"Texte {n}" for n in range(10)])

    def save() -> str:
        text = next(texts)
        writing.save_section(sheet, "besoin", {"context": text}, by=world.maude, revision=1)
        return text

    answers = at_once(save, 10)

    kept = [one for one in answers if isinstance(one, str)]
    met = [one for one in answers if isinstance(one, SectionChanged)]
    row = sheet.working_sections.get(name="besoin")
    assert len(kept) == 1
    assert len(met) == 9
    assert (row.values["context"], row.revision) == (kept[0], 2)
    assert {(one.theirs["context"], one.revision) for one in met} == {(kept[0], 2)}


def test_ten_who_begin_one_section_at_once_make_one(world: World) -> None:
    sheet = make_published(world)
    texts = iter([f"Texte {n}" for n in range(10)])

    def save() -> str:
        text = next(texts)
        writing.save_section(sheet, "logique", {"if_we": text}, by=world.maude, revision=0)
        return text

    answers = at_once(save, 10)

    assert len([one for one in answers if isinstance(one, str)]) == 1
    assert sheet.working_sections.filter(name="logique").count() == 1
    assert {type(one) for one in answers} == {str, SectionChanged}


def test_ten_presses_begin_one_sheet(world: World) -> None:
    make_terms()
    form = uuid.uuid4()

    def begin() -> int:
        return writing.begin_sheet(
            by=world.maude, bearer=world.relais, title="Le lien", submission=form
        ).pk

    assert len(set(at_once(begin, 10))) == 1
    assert Sheet.objects.count() == 1


def test_two_animators_who_publish_at_once_make_one_version(world: World) -> None:
    sheet = make_sheet(world.maude)
    life.submit(sheet, by=world.maude)

    answers = at_once(lambda: life.publish(sheet, by=world.odile), 6)

    assert len([one for one in answers if isinstance(one, Version)]) == 1
    assert len([one for one in answers if isinstance(one, WrongStage)]) == 5
    assert sheet.versions.count() == 1


def test_ten_heartbeats_at_once_are_one_presence(world: World) -> None:
    sheet = make_sheet(world.maude)

    answers = at_once(lambda: presence.be_present(sheet, "besoin", by=world.maude), 10)

    assert answers == [None] * 10
    assert Presence.objects.count() == 1
