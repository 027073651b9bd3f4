"""The logic of a practice, read as one sentence."""

from __future__ import annotations

import pytest
from django.utils import translation

from practices.reasoning import sentence
from practices.sections import BY_NAME
from practices.shown import shown_section


def read(**values: str) -> str:
    one = shown_section(BY_NAME["logique"], values)
    parts = sentence(one.fields) if one else []
    return "".join(f"{part.word}{part.text} " for part in parts).strip()


@pytest.mark.parametrize(
    "values, said",
    [
        (
            {"if_we": "on marche côte à côte,", "then": "la famille ouvre", "because": "rien."},
            "If we on marche côte à côte, then la famille ouvre, because rien.",
        ),
        ({"then": "La porte s’ouvre", "because": "Marie vient."},
         "Then la porte s’ouvre, because Marie vient."),
        ({"if_we": "on vient?", "then": "tant mieux!"}, "If we on vient? then tant mieux!"),
        ({}, ""),
    ],
)  # fmt: skip
def test_what_was_typed_apart_reads_as_one_sentence(values: dict[str, str], said: str) -> None:
    with translation.override("en"):
        assert read(**values) == said


@pytest.mark.parametrize(
    "values, said",
    [
        ({"if_we": "Il vient,", "then": "elle parle,", "because": "elle a le temps."},
         "S’il vient, alors elle parle, parce qu’elle a le temps."),
        ({"if_we": "une même personne passe", "because": "Rien n’est demandé"},
         "Si une même personne passe, parce que rien n’est demandé."),
    ],
)  # fmt: skip
def test_french_elides(values: dict[str, str], said: str) -> None:
    with translation.override("fr-ca"):
        assert read(**values) == said
