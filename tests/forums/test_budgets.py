"""What pages cost, pinned: the same at 3 rows and at 300."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from community.models import Membership, Reaction, SubCommunity
from core.models import StoredFile
from forums import services
from forums.models import Post, ReadPosition, Thread
from notifications.services import follow
from tests.conftest import World

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]

# Session, person, memberships with their spaces, and two when her counters are stale.
SHELL = 5
LIST = 5
THREAD = 8
# The whole request: nothing of it may grow with the followers.
REPLY = 16


class Counted(list[str]):
    """The statements of a block, savepoints and transactions left out."""


@contextmanager
def counted() -> Iterator[Counted]:
    found = Counted()
    with CaptureQueriesContext(connection) as queries:
        yield found
    skipped = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    found += [q["sql"] for q in queries.captured_queries if not q["sql"].startswith(skipped)]


def many_threads(world: World, number: int) -> None:
    now = timezone.now()
    threads = [
        Thread(
            level="sous-communaute",
            space=world.intervention if n % 2 else world.common,
            owner=world.odile,
            last_author=world.odile,
            title=f"Fil {n}",
            slug=f"fil-{n}",
            last_position=2,
            newest_position=2,
            reply_count=1,
            last_post_at=now - timedelta(minutes=n),
        )
        for n in range(number)
    ]
    Thread.objects.bulk_create(threads)


def filled_thread(world: World, replies: int) -> Thread:
    """A thread in which every message has an author, a parent, reactions and a file."""
    thread = services.create_thread(
        by=world.odile, space=world.intervention, text="Ouverture", tags=["un", "deux"]
    )
    first = services.reply(thread, by=world.maude, text="Une première réponse")
    posts = Post.objects.bulk_create(
        Post(
            thread=thread,
            position=n + 3,
            author=world.odile if n % 2 else world.maude,
            html="<p>Réponse</p>",
            text="Réponse",
            parent=first,
            thanks_count=1,
        )
        for n in range(replies)
    )
    Thread.objects.filter(pk=thread.pk).update(
        last_position=replies + 2,
        newest_position=replies + 2,
        reply_count=replies,
        answer=posts[-1],
    )
    for post in posts[-20:]:
        Reaction.objects.create(user=world.eve, kind="post", object_id=post.pk, type="merci")
        StoredFile.objects.create(
            file="aa/" + uuid.uuid4().hex,
            name="a.txt",
            content_type="text/plain",
            size=1,
            sha256="0" * 64,
            uploaded_by=world.odile,
            kind="post",
            object_id=post.pk,
        )
    return Thread.objects.get(pk=thread.pk)


def arrived(browser: Client) -> Client:
    """Somebody who opened another page a moment ago: what is done every few minutes is done."""
    browser.get("/compte/avis/")
    # The worst case of the frame: her counters are to be counted again.
    Membership.objects.update(counted_activity=-1)
    return browser


@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("query", ["", "?espace=intervention", "?filtre=nonlus", "?mot=fil"])
def test_the_list_costs_the_same_at_any_length(
    world: World, as_: As, rows: int, query: str
) -> None:
    """Spaces for the filter, the rows with author and unread mark, the pinned ones in a space."""
    many_threads(world, rows)
    maude = arrived(as_(world.maude))
    with counted() as found:
        assert maude.get(f"/discussions/{query}").status_code == 200
    assert len(found) <= SHELL + LIST, "\n".join(found)
    assert not [sql for sql in found if "OFFSET" in sql]


@pytest.mark.parametrize("replies", [3, 300])
def test_the_thread_page_costs_the_same_at_any_length(world: World, as_: As, replies: int) -> None:
    """The thread with her rights and marks, twenty messages, their files, her reactions, the
    keywords; and at a first visit her mark, the visit and her counter."""
    thread = filled_thread(world, replies)
    maude = as_(world.maude)
    last = (replies + 1) // 20 + 1
    for url in (thread.get_absolute_url(), f"{thread.get_absolute_url()}?page={last}"):
        ReadPosition.objects.all().delete()
        arrived(maude)
        with counted() as found:
            assert maude.get(url).status_code == 200
        assert len(found) <= SHELL + THREAD, "\n".join(found)
        own = [sql for sql in found if 'community_subcommunity"."id" AS' not in sql]
        assert not [sql for sql in own if "OFFSET" in sql or "COUNT(" in sql]


def test_a_page_already_read_costs_no_write(world: World, as_: As) -> None:
    thread = filled_thread(world, 30)
    maude = as_(world.maude)
    maude.get(f"{thread.get_absolute_url()}?page=2")
    maude.get("/discussions/")
    with counted() as found:
        maude.get(f"{thread.get_absolute_url()}?page=2")
    assert not [sql for sql in found if sql.startswith(("INSERT", "UPDATE"))]
    assert len(found) <= 3 + 5, "\n".join(found)


@pytest.mark.parametrize("followers", [3, 300])
def test_a_reply_costs_the_same_however_many_follow(world: World, as_: As, followers: int) -> None:
    """Session, person; the thread seen then locked, the submission, the message, the thread's
    columns, her mark, her following, the journal, the event, the space, and the wake."""
    thread = filled_thread(world, 5)
    people = User.objects.bulk_create(
        User(email=f"p{n}@exemple.test", first_name="P", last_name="Q", password="!")
        for n in range(followers)
    )
    Membership.objects.bulk_create(Membership(user=p, space=world.intervention) for p in people)
    for person in people:
        follow(thread, by=person)
    maude = arrived(as_(world.maude))
    url = f"/discussions/{thread.pk}/repondre/"
    data: dict[str, Any] = {"text": "Un café.", "submission": str(uuid.uuid4())}
    with counted() as found:
        assert maude.post(url, data).status_code == 302
    assert len(found) <= REPLY, "\n".join(found)


def test_the_audience_of_a_space_is_one_query(world: World, as_: As) -> None:
    maude = as_(world.maude)
    with counted() as found:
        maude.get("/discussions/nouveau/portee/?space=intervention")
    counting = [sql for sql in found if "COUNT(" in sql]
    assert len(counting) == 1, "\n".join(found)


def test_the_counters_of_all_spaces_are_one_query(world: World) -> None:
    from forums.kinds import unread_counts

    many_threads(world, 30)
    with counted() as found:
        unread_counts(world.maude, list(SubCommunity.objects.values_list("pk", flat=True)))
    assert len(found) == 2  # the list of spaces itself, then the counts
