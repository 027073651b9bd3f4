"""What can be typed in the box, and that nothing of it is an error."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.query import LONGEST, MOST_WORDS, NOTHING, Query, parse


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("retour classe", Query(words=("retour", "classe"))),
        ('"retour en classe"', Query(phrases=("retour en classe",))),
        ("« retour en classe »", Query(phrases=("retour en classe",))),
        ("«\u00a0retour en classe\u00a0»", Query(phrases=("retour en classe",))),
        ("“retour en classe”", Query(phrases=("retour en classe",))),
        ('"retour', Query(words=("retour",))),
        ('retour "en classe', Query(words=("retour",), phrases=("en classe",))),
        ("anxiété -suspension", Query(words=("anxiété",), without=("suspension",))),
        ('deuil -"image intime"', Query(words=("deuil",), without=("image intime",))),
        ("sous-communauté", Query(words=("sous-communauté",))),
        ("auteur:Maude entente", Query(words=("entente",), author="Maude")),
        ('auteur:"Maude Tremblay"', Query(author="Maude Tremblay")),
        ("Auteure : Maude", Query(author="Maude")),
        ("communauté\u00a0: direction", Query(space="direction")),
        ("communaute:« La place »", Query(space="La place")),
        ("type:guide", Query(type="guide")),
        ("apres:2026", Query(since=date(2026, 1, 1))),
        ("après:2026-03", Query(since=date(2026, 3, 1))),
        ("avant:2026-3-9", Query(before=date(2026, 3, 9))),
        ("avant:demain", NOTHING),
        ("apres:2026-13 deuil", Query(words=("deuil",))),
        ("http://exemple.test", Query(words=("http", "//exemple.test"))),
        ("pei:z", Query(words=("pei:z",))),
        ("retour retour", Query(words=("retour",))),
        ("retour\0classe", Query(words=("retour", "classe"))),
        ("ministère : budget", Query(words=("ministère", "budget"))),
    ],
)
def test_what_is_typed_is_read(typed: str, read: Query) -> None:
    assert parse(typed) == read
    assert parse(str(read)) == read


@pytest.mark.parametrize(
    "typed",
    ["", " ", '"', '""', "«", "« »", "-", "--", '-"', "le la les", "l’", "???", "\0", ":",
     "auteur:", "-suspension", '"de la"'],
)  # fmt: skip
def test_what_asks_nothing_is_no_query(typed: str) -> None:
    assert not parse(typed)


def test_what_is_endless_is_cut() -> None:
    long = parse("mot " * 5000)
    assert long == Query(words=("mot",))
    many = parse(" ".join(f"m{n}" for n in range(500)))
    assert len(many.words) == MOST_WORDS
    assert len(parse("a" * 10_000).words[0]) == LONGEST


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=500))
@example('"«"»-“:auteur:-')
@example("typé: apres:2020")
@example('auteur:"a" auteur:b -')
@example("-\u00a0a b:\u202fc")
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    read = parse(typed)
    bool(read)
    assert parse(str(read)) == read


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            ["retour", "l’école", '"', "«", "»", "-", ":", " ", "\u00a0", "auteur", "type", "après",
             "2026-01-02", "e\u0301", "\0", "'", "communaute:", "(", "*", "AND", "NEAR", "^", "\\"]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_nor_any_mixture_of_signs(pieces: list[str]) -> None:
    read = parse("".join(pieces))
    assert parse(str(read)) == read
