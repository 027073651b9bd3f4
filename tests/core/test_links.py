"""Ties between things: each reader sees the end that she reads, and a tie tells nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.test import Client

from accounts.models import User
from core import links
from core.models import ActionLog, Link
from forums.models import Thread
from forums.services import create_thread
from library.models import Document
from tests.conftest import World
from tests.library.conftest import make_document, make_terms

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


@pytest.fixture
def thread(world: World) -> Thread:
    return create_thread(by=world.maude, space=world.common, text="Qui s’en est servi?")


@pytest.fixture
def film(world: World) -> Document:
    """A document of Maude's space, which Ève does not read."""
    make_terms()
    return make_document(
        world.maude, title="Canari", level="sous-communaute", space=world.intervention
    )


def test_each_end_shows_the_other_to_who_reads_it(
    thread: Thread, film: Document, world: World
) -> None:
    links.link(thread, film, by=world.maude)

    assert links.others(thread, world.maude) == [film]
    assert links.others(film, world.maude, kind="thread") == [thread]
    assert links.others(thread, world.eve) == []
    assert links.others(film, world.maude, kind="post") == []


def test_a_tie_is_made_once(thread: Thread, film: Document, world: World) -> None:
    links.link(thread, film, by=world.maude)
    links.link(thread, film, by=world.odile)

    assert Link.objects.get().made_by == world.maude


def test_nobody_ties_what_she_does_not_read(thread: Thread, film: Document, world: World) -> None:
    with pytest.raises(ObjectDoesNotExist):
        links.link(thread, film, by=world.eve)
    assert not Link.objects.exists()


def test_ties_follow_a_thing_that_became_another(
    thread: Thread, film: Document, world: World
) -> None:
    other = make_document(world.maude, title="Serin")
    links.link(thread, film, by=world.maude)
    links.link(thread, other, by=world.maude)
    again = create_thread(by=world.maude, space=world.common, text="Encore?")
    links.link(again, film, by=world.maude)
    links.move("document", film.pk, other.pk)

    assert set(links.others(other, world.maude)) == {thread, again}
    assert links.others(film, world.maude) == []
    assert Link.objects.count() == 2


@pytest.mark.parametrize("value", ["", "document", "document-", "document-x", "post-1", "rien-1"])
def test_an_address_that_names_nothing_to_discuss_is_ignored(world: World, value: str) -> None:
    assert links.parse(value, world.maude) is None


def test_a_document_is_discussed_from_its_page(film: Document, world: World, as_: As) -> None:
    maude = as_(world.maude)
    page = maude.get(f"/discussions/nouveau/?a-propos=document-{film.pk}&communaute=intervention")
    assert "Canari" in page.content.decode()
    data = {"text": "Qu’en dire?", "space": "intervention", "about": f"document-{film.pk}"}
    answer = maude.post("/discussions/nouveau/", data)
    thread = Thread.objects.get()

    assert answer.headers["Location"] == thread.get_absolute_url()
    assert links.others(thread, world.maude) == [film]
    assert film.get_absolute_url() in maude.get(thread.get_absolute_url()).content.decode()
    assert thread.title == "Qu’en dire?"


def test_a_document_that_she_does_not_read_is_not_named_to_her(
    film: Document, world: World, as_: As
) -> None:
    eve = as_(world.eve)
    page = eve.get(f"/discussions/nouveau/?a-propos=document-{film.pk}")
    assert "Canari" not in page.content.decode()
    data = {"text": "Qu’en dire?", "space": world.common.slug, "about": f"document-{film.pk}"}
    eve.post("/discussions/nouveau/", data)

    assert Thread.objects.count() == 1
    assert not Link.objects.exists()


def test_the_page_of_a_thread_names_what_its_reader_may_read(
    thread: Thread, film: Document, world: World, as_: As
) -> None:
    links.link(thread, film, by=world.maude)

    assert "Canari" in as_(world.maude).get(thread.get_absolute_url()).content.decode()
    assert "Canari" not in as_(world.eve).get(thread.get_absolute_url()).content.decode()


def test_who_tied_an_unnamed_thread_is_not_kept(world: World, film: Document) -> None:
    guide = make_document(world.naima, title="Serin")
    create_thread(
        by=world.naima, space=world.psychosocial, text="Qu’en dire?", unnamed=True, about=guide
    )

    assert Link.objects.get().made_by is None
    assert ActionLog.objects.get(verb="link.made").actor is None
