"""Adaptations: what is copied and what is not, whom they thank, the tree, the kept counter."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from practices.errors import (
    AdaptingRefused,
    AgreementMissing,
    FieldTooLong,
    GuestsRead,
    NotYourOrganisation,
    WrongStage,
)
from practices.models import Credit, Sheet
from practices.services import adapting, life
from practices.services.common import Missing, working_content
from practices.tree import Node, family
from tests.conftest import World, make_person
from tests.forums.test_budgets import counted
from tests.practices.conftest import make_published, say_own

pytestmark = pytest.mark.django_db


def adapted(origin: Sheet, world: World, title: str = "Chez nous") -> Sheet:
    """Réal's adaptation for Le Phare, published by Odile."""
    draft = adapting.adapt(origin, by=world.real, title=title, instead=["Deux personnes-pivots"])
    say_own(draft, world.real)
    life.submit(draft, by=world.real)
    life.publish(draft, by=world.odile)
    draft.refresh_from_db()
    return draft


def test_an_adaptation_is_a_draft_of_ones_own_organisation(world: World, sheet: Sheet) -> None:
    draft = adapting.adapt(
        sheet, by=world.real, title="Le lien en ville", instead=["Deux personnes-pivots"]
    )

    assert (draft.bearer, draft.state, draft.derived_from) == (world.phare, "draft", sheet)
    assert draft.differs == [
        {"component": "Une seule personne-pivot", "instead": "Deux personnes-pivots"}
    ]
    content = working_content(draft)
    assert content["identite"]["title"] == "Le lien en ville"
    assert content["deroulement"] == sheet.content["deroulement"]
    assert content["composantes"]["essential"] == ["Deux personnes-pivots"]
    assert draft.credits.get(role=Credit.Role.ORIGIN).organisation == world.relais
    assert not Sheet.objects.seen_by(world.maude).filter(pk=draft.pk).exists()


def test_what_only_the_others_can_say_is_not_copied(world: World) -> None:
    origin = make_published(
        world,
        identite={"contact": "Maude, 418 555-0100", "since": "2019"},
        resultats={"observed": ["71 sur 92"]},
        public={"yearly": "92"},
        besoin={"context": "Trois écoles, 90 séjours.", "objectives": ["Reprendre le lien"]},
        deroulement={"staff": "Deux intervenantes", "partners": ["Trois écoles"]},
        cout={"detail": "78 000 $ par année"},
    )

    content = working_content(adapting.adapt(origin, by=world.real))

    assert "resultats" not in content
    assert "ethique" not in content
    assert content["identite"] == {
        name: origin.content["identite"][name] for name in ("title", "summary")
    }
    assert "yearly" not in content["public"]
    assert content["besoin"] == {"objectives": ["Reprendre le lien"]}
    assert content["deroulement"] == {"steps": origin.content["deroulement"]["steps"]}
    assert content["cout"] == {"band": "moins-100"}
    # Its own region and setting, and no longer those of the others.
    assert (content["visees"]["regions"], content["visees"]["settings"]) == (["11"], ["urbain"])


def test_the_same_form_sent_twice_is_one_draft(world: World, sheet: Sheet) -> None:
    form = uuid.uuid4()
    both = {adapting.adapt(sheet, by=world.real, submission=form).pk for _twice in range(2)}

    assert len(both) == 1
    assert Credit.objects.filter(role=Credit.Role.ORIGIN).count() == 1


def test_a_practice_that_is_not_to_be_adapted_is_not(world: World) -> None:
    origin = make_published(world, perennite={"adapting": "non"})

    with pytest.raises(AdaptingRefused):
        adapting.adapt(origin, by=world.real)
    # Its own organisation needs nobody's permission.
    assert adapting.adapt(origin, by=world.naima).bearer == world.relais


def test_an_organisation_that_asks_to_be_asked_is_asked(world: World) -> None:
    origin = make_published(world, perennite={"adapting": "demande"})

    with pytest.raises(AgreementMissing):
        adapting.adapt(origin, by=world.real)
    assert adapting.adapt(origin, by=world.real, agreed=True).derived_from == origin


def test_who_adapts_is_a_member_who_reads_and_has_an_organisation(
    world: World, sheet: Sheet, draft: Sheet
) -> None:
    until = timezone.now() + timedelta(days=30)
    guest = make_person("Guy", role="invite", organisation=world.phare, access_until=until)
    alone = make_person("Lou")

    with pytest.raises(GuestsRead):
        adapting.adapt(sheet, by=guest)
    with pytest.raises(NotYourOrganisation):
        adapting.adapt(sheet, by=alone)
    with pytest.raises(Missing):
        adapting.adapt(draft, by=world.real)
    with pytest.raises(WrongStage):
        adapting.adapt(draft, by=world.maude)
    with pytest.raises(FieldTooLong):
        adapting.adapt(sheet, by=world.real, instead=["x" * 301])


