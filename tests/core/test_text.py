"""Lines as they are kept, words as they are compared."""

import pytest

from core.text import fold, one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Un\t titre\r\nen deux \n", "Un titre en deux"),
        ("Suspension\u00a0: le retour", "Suspension\u00a0: le retour"),
        ("«\u202foui\u202f»", "«\u202foui\u202f»"),
        ("\u2003\u2028", ""),
    ],
)
def test_a_line_keeps_the_spaces_that_no_line_may_be_cut_at(text, line):
    assert one_line(text) == line


def test_folded_words_meet():
    assert fold("Cœur\u00a0 d’ÉCOLE") == fold("coeur d'ecole")
