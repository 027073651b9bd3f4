"""Sheets to hand: what each says, and sheets in each stage of their life."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Organisation, User
from practices.models import Sheet, Version
from practices.services import life, writing
from tests.conftest import World, add_terms

TERMS = {
    "ordres_enseignement": ("primaire-c1", "secondaire-c1", "secondaire-c2"),
    "groupes_age": ("9-11", "12-14"),
    "publics": ("a-risque", "parents"),
    "facteurs_risque": ("fi-motivation", "fi-anxiete", "fs-relation"),
    "types_intervention": ("mediation", "tutorat"),
    "niveaux_prevention": ("ciblee", "indiquee"),
    "regions": ("01", "11", "16"),
    "milieux": ("urbain", "semi-urbain", "rural"),
    "niveaux_preuve": ("0", "1", "2", "3", "4", "5", "NE"),
}
CONTENT: dict[str, dict[str, Any]] = {
    "identite": {
        "title": "Reprendre le lien par le quotidien",
        "summary": "Une même personne passe chaque semaine, le même jour.",
        "running": "en-cours",
    },
    "besoin": {"context": "Les appels de l’école devenaient une menace."},
    "public": {"levels": ["secondaire-c1"], "ages": ["12-14"], "publics": ["a-risque"]},
    "visees": {
        "determinants": ["fi-motivation", "fs-relation"],
        "types": ["mediation"],
        "regions": ["01"],
        "settings": ["rural"],
    },
    "composantes": {"essential": ["Une seule personne-pivot"], "adaptable": ["Le lieu"]},
    "deroulement": {"steps": [{"title": "Choisir", "text": "Une personne connue de la famille."}]},
    "cout": {"band": "moins-100"},
    "lecons": {"mistakes": ["Alterner deux intervenantes"]},
    "ethique": {"nobody": True},
}


# What an adaptation has to say of its own before it is submitted.
OWN: dict[str, dict[str, Any]] = {
    "besoin": {"context": "Chez nous, personne ne répondait."},
    "ethique": {"nobody": True},
}


def make_terms() -> None:
    add_terms(TERMS)


def whole(**changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A whole content; `changes` replace fields of a section: `whole(besoin={"context": "…"})`."""
    content = copy.deepcopy(CONTENT)
    for name, values in changes.items():
        content[name] = content.get(name, {}) | values
    return content


def make_sheet(by: User, bearer: Organisation | None = None, **changes: dict[str, Any]) -> Sheet:
    """A draft with everything it needs, written by `by`."""
    make_terms()
    organisation = bearer or by.organisation
    assert organisation is not None
    sheet = writing.begin_sheet(by=by, bearer=organisation)
    for name, values in whole(**changes).items():
        writing.save_section(sheet, name, values, by=by, revision=0)
    sheet.refresh_from_db()
    return sheet


def publish_sheet(sheet: Sheet, odile: User, *, public: bool = False) -> Sheet:
    """Submitted by who began it, published by Odile; with the consent of the organisation and in
    the showcase when it is `public`."""
    assert sheet.owner is not None
    life.submit(sheet, by=sheet.owner)
    life.publish(sheet, by=odile)
    if public:
        life.give_consent(sheet, by=odile, words="La directrice, par courriel")
        life.open_to_public(sheet, by=odile)
    sheet.refresh_from_db()
    return sheet


def make_published(world: World, *, public: bool = False, **changes: dict[str, Any]) -> Sheet:
    """A sheet of Racines et Relais, borne by Maude, published by Odile."""
    return publish_sheet(make_sheet(world.maude, **changes), world.odile, public=public)


def say_own(adaptation: Sheet, by: User) -> None:
    """What nobody else can say in an adaptation, so that the draft is whole."""
    for name, values in OWN.items():
        writing.save_section(adaptation, name, values, by=by, revision=0)


@pytest.fixture
def draft(world: World) -> Sheet:
    return make_sheet(world.maude)


@pytest.fixture
def sheet(world: World) -> Sheet:
    return make_published(world)


@pytest.fixture
def public_sheet(world: World) -> Sheet:
    return make_published(world, public=True)


@pytest.fixture
def change(world: World) -> Callable[..., Version]:
    """Publish a change of one section of a sheet: `change(sheet, "besoin", context="…")`."""

    def make(sheet: Sheet, name: str, *, by: User | None = None, **values: Any) -> Version:
        by = by or world.maude
        row = sheet.working_sections.filter(name=name).first()
        sheet.refresh_from_db()
        given = sheet.content.get(name, {}) | values
        writing.save_section(sheet, name, given, by=by, revision=row.revision if row else 0)
        return writing.publish_changes(sheet, by=by)

    return make
