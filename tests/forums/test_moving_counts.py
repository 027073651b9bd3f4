"""Whatever is moved, split and merged: nothing is lost nor doubled, counters equal a recount, and
every old address leads its reader to the text, and nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from community.models import Membership
from core.audience import State
from core.errors import Refused
from forums import services
from forums.models import FormerPlace, Post, ReadPosition, Thread
from forums.services.common import Missing
from tests.conftest import World
from tests.forums.test_counts import _is_unread

pytestmark = pytest.mark.django_db

PAGE = 3
NAMES = (
    "create", "reply", "reply", "reply", "hide", "restore", "hide all", "restore all", "space",
    "one", "one", "onward", "split", "split onward", "merge", "merge", "read", "retain",
)  # fmt: skip
ACTS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.integers(0, 40),
        st.integers(0, 5),
        st.booleans(),
    ),
    min_size=4,
    max_size=24,
)


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("forums.models.post", "forums.views.thread", "forums.views.moving"):
        monkeypatch.setattr(f"{place}.PAGE_SIZE", PAGE)


class Story:
    """What happened: every message ever written, and every address that it had."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.texts: dict[int, str] = {}
        self.addresses: dict[str, tuple[int, int, int]] = {}

    def wrote(self, post: Post) -> None:
        self.texts[post.pk] = post.text

    def note_addresses(self) -> None:
        for post in Post.objects.select_related("thread__space"):
            place = (post.thread_id, post.position)
            # A position is never given to another message.
            known = self.addresses.setdefault(post.get_absolute_url(), (post.pk, *place))
            assert known[0] == post.pk

    def word(self) -> str:
        return f"zq{len(self.texts)}zq"

    def do(self, name: str, number: int, to: int, flag: bool) -> None:
        world, odile = self.world, self.world.odile
        # Maude reads both spaces, Ève the common one alone.
        writer = world.maude
        threads = list(Thread.objects.filter(merged_into=None).order_by("pk"))
        target = threads[to % len(threads)]
        posts = list(Post.objects.order_by("pk"))
        post = posts[number % len(posts)]
        thread = Thread.objects.get(pk=post.thread_id)
        how: dict[str, Any] = {"by": odile, "retained": target.answer if flag else thread.answer}
        if name == "create":
            space = world.common if flag else world.intervention
            made = services.create_thread(by=writer, space=space, text=self.word())
            self.wrote(Post.objects.get(thread=made))
        elif name == "reply":
            self.wrote(services.reply(target, by=writer, text=self.word(), parent=None))
        elif name == "hide":
            services.hide_post(post, by=odile, reason="essai")
        elif name == "restore":
            services.restore_post(post, by=odile)
        elif name == "hide all":
            services.hide_thread(target, by=odile, reason="essai")
        elif name == "restore all":
            services.restore_thread(target, by=odile)
        elif name == "space":
            services.move_thread(target, world.common if flag else world.intervention, by=odile)
        elif name in ("one", "onward"):
            services.move_posts(post, target, onward=name == "onward", **how)
        elif name in ("split", "split onward"):
            space = world.common if flag else world.intervention
            services.split(post, by=odile, onward=name == "split onward", space=space)
        elif name == "merge":
            services.merge(thread, target, **how)
        elif name == "read":
            services.mark_read(target, number, by=world.eve if flag else world.maude)
        elif name == "retain":
            services.retain_answer(thread, post, by=odile)


@given(acts=ACTS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_is_lost_and_every_address_leads_to_its_text(world: World, acts: list[Any]) -> None:
    with transaction.atomic():
        Membership.objects.get_or_create(user=world.maude, space=world.common, ended_at=None)
        story = Story(world)
        for number in range(2):
            thread = services.create_thread(
                by=world.maude,
                space=world.common if number else world.intervention,
                text=story.word(),
            )
            story.wrote(Post.objects.get(thread=thread))
        story.note_addresses()
        for act in acts:
            try:
                with transaction.atomic():
                    story.do(*act)
            except (Refused, Missing):
                pass
            story.note_addresses()
            _check(story)
        for reader in (world.maude, world.eve, world.odile):
            _follow_addresses(story, reader)
        transaction.set_rollback(True)


def _check(story: Story) -> None:
    assert dict(Post.objects.values_list("pk", "text")) == story.texts
    for thread in Thread.objects.select_related("answer"):
        posts = list(Post.objects.filter(thread=thread).order_by("position"))
        here = [post.position for post in posts]
        left = FormerPlace.objects.filter(thread=thread).values_list("position", flat=True)
        assert sorted([*here, *left]) == list(range(1, thread.last_position + 1))
        marks = ReadPosition.objects.filter(thread=thread).values_list("position", flat=True)
        assert all(mark <= thread.last_position for mark in marks)
        shown = [post for post in posts if post.state == State.PUBLISHED]
        if thread.merged_into_id is not None:
            assert not posts and thread.merged_into is not None
            assert thread.merged_into.merged_into is None
            assert (thread.reply_count, thread.newest_position) == (0, 0)
            continue
        assert posts[0].is_opening and posts[0] in shown
        assert thread.reply_count == len(shown) - 1
        assert thread.newest_position == shown[-1].position
        assert thread.last_post_at == max(post.created_at for post in shown)
        if thread.answer is not None:
            assert thread.answer in shown[1:] and thread.resolved
        for user in (story.world.maude, story.world.eve):
            unread = Thread.objects.unread_by(user).filter(pk=thread.pk).exists()
            assert unread == _is_unread(thread, user)


def _follow_addresses(story: Story, reader: User) -> None:
    browser = Client()
    browser.force_login(reader, backend="accounts.backends.AccountBackend")
    readable = set(Post.objects.readable_by(reader).values_list("pk", flat=True))
    moderated = set(Post.objects.moderated_by(reader).values_list("pk", flat=True))
    pages: dict[str, str] = {}

    def body_of(address: str) -> str:
        page = address.partition("#")[0]
        if page not in pages:
            pages[page] = _body(browser, page)
        return pages[page]

    for address, (pk, _thread, position) in story.addresses.items():
        body = body_of(address)
        text = story.texts[pk]
        if pk in readable:
            if not re.search(rf"\b{text}\b", body):
                # The place that it left says where it went.
                post = Post.objects.select_related("thread__space").get(pk=pk)
                link = post.get_absolute_url()
                assert f'id="message-{position}"' in body and f'href="{link}"' in body
                assert re.search(rf"\b{text}\b", body_of(link))
        elif pk not in moderated:
            assert not re.search(rf"\b{text}\b", body)


def _body(browser: Client, address: str) -> str:
    answer = browser.get(address, follow=True)
    assert answer.status_code in (200, 404), address
    # Outside of it, the form of the language repeats the address that was asked.
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]
