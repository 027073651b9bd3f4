"""Canary words: everybody asks for all that leaves the library, and only finds what is hers.

One document for each audience and state, its word in its title, its abstract, its authors, its
keywords, and in the note on it in a collection that everybody reads.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from library.exchange.oai.rows import identifier_of
from library.models import Collection, Document
from library.services.asides import hide_document
from library.services.collections import add_document, edit_collection, make_collection
from library.services.deposit import edit_document
from library.services.withdrawal import withdraw_document
from tests.library.conftest import make_document

PEOPLE = ("maude", "real", "naima", "odile", "eve")
INSIDE = {"maude", "real", "naima", "odile", "eve"}
# Word → who may meet it anywhere. What is pending is its depositor's.
MAY: dict[str, set[str]] = {
    "zqpublic": INSIDE | {"visitor"},
    "zqcommun": INSIDE,
    "zqorganisme": {"maude", "naima"},
    "zqanimation": {"odile"},
    "zqintervention": {"maude", "odile"},
    "zqdirection": {"real", "odile"},
    "zqconfidentiel": {"naima", "odile"},
    "zqembargo": {"maude"},
    "zqecarte": set(),
    "zqretire": set(),
    "zqrestreint": {"maude", "naima"},
}
WORD = re.compile("|".join(MAY))
# Words of a confidential space are met in a citation, and in the table of that space, and nowhere
# else: not in feeds, not in the collection of another place.
QUIET = {"zqconfidentiel"}


def words_of(name: str) -> dict[str, Any]:
    return {
        "title": f"Titre {name}", "abstract": f"Résumé {name}", "authors": f"Équipe {name}",
        "tags": [name], "licence": "cc-by", "rights_holder": f"Maison {name}",
    }  # fmt: skip


@pytest.fixture
def city(library) -> dict[str, Document]:
    tomorrow = timezone.localdate() + timedelta(days=1)
    space = "sous-communaute"
    made = {
        "zqpublic": (library.maude, {"level": "public"}),
        "zqcommun": (library.maude, {}),
        "zqorganisme": (library.maude, {"level": "organisme"}),
        "zqanimation": (library.odile, {"level": "animation"}),
        "zqintervention": (library.maude, {"level": space, "space": library.intervention}),
        "zqdirection": (library.real, {"level": space, "space": library.direction}),
        "zqconfidentiel": (library.naima, {"level": space, "space": library.psychosocial}),
        "zqembargo": (library.maude, {"level": "public", "embargo_until": tomorrow}),
        "zqecarte": (library.maude, {"level": "public"}),
        "zqretire": (library.maude, {"level": "public"}),
        "zqrestreint": (library.maude, {"level": "public"}),
    }
    found = {}
    for name, (by, more) in made.items():
        found[name] = make_document(by, **(words_of(name) | more))
        collect(found[name], by, name)
    hide_document(found["zqecarte"], by=library.odile, reason="À vérifier")
    withdraw_document(found["zqretire"], by=library.maude, reason="Périmé")
    edit_document(found["zqrestreint"], by=library.maude, level="organisme")
    return found


def collect(document: Document, by: Any, name: str) -> None:
    """In a collection that visitors may read; what is confidential, in one of its space."""
    confidential = document.space is not None and document.space.confidential
    place = {"space": document.space} if confidential else {}
    collection = make_collection(by=by, title="Une liste", **place)
    add_document(collection, document, by=by, note=f"Note {name}")
    if not confidential:
        edit_collection(collection, by=by, title="Une liste", level="public")


def addresses(documents: dict[str, Document]) -> Iterator[str]:
    """All that leaves, for every document and collection there is."""
    for name in ("feed_rss", "feed_atom", "table"):
        for query in ("", "?q=titre", "?qui=moi", "?espace=suivis-psychosociaux", "?etat=attente"):
            yield reverse(f"library:{name}") + query
    oai = reverse("library:oai")
    yield f"{oai}?verb=ListRecords&metadataPrefix=oai_dc"
    for document in documents.values():
        for format in ("bib", "ris", "json"):
            yield reverse("library:citation", args=(document.pk, format))
        number = identifier_of(document.pk)
        yield f"{oai}?verb=GetRecord&metadataPrefix=oai_dc&identifier={number}"
        yield reverse("library:collect", args=(document.pk,))
    yield reverse("library:collections")
    for pk in Collection.objects.values_list("pk", flat=True):
        page = reverse("library:collection", args=(pk,))
        yield from (page, f"{page}?impression=1", reverse("library:collection_zip", args=(pk,)))


def content(response: Any) -> str:
    """All the text of an answer, that of an archive included."""
    if not response.streaming:
        return str(response.content.decode()) + response.headers.get("Location", "")
    body = b"".join(response.streaming_content)
    if not response.headers["Content-Type"].startswith("application/zip"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join([*archive.namelist(), archive.read("LISEZMOI.txt").decode()])


@pytest.mark.parametrize("who", [*PEOPLE, "visitor"])
def test_everybody_meets_only_the_words_that_are_hers(city, library, as_, who) -> None:
    browser = as_(None if who == "visitor" else getattr(library, who))
    allowed = {word for word, people in MAY.items() if who in people}
    met: set[str] = set()
    for address in addresses(city):
        found = set(WORD.findall(content(browser.get(address))))
        assert found <= allowed, address
        if "/flux." in address:
            assert not found & QUIET, address
        met |= found
    assert met == allowed
