"""Real PDF files, opened again: what they say, how they are tagged, what they hold of fonts."""

from __future__ import annotations

import contextlib
import ctypes
import re
import zlib
from collections.abc import Callable
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from PIL import ImageFile

from accounts.models import User
from practices.exchange import pages, printer, printing
from practices.exchange.paper import paper_of
from practices.models import Credit, Sheet
from practices.services import life
from tests.conftest import World
from tests.practices.conftest import make_published

pytestmark = [pytest.mark.django_db, pytest.mark.pango]
As = Callable[[User | None], Client]
ACCENTS = "Où l’œuvre naît : « Noël, maïs, façade, égaux », bientôt ÀÉÈÇŒ"


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    said = "\n".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"\s+", " ", said.replace("\ufffe", "").replace("\u00a0", " "))


def fonts_of(content: bytes) -> dict[str, bool]:
    """The fonts that draw the pages, and whether the file holds each."""
    found = {}
    document = pypdfium2.PdfDocument(content)
    for page in document:
        for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            font = pdfium.FPDFTextObj_GetFont(one.raw)
            size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
            name = ctypes.create_string_buffer(size)
            pdfium.FPDFFont_GetBaseFontName(font, name, size)
            found[name.value.decode()] = bool(pdfium.FPDFFont_GetIsEmbedded(font))
    return found


def catalogue_of(content: bytes) -> bytes:
    """All that the file says of itself: its objects are packed in streams."""
    said = [content]
    for packed in re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL):
        with contextlib.suppress(zlib.error):
            said.append(zlib.decompress(packed))
    return b"\n".join(said)


def printed(sheet: Sheet, viewer: Any = None) -> bytes:
    paper = paper_of(sheet, viewer or AnonymousUser())
    return printing.print_here(pages.sheet_page(paper), pages.things([paper]))


def test_the_file_of_a_sheet_says_all_of_it_with_its_accents(as_: As, world: World) -> None:
    sheet = make_published(
        world,
        public=True,
        identite={"title": "L’été, où l’on s’ancre", "contact": "La coordination"},
        besoin={"context": ACCENTS},
        perennite={"adapting": "partage"},
    )
    Credit.objects.create(sheet=sheet, organisation=world.phare, role=Credit.Role.PROPOSAL)
    answer = as_(world.eve).get(f"/pratiques/{sheet.pk}/fiche.pdf")
    said = text_of(answer.content)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    for words in (
        "L’été, où l’on s’ancre", ACCENTS.replace("\u00a0", " "), "Choisir",
        "Une seule personne-pivot", "La coordination", "Racines et Relais",
        f"http://localhost:8000/pratiques/{sheet.pk}/",
        "Le Phare des Battures", "Version 1",
    ):  # fmt: skip
        assert words in said, words
    assert "Maude" not in said


def test_the_file_is_tagged_french_and_holds_its_fonts(world: World) -> None:
    content = printed(make_published(world, public=True, identite={"title": "Élan"}))
    document = pypdfium2.PdfDocument(content)

    assert pdfium.FPDFCatalog_IsTagged(document.raw)
    said = catalogue_of(content)
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", said)
    assert b"/StructTreeRoot" in said
    assert re.search(rb"/Lang\s*\(fr-CA\)", said)
    assert b"pdfuaid" in said
    assert document.get_metadata_dict()["Title"] == "Élan"
    fonts = fonts_of(content)
    assert fonts and all(fonts.values()), fonts
    assert all("DejaVu" in name for name in fonts), fonts


def test_the_same_sheet_is_made_once(
    as_: As, world: World, public_sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    real = printer.make
    monkeypatch.setattr(printer, "make", lambda *given: made.append(1) or real(*given))
    path = f"/pratiques/{public_sheet.pk}/fiche.pdf"
    first = as_(None).get(path)
    assert as_(None).get(path).content == first.content
    again = as_(None).get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, len(made)) == (304, 1)

    # Another review date is another paper.
    life.confirm_review(public_sheet, by=world.odile)
    Sheet.objects.filter(pk=public_sheet.pk).update(review_on="2031-01-01")
    assert "2031" in text_of(as_(None).get(path).content)
    assert len(made) == 2


HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=y><style>*{display:none}</style></p>",
    "resources": '<img src="http://exemple.test/a.png"><link rel=stylesheet href=file:///etc/passwd>',
    "a word": "anticonstitutionnellement" * 60,
    "arabic": "مرحبا بالعالم، مدرسة",
    "emoji": "Bravo 🎉👩‍🏫 ❤️",
    "controls": "a\u200b\u202eb\ufeff\u2028c",
    "css": "papier:style.css url(file:///etc/passwd) {{ settings.SECRET_KEY }} {% load ui %}",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_is_written_is_only_words(world: World, what: str) -> None:
    words = HOSTILE[what][:1500]
    sheet = make_published(
        world,
        besoin={"context": words, "objectives": [words[:300]]},
        deroulement={"steps": [{"title": words[:100], "text": words}]},
    )
    content = printed(sheet, world.maude)
    document = pypdfium2.PdfDocument(content)

    assert 1 <= len(document) <= 5
    assert pdfium.FPDFCatalog_IsTagged(document.raw)
    if what in ("html", "resources"):
        assert words[:20] in text_of(content)
    assert b"root:" not in content


def test_twenty_long_steps_go_on_from_page_to_page(world: World) -> None:
    step = {"title": "Une étape", "text": "Où l’on avance à petits pas. " * 68}
    steps = [step | {"title": f"Étape numéro {n}"} for n in range(1, 21)]
    content = printed(make_published(world, deroulement={"steps": steps}), world.maude)

    assert len(pypdfium2.PdfDocument(content)) >= 8
    assert "Étape numéro 20" in text_of(content)


@pytest.mark.parametrize(
    "address", ["http://exemple.test/a.svg", "file:///etc/hostname", "papier:autre.svg", "a.svg"]
)
def test_the_printer_asks_nobody_for_anything(address: str) -> None:
    """Refused before any connection, and no file of the disk is read."""
    page = f'<html lang="fr"><title>x</title><p>Avant</p><img src="{address}" alt="x"><p>Après</p>'
    assert "Avant Après" in text_of(printer.make(page, {}))


def test_the_child_that_makes_booklets_is_held_to_its_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert printing.print_apart("<title>x</title><p>Bonjour", {})[:5] == b"%PDF-"
    monkeypatch.setattr(printing, "WALL", 0.05)
    with pytest.raises(printing.PrinterStopped):
        printing.print_apart("<title>x</title><p>Bonjour", {})


def test_one_pdf_at_a_time_and_the_next_one_is_told_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from practices.errors import PrinterBusy

    monkeypatch.setattr(printing, "WAIT", 0.01)
    with printing._turn, pytest.raises(PrinterBusy):
        printing.print_here("<p>x", {})


def test_a_truncated_picture_is_still_refused_after_a_sheet_was_printed(sheet: Sheet) -> None:
    printed(sheet)

    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
