"""Reading a document in the page: pictures of a PDF with their text, text, sound, by parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.models import StoredFile
from library.extraction import pages as drawing
from library.models import Document
from library.reading import read_next
from tests.conftest import World
from tests.forums.test_budgets import arrived, counted
from tests.library.conftest import make_document, make_file
from tests.library.extraction.samples import drawn_pdf, line, photo

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
SHELL = 5
# The document with its rights, the text of the page.
READER = 2


def booklet(by: User, pages: int = 3, **words: Any) -> Document:
    """A PDF whose pages each hold a sentence, read by the extraction."""
    sentences = [line(f"Une phrase du feuillet {n}.") for n in range(1, pages + 1)]
    file = make_file(by, drawn_pdf(*sentences), "feuillet.pdf", "application/pdf")
    document = make_document(by, file=file, **words)
    assert read_next()
    document.refresh_from_db()
    return document


@pytest.fixture
def leaflet(library: World) -> Document:
    return booklet(library.maude)


@pytest.fixture
def secret(library: World) -> Document:
    return booklet(library.naima, level="sous-communaute", space=library.psychosocial)


def test_a_page_is_a_picture_whose_text_is_there_to_be_read(
    leaflet: Document, as_: As, eve: User
) -> None:
    said = as_(eve).get(f"/bibliotheque/{leaflet.pk}/lire/?page=2").content.decode()

    assert 'id="page-2"' in said
    assert f'src="/bibliotheque/{leaflet.pk}/pages/2/"' in said
    assert "Une phrase du feuillet 2." in said
    assert "feuillet 1." not in said
    for link in ("?page=1", "?page=3"):
        assert f'href="/bibliotheque/{leaflet.pk}/lire/{link}"' in said


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", 1), ("?page=3", 3), ("?page=99", 3), ("?page=0", 1), ("?page=-1", 1), ("?page=x", 1),
     ("?page=99999999999999999999", 1)],
)  # fmt: skip
def test_a_page_that_is_not_there_is_the_nearest(
    leaflet: Document, as_: As, eve: User, asked: str, shown: int
) -> None:
    answer = as_(eve).get(f"/bibliotheque/{leaflet.pk}/lire/{asked}")
    assert answer.context["number"] == shown


def test_the_picture_of_a_page_comes_through_the_door_and_is_asked_again_each_time(
    leaflet: Document, as_: As, eve: User
) -> None:
    browser, address = as_(eve), f"/bibliotheque/{leaflet.pk}/pages/2/"
    answer = browser.get(address)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.content[8:12] == b"WEBP"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = browser.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    larger = browser.get(f"{address}?taille=2")
    assert len(larger.content) > len(answer.content)
    for wrong in ("0", "4", "99999"):
        assert browser.get(f"/bibliotheque/{leaflet.pk}/pages/{wrong}/").status_code == 404


def test_a_confidential_page_leaves_no_copy_anywhere(
    secret: Document, as_: As, naima: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    draw = drawing.render_page

    def watched(*args: Any, keep: bool = True, **kwargs: Any) -> bytes:
        asked.append(keep)
        return draw(*args, keep=keep, **kwargs)

    monkeypatch.setattr("library.views.reading.render_page", watched)
    answer = as_(naima).get(f"/bibliotheque/{secret.pk}/pages/1/")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert asked == [False]
    page = as_(naima).get(f"/bibliotheque/{secret.pk}/lire/")
    assert page.headers["Cache-Control"] == "no-store"
    assert 'data-next=""' in page.content.decode()


def test_a_version_that_is_not_the_current_one_is_read_at_its_own_address(
    leaflet: Document, as_: As, eve: User, maude: User
) -> None:
    from library.services.deposit import add_version

    file = make_file(maude, drawn_pdf(line("Le feuillet refait.")), "refait.pdf", "application/pdf")
    add_version(leaflet, by=maude, file=file)
    assert read_next()
    eve_ = as_(eve)

    assert "refait" in eve_.get(f"/bibliotheque/{leaflet.pk}/lire/").content.decode()
    old = eve_.get(f"/bibliotheque/{leaflet.pk}/lire/?version=1&page=3").content.decode()
    assert "feuillet 3." in old
    assert f"/bibliotheque/{leaflet.pk}/pages/3/?version=1" in old
    assert f"/bibliotheque/{leaflet.pk}/lire/?version=1&amp;page=2" in old
    assert eve_.get(f"/bibliotheque/{leaflet.pk}/pages/3/").status_code == 404
    assert eve_.get(f"/bibliotheque/{leaflet.pk}/pages/3/?version=1").status_code == 200


def test_what_is_no_pdf_is_read_as_text(library: World, as_: As) -> None:
    document = make_document(library.maude, b"Un premier feuillet.\n\x0cLe second feuillet.\n")
    assert "library/lire" not in as_(library.eve).get(document.get_absolute_url()).content.decode()
    assert read_next()
    said = as_(library.eve).get(f"/bibliotheque/{document.pk}/lire/?page=2").content.decode()

    assert "Le second feuillet." in said
    assert "<img" not in said.partition("<main")[2].partition("</main>")[0]
    assert as_(library.eve).get(f"/bibliotheque/{document.pk}/pages/1/").status_code == 422


def test_a_picture_a_sound_and_a_film_are_shown_in_the_page(library: World, as_: As) -> None:
    image = make_file(library.maude, photo(), "photo.jpg", "image/jpeg")
    document = make_document(library.maude, file=image)
    said = as_(library.eve).get(f"/bibliotheque/{document.pk}/lire/").content.decode()
    assert f'<img src="/fichiers/{image.pk}/"' in said
    for type_, tag in (("audio/mpeg", "<audio controls"), ("video/mp4", "<video controls")):
        StoredFile.objects.filter(pk=image.pk).update(content_type=type_)
        said = as_(library.eve).get(f"/bibliotheque/{document.pk}/lire/").content.decode()
        assert tag in said
        assert f'src="/fichiers/{image.pk}/"' in said


def test_a_document_without_file_has_nothing_to_read(library: World, as_: As) -> None:
    document = make_document(library.maude, link="https://exemple.test/")
    browser = as_(library.eve)

    assert browser.get(document.get_absolute_url()).status_code == 200
    for path in ("lire/", "telecharger/", "pages/1/", "versions/1/"):
        assert browser.get(f"/bibliotheque/{document.pk}/{path}").status_code == 404


def test_no_page_needs_a_script_of_its_own(leaflet: Document, as_: As, eve: User) -> None:
    said = as_(eve).get(f"/bibliotheque/{leaflet.pk}/lire/").content.decode()

    assert not re.search(r"<script(?![^>]*\bsrc=)", said)
    assert not re.search(r"\son[a-z]+=|\sstyle=", said)


@pytest.mark.parametrize("pages", [3, 30])
def test_the_reader_costs_the_same_at_any_length(library: World, as_: As, pages: int) -> None:
    document = booklet(library.maude, pages)
    eve = arrived(as_(library.eve))
    with counted() as found:
        assert eve.get(f"/bibliotheque/{document.pk}/lire/?page={pages}").status_code == 200
    assert len(found) <= SHELL + READER, "\n".join(found)


# ------------------------------------------------------------------------- files, by parts


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, b"Bonj"),
        ("bytes=4-", 206, b"our."),
        ("bytes=-2", 206, b"r."),
        ("bytes=4-99", 206, b"our."),
        ("bytes=-99", 206, b"Bonjour."),
        ("bytes=8-", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=-", 200, b"Bonjour."),
        ("bytes=0-1,3-4", 200, b"Bonjour."),
        ("lignes=0-1", 200, b"Bonjour."),
    ],
)
def test_a_file_is_given_by_the_part_that_is_asked_for(
    library: World, as_: As, asked: str, status: int, part: bytes
) -> None:
    """A player asks for the middle of a recording."""
    document = make_document(library.maude, b"Bonjour.")
    address = f"/bibliotheque/{document.pk}/telecharger/"
    answer: Any = as_(library.eve).get(address, headers={"Range": asked})

    assert answer.status_code == status
    assert (b"".join(answer.streaming_content) if answer.streaming else answer.content) == part
    if status == 206:
        assert answer.headers["Content-Length"] == str(len(part))
        assert answer.headers["Content-Range"].endswith("/8")


def test_a_part_of_a_file_that_changed_is_the_whole_of_the_new_one(library: World, as_: As) -> None:
    document = make_document(library.maude, b"Bonjour.")
    headers = {"Range": "bytes=0-3", "If-Range": '"autre"'}
    answer: Any = as_(library.eve).get(f"/bibliotheque/{document.pk}/telecharger/", headers=headers)

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"Bonjour."


def test_who_moderates_a_document_set_aside_still_opens_its_file(library: World, as_: As) -> None:
    document = make_document(library.maude, b"Bonjour.")
    Document.objects.filter(pk=document.pk).update(state="hidden")
    assert document.current is not None
    address = f"/fichiers/{document.current.file_id}/"

    assert as_(library.odile).get(address).status_code == 200
    assert as_(library.eve).get(address).status_code == 404
    assert as_(library.maude).get(address).status_code == 404
