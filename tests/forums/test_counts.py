"""Whatever happens to a thread, its kept columns equal a recount, and so does what is unread."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.models import Membership
from core.audience import State
from forums import services
from forums.kinds import unread_counts
from forums.models import Post, ReadPosition, Thread
from tests.conftest import World

pytestmark = pytest.mark.django_db

# What the cast does, and to which of the messages written so far.
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["reply", "hide", "restore", "hide all", "restore all", "move", "read", "all"]
        ),
        st.integers(0, 8),
        st.booleans(),
    ),
    max_size=14,
)


@given(acts=ACTS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_kept_columns_equal_a_recount(world: World, acts: list[tuple[str, int, bool]]) -> None:
    """Maude and Ève are readers of both spaces, Odile animates both."""
    with transaction.atomic():
        Membership.objects.get_or_create(user=world.eve, space=world.intervention, ended_at=None)
        thread = services.create_thread(by=world.maude, space=world.intervention, text="Début")
        for name, number, flag in acts:
            _do(world, Thread.objects.get(pk=thread.pk), name, number, flag)
            _check(world, Thread.objects.get(pk=thread.pk))
        transaction.set_rollback(True)


def _do(world: World, thread: Thread, name: str, number: int, flag: bool) -> None:
    odile, reader = world.odile, world.eve if flag else world.maude
    posts = list(Post.objects.filter(thread=thread).order_by("position"))
    post = posts[number % len(posts)]
    if name == "reply" and thread.state == State.PUBLISHED:
        services.reply(thread, by=reader, text=f"Réponse {number}")
    elif name == "hide":
        services.hide_post(post, by=odile, reason="essai")
    elif name == "restore":
        services.restore_post(post, by=odile)
    elif name == "hide all":
        services.hide_thread(thread, by=odile, reason="essai")
    elif name == "restore all":
        services.restore_thread(thread, by=odile)
    elif name == "move":
        target = world.common if thread.space_id == world.intervention.pk else world.intervention
        services.move_thread(thread, target, by=odile)
    elif name == "read":
        services.mark_read(thread, number, by=reader)
    elif name == "all":
        services.mark_all_read(thread.space, by=reader)


def _check(world: World, thread: Thread) -> None:
    posts = list(Post.objects.filter(thread=thread).order_by("position"))
    assert [post.position for post in posts] == list(range(1, len(posts) + 1))
    assert thread.last_position == len(posts)
    shown = [post for post in posts if post.state == State.PUBLISHED]
    assert thread.reply_count == len(shown) - 1
    assert thread.newest_position == shown[-1].position
    assert thread.last_post_at == shown[-1].created_at
    for user in (world.maude, world.eve, world.odile):
        unread = _is_unread(thread, user)
        assert Thread.objects.unread_by(user).filter(pk=thread.pk).exists() == unread
        spaces = [world.common.pk, world.intervention.pk]
        counts = unread_counts(user, spaces)
        assert sum(counts.values()) == int(unread)
        assert counts[thread.space_id or 0] == int(unread)


def _is_unread(thread: Thread, user: Any) -> bool:
    """The rule in plain words, recounted without the kept columns."""
    stay = Membership.objects.filter(user=user, space=thread.space_id, ended_at=None).first()
    if stay is None or thread.state != State.PUBLISHED:
        return False
    mark = ReadPosition.objects.filter(user=user, thread=thread).first()
    seen = mark.position if mark else 0
    shown = Post.objects.filter(thread=thread, state=State.PUBLISHED).order_by("position")
    newest = list(shown)[-1]
    return newest.position > seen and newest.created_at > stay.read_floor


@given(positions=st.lists(st.integers(0, 30), min_size=1, max_size=8))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_read_mark_only_grows(world: World, positions: list[int]) -> None:
    with transaction.atomic():
        thread = services.create_thread(by=world.maude, space=world.common, text="Début")
        for _ in range(4):
            services.reply(thread, by=world.maude, text="Suite")
        highest = 0
        thread = Thread.objects.get(pk=thread.pk)
        for position in positions:
            services.mark_read(thread, position, by=world.eve)
            highest = max(highest, min(position, 5))
            assert ReadPosition.objects.get(user=world.eve, thread=thread).position == highest
        transaction.set_rollback(True)


def test_the_counter_stops_at_its_ceiling(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.content.UNREAD_CEILING", 2)
    for number in range(4):
        services.create_thread(by=world.maude, space=world.common, text=f"Fil {number}")
    assert unread_counts(world.eve, [world.common.pk]) == {world.common.pk: 2}


def test_what_was_said_before_joining_is_not_unread(world: World, question: Thread) -> None:
    Membership.objects.create(user=world.eve, space=world.intervention)
    assert not Thread.objects.unread_by(world.eve).filter(pk=question.pk).exists()
    services.reply(question, by=world.maude, text="Depuis")
    assert Thread.objects.unread_by(world.eve).filter(pk=question.pk).exists()
