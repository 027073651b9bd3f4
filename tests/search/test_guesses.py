"""Corrections and suggestions: what a reader's own vocabulary offers, of little or of a lot.

Whose words they may be is in test_canaries.py.
"""

from __future__ import annotations

import pytest

from search import spelling, suggesting
from search.finding import find, suggest
from search.scope import scope_of
from search.spelling import slips
from tests.conftest import World
from tests.search.entries import entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other", "most", "count"),
    [
        ("retour", "retour", 2, 0),
        ("retour", "retuor", 2, 1),
        ("retour", "retou", 2, 1),
        ("retour", "rretour", 2, 1),
        ("retour", "retoir", 2, 1),
        ("retour", "etoru", 2, 2),
        ("retour", "absence", 2, 3),
        ("ca", "abc", 3, 3),
        ("retour", "retouvailles", 2, 3),
    ],
)
def test_slips_are_counted_as_a_hand_makes_them(
    one: str, other: str, most: int, count: int
) -> None:
    assert slips(one, other, most) == slips(other, one, most) == count


def corrected(world: World, typed: str) -> str:
    return find(typed, user=world.eve).correction


def test_the_likeliest_word_is_proposed(world: World) -> None:
    entry("Le retour", "une absence", space=world.common)
    entry("Le retour encore", space=world.common)
    entry("Le recours", space=world.common)
    assert corrected(world, "retuor") == "retour"
    assert corrected(world, "retuor abscence") == "retour absence"
    # Shorter than that it may be anything, and a number is what it is.
    assert corrected(world, "rto") == corrected(world, "2o26") == ""


@pytest.fixture
def much(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three entries are a lot, and two of them make a word usual."""
    for module in (spelling, suggesting):
        monkeypatch.setattr(module, "LARGE", 2)
        monkeypatch.setattr(module, "USUAL", 2)
    for _ in range(2):
        entry("Le retour", "une absence", space=world.common)
    entry("Retourner aux racines", "un rebond", space=world.common)


def test_among_a_lot_the_usual_words_come_first_and_the_rare_ones_are_known(
    world: World, much: None
) -> None:
    assert corrected(world, "retuor") == "retour"
    assert corrected(world, "racnes") == "racines"
    assert corrected(world, "retuor racnes") == "retour racines"
    scope = scope_of(world.eve)
    assert spelling.guesses(scope, ["zzzzzz"]) == {"zzzzzz": []}


def offered(world: World, typed: str) -> list[str]:
    return [one.text for one in suggest(typed, user=world.eve)]


def test_among_a_lot_few_letters_offer_the_usual_words(world: World, much: None) -> None:
    assert offered(world, "re") == ["retour"]
    # Where no usual word begins so, the rare ones do.
    assert offered(world, "ra") == ["racines"]
    assert offered(world, "reto")[:2] == ["retour", "retourner"]
    assert "rebond" in offered(world, "rebo")


def test_titles_are_offered_from_three_letters_on(world: World) -> None:
    entry("Retour en classe", space=world.common)
    assert offered(world, "re") == ["retour"]
    assert offered(world, "ret") == ["retour", "Retour en classe"]
    assert offered(world, "retour en") == ["Retour en classe"]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("100 %", ["100 % présents"]),
        ("100_%", []),
        ("%00", []),
        ("l'é", ["L’été arrive"]),
        ("L’ETE", ["L’été arrive"]),
        ("ρεσ", ["ρεσδ"]),
    ],
)
def test_a_beginning_is_no_pattern(world: World, typed: str, titles: list[str]) -> None:
    for title in ("100 % présents", "1000 présents", "L’été arrive", "ρεσδ"):
        entry(title, space=world.common)
    assert [one.text for one in suggest(typed, user=world.eve) if one.url] == titles
