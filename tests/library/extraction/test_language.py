"""French, English, or neither."""

import pytest

from library.extraction.language import ENGLISH, FRENCH, language_of, sample

pytestmark = pytest.mark.sqlite

FRENCH_TEXT = (
    "Le refus scolaire n’est ni un caprice ni une maladie. C’est un comportement qui a une "
    "fonction : éviter quelque chose de trop difficile pour le jeune et pour ses parents."
)
ENGLISH_TEXT = (
    "School refusal is neither a whim nor a disease. It is a behaviour that has a function: to "
    "avoid something which is too hard for the young person and for their parents."
)
SPANISH = (
    "La escuela es un lugar donde los niños y las niñas aprenden a vivir juntos, con la ayuda de "
    "las familias y de los maestros que los acompañan en su camino todos los días del año."
)
LIST = "Montréal Québec Gatineau Sherbrooke Saguenay Lévis Laval Longueuil Granby Rimouski " * 3


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (FRENCH_TEXT, "fr"),
        (ENGLISH_TEXT, "en"),
        (FRENCH_TEXT.upper(), "fr"),
        (f"{FRENCH_TEXT}\n{ENGLISH_TEXT}", ""),
        (f"{FRENCH_TEXT * 4}\n{ENGLISH_TEXT}", "fr"),
        (SPANISH, ""),
        (LIST, ""),
        ("Bonjour à tous.", ""),
        ("", ""),
    ],
)
def test_the_language_is_told_when_it_is_clear(text, language):
    assert language_of(text) == language


def test_no_word_speaks_for_both():
    assert not FRENCH & ENGLISH


def test_a_long_text_is_told_by_its_beginning():
    pages = {2: ENGLISH_TEXT, 1: FRENCH_TEXT * 300}
    assert language_of(sample(pages)) == "fr"
    assert ENGLISH_TEXT not in sample(pages)
