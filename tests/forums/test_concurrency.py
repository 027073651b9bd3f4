"""Many at once, on PostgreSQL: positions are distinct, and one submission is one message."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from forums import services
from forums.models import Post, ReadPosition, Thread
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


def test_two_windows_at_once_count_one_visit(world: World, question: Thread) -> None:
    def look(_number: int) -> None:
        rows = Thread.objects.with_reading(world.odile)
        services.visit(rows.get(pk=question.pk), 20, by=world.odile)

    at_once(8, look)
    question.refresh_from_db()
    assert question.view_count == 1
    assert ReadPosition.objects.get(user=world.odile).position == 1
