"""Documents to hand: files that somebody sent, and the words that every document has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import files
from library import reading
from library.models import Document
from library.services.deposit import deposit_document
from tests.conftest import add_terms

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import StoredFile
    from tests.conftest import World

TERMS = {
    "types_ressource": ("guide", "fiche-outil", "video"),
    "facteurs_risque": ("individuels", "familiaux"),
    "types_intervention": ("tutorat", "raccrochage"),
    "themes_gestion": ("benevolat",),
    "publics": ("a-risque", "parents"),
    "ordres_enseignement": ("primaire-1", "secondaire-1"),
}
WORDS: dict[str, Any] = {
    "title": "Accueillir après une suspension",
    "publisher_name": "Racines et Relais",
    "abstract": "Comment préparer le retour en classe.",
    "issued": "2025",
    "type": "guide",
    "language": "fr-CA",
    "licence": "communaute",
    "level": "communaute",
}


def make_terms() -> None:
    add_terms(TERMS)


def make_file(
    by: User, content: bytes = b"Bonjour.", name: str = "accueil.txt", type: str = "text/plain"
) -> StoredFile:
    """A file that `by` sent, and that belongs to nothing yet."""
    return files.accept(SimpleUploadedFile(name, content, type), by=by)


def make_document(by: User, content: bytes | None = None, **words: Any) -> Document:
    """A document deposited by `by`: a text file, or the link that is given."""
    given = WORDS | words
    if "link" not in given and "file" not in given:
        text = f"Le texte de {given['title']}.".encode()
        given["file"] = make_file(by, content if content is not None else text)
    return deposit_document(by=by, **given)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that runs many tests at once proposes as much as one that is at rest."""
    monkeypatch.setattr(reading, "PROPOSE", replace(reading.PROPOSE, cpu=60, wall=120))


@pytest.fixture
def library(world: World) -> World:
    """The cast, and the lists of words in which documents are described."""
    make_terms()
    return world
