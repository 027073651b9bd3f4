"""Many at once, on PostgreSQL: positions are distinct, and one submission is one message."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from core.integrity import check_counters
from forums import services
from forums.models import FormerPlace, Post, ReadPosition, Thread
from forums.services.common import Missing
from tests.conftest import World

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs row locks"),
]


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act` in so many threads, all released together; their answers."""
    gate = threading.Barrier(count)
    answers: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            gate.wait(timeout=20)
            answers[number] = act(number)
        except Exception as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    return answers


def test_twenty_identical_submissions_at_once_are_one_post(world: World, question: Thread) -> None:
    form = uuid.uuid4()
    made = at_once(
        20,
        lambda _n: services.reply(question, by=world.maude, text="Allô", submission=form).pk,
    )
    assert len(set(made)) == 1
    question.refresh_from_db()
    assert (question.reply_count, question.last_position) == (1, 2)


def test_twenty_identical_new_threads_at_once_are_one(world: World) -> None:
    form = uuid.uuid4()
    made = at_once(
        20,
        lambda _n: (
            services.create_thread(
                by=world.maude, space=world.common, text="Allô", submission=form
            ).pk
        ),
    )
    assert len(set(made)) == 1
    assert Post.objects.count() == 1


def test_ten_replies_at_once_take_ten_positions(world: World, question: Thread) -> None:
    at_once(10, lambda n: services.reply(question, by=world.maude, text=f"Réponse {n}").position)
    positions = Post.objects.filter(thread=question).values_list("position", flat=True)
    assert sorted(positions) == list(range(1, 12))
    question.refresh_from_db()
    assert (question.reply_count, question.newest_position) == (10, 11)


def test_counters_mended_while_people_write_stay_right(world: World, question: Thread) -> None:
    """The recount locks the row, then counts: a reply is in its figure or adds itself to it."""
    Thread.objects.filter(pk=question.pk).update(reply_count=40)

    def act(number: int) -> None:
        if number % 3 == 0:
            check_counters(repair=True)
        else:
            services.reply(question, by=world.maude, text=f"Réponse {number}")

    at_once(12, act)
    question.refresh_from_db()
    assert (question.reply_count, question.newest_position) == (8, 9)


def test_two_windows_at_once_count_one_visit(world: World, question: Thread) -> None:
    def look(_number: int) -> None:
        rows = Thread.objects.with_reading(world.odile)
        services.visit(rows.get(pk=question.pk), 20, by=world.odile)

    at_once(8, look)
    question.refresh_from_db()
    assert question.view_count == 1
    assert ReadPosition.objects.get(user=world.odile).position == 1


def test_two_moves_at_once_in_opposite_directions_wait_for_each_other(
    world: World, question: Thread
) -> None:
    """Each takes both threads in the order of their numbers: no deadlock, nothing lost."""
    other = services.create_thread(by=world.maude, space=world.intervention, text="L’autre")
    posts = [
        services.reply(question if n % 2 else other, by=world.maude, text=f"N {n}")
        for n in range(12)
    ]

    def move(number: int) -> None:
        services.move_posts(posts[number], other if number % 2 else question, by=world.odile)

    at_once(12, move)
    for thread in (question, other):
        thread.refresh_from_db()
        assert (thread.reply_count, thread.last_position) == (6, 13)
    texts = Post.objects.filter(text__startswith="N ").values_list("text", flat=True)
    assert sorted(texts) == sorted(f"N {n}" for n in range(12))


def test_replies_during_a_move_take_positions_of_their_own(world: World, question: Thread) -> None:
    other = services.create_thread(by=world.maude, space=world.intervention, text="L’autre")
    first = services.reply(question, by=world.maude, text="Part")

    def act(number: int) -> None:
        if number == 0:
            services.move_posts(first, other, by=world.odile)
        else:
            target = question if number % 2 else other
            services.reply(target, by=world.maude, text=f"Réponse {number}")

    at_once(9, act)
    positions = Post.objects.filter(thread=other).values_list("position", flat=True)
    assert sorted(positions) == list(range(1, 7))
    left = FormerPlace.objects.filter(thread=question).values_list("position", flat=True)
    here = Post.objects.filter(thread=question).values_list("position", flat=True)
    assert sorted([*here, *left]) == list(range(1, 7))


def test_one_thread_merged_twice_at_once_goes_to_one(world: World, question: Thread) -> None:
    others = [
        services.create_thread(by=world.maude, space=world.intervention, text=f"Autre {n}")
        for n in range(2)
    ]

    def act(number: int) -> str:
        try:
            services.merge(question, others[number], by=world.odile)
        except Missing:
            return "late"
        return "done"

    assert sorted(at_once(2, act)) == ["done", "late"]
    assert Post.objects.filter(thread__in=others).count() == 3
