"""What differs between two texts: nothing is lost, and the work grows with what differs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import differences
from practices.differences import Change, Item, Segment, between, of_field, words
from practices.sections import BY_NAME

ADDED, REMOVED, SAME = Change.ADDED, Change.REMOVED, Change.SAME
CONTEXT = BY_NAME["besoin"].field("context")
ESSENTIAL = BY_NAME["composantes"].field("essential")
STEPS = BY_NAME["deroulement"].field("steps")
# Few words, so that texts share some; French spaces, accents composed or not, signs.
WORDS = st.sampled_from(
    ["l’école", "jeune", "e\u0301lève", "été", " ", "\u00a0", "\n", "\n\n", ":", "«", "—", "78"]
)
TEXTS = st.lists(WORDS, max_size=60).map("".join) | st.text(max_size=80)
LINES = st.lists(st.sampled_from(["Un lieu", "Un lieu neutre", "Le lundi", "x"]) | st.text(
    min_size=1, max_size=12), max_size=8)  # fmt: skip


def seen(text: str) -> str:
    """A text without what nobody sees of it: the width of its spaces."""
    return re.sub(r"[^\S\n]+", " ", text)


def side(segments: Any, without: Change) -> str:
    return "".join(one.text for one in segments if one.change is not without)


def sides(items: tuple[Item, ...], without: Change) -> list[list[str]]:
    """The items as they were (less what was added), or as they are."""
    return [
        [side(part, without) for part in item.parts] for item in items if item.change is not without
    ]


@given(before=TEXTS, after=TEXTS)
def test_the_difference_gives_both_texts_back(before: str, after: str) -> None:
    segments = words(before, after)

    assert seen(side(segments, ADDED)) == seen(before)
    assert side(segments, REMOVED) == after
    assert all(one.text for one in segments)


@given(text=TEXTS)
def test_a_text_differs_in_nothing_from_itself(text: str) -> None:
    assert all(one.change is SAME for one in words(text, text))


@given(before=LINES, after=LINES)
def test_the_difference_of_two_lists_gives_both_back(before: list[str], after: list[str]) -> None:
    items = of_field(ESSENTIAL, before, after)

    assert [[seen(one)] for [one] in sides(items, ADDED)] == [[seen(one)] for one in before]
    assert sides(items, REMOVED) == [[one] for one in after]


@given(before=LINES, after=LINES)
def test_steps_too(before: list[str], after: list[str]) -> None:
    steps = [[{"title": one, "text": f"{one} fait"} for one in many] for many in (before, after)]
    items = of_field(STEPS, *steps)

    said = [[seen(text) for text in item] for item in sides(items, ADDED)]
    assert said == [[seen(one), seen(f"{one} fait")] for one in before]
    assert sides(items, REMOVED) == [[one, f"{one} fait"] for one in after]


class Counting(str):
    """A word that counts how often it is compared."""

    looks = 0

    def __eq__(self, other: object) -> bool:
        Counting.looks += 1
        return str.__eq__(self, other)  # type: ignore[arg-type]

    def __hash__(self) -> int:
        return str.__hash__(self)


@pytest.mark.parametrize("size", [2_000, 20_000])
def test_huge_texts_without_a_word_in_common_cost_little(size: int) -> None:
    """A comparison of each word with each would take four million looks at 2,000 words."""
    Counting.looks = 0
    before = [Counting(f"a{n}") for n in range(size)]
    after = [Counting(f"b{n}") for n in range(size)]

    blocks = differences._blocks(before, after)

    assert [(one, len(said), len(says)) for one, said, says in blocks] == [
        (Change.CHANGED, size, size)
    ]
    # Each edit tried looks once a diagonal, whatever the size of the texts.
    assert Counting.looks <= differences.MOST_EDITS**2


def test_one_word_changed_in_a_huge_text_is_found_at_once() -> None:
    Counting.looks = 0
    before = [Counting("mot") for _n in range(20_000)]
    after = [*before[:10_000], Counting("autre"), *before[10_001:]]

    blocks = differences._blocks(before, after)

    assert [len(said) for change, said, _says in blocks if change is Change.CHANGED] == [1]
    assert Counting.looks < 100_000


@settings(max_examples=30)
@given(before=st.text("ab ", max_size=900), after=st.text("ab ", max_size=900))
def test_words_that_repeat_without_end_give_both_texts_back(before: str, after: str) -> None:
    segments = words(before, after)

    assert seen(side(segments, ADDED)) == seen(before)
    assert side(segments, REMOVED) == after


def test_an_elision_a_french_space_and_a_paragraph_are_read_as_a_person_would() -> None:
    said = words("L’école appelle\u00a0: vite.\n\nPuis", "L’élève appelle\u00a0: vite.\n\nEnfin")

    assert said == [
        Segment(SAME, "L’"),
        Segment(REMOVED, "école"),
        Segment(ADDED, "élève"),
        Segment(SAME, " appelle\u00a0: vite.\n\n"),
        Segment(REMOVED, "Puis"),
        Segment(ADDED, "Enfin"),
    ]


@pytest.mark.parametrize("name", ["besoin", "composantes", "deroulement"])
def test_spaces_that_nobody_tells_apart_are_no_difference(name: str) -> None:
    said, says = "Environ 34 000 $ par an", "Environ 34\u202f000\u00a0$ par an"
    values = {
        "besoin": lambda text: {"context": text},
        "composantes": lambda text: {"essential": [text]},
        "deroulement": lambda text: {"steps": [{"title": text, "text": text}]},
    }[name]

    assert between(BY_NAME[name], values(said), values(says)) == []
    [found] = between(BY_NAME[name], values(said), values(says + ", en tout"))
    assert found.items[0].parts[0] == (Segment(SAME, says), Segment(ADDED, ", en tout"))


def test_a_rewritten_sentence_is_read_whole() -> None:
    said = words("Un deux trois.", "Sept huit neuf.")

    assert said == [
        Segment(REMOVED, "Un deux trois"),
        Segment(ADDED, "Sept huit neuf"),
        Segment(SAME, "."),
    ]


def test_words_of_a_list_come_and_go() -> None:
    items = of_field(BY_NAME["cout"].field("band"), "moins-100", "100-500")

    assert [one.change for one in items] == [REMOVED, ADDED]


def test_a_line_is_changed_where_it_resembles_the_other() -> None:
    items = of_field(ESSENTIAL, ["Le lieu, hors de l’école", "x"], ["Le lieu, dans l’école", "x"])

    assert [one.change for one in items] == [Change.CHANGED, SAME]
    assert Segment(REMOVED, "hors de") in items[0].parts[0]


def test_in_plain_text_what_is_far_from_a_change_is_left_out() -> None:
    far = " ".join(["loin"] * 200)
    said, says = (f"{far} le {day}, {far}." for day in ("lundi", "jeudi"))

    [difference] = between(BY_NAME["besoin"], {"context": said}, {"context": says})
    [(before, after)] = differences.told(difference)

    assert "loin le lundi, loin" in before
    assert "loin le jeudi, loin" in after
    assert len(before) < 200
    assert before.startswith("… ")
    assert before.endswith("…")


def test_in_plain_text_a_changed_word_is_not_glued_to_what_comes_after_it() -> None:
    far = " ".join(["loin"] * 60)
    said, says = f"Lundi {far} fin.", f"Jeudi {far} terme."

    [difference] = between(BY_NAME["besoin"], {"context": said}, {"context": says})
    [(before, after)] = differences.told(difference)

    assert before.startswith("Lundi loin") and before.endswith("loin fin.")
    assert after.startswith("Jeudi loin") and after.endswith("loin terme.")


def test_in_plain_text_what_came_has_nothing_before_it() -> None:
    lines = {"essential": ["Le lieu"]}, {"essential": ["Le lieu", "mot " * 400]}
    [difference] = between(BY_NAME["composantes"], *lines)

    [(before, after)] = differences.told(difference)

    assert before == ""
    assert len(after) <= differences.MOST_TOLD + 1


def test_only_the_fields_that_differ_are_shown() -> None:
    section = BY_NAME["besoin"]
    found = between(section, {"context": "a", "objectives": ["b"]}, {"objectives": ["b"]})

    assert [one.field for one in found] == [CONTEXT]
    assert found[0].items[0].change is REMOVED
