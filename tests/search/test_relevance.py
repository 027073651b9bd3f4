"""What members look for stands first: a small part of what bin/bench-search judges, on the
demonstration community alone."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command

from bench.relevance.gain import ndcg
from bench.relevance.judgements import Judged, mistakes, queries
from bench.relevance.loading import add_reader, names
from community.models import SubCommunity
from search.finding import find
from tests.conftest import World
from tests.search.entries import entry

pytestmark = pytest.mark.django_db
FIRST = 3
ASKED = (
    "registre des incidents",
    "passage au secondaire",
    "coût complet",
    "relève du conseil d’administration",
    "etabli des apprentis",
    "tristan marecourt",
    "brise glace",
    "semaine de quatre jours",
    "le dernier autobus part trop tôt",
    "lexique pour parents en arabe",
    "textos le soir",
)


def asked(text: str) -> Judged:
    return next(query for query in queries() if query.text == text)


def test_the_best_answer_of_the_demonstration_is_among_the_first_three(
    db: None, settings: Any
) -> None:
    settings.DEMO = True
    call_command("bootstrap")
    call_command("demo", stdout=io.StringIO())
    called, reader = names(), add_reader()
    spaces = {space.slug: space for space in SubCommunity.objects.all()}

    assert mistakes({name for name in called.values() if isinstance(name, str)}) == []
    first = {}
    for query in map(asked, ASKED):
        inside = spaces.get(query.inside)
        hits = find(query.text, user=reader, inside=inside, size=FIRST).hits
        first[query.text] = [called.get((hit.row.kind, hit.row.object_id)) for hit in hits]
    best = {text: {n for n, grade in asked(text).demo.items() if grade == 3} for text in ASKED}
    assert {text: found for text, found in first.items() if not best[text] & set(found)} == {}


def titles(world: World, typed: str) -> list[str]:
    return [hit.row.title for hit in find(typed, user=world.maude).hits]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Des parents qui ne répondent pas", "répondre"),
        ("Travailler avec un employeur", "ceux qui travaillent"),
        ("Ils quittent l’école", "quitter"),
        ("La famille et l’école", "école-famille"),
        ("Un codéveloppement entre pairs", "co-développement"),
    ],
)
def test_maude_finds_it_however_it_is_conjugated_or_joined(
    world: World, written: str, typed: str
) -> None:
    entry(written)
    entry("Le transport en milieu rural")

    assert titles(world, typed) == [written]


@pytest.mark.parametrize("typed", ["absentes", "parents", "adolescentes", "urgentes"])
def test_nouns_and_adjectives_are_not_taken_for_verbs(world: World, typed: str) -> None:
    entry("Qui appeler", "Un absent, un parent, un adolescent, un cas urgent.")

    found = find(typed, user=world.maude)
    assert [hit.row.title for hit in found.hits] == ["Qui appeler"]
    assert found.correction == ""


def test_the_title_that_is_what_was_asked_comes_before_the_longer_ones(world: World) -> None:
    entry("La Draveuse et ses partenaires", "La Draveuse, encore la Draveuse.")
    entry("La Draveuse")

    assert titles(world, "draveuse")[0] == "La Draveuse"


def test_an_organisation_that_says_the_word_comes_after_the_thread_about_it(world: World) -> None:
    entry("Le séjour", "Suspension, médiation, devoirs.", kind="thread")
    entry("Le Quai", "Suspension, médiation, devoirs.", kind="organisation")

    assert titles(world, "médiation") == ["Le séjour", "Le Quai"]


def test_of_a_long_question_words_that_stand_together_count_in_their_order(world: World) -> None:
    entry("Un mardi", "Soins et premiers pas : une trousse.")
    entry("Un jeudi", "Repérez la trousse de premiers soins.")

    assert titles(world, "où est la trousse de premiers soins du gymnase")[0] == "Un jeudi"


def test_the_gain_is_that_of_the_sources() -> None:
    # By hand: (7 + 3/log2(3) + 0 + 1/log2(5)) / (7 + 3/log2(3) + 1/log2(4) + 0)
    assert ndcg([3, 2, 0, 1], [3, 2, 1]) == pytest.approx(0.9926, abs=0.0001)
    assert ndcg([], [3]) == 0
    assert ndcg([3] * 10, [3] * 40) == 1
