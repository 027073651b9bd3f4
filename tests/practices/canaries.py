"""Sheets whose every part holds a word of its own, and who may and must meet each word.

Who reads what is written here by hand, from docs/visibility.md. People are those of
`tests.test_visibility`. All the sheets are borne by Maude, for Racines et Relais.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from practices.models import (
    Booklet,
    Evidence,
    EvidenceRequest,
    Interest,
    Passage,
    Proposal,
    Sheet,
    Trial,
    Version,
)
from practices.sections import SECTIONS, Kind
from practices.services import life, writing
from tests.conftest import World
from tests.practices.conftest import make_terms, whole

FEDERATION = {"odile", "karim"}
INSIDE = {
    "gone", "guest", "eve", "maude", "real", "naima", "odile", "karim", "admin", "lead",
}  # fmt: skip
BEARER = {"maude"}
# By state of the sheet: who reads its published words, and who reads those in preparation.
READERS: dict[str, tuple[set[str], set[str]]] = {
    "publique": (INSIDE | {"visitor"}, BEARER | FEDERATION),
    "membres": (INSIDE, BEARER | FEDERATION),
    "archivee": (INSIDE, BEARER | FEDERATION),
    "brouillon": (set(), BEARER),
    "soumise": (set(), BEARER | FEDERATION),
    "refusee": (set(), BEARER | FEDERATION),
    "ecartee": (FEDERATION, FEDERATION),
    "retiree": (set(), set()),
    "ebauche": (set(), set()),
}
# Those that have a published version; the others are words in preparation only.
PUBLISHED = ("publique", "membres", "archivee", "ecartee", "retiree")
TEXTS = (Kind.LINE, Kind.TEXT, Kind.LINES, Kind.STEPS)


def word(state: str, place: str) -> str:
    return f"zqfiche{state}{place}".replace("_", "").replace("-", "")


def places() -> list[tuple[str, str]]:
    """Every field of a sheet that holds words: (section, field)."""
    return [
        (section.name, one.name)
        for section in SECTIONS
        for one in section.fields
        if one.kind in TEXTS
    ]


def content_of(state: str, mark: str = "") -> dict[str, dict[str, Any]]:
    """A whole content in which each field that holds words holds its own."""
    content = whole()
    for section in SECTIONS:
        for one in section.fields:
            said = word(state, f"{mark}{section.name}{one.name}")
            value: Any = {
                Kind.LINES: [f"Un {said}"],
                Kind.STEPS: [
                    {"title": f"D’abord {said}", "text": f"Ensuite {said}x"},
                ],
            }.get(one.kind, f"Un {said}")
            if one.kind in TEXTS:
                content.setdefault(section.name, {})[one.name] = value
    return content


@dataclass
class Sheets:
    """`may` and `must`: by canary word, who may and who must meet it."""

    world: World
    people: dict[str, User]
    may: dict[str, set[str]] = field(default_factory=dict)
    must: dict[str, set[str]] = field(default_factory=dict)

    def steps(self, state: str, place: str) -> None:
        """Words that only those who follow the sheet read, while its life goes on."""
        followers = READERS[state][1]
        over = state in ("ecartee", "retiree")
        self.reads(word(state, place), followers, set() if over else followers)

    def reads(self, said: str, may: set[str], must: set[str] | None = None) -> None:
        self.may[said] = may
        self.must[said] = may if must is None else must


def plant(
    world: World, people: dict[str, User], *, states: Collection[str] = tuple(READERS)
) -> Sheets:
    """A sheet in each of these states; on those that are published, an earlier version, changes in
    preparation, the steps of its life, a trial and an improvement, each with its words."""
    make_terms()
    found = Sheets(world, people)
    for state in states:
        _sheet(found, state)
    return found


def _sheet(found: Sheets, state: str) -> None:
    maude, odile = found.people["maude"], found.people["odile"]
    readers, followers = READERS[state]
    sheet = writing.begin_sheet(by=maude, bearer=found.world.relais)
    for name, values in content_of(state).items():
        writing.save_section(sheet, name, values, by=maude, revision=0)
    for section, name in places():
        here = word(state, f"{section}{name}")
        # Who edits meets the English words too; readers, where the showcase speaks English.
        unsure = state in ("retiree", "ecartee", "ebauche") or section == "anglais"
        found.reads(here, readers | followers, set() if unsure else None)
        found.may[f"{here}x"] = readers | followers
    if state in ("soumise", "refusee") or state in PUBLISHED:
        life.submit(sheet, by=maude, words=f"Voici {word(state, 'envoi')}")
        found.steps(state, "envoi")
    if state == "refusee":
        life.refuse(sheet, by=odile, words=f"Non {word(state, 'refus')}")
        found.steps(state, "refus")
    if state in PUBLISHED:
        _publish(found, sheet, state)
    _settle(found, sheet, state)


def _publish(found: Sheets, sheet: Sheet, state: str) -> None:
    """Published, then published again with an earlier word, and changes in preparation."""
    maude, odile, real = (found.people[name] for name in ("maude", "odile", "real"))
    readers, followers = READERS[state]
    life.publish(sheet, by=odile, words=f"Merci {word(state, 'merci')}")
    found.steps(state, "merci")
    # What an earlier version said is read by members, once they open it; never by a visitor.
    before = word(state, "avant")
    values = {"context": f"Avant {before}"}
    writing.save_section(sheet, "besoin", values, by=maude, revision=0)
    writing.publish_changes(sheet, by=maude)
    found.reads(before, readers - {"visitor"} | followers, set())
    content = content_of(state)["besoin"]
    writing.save_section(sheet, "besoin", content, by=maude, revision=0)
    note = word(state, "note")
    version = writing.publish_changes(sheet, by=maude, note=f"Note {note}")
    found.reads(note, readers - {"visitor"} | followers, set())
    coming = {"if_we": f"À venir {word(state, 'prepare')}"}
    writing.save_section(sheet, "logique", coming, by=maude, revision=0)
    found.steps(state, "prepare")
    _around(found, sheet, state, version, real)


def _around(found: Sheets, sheet: Sheet, state: str, version: Version, by: User) -> None:
    """What members say of it: read by members, never by a visitor."""
    readers, _followers = READERS[state]
    members = readers - {"visitor"} | FEDERATION
    told, why = word(state, "lecon"), word(state, "pourquoi")
    Trial.objects.create(
        sheet=sheet, version=version, owner=by, organisation=by.organisation, period="Automne",
        outcome="abandonnee", lesson=f"Retenir {told}",
    )  # fmt: skip
    Proposal.objects.create(
        sheet=sheet, section="besoin", base=version, owner=by, organisation=by.organisation,
        values={"context": f"Plutôt {word(state, 'plutot')}"}, why=f"Parce que {why}",
    )  # fmt: skip
    Sheet.objects.filter(pk=sheet.pk).update(trial_count=1, abandoned_count=1, waiting_count=1)
    for said in (told, why, word(state, "plutot")):
        found.reads(said, members, set())
    _set_aside(found, sheet, state, version, by)
    _weighed(found, sheet, state, by)
    Interest.objects.create(sheet=sheet, user=by, saved_at=sheet.created_at)
    Booklet.objects.create(owner=by, title=f"Livret {word(state, 'livret')}", sheets=[sheet.pk])
    found.reads(word(state, "livret"), {"real"})


def _set_aside(found: Sheets, sheet: Sheet, state: str, version: Version, by: User) -> None:
    """A trial and an improvement that an animator set aside: they exist for animators only."""
    told, why = word(state, "essaicache"), word(state, "propositioncachee")
    Trial.objects.create(
        sheet=sheet, version=version, owner=by, organisation=by.organisation, period="Automne",
        outcome="mieux", lesson=f"Retenir {told}", state="hidden",
    )  # fmt: skip
    Proposal.objects.create(
        sheet=sheet, section="besoin", base=version, owner=by, organisation=by.organisation,
        values={"context": f"Plutôt {why}"}, why=f"Parce que {why}", state="hidden",
    )  # fmt: skip
    for said in (told, why):
        found.reads(said, FEDERATION, set())


def _weighed(found: Sheets, sheet: Sheet, state: str, by: User) -> None:
    """Why its level of evidence was decided, read by members; what its bearers ask for."""
    readers, followers = READERS[state]
    motive, asked = word(state, "motif"), word(state, "demande")
    Evidence.objects.create(sheet=sheet, level="1", reason=f"Parce que {motive}", by=by)
    EvidenceRequest.objects.create(
        sheet=sheet, level="3", source=f"Voir {asked}", words=f"Parce que {asked}", by=by
    )
    found.reads(motive, readers - {"visitor"} | FEDERATION, set())
    found.reads(asked, followers | FEDERATION, set())


def _quotes(found: Sheets, sheet: Sheet, state: str) -> None:
    """What it quotes of threads: read by who makes it, and by who wrote it, who is told of the
    title of the draft; one of them wrote without her name."""
    title = word(state, "identitetitle")
    for number, (who, unnamed) in enumerate((("real", False), ("naima", True))):
        said = word(state, f"passage{who}")
        Passage.objects.create(
            sheet=sheet, kind="post", object_id=999_001 + number, thread_id=999_000,
            section="besoin", field="context", text=f"Mot {said}", writer=found.people[who],
            unnamed=unnamed, consent=Passage.Consent.GIVEN,
        )  # fmt: skip
        found.reads(said, BEARER | {who})
        found.may[title] = found.may[title] | {who}
    Sheet.objects.filter(pk=sheet.pk).update(born_of=999_000)


def _settle(found: Sheets, sheet: Sheet, state: str) -> None:
    """The end of the life of each, and of whom it is read then."""
    maude, odile = found.people["maude"], found.people["odile"]
    if state == "brouillon":
        _quotes(found, sheet, state)
    elif state == "publique":
        life.give_consent(sheet, by=odile, words="La directrice, par courriel")
        life.open_to_public(sheet, by=odile)
    elif state == "archivee":
        life.archive(sheet, by=maude, words=f"Fini {word(state, 'fin')}")
        found.reads(word(state, "fin"), BEARER | FEDERATION)
    elif state == "ecartee":
        life.hide_sheet(sheet, by=odile, reason="Essai")
    elif state in ("retiree", "ebauche"):
        reason = word(state, "raison")
        life.withdraw(sheet, by=maude, reason=f"Parce que {reason}")
        title = word(state, "identitetitle")
        gone = INSIDE if state == "retiree" else set()
        # Its tombstone shows both; whoever animates finds it among what was withdrawn.
        for said in (title, reason):
            found.reads(said, gone | FEDERATION, gone)
        for section, name in places():
            found.may.setdefault(word(state, f"{section}{name}"), set())
            found.may[word(state, f"{section}{name}")] |= FEDERATION