def test_what_differs_is_said_again_by_those_who_bear_it(world: World, sheet: Sheet) -> None:
    draft = adapting.adapt(sheet, by=world.real)

    adapting.set_differs(draft, ["Une équipe de deux"], by=world.real)

    draft.refresh_from_db()
    assert draft.differs == [
        {"component": "Une seule personne-pivot", "instead": "Une équipe de deux"}
    ]
    with pytest.raises(WrongStage):
        adapting.set_differs(sheet, ["x"], by=world.maude)


def test_only_published_adaptations_are_counted_whatever_becomes_of_them(
    world: World, sheet: Sheet, work: Callable[[], None]
) -> None:
    def kept() -> int:
        work()
        sheet.refresh_from_db()
        again = Sheet.objects.published().filter(derived_from=sheet).count()
        assert sheet.adaptation_count == again
        return again

    adapting.adapt(sheet, by=world.real, title="Un brouillon")
    assert kept() == 0
    one, other = adapted(sheet, world, "Une"), adapted(sheet, world, "Deux")
    assert kept() == 2
    life.hide_sheet(one, by=world.odile, reason="À vérifier")
    assert kept() == 1
    life.restore_sheet(one, by=world.odile)
    assert kept() == 2
    life.withdraw(other, by=world.real, reason="Refaite autrement")
    assert kept() == 1


# ------------------------------------------------------------------------------------- the tree


def outline(nodes: list[Node]) -> str:
    """The nested list as it is drawn: titles, brackets where a list opens and closes."""
    said = ""
    for node in nodes:
        said += node.sheet.title + ("(" if node.opens else " " + ")" * len(node.closes))
    return said.replace(" )", ")")


@pytest.fixture
def tree(world: World, sheet: Sheet) -> dict[str, Sheet]:
    """R, with A and B below it; C below A; D below C."""
    Sheet.objects.filter(pk=sheet.pk).update(title="R")
    a = adapted(sheet, world, "A")
    c = adapted(a, world, "C")
    return {
        "R": Sheet.objects.get(pk=sheet.pk),
        "A": a,
        "B": adapted(sheet, world, "B"),
        "C": c,
        "D": adapted(c, world, "D"),
    }


def test_the_whole_family_is_seen_from_any_of_its_sheets(
    world: World, tree: dict[str, Sheet]
) -> None:
    for sheet in tree.values():
        assert outline(family(sheet, world.eve)) == "R(A(C(D))B)"


def test_a_sheet_that_is_not_read_breaks_nothing_and_does_not_show(
    world: World, tree: dict[str, Sheet]
) -> None:
    life.hide_sheet(tree["A"], by=world.odile, reason="À vérifier")
    assert outline(family(tree["D"], world.eve)) == "R(C(D)B)"

    life.hide_sheet(tree["R"], by=world.odile, reason="À vérifier")
    assert outline(family(tree["D"], world.eve)) == "C(D)B "


def test_a_draft_sees_its_own_family_and_is_seen_by_nobody_else(
    world: World, tree: dict[str, Sheet]
) -> None:
    mine = adapting.adapt(tree["B"], by=world.maude, title="E")

    assert outline(family(mine, world.maude)) == "R(A(C(D))B(E))"
    assert outline(family(tree["B"], world.eve)) == "R(A(C(D))B)"


def test_a_deep_family_costs_two_queries_and_no_recursion(world: World, sheet: Sheet) -> None:
    last = sheet
    for number in range(300):
        row = Sheet.objects.get(pk=sheet.pk)
        row.pk, row.derived_from, row.title = None, last, f"{number}"
        row._state.adding = True
        row.save()
        last = row
    with counted() as queries:
        nodes = family(last, world.eve)
    assert len(nodes) == 301
    assert len(nodes[-1].closes) == 300
    assert len(queries) == 2


def test_the_practice_it_was_adapted_from_is_named_before_its_sections(
    world: World, sheet: Sheet, as_: Callable[[User | None], Client]
) -> None:
    page = as_(world.eve).get(adapted(sheet, world).get_absolute_url()).content.decode()
    link = f'<a class="attach" href="{sheet.get_absolute_url()}">'
    assert page.index("<h1") < page.index(link) < page.index('<section id="besoin"')
