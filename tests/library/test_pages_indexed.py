"""What the search is told of documents, and when."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from library import indexed
from library.models import Document
from library.reading import read_next
from library.services.merging import merge_documents
from library.services.withdrawal import withdraw_document
from tests.conftest import World
from tests.forums.test_budgets import counted
from tests.library.conftest import make_document

ROOM = Path(indexed.__file__).parent
# The documents with their file; their terms, their keywords, their pages.
QUERIES = 4


@pytest.mark.sqlite
def test_whatever_the_services_announce_is_looked_at_again() -> None:
    said = {
        name
        for path in ROOM.rglob("*.py")
        for name in re.findall(r'emit\("((?:document|version|collection)\.\w+)"', path.read_text())
    }

    assert said == {*indexed.DOCUMENT_EVENTS, *indexed.COLLECTION_EVENTS}


@pytest.mark.django_db
def test_a_document_is_found_by_the_page_where_the_words_are(library: World) -> None:
    document = make_document(
        library.maude,
        b"Un premier feuillet.\n\x0cLe second feuillet.\n",
        authors="Ada Tremblay",
        tags=["suspension"],
        terms={"publics": ["parents"]},
    )
    assert read_next()
    (entry,) = indexed.documents([document.pk])

    assert [text.strip() for text in entry.pages] == [
        "Un premier feuillet.",
        "Le second feuillet.",
    ]
    for words in ("Ada Tremblay", "suspension", "Parents", document.abstract):
        assert words in entry.keywords
    assert entry.meta["page_url"] == f"/bibliotheque/{document.pk}/lire/?page="
    assert (entry.type, entry.meta["format"], entry.meta["page_count"]) == ("guide", "txt", 2)


@pytest.mark.django_db
def test_what_has_no_text_is_found_by_its_abstract(library: World) -> None:
    document = make_document(library.maude, link="https://exemple.test/")
    (entry,) = indexed.documents([document.pk])

    assert entry.pages == [document.abstract]
    assert (entry.meta["format"], entry.meta["page_url"]) == ("lien", "")


@pytest.mark.django_db
def test_what_is_gone_leaves_the_index(library: World) -> None:
    gone, old, kept = (make_document(library.maude, title=f"Guide {n}") for n in range(3))
    withdraw_document(gone, by=library.maude, reason="Périmé.")
    merge_documents(old, into=kept, by=library.maude)
    found = indexed.documents([gone.pk, old.pk, kept.pk])

    assert [entry.object_id for entry in found] == [kept.pk]
    payload = {"document": old.pk, "into": kept.pk}
    assert indexed.touched_documents(payload) == [old.pk, kept.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [3, 12])
def test_entries_cost_the_same_however_many_are_asked(library: World, number: int) -> None:
    for n in range(number):
        make_document(library.maude, title=f"Guide {n}", tags=["un"])
    with counted() as found:
        entries = list(indexed.documents(list(Document.objects.values_list("pk", flat=True))))
    assert len(entries) == number
    assert len(found) <= 1 + QUERIES, "\n".join(found)
