"""Every address of the directory of practices, by who opens it, on the stage of `scenes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.models import User
from forums.models import Thread
from practices import sections
from practices.models import Booklet, Interest, Passage, Proposal, Sheet, Trial
from practices.services import life, trials, writing
from tests.browser.scenes import ANIMATOR, MEMBER, person

BORNE = "mikael.ventdoux@courriel.example"
ADAPTER = "jean-felix.ormelac@courriel.example"
PUBLIC = "Alternative à la suspension en trois jours"
TRIED = "Relance des absences en 48 heures"
ADAPTED = "Alternative à la suspension en deux jours"
DRAFT = "La marche du mardi"
SUBMITTED = "Le déjeuner des parents"
CORRECTED = "Le carnet qui voyage"
WITHDRAWN = "Une pratique retirée"
ARCHIVED = "Une pratique archivée"
REFUSED = "Une pratique refusée"
WHOLE: dict[str, dict[str, Any]] = {
    "identite": {"summary": "Une seule phrase.", "running": "en-cours"},
    "besoin": {"context": "Ce qui se passait avant."},
    "public": {"levels": ["primaire-c2"]},
    "visees": {"determinants": ["ff-valorisation"]},
    "deroulement": {"steps": [{"title": "Un", "text": "Le premier pas."}]},
    "lecons": {"mistakes": ["Aller trop vite"]},
    "ethique": {"nobody": True},
}


def to(name: str, *args: Any, **query: str) -> str:
    found = reverse(f"practices:{name}", args=args)
    return found + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) * bool(query))


def sheet(title: str) -> Sheet:
    return Sheet.objects.get(title=title)


# ------------------------------------------------------------------------------------ the stage


def add_practices(animator: User, member: User) -> None:
    """The states that the demonstration does not show: a public sheet withdrawn, one archived, one
    refused, one whose changes are in preparation; a trial and a booklet of Tristan's."""
    gone = _published(WITHDRAWN, animator, member)
    life.give_consent(gone, by=animator, words="La directrice, par courriel")
    life.open_to_public(gone, by=animator)
    life.withdraw(gone, by=animator, reason="L’entente avec l’école a pris fin.")
    life.archive(_published(ARCHIVED, animator, member), by=member, words="Le poste est aboli.")
    life.refuse(_submitted(REFUSED, member), by=animator, words="C’est un événement.")
    changed, bearer = sheet(TRIED), person(BORNE)
    besoin = changed.content["besoin"] | {"context": "Ce qui change, et pourquoi."}
    writing.save_section(changed, "besoin", besoin, by=bearer, revision=0)
    trials.tell(
        changed, by=member, outcome="abandonnee", period="Automne 2026", faithful="non",
        lesson="Sans appel le vendredi, tout est perdu le lundi.", changed="Deux jours.",
    )  # fmt: skip
    Booklet.objects.create(owner=member, title="Pour la rentrée", sheets=[sheet(PUBLIC).pk])


def _submitted(title: str, by: User) -> Sheet:
    assert by.organisation is not None
    made = writing.begin_sheet(by=by, bearer=by.organisation, title=title)
    for name, values in WHOLE.items():
        row = made.working_sections.filter(name=name).first()
        given = (row.values if row else {}) | values
        writing.save_section(made, name, given, by=by, revision=row.revision if row else 0)
    return life.submit(made, by=by)


def _published(title: str, animator: User, by: User) -> Sheet:
    made = _submitted(title, by)
    life.publish(made, by=animator)
    return made


# ------------------------------------------------------------------------------------ the pages


def read_pages() -> list[str]:
    """Finding, reading, comparing: what Tristan opens of the sheets of others."""
    one, other = sheet(PUBLIC), sheet(TRIED)
    waiting = other.proposals.get()
    return [
        to("index"),
        to("index", region="01", essai="abandonnee", tri="titre"),
        to("index", q="introuvable"),
        to("map"),
        to("map", region="01"),
        to("compare"),
        to("compare", q="suspension"),
        to("compare", fiche=f"{one.pk}&fiche={other.pk}"),
        to("compare", fiche=f"{one.pk}&fiche={other.pk}", seulement="differences"),
        to("gaps"),
        to("for_call"),
        one.get_absolute_url(),
        other.get_absolute_url(),
        sheet(ADAPTED).get_absolute_url(),
        sheet(WITHDRAWN).get_absolute_url(),
        sheet(ARCHIVED).get_absolute_url(),
        to("match", one.pk),
        to("similar", one.pk),
        to("related", one.pk),
        to("versions", one.pk),
        to("version", one.pk, 1),
        to("version", one.pk, 1, avec="2"),
        to("tree", one.pk),
        to("proposals", other.pk),
        waiting.get_absolute_url(),
    ]


