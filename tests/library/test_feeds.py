"""The list of documents followed from elsewhere: who gets what, and nothing confidential."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from library.models import Document
from library.services.approval import end_embargoes
from library.services.deposit import edit_document
from tests.library.conftest import make_document

ATOM = "{http://www.w3.org/2005/Atom}"
BOTH = pytest.mark.parametrize("format", ["rss", "atom"])


def ask(browser: Any, format: str = "atom", query: str = "", **headers: str) -> Any:
    return browser.get(reverse(f"library:feed_{format}") + query, headers=headers)


def titles(response: Any) -> list[str]:
    """The titles of the entries, in their order."""
    assert response.status_code == 200
    root = ET.fromstring(response.content)  # noqa: S314 (our own answer)
    if root.tag == "rss":
        return [one.findtext("title") or "" for one in root.iter("item")]
    return [one.findtext(f"{ATOM}title") or "" for one in root.iter(f"{ATOM}entry")]


@pytest.fixture
def shelves(library) -> dict[str, Document]:
    """A document of each audience."""
    psychosocial = {"level": "sous-communaute", "space": library.psychosocial}
    return {
        "public": make_document(library.maude, title="Public", level="public", licence="cc-by"),
        "community": make_document(library.maude, title="Communauté"),
        "organisation": make_document(library.maude, title="Relais", level="organisme"),
        "direction": make_document(
            library.real, title="Direction", level="sous-communaute", space=library.direction
        ),
        "confidential": make_document(library.naima, title="Canari violet", **psychosocial),
    }


@BOTH
def test_a_visitor_follows_what_is_public(shelves, as_, format) -> None:
    assert titles(ask(as_(None), format)) == ["Public"]


@BOTH
def test_a_signed_in_browser_follows_what_its_person_reads(shelves, library, as_, format) -> None:
    assert titles(ask(as_(library.maude), format)) == ["Relais", "Communauté", "Public"]
    assert titles(ask(as_(library.real), format)) == ["Direction", "Communauté", "Public"]


@BOTH
def test_what_is_confidential_never_leaves_by_a_feed(shelves, library, as_, format) -> None:
    """Not even to who reads it there, not even from the filter of its space."""
    for query in ("", "?espace=suivis-psychosociaux", "?q=canari", "?qui=moi"):
        for who in (library.naima, library.odile):
            assert b"Canari" not in ask(as_(who), format, query).content


def test_a_space_whose_text_stays_out_of_mails_stays_out_of_feeds(shelves, library, as_) -> None:
    library.direction.content_in_mail = False
    library.direction.save()

    assert "Direction" not in titles(ask(as_(library.real)))


def test_a_feed_obeys_the_filters_of_the_list(library, as_) -> None:
    make_document(library.maude, title="Film", type="video", level="public", licence="cc-by")
    make_document(library.maude, title="Guide", level="public", licence="cc0", tags=["lecture"])

    assert titles(ask(as_(None), query="?type=video")) == ["Film"]
    assert titles(ask(as_(None), query="?mot=lecture")) == ["Guide"]
    assert titles(ask(as_(None), query="?q=introuvable")) == []


def test_an_entry_is_described_with_its_file(library, as_) -> None:
    document = make_document(
        library.maude, title="Titre <b> & suite", level="public", licence="cc-by",
        authors="Maude Tremblay; Réal Lavoie", tags=["lecture"],
    )  # fmt: skip
    Document.objects.filter(pk=document.pk).update(abstract="Un\x0b résumé")
    root = ET.fromstring(ask(as_(None), "rss").content)  # noqa: S314 (our own answer)
    item = root.find(".//item")

    assert item is not None
    assert item.findtext("title") == "Titre <b> & suite"
    assert item.findtext("description") == "Un résumé"
    assert item.findtext("guid") == f"http://localhost:8000/bibliotheque/{document.pk}/"
    assert item.findtext("link") == f"http://localhost:8000{document.get_absolute_url()}"
    assert [one.text for one in item.findall("category")] == ["Guide", "lecture"]
    enclosure = item.find("enclosure")
    assert enclosure is not None
    assert enclosure.get("type") == "text/plain"
    assert (enclosure.get("url") or "").endswith(f"/bibliotheque/{document.pk}/telecharger/")


def test_a_feed_says_which_filters_it_follows(library, as_) -> None:
    root = ET.fromstring(ask(as_(None), query="?type=video&q=%3Cx%3E").content)  # noqa: S314

    title = root.findtext(f"{ATOM}title") or ""
    assert "Video" in title
    assert "<x>" in title
    assert {one.get("href") for one in root.findall(f"{ATOM}link")} == {
        "http://localhost:8000/bibliotheque/?type=video&q=%3Cx%3E",
        "http://localhost:8000/bibliotheque/flux.atom?type=video&q=%3Cx%3E",
    }


@BOTH
def test_what_did_not_change_is_not_sent_again(shelves, library, as_, format) -> None:
    browser = as_(None)
    first = ask(browser, format)
    again = ask(browser, format, if_none_match=first.headers["ETag"])
    edit_document(shelves["public"], by=library.maude, title="Corrigé")
    changed = ask(browser, format, if_none_match=first.headers["ETag"])

    assert again.status_code == 304
    assert again.content == b""
    assert titles(changed) == ["Corrigé"]


def test_nobody_else_is_given_the_feed_of_a_session(shelves, library, as_) -> None:
    answer = ask(as_(library.maude))

    assert "private" in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]
    assert ask(as_(None), if_none_match=answer.headers["ETag"]).status_code == 200


def test_what_is_narrowed_or_withdrawn_leaves_the_feed_at_once(shelves, library, as_) -> None:
    edit_document(shelves["public"], by=library.maude, level="communaute")

    assert titles(ask(as_(None))) == []


def test_what_was_under_embargo_comes_first_on_its_day(library, as_) -> None:
    """However long ago it was deposited."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    make_document(
        library.maude, title="Retenu", level="public", licence="cc-by", embargo_until=tomorrow
    )
    make_document(library.maude, title="Autre", level="public", licence="cc-by")
    assert titles(ask(as_(None))) == ["Autre"]

    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        end_embargoes()

        assert titles(ask(as_(None))) == ["Retenu", "Autre"]


def test_a_feed_costs_as_much_at_thirty_documents_as_at_three(library, as_) -> None:
    """For a visitor: the documents, their terms, their keywords."""

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            ask(as_(None))
        return len(found)

    for n in range(3):
        make_document(library.maude, title=f"A {n}", level="public", licence="cc-by", tags=["a"])
    ask(as_(None))
    three = queries()
    for n in range(27):
        make_document(library.maude, title=f"B {n}", level="public", licence="cc-by", tags=["b"])

    assert queries() == three <= 3
