"""Documents whose every part holds a word of its own, and who may and must meet each word.

Who reads what is written here by hand, from docs/visibility.md. People are those of
`tests.test_visibility`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from core import files
from library.models import Document, Page, Version
from library.services.asides import hide_document
from library.services.deposit import deposit_document
from library.services.merging import merge_documents
from library.services.withdrawal import withdraw_document
from tests.conftest import World
from tests.library.conftest import WORDS, make_terms

FEDERATION = {"odile", "karim"}
INSIDE = {
    "gone", "guest", "eve", "maude", "real", "naima", "odile", "karim", "admin", "lead",
}  # fmt: skip
# By level: who deposits, who reads, who moderates.
SHELVES: dict[str, tuple[str, set[str], set[str]]] = {
    "public": ("maude", INSIDE | {"visitor"}, FEDERATION),
    "communaute": ("eve", INSIDE, FEDERATION),
    "organisme": ("real", {"real", "eve", "gone"}, FEDERATION),
    "intervention": ("maude", {"maude", "lead", "odile", "karim"}, FEDERATION | {"lead"}),
    "psychosocial": ("naima", {"naima", "odile"}, {"odile"}),
    "animation": ("odile", FEDERATION, FEDERATION),
}
PLACES = ("titre", "resume", "fichier", "texte", "mot", "note")
# The states other than published are tried in the community and in a confidential space.
STATES = {
    "communaute": ("attente", "embargo", "ecarte", "retire", "fusionne"),
    "psychosocial": ("attente", "retire"),
}


def word(shelf: str, place: str, state: str = "publie") -> str:
    return f"zqdoc{shelf}{state}{place}".replace("-", "")


@dataclass
class Shelves:
    """`may` and `must`: by canary word, who may and who must meet it."""

    may: dict[str, set[str]] = field(default_factory=dict)
    must: dict[str, set[str]] = field(default_factory=dict)


def shelve(
    world: World,
    people: dict[str, User],
    *,
    shelves: Collection[str] = tuple(SHELVES),
    states: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Shelves:
    """A document on each shelf, and on some of them one in each of these states."""
    make_terms()
    found = Shelves()
    for shelf in shelves:
        who, readers, moderators = SHELVES[shelf]
        _document(world, people[who], shelf)
        for place in PLACES:
            found.must[word(shelf, place)] = readers
            found.may[word(shelf, place)] = readers | moderators
    for shelf, kept_away in states.items():
        for state in kept_away:
            _kept_away(world, people, shelf, state, found)
    return found


def _document(world: World, by: User, shelf: str, state: str = "publie", **words: Any) -> Document:
    place: dict[str, Any] = {"level": shelf}
    if shelf in ("intervention", "psychosocial"):
        place = {"level": "sous-communaute", "space": getattr(world, shelf)}
    text = f"Le texte dit {word(shelf, 'texte', state)}."
    name = f"{word(shelf, 'fichier', state)}.txt"
    given = WORDS | place | words
    given |= {
        "title": f"Titre {word(shelf, 'titre', state)}",
        "abstract": f"Résumé {word(shelf, 'resume', state)}",
        "tags": [word(shelf, "mot", state)],
        "file": files.accept(SimpleUploadedFile(name, text.encode(), "text/plain"), by=by),
    }
    document = deposit_document(by=by, **given)
    version = document.current
    assert version is not None
    # As the extraction would leave it, without its child.
    Page.objects.create(version=version, number=1, text=text)
    note = f"Note {word(shelf, 'note', state)}"
    read = {"page_count": 1, "reading": Version.Reading.DONE, "note": note}
    Version.objects.filter(pk=version.pk).update(**read)
    return document


def _kept_away(
    world: World, people: dict[str, User], shelf: str, state: str, found: Shelves
) -> None:
    who, readers, moderators = SHELVES[shelf]
    owner, odile = people[who], people["odile"]
    later = timezone.localdate() + timedelta(days=30)
    embargo = {"embargo_until": later} if state == "embargo" else {}
    document = _document(world, owner, shelf, state, **embargo)
    allowed = set(moderators)
    if state in ("attente", "embargo"):
        allowed |= {who}
        found.must[word(shelf, "titre", state)] = allowed
    if state == "attente":
        waiting = {"state": "pending", "approval": Document.Approval.WAITING}
        Document.objects.filter(pk=document.pk).update(**waiting)
    for place in PLACES:
        found.may[word(shelf, place, state)] = set(allowed)
    if state == "ecarte":
        hide_document(document, by=odile, reason="Essai")
    elif state == "retire":
        reason = word(shelf, "raison", state)
        withdraw_document(document, by=owner, reason=f"Parce que {reason}")
        for shown in (word(shelf, "titre", state), reason):
            found.may[shown] = readers | moderators
            found.must[shown] = readers
    elif state == "fusionne":
        kept = Document.objects.get(title=f"Titre {word(shelf, 'titre')}")
        merge_documents(document, into=kept, by=odile)
        # Its versions went where the kept one is, with what they hold.
        for place in ("fichier", "texte", "note"):
            found.may[word(shelf, place, state)] = readers | moderators
