"""What the engines find, the same on both databases; CI runs this file on each."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from search.engines import Search, engine
from search.engines.base import Wanted
from search.finding import find
from search.matching import Match, Way, match
from search.models import Cell, SearchDocument
from search.query import parse
from search.scope import scope_of
from tests.conftest import World
from tests.search.entries import entry

pytestmark = pytest.mark.django_db

TEXTS = {
    "a": ("Retour en classe", "Préparer le retour après une suspension."),
    "b": ("La suspension", "Une alternative pour la classe, puis le retour."),
    "c": ("Absences", "Les absences du lundi; le co-développement en équipe."),
    "d": ("Équipe", "Codéveloppement : un retour dans chaque classe."),
    "e": ("Lundi", "Le plan d’intervention, en équipe."),
}


@pytest.fixture
def texts(world: World) -> dict[int, str]:
    made = {
        name: entry(
            title,
            body,
            space=world.common if name in "abc" else world.intervention,
            author_name="Maude Tremblay" if name in "ad" else "Réal Lavoie",
        )
        for name, (title, body) in TEXTS.items()
    }
    return {row.pk: name for name, row in made.items()}


def asked(wanted: Match, user: User, texts: dict[int, str], **also: Any) -> str:
    rows = SearchDocument.objects.findable_by(user)
    cells = scope_of(user, stems=wanted.stems).ids()
    found = engine().candidates(Search(rows, cells, wanted, limit=100, **also))
    return "".join(sorted(texts[one.id] for one in found))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("retour", "abd"),
        ("retours classes", "abd"),
        ('"retour en classe"', "a"),
        ('"retour après"', "a"),
        # From the end of the title to the beginning of the text is no phrase.
        ('"classe préparer"', ""),
        ("retour -suspension", "d"),
        ('retour -"retour en classe"', "bd"),
        ("co-développement", "cd"),
        ("codéveloppement", "cd"),
        ("équipe", "cde"),
        ("auteur:Maude", "ad"),
        ("auteur:tremblay équipe", "d"),
        ("auteur:Maude auteur:Lavoie", "bce"),
        ("tremblay", ""),
        ("introuvable", ""),
    ],
)
def test_an_engine_finds_what_was_asked(
    world: World, texts: dict[int, str], query: str, found: str
) -> None:
    assert asked(match(parse(query)), world.maude, texts) == found


def test_some_of_the_words_are_enough_when_so_much_is_asked(
    world: World, texts: dict[int, str]
) -> None:
    groups = tuple((Way((stem,)),) for stem in ("retour", "lund", "equip"))
    for least, found in ((3, ""), (2, "cde"), (1, "abcde")):
        assert asked(Match(groups, least=least), world.maude, texts) == found


def test_any_of_the_ways_meets_a_group(world: World, texts: dict[int, str]) -> None:
    ways = (Way(("suspens",)), Way(("plan", "intervent")))
    assert asked(Match((ways,), least=1), world.maude, texts) == "abe"
    apart = (Way(("intervent", "plan"), together=False),)
    assert asked(Match((apart,), least=1), world.maude, texts) == "e"
    assert asked(Match(((Way(("intervent", "plan")),),), least=1), world.maude, texts) == ""


def test_only_the_cells_of_the_reader_are_looked_at(world: World, texts: dict[int, str]) -> None:
    wanted = match(parse("retour"))
    assert asked(wanted, world.eve, texts) == "ab"
    # Even if she named them all, the rule is in the statement.
    rows = SearchDocument.objects.findable_by(world.eve)
    every = tuple(Cell.objects.values_list("pk", flat=True))
    found = engine().candidates(Search(rows, every, wanted, limit=100))
    assert "".join(sorted(texts[one.id] for one in found)) == "ab"


def test_the_newest_are_kept_when_there_are_too_many(world: World) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for day in random.Random(22).sample(range(30), 30):
        entry(f"Retour {day}", space=world.common, dated_at=start + timedelta(days=day))
    rows = SearchDocument.objects.findable_by(world.eve)
    cells = scope_of(world.eve).ids()
    for ways in ({}, {"since": start}, {"since": start + timedelta(days=20)}):
        wanted = match(parse("retour"))
        found = engine().candidates(Search(rows, cells, wanted, limit=5, **ways))
        assert sorted(one.dated_at.day for one in found) == [26, 27, 28, 29, 30], ways


QUESTIONS = [" ".join(two) for two in itertools.permutations(["mot", "second", "tiers"], 2)] + [
    "mot", '"mot second"', '"second mot" tiers', "mot -second", 'mot -"mot second"',
    'tiers -"second tiers" -mot', "auteur:Maude mot", 'auteur:Maude "tiers mot"', "tiers -mot",
    "auteur:real",
]  # fmt: skip


def test_every_way_to_look_finds_the_same(world: World) -> None:
    """By the words alone, by the words and a date, and by hand: one answer."""
    draw = random.Random(7)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    by_hand: dict[int, tuple[list[str], str]] = {}
    for day in range(60):
        words = draw.choices(["mot", "second", "tiers", "vide"], k=draw.randint(1, 6))
        author = draw.choice(["maude", "real"])
        row = entry(
            "Vide",
            " ".join(words),
            space=draw.choice([world.common, world.intervention, world.direction]),
            state=draw.choice(["published", "published", "hidden"]),
            dated_at=start + timedelta(days=day),
            author_name=author,
        )
        seen = row.state == "published" and row.space != world.direction
        if seen:
            by_hand[row.pk] = (words, author)
    rows = SearchDocument.objects.findable_by(world.maude)
    cells = scope_of(world.maude).ids()
    for question in QUESTIONS:
        wanted = match(parse(question))
        answers = [
            {one.id for one in engine().candidates(Search(rows, cells, wanted, limit=99, **ways))}
            for ways in ({}, {"since": start})
        ]
        expected = {pk for pk, said in by_hand.items() if _meets(question, *said)}
        assert answers == [expected] * 2, question


def _meets(question: str, words: list[str], author: str) -> bool:
    read = parse(question)
    text = " ".join(words)
    return (
        all(word in words for word in read.words)
        and all(phrase in text for phrase in read.phrases)
        and not any(phrase in text for phrase in read.without)
        and read.author.lower() in ("", author)
    )


def test_what_is_offered_stands_somewhere_now(world: World, texts: dict[int, str]) -> None:
    rows = SearchDocument.objects.findable_by(world.eve)
    (cell,) = scope_of(world.eve).ids()
    wanted = [
        Wanted((cell,), match(parse(query)), frequent)
        for query, frequent in (
            ("retour", False), ("retour", True), ("introuvable", False), ("introuvable", True),
            ("suspension", False), ("suspension", True),
        )
    ]  # fmt: skip
    assert engine().alive(rows, wanted) == [True, True, False, False, True, True]
    SearchDocument.objects.filter(title="La suspension").update(state="hidden")
    SearchDocument.objects.filter(title="Retour en classe").update(body_stems="", body="")
    assert engine().alive(rows, wanted) == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    "typed",
    ['"', "'", "NEAR(a b)", "a* OR b", "title:retour", "retour & !classe | (", "^retour", "%", "\\",
     "c1xretour", "{retour}", "retour:*", "🙂", "\0retour"],
)  # fmt: skip
def test_no_sign_reaches_the_engine_as_a_sign(
    world: World, texts: dict[int, str], typed: str
) -> None:
    found = find(typed, user=world.maude)
    assert found.count in (0, 3)


def test_a_long_text_is_found_by_all_its_words(world: World) -> None:
    numbers = [f"mot{n}" for n in range(30_000)]
    from core.content import Entry
    from search import drawing

    long = Entry(
        1, "communaute", None, None, None, "published", "Long", "/", datetime.now(UTC),
        pages=[" ".join(numbers)],
    )  # fmt: skip
    row = drawing.row_of("thread", long)
    row.cell = Cell.objects.create(code="long", kind="thread", level="communaute")
    row.save()
    assert len(row.body_stems) <= drawing.HEAD
    for number in (0, 500, 2_000, 20_000, 29_999):
        assert find(f"mot{number}", user=world.eve).count == 1, number
    # The head and the rest are one text.
    cut = len(row.body_stems.split())
    assert find(f'"mot{cut - 1} mot{cut}"', user=world.eve).count == 1
