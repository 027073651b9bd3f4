"""Two changes of one section put together: neither loses what the other did."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from practices.merging import merge
from practices.sections import BY_NAME

LESSONS, STEPS, AIMS = BY_NAME["lecons"], BY_NAME["deroulement"], BY_NAME["visees"]


def lines(before: list[str], now: list[str], proposed: list[str]) -> tuple[list[str], bool]:
    said = ({"mistakes": one} for one in (before, now, proposed))
    found = merge(LESSONS, *said)
    return found.values.get("mistakes", []), "mistakes" in found.clashes


def test_each_field_is_that_of_the_one_who_changed_it() -> None:
    before = {"mistakes": ["A"], "success": ["B"]}
    now = {"mistakes": ["A"], "success": ["B", "C"]}
    proposed = {"mistakes": ["A", "D"], "success": ["B"], "obstacles": ["E"]}

    found = merge(LESSONS, before, now, proposed)

    assert found.values == {"mistakes": ["A", "D"], "success": ["B", "C"], "obstacles": ["E"]}
    assert not found.clashes


def test_what_one_of_them_emptied_is_empty() -> None:
    assert merge(LESSONS, {"success": ["B"]}, {"success": ["B"]}, {}).values == {}
    assert merge(LESSONS, {"success": ["B"]}, {}, {"success": ["B"]}).values == {}


def test_lists_go_line_by_line() -> None:
    assert lines(["A", "B"], ["A", "B", "C"], ["A", "D", "B"]) == (["A", "D", "B", "C"], False)
    assert lines(["A", "B"], ["A2", "B"], ["A", "B2"]) == (["A2", "B2"], False)
    assert lines(["A", "B"], ["A"], ["A", "B", "C"]) == (["A", "C"], False)
    # At the same place: what stands first.
    assert lines(["A"], ["A", "B"], ["A", "C"]) == (["A", "B", "C"], False)


def test_one_line_that_both_rewrote_is_for_a_person_to_decide() -> None:
    assert lines(["A", "B"], ["A", "B2"], ["A", "B3"]) == (["A", "B3"], True)
    assert lines(["A", "B"], ["A"], ["A", "B3"]) == (["A", "B3"], True)
    # Moved, or said twice: no line has a place of its own.
    assert lines(["A", "B"], ["B", "A"], ["A", "B", "C"]) == (["A", "B", "C"], True)
    assert lines(["A", "A"], ["A", "A", "B"], ["A"]) == (["A"], True)


def test_steps_and_words_of_a_list() -> None:
    one, two, three = ({"title": name, "text": ""} for name in ("Un", "Deux", "Trois"))
    found = merge(
        STEPS,
        {"steps": [one], "duration": "Trois jours"},
        {"steps": [one, two], "duration": "Deux jours"},
        {"steps": [one, three], "duration": "Un jour"},
    )
    assert found.values == {"steps": [one, two, three], "duration": "Un jour"}
    assert found.clashes == {"duration"}

    words = merge(
        AIMS, {"determinants": ["a", "b"]}, {"determinants": ["b"]}, {"determinants": ["a", "c"]}
    )
    assert words.values == {"determinants": ["c"]}
    assert not words.clashes


rows = st.lists(st.sampled_from("abcdefgh"), max_size=6, unique=True)


@given(before=rows, now=rows, proposed=rows)
def test_without_a_clash_nothing_that_was_added_is_lost_and_nothing_removed_comes_back(
    before: list[str], now: list[str], proposed: list[str]
) -> None:
    found, clash = lines(before, now, proposed)
    if clash:
        assert found == proposed
        return
    kept: set[Any] = set(found)
    assert len(found) == len(kept)
    assert kept == (set(now) & set(proposed)) | (set(now) ^ set(proposed)) - set(before)


@given(before=rows, now=rows)
def test_who_changed_nothing_changes_nothing(before: list[str], now: list[str]) -> None:
    assert lines(before, now, before) == (now, False)
    assert lines(before, before, now) == (now, False)
