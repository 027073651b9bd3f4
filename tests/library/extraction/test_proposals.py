"""What the deposit form is filled with, from what a file says and shows."""

from __future__ import annotations

import pytest

from core import files
from library import reading
from library.extraction.proposals import Proposals, proposals
from tests.library.extraction import samples
from tests.library.extraction.samples import EVERY_FORMAT

pytestmark = pytest.mark.sqlite

SUMMARY = (
    "Le refus scolaire n’est ni un caprice ni une maladie. C’est un comportement qui a une "
    "fonction : éviter quelque chose de trop difficile pour le jeune, ou pour ses parents."
)


def proposed(name="a.pdf", pages=None, **facts):
    return proposals(name, facts, pages or {}, len(pages or {}) or None)


# ------------------------------------------------------------------------------------ title


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({"title": "Guide d’accueil", "heading": "Accueillir"}, "Accueillir"),
        ({"title": "Guide d’accueil"}, "Guide d’accueil"),
        ({"title": "Guide\n d’accueil "}, "Guide d’accueil"),
        ({"title": "Le\u00a0: retour", "heading": "Le : retour"}, "Le\u00a0: retour"),
        ({"title": "Microsoft Word - guide_v3.doc"}, "Mon guide v2"),
        ({"title": "C:\\Users\\x\\guide.docx"}, "Mon guide v2"),
        ({"title": "Sans titre"}, "Mon guide v2"),
        ({"title": "Présentation PowerPoint"}, "Mon guide v2"),
        ({"title": "Classeur1"}, "Mon guide v2"),
        ({"title": "—"}, "Mon guide v2"),
        ({}, "Mon guide v2"),
    ],
)
def test_the_title_is_what_is_seen_then_what_is_said_then_the_name(facts, title):
    assert proposed("mon_guide_v2.pdf", **facts).title == title


def test_a_title_is_no_longer_than_its_field():
    assert len(proposed(heading="x" * 400).title) == 250


# ---------------------------------------------------------------------------------- authors


@pytest.mark.parametrize(
    ("said", "first", "authors"),
    [
        ("Ève Tremblay; Jo Roy", "", "Ève Tremblay, Jo Roy"),
        ("Utilisateur", "", ""),
        ("Microsoft Office User", "", ""),
        ("CSS\\mtremblay", "", ""),
        ("user123", "", ""),
        ("admin; Ève Tremblay", "", "Ève Tremblay"),
        ("Jo Roy", "Titre\nPar Ève Tremblay\nTexte", "Ève Tremblay"),
        ("", "Titre\nAuteurs\u00a0: Ève Tremblay et Jo Roy\n", "Ève Tremblay et Jo Roy"),
        ("", "Rédaction : Comité des pairs", "Comité des pairs"),
        ("", "Written by Jo Roy", "Jo Roy"),
        ("", "Parfois, on se trompe de porte\n", ""),
    ],
)
def test_authors_sign_on_the_page_or_are_named_by_the_file(said, first, authors):
    assert proposed(pages={1: first}, authors=said).authors == authors


# --------------------------------------------------------------------------------- the rest


def test_the_abstract_is_under_its_heading():
    pages = {
        1: "Guide\nÈve\n2024",
        2: f"Table\n\nRésumé\n{SUMMARY}\n\nChapitre 1\n{'Suite. ' * 40}",
    }
    assert proposed(pages=pages).abstract_hint == SUMMARY


def test_without_a_heading_it_is_the_first_true_paragraph():
    pages = {1: f"Guide\n\nPour qui?\nPour vous\n{SUMMARY}\n\n{'Suite du texte. ' * 30}"}
    assert proposed(pages=pages).abstract_hint == SUMMARY


def test_a_list_is_no_abstract():
    assert proposed(pages={1: "Nom\nÂge\nVille\n" * 40}).abstract_hint == ""


def test_a_long_abstract_ends_with_a_sentence():
    hint = proposed(pages={1: f"Résumé\n{SUMMARY} {SUMMARY} {SUMMARY} {SUMMARY}"}).abstract_hint
    assert len(hint) <= 600
    assert hint.endswith(".") and hint.startswith("Le refus")


@pytest.mark.parametrize(("said", "year"), [("2024", "2024"), ("1601", ""), ("20", ""), ("", "")])
def test_a_year_is_one_that_may_be(said, year):
    assert proposed(year=said).year == year


def test_the_language_is_that_of_the_first_pages():
    assert proposed(pages={1: SUMMARY}).language == "fr"
    assert proposed(pages={1: "Alma"}).language == ""


# ------------------------------------------------------------------------- of a stored file


@pytest.mark.parametrize("ending", ["pdf", "docx", "pptx", "odt"])
def test_a_file_that_was_just_sent_fills_the_form(sent, ending):
    stored = sent(f"numerisation_{ending}.{ending}", EVERY_FORMAT[ending][1])
    found = reading.propose(stored)
    assert (found.title, found.authors) == ("Guide du nordet", "Équipe des vents")
    assert (found.language, found.page_count) == ("fr", 2)
    assert found.abstract_hint.startswith("Ce guide est écrit pour les équipes")
    assert found.year == "2024"


def test_nothing_is_raised_whatever_was_sent(sent, monkeypatch):
    stored = sent("guide_du_nordet.pdf", samples.locked_pdf())
    only_the_name = Proposals(title="Guide du nordet")
    assert reading.propose(stored) == only_the_name
    stored.state = "withheld"
    assert reading.propose(stored) == only_the_name
    stored.state = "ready"
    monkeypatch.setattr(files, "opened", lambda stored: 1 / 0)
    assert reading.propose(stored) == only_the_name


def test_a_recording_says_how_long_it_lasts(sent):
    content = b"\xff\xfb\x90\x00" + bytes(16_000 * 83 - 4)
    assert reading.propose(sent("entrevue.mp3", content)).seconds == 83
