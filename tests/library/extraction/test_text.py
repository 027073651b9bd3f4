"""What programs put in their texts is read as a person would type it."""

import unicodedata

import pytest

from library.extraction.child.text import clean

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("l’inter-\nvention", "l’intervention"),
        ("l’inter\x02\r\nvention", "l’intervention"),
        ("l’inter\ufffe\r\nvention", "l’intervention"),
        ("Est-\nce vrai, peut-\nêtre?", "Est-ce vrai, peut-être?"),
        ("Saint-\nJérôme", "Saint-Jérôme"),
        ("de 12-\n14 ans", "de 12-\n14 ans"),
        ("eﬃcace, oﬀrir, ﬁlle", "efficace, offrir, fille"),
        ("dé\u00adcro\u200bchage", "décrochage"),
        ("du texte\x00 et\x07 rien", "du texte et rien"),
        ("une\ud800 moitié", "une moitié"),
        ("un  mot\t\tloin ", "un mot loin"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("\u202eeurtne\u202c", "eurtne"),
        ("100\u00a0%", "100\u00a0%"),
    ],
)
def test_a_word_is_found_as_it_is_typed(raw, read):
    assert clean(raw) == read


def test_letters_are_composed():
    assert clean(unicodedata.normalize("NFD", "décroché à l’été")) == "décroché à l’été"


def test_what_is_clean_stays_as_it_is():
    text = "Premier paragraphe, d’une phrase.\n\nSecond : « oui ».\nFin…"
    assert clean(text) == text
