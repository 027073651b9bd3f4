"""Improvements of the demonstration's sheets: one that was accepted, one that waits, an adaptation.

The file says who wrote a sheet; an author of another organisation gave its second version.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from home.demo import clock
from practices.models import Credit, Proposal, Sheet, Step, Version
from practices.services import adapting, improving, life, writing

REPLY = "Merci. C’est exactement ce que nous avons vécu aussi cet automne."
WHY = "Nous l’avons appris à nos dépens en essayant votre démarche chez nous."
# A sheet, who proposes, the line that she adds to the obstacles, and why.
WAITING = (
    "fp-04",
    "mem-40",
    "L’école ne transmet pas la liste des absences le vendredi",
    "Chez nous, les absences du vendredi se perdaient jusqu’au mardi. Le dire d’avance permet "
    "de s’entendre avec le secrétariat.",
)
# The practice adapted, who adapts it, its title, what takes the place of each component.
ADAPTED = (
    "fp-01",
    "mem-09",
    "Alternative à la suspension en deux jours",
    ["", "", "Un seul suivi, à quatre semaines"],
)
SUMMARY = (
    "Deux jours plutôt que trois, faute de local le vendredi : l’accueil et le retour restent, les "
    "travaux se font en matinée."
)
# What the adaptation says of its own: two days, its people, its partners, its money.
OWN: dict[str, dict[str, Any]] = {
    "identite": {"title": ADAPTED[2], "summary": SUMMARY, "running": "en-cours"},
    "besoin": {
        "context": "Nos deux écoles secondaires suspendaient surtout en début de semaine, et "
        "notre local n’est libre que quatre jours sur cinq. Une quinzaine de séjours par année."
    },
    "public": {
        "criteria": "Élèves de 12 à 17 ans suspendus de un à trois jours, référés par l’école avec "
        "l’accord du parent. Groupes de quatre au plus."
    },
    "deroulement": {
        "steps": [
            {
                "title": "Avant",
                "text": "L’école appelle la veille. L’organisme joint le parent le jour même et "
                "confirme le séjour.",
            },
            {
                "title": "Jour 1",
                "text": "Accueil, règles simples, récit de l’événement par l’élève. Travaux "
                "scolaires en avant-midi, atelier sur les émotions en après-midi.",
            },
            {
                "title": "Jour 2",
                "text": "Travaux, rencontre de 30 minutes avec le parent, feuille « Ce que je veux "
                "que vous sachiez », préparation de la rencontre de retour.",
            },
            {
                "title": "Retour",
                "text": "Rencontre à l’école avec la personne alliée, l’enseignante ou "
                "l’enseignant et le parent. Un seul suivi, à quatre semaines.",
            },
        ],
        "duration": "Deux jours par élève, suivi à quatre semaines",
        "staff": "Un intervenant, deux jours par semaine.",
        "material": "Local hors de l’école, libre du lundi au jeudi; deux ordinateurs.",
        "partners": ["Deux écoles secondaires"],
    },
    "cout": {"detail": "Environ 14 000 $ par année : une journée et demie d’intervention."},
    "lecons": {
        "mistakes": [
            "Accepter des références sans accord du parent.",
            "Devenir le débarras des élèves qui dérangent.",
            "Laisser tomber le suivi à quatre semaines quand la liste d’attente s’allonge.",
        ]
    },
    "ethique": {"nobody": True},
}
ANIMATOR = "mem-01"


def outside_author(entry: dict[str, Any], people: dict[str, User], sheet: Sheet) -> User | None:
    """The author who is of another organisation than the one that bears the sheet."""
    authors = [people[one] for one in entry["auteurs_ids"]]
    return next((one for one in authors if one.organisation_id != sheet.bearer_id), None)


def improve(
    sheet: Sheet, values: dict[str, Any], *, author: User, by: User, at: datetime
) -> Version:
    """The second version of a sheet: proposed by `author` three days before, accepted by `by`."""
    proposal = improving.propose(sheet, "lecons", values, why=WHY, by=author)
    version = improving.accept(proposal, by=by, reply=REPLY)
    Proposal.objects.filter(pk=proposal.pk).update(
        created_at=at - timedelta(days=3), answered_at=at
    )
    Credit.objects.filter(proposal=proposal).update(created_at=at)
    return version


def add_improvements(sheets: dict[str, Sheet], people: dict[str, User]) -> None:
    """What waits for an answer, and an adaptation."""
    _waiting(sheets, people)
    _adaptation(sheets, people)


def _waiting(sheets: dict[str, Sheet], people: dict[str, User]) -> None:
    name, who, line, why = WAITING
    sheet = sheets[name]
    said = sheet.content["lecons"]
    values = said | {"obstacles": [*said.get("obstacles", []), line]}
    proposal = improving.propose(sheet, "lecons", values, why=why, by=people[who])
    Proposal.objects.filter(pk=proposal.pk).update(
        created_at=timezone.now() - timedelta(days=2, hours=3)
    )


def _adaptation(sheets: dict[str, Sheet], people: dict[str, User]) -> None:
    name, who, title, instead = ADAPTED
    by, animator = people[who], people[ANIMATOR]
    draft = adapting.adapt(sheets[name], by=by, title=title, instead=instead)
    for section, values in OWN.items():
        _save(draft, section, values, by)
    life.submit(draft, by=by)
    life.claim(draft, by=animator)
    version = life.publish(draft, by=animator)
    moment = clock.morning("2026-11-18", hour=9)
    Version.objects.filter(pk=version.pk).update(created_at=moment)
    Step.objects.filter(sheet=draft).update(at=moment)
    Credit.objects.filter(sheet=draft).update(created_at=moment)
    Sheet.objects.filter(pk=draft.pk).update(
        improved_at=moment, published_at=moment, created_at=moment, updated_at=moment,
        review_on=life.next_review(moment.date()),
    )  # fmt: skip
    adapting.recount_adaptations(sheets[name].pk)
    for sheet in sheets.values():
        sheet.refresh_from_db()


def _save(sheet: Sheet, name: str, values: dict[str, Any], by: User) -> None:
    """Its own words, over those that it began with."""
    row = sheet.working_sections.filter(name=name).first()
    begun = row.values if row else {}
    revision = row.revision if row else 0
    writing.save_section(sheet, name, begun | values, by=by, revision=revision)
