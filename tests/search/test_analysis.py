"""Maude types as one types on a phone, and finds what was written with care."""

# ruff: noqa: RUF001 (letters that look alike are what this is about)

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import LONGEST, compounds, fold, stems, words

FRENCH = st.text("abcdeéèêëàâçîïôöùûüœæÉÈÀŒ ’'-.,\u00a0", max_size=60)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("école", "ECOLE"),
        ("école", "e\u0301cole"),
        ("école", "éco\u00adle"),
        ("école", "ｅｃｏｌｅ"),
        ("L’école", "ecole"),
        ("à l'école", "ecole"),
        ("l`école", "ecole"),
        ("l＇école", "ecole"),
        ("œuvre", "oeuvre"),
        ("ŒUVRE", "oeuvre"),
        ("cæcum", "caecum"),
        ("Noël", "noel"),
        ("retour\u00a0:", "retour"),
        ("activités", "ACTIVITE"),
        ("premières", "premiere"),
        ("arrivées", "arrivee"),
        ("élèves", "eleve"),
        ("travaux", "travail"),
        ("2024-2025", "2024 2025"),
        ("5\u00a0000\u00a0$", "5 000"),
        ("م\u064eدرسة", "مدرسة"),
    ],
)
def test_two_writings_of_one_word_are_one(written: str, typed: str) -> None:
    assert stems(written) == stems(typed) != []


@pytest.mark.parametrize(
    "text",
    [
        "l’école", "d’école", "qu’école", "jusqu’école", "lorsqu'école", "puisqu'école",
        "quoiqu'école", "presqu’école", "entr’école", "quelqu’école", "C’école", "S’ÉCOLE",
    ],
)  # fmt: skip
def test_elisions_fall(text: str) -> None:
    assert [word.key for word in words(text)] == ["ecole"]


def test_an_apostrophe_that_elides_nothing_parts_two_words() -> None:
    assert [word.key for word in words("aujourd’hui")] == ["aujourd", "hui"]
    # Nothing follows: a letter, and no elision.
    assert [word.key for word in words("plan b")] == ["plan", "b"]


def test_words_of_grammar_are_not_searched_and_figures_are() -> None:
    assert stems("le la les à de d’un et où qui qu’il est-ce que") == []
    assert stems("Loi 25, du 41 au 3e") == ["loi", "25", "41", "3e"]


def test_hyphenated_words_are_also_one_word() -> None:
    assert compounds("Le co-développement en télé‑travail") == [
        *stems("codéveloppement"),
        *stems("télétravail"),
    ]
    assert compounds("de 2024-2025, 514-555-0123, un - deux, a-b-c-d-e") == []


def test_other_scripts_are_found_too() -> None:
    (word,) = words("ᐃᓄᒃᑎᑐᑦ")
    assert word.stem == "u1403u14c4u1483u144eu1450u1466"
    assert len(stems("مدرسة، المدرسة")) == 2


def test_a_word_is_suggested_as_it_was_written() -> None:
    written = [word.plain for word in words("DÉ\u00adCROCHAGE e\u0301cole Œuvre ＰＥＩ")]
    assert written == ["décrochage", "école", "œuvre", "pei"]


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=200))
def test_words_say_exactly_where_they_stand(text: str) -> None:
    at = 0
    for word in words(text):
        assert at <= word.start < word.end
        assert text[word.start : word.end] == word.text
        assert word.stem
        assert word.stem.isascii() and word.stem.isalnum() and word.stem == word.stem.lower()
        assert max(len(word.stem), len(word.key), len(word.plain)) <= LONGEST
        at = word.end


@settings(deadline=None, derandomize=True)
@given(FRENCH)
def test_accents_and_capitals_change_nothing(text: str) -> None:
    bare = "".join(
        char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
    )
    assert stems(text) == stems(bare.upper()) == stems(unicodedata.normalize("NFD", text))


@settings(deadline=None, derandomize=True)
@given(FRENCH)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
