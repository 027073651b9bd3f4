"""Tesseract is asked as it must be. What it answers is measured by bench.extraction."""

from __future__ import annotations

import stat
import sys
from io import BytesIO

import pytest

from library.extraction import ocr
from library.extraction.child.recognition import MAX_PIXELS, WIDTH, picture_of
from library.extraction.child.trouble import NoPicture, NoSuchPage
from tests.library.extraction import samples

pytestmark = pytest.mark.sqlite

# Says how it was called, on what, and under which limits.
TELLING = f"""#!{sys.executable}
import os, resource, sys
if "--list-langs" in sys.argv:
    print("List of available languages (4):", "deu", "eng", "fra", "osd", sep="\\n")
else:
    head = sys.stdin.buffer.read(24)
    size = int.from_bytes(head[16:20], "big")
    print("Appelé", *sys.argv[1:], os.environ["OMP_THREAD_LIMIT"], head[1:4].decode(), size)
    print("limites", *resource.getrlimit(resource.RLIMIT_CPU), len(os.environ))
"""


@pytest.fixture
def tesseract(tmp_path, monkeypatch):
    """A program of that name, alone on the path."""
    place = tmp_path / "tesseract"
    place.write_text(TELLING)
    place.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(tmp_path))
    ocr.program.cache_clear()
    ocr.languages.cache_clear()
    yield place
    ocr.program.cache_clear()
    ocr.languages.cache_clear()


def test_where_it_is_not_installed_it_is_not_asked(tesseract):
    tesseract.unlink()
    assert not ocr.is_available()


def test_of_its_languages_french_and_english_are_taken(tesseract):
    assert ocr.is_available()
    assert ocr.languages() == "fra+eng"


def test_a_program_that_fails_is_as_if_it_were_not_there(tesseract):
    tesseract.write_text("#!/bin/false\n")
    assert not ocr.is_available()


def test_it_takes_the_place_of_the_child_with_its_limits(db, sent, tesseract):
    said = ocr.recognise(sent("a.pdf", samples.scanned_pdf()), 1)
    assert f"Appelé stdin stdout -l fra+eng 1 PNG {WIDTH}" in said
    assert "limites 45 46 3" in said


def test_a_page_that_cannot_be_drawn_has_no_text(db, sent, tesseract):
    assert ocr.recognise(sent("a.pdf", samples.scanned_pdf()), 9) == ""
    assert ocr.recognise(sent("a.pdf", samples.locked_pdf()), 1) == ""


def test_specks_are_no_text(db, sent, tesseract):
    assert ocr.is_available()
    tesseract.write_text(f"#!{sys.executable}\nprint('. , il ~')\n")
    assert ocr.recognise(sent("a.pdf", samples.scanned_pdf()), 1) == ""


def test_a_page_is_drawn_in_grey_at_a_size_that_suits():
    image = picture_of(BytesIO(samples.scanned_pdf()), samples.PDF, 1)
    assert image.mode == "L" and abs(image.width - WIDTH) <= 1
    with pytest.raises(NoSuchPage):
        picture_of(BytesIO(samples.scanned_pdf()), samples.PDF, 2)


def test_a_large_photo_is_made_smaller():
    image = picture_of(BytesIO(samples.photo((5_000, 4_000), "PNG")), "image/png", 1)
    assert image.width * image.height <= MAX_PIXELS


def test_a_text_is_not_drawn():
    with pytest.raises(NoPicture):
        picture_of(BytesIO(b"Bonjour."), samples.TXT, 1)
