"""What every installation begins with: words, spaces, charters, the federation.

All of it comes from `home/data/demo_fr.json`, whose taxonomies, spaces and code of conduct are
the federation's own. Everything here may be run again at any time: it adds what is missing and
never changes what people edited since.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Organisation, User
from community.models import Charter, SubCommunity
from community.services import publish_charter
from core.audience import Level
from core.models import Term
from forums.models import Thread
from forums.services import create_thread, pin

SOURCE = Path(__file__).parent / "data" / "demo_fr.json"

Policy = SubCommunity.JoinPolicy
Confidentiality = SubCommunity.Confidentiality
CONFIDENTIALITY = {
    "courante": Confidentiality.ORDINARY,
    "renforcée": Confidentiality.REINFORCED,
    "élevée": Confidentiality.HIGH,
}
# The file's pictograms, as our sprite names them.
ICONS = {"cafe": "anchor", "batiment": "building", "mains": "hand", "conversation": "chat"}
# Field work before administration, as the members' week goes.
ORDER = ("place-commune", "intervention", "direction-administration", "suivis-psychosociaux")


@cache
def source() -> dict[str, Any]:
    """The whole file, read once a process."""
    data: dict[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return data


@transaction.atomic
def found() -> None:
    """Add whatever is missing."""
    add_terms()
    add_spaces()
    add_charters()
    federation()


def add_terms() -> None:
    """The entries of the taxonomies that the database does not know."""
    known = set(Term.objects.values_list("scheme", "code"))
    for scheme, entries in source()["taxonomies"].items():
        _add_terms(scheme, entries, None, known)


def _add_terms(
    scheme: str, entries: list[dict[str, Any]], parent: Term | None, known: set[tuple[str, str]]
) -> None:
    new = []
    for position, entry in enumerate(entries, start=1):
        code = entry.get("id") or entry["code"]
        if (scheme, code) not in known:
            new.append(
                Term(
                    scheme=scheme,
                    code=code,
                    label=entry["libelle"],
                    description=entry.get("description", ""),
                    parent=parent,
                    position=position,
                )
            )
    Term.objects.bulk_create(new)
    for entry in entries:
        if entry.get("enfants"):
            above = Term.objects.get(scheme=scheme, code=entry["id"])
            _add_terms(scheme, entry["enfants"], above, known)


def add_spaces() -> None:
    """The common space and the three sub-communities, by their address."""
    for entry in source()["sous_communautes"]:
        SubCommunity.objects.get_or_create(slug=entry["slug"], defaults=_space(entry))


def _space(entry: dict[str, Any]) -> dict[str, Any]:
    confidentiality = CONFIDENTIALITY[entry["confidentialite"]]
    high = confidentiality == Confidentiality.HIGH
    return {
        "name": entry["nom"],
        "purpose": entry["description"],
        "hue": entry["couleur"],
        "icon": ICONS[entry["icone"]],
        "position": ORDER.index(entry["slug"]),
        "is_common": entry["id"] == "sc-commune",
        "join_policy": Policy.OPEN if entry["adhesion"].startswith("ouverte") else Policy.REQUEST,
        "functions": entry["fonctions"],
        "confidentiality": confidentiality,
        "content_in_mail": not entry.get("avis_courriel_sans_contenu", high),
        "in_global_search": not entry.get("exclue_de_la_recherche_globale", high),
        "unnamed_posts": entry.get("publication_sans_nom", False),
        "danger_notice": high,
    }


def add_charters() -> None:
    """The first version of the code of conduct and of each space's charter."""
    if not Charter.objects.filter(space=None).exists():
        articles = [
            {"title": one["titre"], "text": one["texte"]} for one in source()["code_conduite"]
        ]
        publish_charter(None, articles, by=None)
    for entry in source()["sous_communautes"]:
        space = SubCommunity.objects.filter(slug=entry["slug"]).first()
        if space is not None and not space.charters.exists():
            publish_charter(space, [{"text": rule} for rule in entry["regles"]], by=None)


CHANTIER = "Le chantier : qu’est-ce qu’on change à notre plateforme?"
CHANTIER_TEXT = (
    "Cette plateforme est la vôtre, et elle n’est jamais finie.\n\n"
    "Dites ici ce qui vous fait perdre du temps, ce qui vous manque, ce qui est de trop. Rien "
    "n’est trop petit. L’équipe d’animation lit tout, répond, et dit ce qui a changé."
)


def open_chantier(by: User) -> None:
    """The pinned thread of the common space about the tool itself, in the name of the animation."""
    space = SubCommunity.objects.get(is_common=True)
    if Thread.objects.filter(space=space, pinned=True).exists():
        return
    thread = create_thread(
        by=by,
        space=space,
        title=CHANTIER,
        text=CHANTIER_TEXT,
        kind="reflexion",
        as_animation=True,
    )
    pin(thread, by=by)


def federation() -> Organisation:
    """The organisation of the federation's own people, named by the settings when it is made."""
    standing = Organisation.objects.filter(category=Organisation.Category.FEDERATION).first()
    if standing is not None:
        return standing
    return Organisation.objects.create(
        category=Organisation.Category.FEDERATION,
        name=settings.FEDERATION_NAME,
        acronym=settings.FEDERATION,
        level=Level.COMMUNITY,
    )
