"""A page of a PDF is drawn for the phone that reads it, and kept where it may be."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from core import files
from library.extraction import errors, pages, slots
from library.extraction.limits import DRAW
from library.extraction.pages import render_page
from tests.library.extraction import samples
from tests.library.extraction.samples import EVERY_FORMAT

# Nothing here asks the database anything of its own.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def guide(sent):
    return sent("guide.pdf", EVERY_FORMAT["pdf"][1])


@pytest.fixture
def jobs(monkeypatch):
    """The jobs given to children."""
    given = []
    run = pages.runner.run
    monkeypatch.setattr(pages.runner, "run", lambda *job: given.append(job[1]) or run(*job))
    return given


@pytest.mark.parametrize("width", pages.WIDTHS)
def test_a_page_has_the_width_that_was_asked_for(guide, width):
    image = Image.open(io.BytesIO(render_page(guide, 2, width)))
    assert image.format == "WEBP"
    assert abs(image.width - width) <= 1
    assert image.convert("L").getextrema()[0] < 100, "nothing was drawn"


def test_a_drawn_page_is_kept_for_the_next_reader(guide, jobs):
    assert render_page(guide, 1, 800) == render_page(guide, 1, 800)
    assert len(jobs) == 1
    assert files.kept(guide, "1-800.webp")


def test_a_page_of_a_confidential_space_is_drawn_each_time_and_kept_nowhere(guide, jobs):
    for _reader in range(2):
        render_page(guide, 1, 800, keep=False)
    assert len(jobs) == 2
    assert files.kept(guide, "1-800.webp") is None


def test_what_was_kept_before_is_not_given_in_confidence(guide, jobs):
    files.keep(guide, "1-800.webp", b"kept")
    assert render_page(guide, 1, 800, keep=False) != b"kept"


@pytest.mark.parametrize("number", [0, -1, 3, 10**6])
def test_there_is_no_such_page(guide, number):
    with pytest.raises(errors.NoSuchPage):
        render_page(guide, number, 800)


def test_no_other_width_is_drawn(guide, jobs):
    for width in (1, 801, 100_000):
        with pytest.raises(errors.NoPicture):
            render_page(guide, 1, width)
    assert jobs == []


def test_other_types_are_read_as_text(sent, jobs):
    with pytest.raises(errors.NoPicture):
        render_page(sent("a.docx", EVERY_FORMAT["docx"][1]), 1, 800)
    assert jobs == []


def test_a_damaged_file_has_no_page_and_keeps_none(sent):
    stored = sent("a.pdf", EVERY_FORMAT["pdf"][1][:60])
    with pytest.raises(errors.Broken):
        render_page(stored, 1, 800)
    assert files.kept(stored, "1-800.webp") is None


def test_a_locked_file_has_no_page(sent):
    with pytest.raises(errors.Encrypted):
        render_page(sent("a.pdf", samples.locked_pdf()), 1, 800)


def test_a_page_that_takes_too_long_is_left(guide):
    with pytest.raises(errors.TooLong):
        render_page(guide, 1, 800, limits=replace(DRAW, wall=0.01))


def test_a_page_that_is_miles_tall_is_drawn_small(sent):
    stored = sent("a.pdf", samples.drawn_pdf(samples.line("haut"), box="0 0 100 14400"))
    image = Image.open(io.BytesIO(render_page(stored, 1, 800)))
    assert image.height <= 3_200 and image.width < 800


def test_a_content_that_is_lost_says_so(guide):
    guide.file.name = "00/rien"
    with pytest.raises(errors.Lost):
        render_page(guide, 1, 800)


def test_a_file_that_waits_for_the_antivirus_is_not_drawn(guide):
    guide.state = "withheld"
    with pytest.raises(files.Withheld):
        render_page(guide, 1, 800)


# --------------------------------------------------------------------------- one at a time


def test_a_crowd_waits_in_line_and_is_told(guide, monkeypatch):
    monkeypatch.setattr(slots, "WAIT_SECONDS", 0)
    with slots.slot(0), slots.slot(0):
        with pytest.raises(errors.Busy):
            render_page(guide, 1, 800)
        files.keep(guide, "2-800.webp", b"kept")
        assert render_page(guide, 2, 800) == b"kept", "what is kept waits for nobody"
    assert render_page(guide, 1, 800)


def test_a_place_is_free_again_after_a_failure():
    for _failure in range(slots.SLOTS + 1):
        with pytest.raises(ZeroDivisionError), slots.slot(0):
            1 / 0  # noqa: B018
