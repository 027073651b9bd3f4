"""Sheets in the making: a draft, one that the animators are to review, one to be corrected."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from practices.models import Sheet
from practices.services import life, writing

ANIMATOR = "mem-01"
DRAFT: dict[str, dict[str, Any]] = {
    "identite": {
        "title": "La marche du mardi",
        "summary": "Marcher une heure avec un jeune qui ne vient plus, sans parler d’école.",
        "running": "en-cours",
    },
    "besoin": {
        "context": "Certains jeunes refusent le bureau, mais acceptent de marcher avec une "
        "personne qu’ils connaissent.",
    },
    "logique": {
        "if_we": "on marche côte à côte, chaque semaine, à la même heure,",
        "then": "la parole revient d’elle-même,",
        "because": "personne ne regarde personne dans les yeux.",
    },
}
SUBMITTED: dict[str, dict[str, Any]] = {
    "identite": {
        "title": "Le déjeuner des parents",
        "summary": "Un déjeuner par mois, à l’école, où les parents arrivent sans rendez-vous.",
        "running": "en-cours",
    },
    "besoin": {"context": "Les parents ne venaient à l’école que lorsqu’on les convoquait."},
    "public": {"levels": ["primaire-c2"], "publics": ["parents"]},
    "visees": {"determinants": ["ff-valorisation"]},
    "deroulement": {
        "steps": [
            {"title": "Inviter", "text": "Un mot manuscrit, remis en main propre."},
            {"title": "Recevoir", "text": "Du café, des enfants bienvenus, aucun ordre du jour."},
        ]
    },
    "lecons": {"mistakes": ["En profiter pour parler des notes"]},
    "ethique": {"nobody": True},
}


def add_sheets_in_the_making(people: dict[str, User]) -> list[Sheet]:
    """A draft of Tristan's; a sheet of Delphine's that awaits its review; one of Nadia's that is
    to be corrected."""
    draft = _begun(people["mem-05"], DRAFT)
    submitted = _begun(people["mem-06"], SUBMITTED)
    life.submit(submitted, by=people["mem-06"], words="Première version, dites-nous.")
    identity = SUBMITTED["identite"] | {"title": "Le carnet qui voyage"}
    corrected = _begun(people["mem-08"], SUBMITTED | {"identite": identity})
    life.submit(corrected, by=people["mem-08"])
    life.ask_corrections(
        corrected,
        by=people[ANIMATOR],
        words="Le titre parle d’un carnet, les étapes d’un déjeuner. Lequel des deux?",
    )
    return [draft, submitted, corrected]


def _begun(by: User, content: dict[str, dict[str, Any]]) -> Sheet:
    if by.organisation is None:
        raise ValueError("a sheet is borne by an organisation")
    sheet = writing.begin_sheet(by=by, bearer=by.organisation)
    for name, values in content.items():
        writing.save_section(sheet, name, values, by=by, revision=0)
    return sheet