def written_pages() -> list[str]:
    """What Tristan writes: his draft section by section, what he submits, what was answered."""
    draft, refused = sheet(DRAFT), sheet(REFUSED)
    thread = Thread.objects.filter(title__startswith="Motivation en 5e secondaire").get()
    asked = Passage.objects.filter(writer=person(MEMBER), consent=Passage.Consent.WAITING)[0]
    return [
        to("new"),
        to("new", determinant="fi-anxiete", region="01"),
        to("mine"),
        draft.get_absolute_url(),
        to("write", draft.pk),
        *(to("write_section", draft.pk, one.name) for one in sections.SECTIONS),
        to("life", draft.pk),
        to("act", draft.pk, "soumettre"),
        to("act", draft.pk, "retirer"),
        refused.get_absolute_url(),
        to("life", refused.pk),
        to("act", refused.pk, "soumettre"),
        to("tie", draft.pk),
        to("tie", draft.pk, q="retour"),
        to("from_thread", fil=str(thread.pk)),
        to("consents"),
        to("consent", asked.pk),
    ]


def proposed_pages() -> list[str]:
    """What Tristan proposes to the sheets of others."""
    one = sheet(PUBLIC)
    names = ("identite", "besoin", "visees", "deroulement", "lecons")
    return [
        to("improve", one.pk),
        *(to("propose", one.pk, name) for name in names),
        to("adapt", one.pk),
    ]


def taken_pages() -> list[str]:
    """What Tristan takes away of the directory."""
    one = sheet(PUBLIC)
    return [
        to("print", one.pk),
        to("new_booklet", fiche=str(one.pk)),
        to("booklet", Booklet.objects.get().pk),
    ]


def tried_pages() -> list[str]:
    """What Tristan tries, keeps and is asked about; a level of evidence that has expired."""
    tristan = person(MEMBER)
    sheets = Sheet.objects.readable_by(tristan)
    asked = Interest.objects.of(tristan).to_answer()[0]
    tried, expired = sheets.filter(trial_count__gt=0)[0], sheets.exclude(evidence_expiry="")[0]
    mine = Trial.objects.get(owner=tristan, sheet=sheet(TRIED))
    return [
        to("try", tried.pk),
        to("trial_change", mine.sheet_id, mine.pk),
        to("trials", tried.pk),
        to("trials", tried.pk, resultat="pire"),
        to("kept"),
        to("asked", asked.sheet_id),
        to("evidence", expired.pk),
    ]


def borne_pages() -> list[str]:
    """A sheet whose bearer has an improvement to answer and changes to publish."""
    one = sheet(TRIED)
    waiting = one.proposals.get()
    return [
        one.get_absolute_url(),
        to("write", one.pk),
        to("write_section", one.pk, "besoin"),
        to("life", one.pk),
        to("act", one.pk, "publier-changements"),
        to("act", one.pk, "confirmer"),
        waiting.get_absolute_url(),
        to("settle", one.pk, waiting.pk),
        to("evidence", one.pk),
    ]


def adapted_pages() -> list[str]:
    """An adaptation, as who bears it sees it."""
    one = sheet(ADAPTED)
    return [one.get_absolute_url(), to("differs", one.pk), to("tree", one.pk), to("life", one.pk)]


def animated_pages() -> list[str]:
    """What Odile opens besides: what awaits her, what she decides."""
    waiting, tried = sheet(SUBMITTED), sheet(TRIED)
    told = Trial.objects.filter(sheet=tried)[0]
    acts = ("publier", "corriger", "refuser", "porteuses")
    return [
        to("index", etat="soumise"),
        to("due"),
        waiting.get_absolute_url(),
        to("life", waiting.pk),
        *(to("act", waiting.pk, name) for name in acts),
        sheet(CORRECTED).get_absolute_url(),
        to("write", sheet(CORRECTED).pk),
        to("write_section", sheet(CORRECTED).pk, "identite"),
        to("version", sheet(PUBLIC).pk, 1, rendre="1"),
        to("life", tried.pk),
        to("act", tried.pk, "consentir"),
        to("act", tried.pk, "retirer-consentement"),
        to("trial_aside", tried.pk, told.pk),
        to("evidence", tried.pk),
        tried.proposals.get().get_absolute_url(),
    ]


def visited_pages() -> list[str]:
    """The showcase."""
    one, other = sheet(PUBLIC), sheet(TRIED)
    return [
        to("index"),
        to("index", region="01"),
        to("index", q="introuvable"),
        to("map"),
        to("compare", fiche=f"{one.pk}&fiche={other.pk}"),
        one.get_absolute_url(),
        other.get_absolute_url(),
        to("evidence", one.pk),
        to("print", one.pk),
        sheet(WITHDRAWN).get_absolute_url(),
    ]


GROUPS: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "practices read": (MEMBER, read_pages),
    "practices written": (MEMBER, written_pages),
    "practices proposed": (MEMBER, proposed_pages),
    "practices taken": (MEMBER, taken_pages),
    "practices tried": (MEMBER, tried_pages),
    "practices borne": (BORNE, borne_pages),
    "practices adapted": (ADAPTER, adapted_pages),
    "practices animated": (ANIMATOR, animated_pages),
    "practices visited": ("", visited_pages),
}
ONE_OF: dict[str, Callable[[], Any]] = {
    "practices_sheet": lambda: sheet(TRIED).pk,
    "practices_trial": lambda: Trial.objects.order_by("pk")[0].pk,
    "practices_proposal": lambda: Proposal.objects.order_by("pk")[0].pk,
}
