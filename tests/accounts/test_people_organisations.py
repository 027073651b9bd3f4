"""Organisations: what each shows, to whom, and how the référente fills it in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accounts import fields
from accounts.models import Organisation
from accounts.services.organisations import update_organisation
from core.audience import Level
from core.errors import Invalid, NotAllowed
from core.models import ActionLog, Term
from tests.conftest import World

KINDS = {
    "texte": fields.WORDS,
    "texte_long": fields.LONG,
    "annee": fields.YEAR,
    "nombre": fields.NUMBER,
    "nombre_decimal": fields.DECIMAL,
    "liste_texte": fields.LIST,
    "choix": fields.CHOICE,
    "membre": fields.PERSON,
    "date": fields.DATE,
}


@pytest.fixture
def referente(world: World) -> World:
    """Maude is the référente of her organisation."""
    world.relais.contact = world.maude
    world.relais.save()
    return world


def edit_path(organisation: Organisation, section: str) -> str:
    return f"{organisation.get_absolute_url()}modifier/?section={section}"


def as_sent(page: Any) -> dict[str, Any]:
    """What the browser would send back from the form as it is shown."""
    form = page.context["form"]
    sent = {}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, "", []):
            sent[name] = value
    return sent


def test_the_table_is_that_of_the_membership_facts() -> None:
    """`champs_organisation`, fact by fact: key, type, requirement, visibility."""
    path = next(
        path
        for path in (
            Path(__file__).parents[2] / "home" / "data" / "demo_fr.json",
            *Path(__file__).parents[2].glob("**/demo_fr.json"),
        )
        if path.exists()
    )
    wanted = json.loads(path.read_text())["champs_organisation"]
    assert [f["cle"] for f in wanted] == [field.key for field in fields.ORGANISATION]
    for fact, field in zip(wanted, fields.ORGANISATION, strict=True):
        kind, _, scheme = fact["type"].partition(":")
        if scheme:
            assert field.scheme == scheme
            assert field.kind in (fields.TERM, fields.TERMS)
        else:
            assert field.kind == KINDS[kind], field.key
        assert field.required == fact["obligatoire"], field.key
        assert field.default == fact["visibilite"], field.key


def test_the_referente_fills_in_one_section_and_the_others_stay(as_: Any, referente: World) -> None:
    browser = as_(referente.maude)
    relais = referente.relais
    page = browser.get(edit_path(relais, "territoire"))
    data = as_sent(page) | {
        "municipality": "Anse-aux-Herbes",
        "territory": "Trois municipalités",
        "school_boards": "CSS du Littoral\nCSS des Monts",
        "visible_territory": "organisme",
    }
    answer = browser.post(edit_path(relais, "territoire"), data)
    assert answer["Location"].endswith("?section=jeunes")
    relais.refresh_from_db()
    assert relais.school_boards == ["CSS du Littoral", "CSS des Monts"]
    assert (relais.name, relais.region) == ("Racines et Relais", "01")
    assert relais.visibility["territory"] == "organisme"
    assert ActionLog.objects.filter(verb="organisation.updated", actor=referente.maude).exists()
    assert relais.history.count() >= 2


def test_every_section_saves(as_: Any, referente: World) -> None:
    browser = as_(referente.maude)
    relais = referente.relais
    changes = {
        "identite": {"mission": "Accompagner.", "neq": "1143920118", "founded_in": "1998"},
        "territoire": {"setting": "rural"},
        "jeunes": {"youth_per_year": "96", "languages": "français, anglais"},
        "moyens": {"staff_fte": "5,5", "budget_band": fields.BUDGET_BANDS[0]},
        "echanges": {"offers": "Un local."},
        "contact": {"privacy_officer": "Maude", "member_since": "2005-03-14"},
    }
    for section, values in changes.items():
        page = browser.get(edit_path(relais, section))
        answer = browser.post(edit_path(relais, section), as_sent(page) | values)
        assert answer.status_code == 302, (section, answer.context["form"].errors)
    relais.refresh_from_db()
    assert float(relais.staff_fte) == 5.5
    assert relais.languages == ["français", "anglais"]
    page = browser.get(relais.get_absolute_url()).content.decode()
    for words in ("Accompagner.", "5,5", "14 mars 2005", "français", "Un local."):
        assert words in page, words


def test_nothing_typed_is_lost_when_a_number_is_wrong(as_: Any, referente: World) -> None:
    path = edit_path(referente.relais, "identite")
    browser = as_(referente.maude)
    data = as_sent(browser.get(path)) | {"neq": "12", "mission": "Ma longue mission."}
    page = browser.post(path, data)
    assert page.status_code == 400
    assert "Ma longue mission." in page.content.decode()
    assert "commence par 11" in page.content.decode() or "begins with 11" in page.content.decode()
    referente.relais.refresh_from_db()
    assert referente.relais.mission == ""


def test_a_number_that_another_organisation_has_is_said_so(as_: Any, referente: World) -> None:
    Organisation.objects.filter(pk=referente.phare.pk).update(neq="1143920118")
    path = edit_path(referente.relais, "identite")
    browser = as_(referente.maude)
    page = browser.post(path, as_sent(browser.get(path)) | {"neq": "1143920118"})
    assert page.status_code == 400


def test_only_the_referente_and_the_animators_write(as_: Any, referente: World) -> None:
    path = edit_path(referente.relais, "identite")
    for name, status in {"maude": 200, "odile": 200, "naima": 403, "real": 403}.items():
        assert as_(getattr(referente, name)).get(path).status_code == status, name
    with pytest.raises(NotAllowed):
        update_organisation(referente.relais, by=referente.naima, values={"mission": "Ha."})


def test_what_is_the_federations_is_not_written_by_the_referente(referente: World) -> None:
    for name in ("category", "contact", "twin", "level", "state", "visibility", "id"):
        with pytest.raises(TypeError):
            update_organisation(referente.relais, by=referente.maude, values={name: 1})
    with pytest.raises(Invalid):
        update_organisation(
            referente.relais, by=referente.maude, values={}, visibility={"neq": "inconnu"}
        )


@pytest.mark.parametrize(
    ("level", "readers"),
    [
        ("public", {"maude", "naima", "real", "odile"}),
        ("communaute", {"maude", "naima", "real", "odile"}),
        ("organisme", {"maude", "naima", "odile"}),
        ("animation", {"maude", "odile"}),
    ],
)
def test_each_fact_reaches_those_chosen(
    as_: Any, referente: World, level: str, readers: set[str]
) -> None:
    """Those who fill the page in, the référente and the animators, see all of it."""
    update_organisation(
        referente.relais,
        by=referente.maude,
        values={"offers": "OFFRE-CANARI"},
        visibility={"offers": level},
    )
    for name in ("maude", "naima", "real", "odile"):
        page = as_(getattr(referente, name)).get(referente.relais.get_absolute_url())
        assert ("OFFRE-CANARI" in page.content.decode()) is (name in readers), name


def test_the_number_of_the_enterprise_is_for_the_animators_by_default(
    as_: Any, referente: World
) -> None:
    Organisation.objects.filter(pk=referente.relais.pk).update(neq="1143920118")
    path = referente.relais.get_absolute_url()
    assert "1143920118" not in as_(referente.real).get(path).content.decode()
    assert "1143920118" in as_(referente.odile).get(path).content.decode()


def test_the_directory_filters_without_telling_what_is_hidden(as_: Any, referente: World) -> None:
    Term.objects.create(scheme="groupes_age", code="12-14", label="12 à 14 ans")
    Term.objects.create(scheme="groupes_age", code="9-11", label="9 à 11 ans")
    Term.objects.create(scheme="types_intervention", code="mentorat", label="Mentorat élève")
    update_organisation(
        referente.relais,
        by=referente.maude,
        values={"age_groups": ["12-14"], "interventions": ["mentorat"], "municipality": "Éphrem"},
        visibility={"interventions": "organisme"},
    )

    def finds(name: str, query: str) -> bool:
        page = as_(getattr(referente, name)).get(f"/organismes/?{query}")
        return "Racines et Relais" in page.content.decode()

    for query in ("region=01", "milieu=rural", "age=12-14", "q=racines+EPHREM"):
        assert finds("real", query), query
    for query in ("region=11", "milieu=urbain", "age=9-11", "q=zzz"):
        assert not finds("real", query), query
    for query in ("intervention=mentorat", "q=eleve"):
        assert finds("naima", query), query
        assert not finds("real", query), query
    update_organisation(
        referente.relais,
        by=referente.maude,
        values={"municipality": "Éphrem"},
        visibility={"municipality": "animation"},
    )
    assert not finds("real", "q=ephrem")


def test_the_address_is_put_right_and_the_invisible_is_missing(as_: Any, world: World) -> None:
    browser = as_(world.real)
    right = world.relais.get_absolute_url()
    assert browser.get(f"/organismes/{world.relais.pk}/")["Location"] == right
    Organisation.objects.filter(pk=world.relais.pk).update(state="hidden")
    for path in (right, f"/organismes/{world.relais.pk}/", "/organismes/9999/"):
        assert browser.get(path).status_code == 404
    assert "Racines" not in browser.get("/organismes/").content.decode()


def test_completeness_counts_the_facts_and_names_the_next(referente: World) -> None:
    found = fields.completeness(referente.relais)
    assert 0 < found.percent < 100
    assert found.next is not None
    assert found.next.required


def test_a_level_that_no_longer_exists_counts_as_the_default(world: World) -> None:
    world.relais.visibility = {"offers": "sous-communaute"}
    offers = next(field for field in fields.ORGANISATION if field.name == "offers")
    assert fields.level_of(world.relais, offers) == Level.COMMUNITY
