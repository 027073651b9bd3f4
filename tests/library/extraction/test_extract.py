"""Nothing trusts the child: what a file made it say is looked at again."""

from __future__ import annotations

import base64
import json

import pytest

from core import files
from core.files import archives
from library.extraction import errors, extract
from library.extraction.extract import Extracted, Thumbnail
from library.extraction.runner import Outcome
from tests.library.extraction import samples

# Nothing here asks the database anything of its own.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
WEBP = base64.b64encode(b"RIFF\x04\x00\x00\x00WEBP").decode()
FACTS = {"pages": 2, "facts": {}}


@pytest.fixture
def answering(monkeypatch, sent):
    """What is found when the child answers these lines."""
    stored = sent("a.txt", b"Bonjour.")

    def answer(*lines, trouble=""):
        output = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        monkeypatch.setattr(extract.runner, "run", lambda *given: Outcome(output, trouble))
        return extract.extract(stored)

    return answer


def test_pages_are_numbered_texts(answering):
    found = answering(
        {"page": 1, "text": "un"},
        {"page": "2", "text": "deux"},
        {"page": -3, "text": "trois"},
        {"page": True, "text": "vrai"},
        {"page": 10**9, "text": "loin"},
        {"page": 4, "text": ["liste"]},
        {"page": 5, "text": "nul\x00 moitié\ud800"},
        {"done": True},
    )
    assert found.pages == {1: "un", 5: "nul moitié"}


def test_facts_are_short_words_and_counts(answering):
    facts = {"title": "Un\x00 titre" + "x" * 900, "authors": 3, "seconds": -1, "other": "x"}
    found = answering({"pages": 10**12, "facts": facts}, {"done": True})
    assert found.facts["title"].startswith("Un titre") and len(found.facts["title"]) < 501
    assert set(found.facts) == {"title"} and found.page_count is None
    assert answering({"facts": "rien"}, {"done": True}).facts == {}


def test_pictures_are_webp_of_a_size_that_was_wanted(answering):
    good = {"thumbnail": 96, "webp": WEBP, "width": 96, "height": 120}
    found = answering(
        good,
        good | {"thumbnail": 4_000},
        good | {"thumbnail": 320, "webp": base64.b64encode(b"<script>").decode()},
        good | {"thumbnail": 320, "webp": "%%%"},
        good | {"thumbnail": 320, "width": 10**7},
        good | {"thumbnail": 320, "webp": 12},
        {"done": True},
    )
    assert found.thumbnails == {96: Thumbnail(b"RIFF\x04\x00\x00\x00WEBP", 96, 120)}


@pytest.mark.parametrize(
    ("lines", "trouble", "failure"),
    [
        ([{"page": 1, "text": "a"}, FACTS, {"done": True}], "", ""),
        ([{"page": 1, "text": "a"}, FACTS | {"cut": True}, {"done": True}], "", "Partial"),
        ([{"page": 1, "text": "a"}, FACTS | {"damaged": 1}, {"done": True}], "", "SomePages"),
        # Killed while reading; killed while drawing, when all was read.
        ([{"page": 1, "text": "a"}], "TooLong", "TooLong"),
        ([{"page": 1, "text": "a"}, FACTS], "TooLong", ""),
        # A picture has nothing else than what is drawn of it.
        ([{"pages": None, "facts": {}}, {"trouble": "Broken"}], "", "Broken"),
        ([{"trouble": "Encrypted"}], "", "Encrypted"),
    ],
)
def test_why_it_stopped(answering, lines, trouble, failure):
    assert answering(*lines, trouble=trouble).failure == failure


def test_what_waits_for_the_antivirus_is_not_read(sent):
    stored = sent("a.txt", b"Bonjour.")
    stored.state = "withheld"
    with pytest.raises(files.Withheld):
        extract.extract(stored)


@pytest.mark.parametrize(
    ("name", "content", "failure"),
    [
        ("a.pdf", samples.locked_pdf(), "Encrypted"),
        ("a.pdf", samples.EVERY_FORMAT["pdf"][1][:60], "Broken"),
        ("a.docx", samples.with_declarations(samples.EVERY_FORMAT["docx"][1], "word/document.xml"),
         "Doctype"),
        ("a.docx", samples.bomb("docx"), "TooBig"),
    ],
)  # fmt: skip
def test_a_real_child_says_why_by_name(sent, name, content, failure, monkeypatch):
    # Some bombs are small enough for the door.
    monkeypatch.setattr(archives, "MAX_RATIO", 10_000)
    found = extract.extract(sent(name, content))
    assert found == Extracted(failure=failure)
    assert errors.reason(failure) is not errors.NotRead


def test_every_reason_of_the_child_has_its_sentence():
    from library.extraction.child import trouble

    for reason in trouble.Trouble.__subclasses__():
        assert errors.REASONS[reason.__name__].message != errors.NotRead.message
    assert errors.sentence("") == ""
    assert errors.sentence("Unheard") == errors.NotRead.message
