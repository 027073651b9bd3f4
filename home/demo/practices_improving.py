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
    _save(draft, "identite", {"title": title, "summary": SUMMARY, "running": "en-cours"}, by)
    _save(draft, "ethique", {"nobody": True}, by)
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
    row = sheet.working_sections.filter(name=name).first()
    writing.save_section(sheet, name, values, by=by, revision=row.revision if row else 0)
