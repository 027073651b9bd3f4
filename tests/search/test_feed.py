"""The feed of a saved search: read from elsewhere, by its key, as its person may read now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership, SubCommunity
from search import services
from search.models import SavedSearch, SearchDocument
from search.wanted import Wanted, spaces_of
from tests.conftest import World
from tests.search.entries import entry

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def followed(user: User, query: str = "q=retour") -> str:
    """The address of the feed of a search that `user` saved."""
    wanted = Wanted.read(QueryDict(query), spaces_of(user))
    saved = services.save_search(wanted, by=user, name="Le retour")
    return f"/recherche/flux/{services.open_feed(saved, wanted, by=user)}/"


def read(path: str) -> Any:
    answer = Client().get(path)
    assert answer.status_code == 200
    return ET.fromstring(answer.content)  # noqa: S314 (our own)


def titles(path: str) -> list[str]:
    return [one.findtext(f"{ATOM}title") or "" for one in read(path).iter(f"{ATOM}entry")]


def test_maude_s_reader_finds_what_she_may_read_the_newest_first(world: World) -> None:
    hour = timedelta(hours=1)
    entry(
        "Vieux retour",
        space=world.common,
        dated_at=timezone.now() - hour,
        author_name="Réal Lavoie",
    )
    entry("Retour & relance", "Un <b>retour</b> en classe.", space=world.intervention)
    entry("Retour du budget", space=world.direction)
    entry("Retour perroquet", space=world.psychosocial)
    path = followed(world.maude)
    answer = Client().get(path)
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert answer.headers["Cache-Control"] == "no-store"
    feed = read(path)
    assert titles(path) == ["Retour & relance", "Vieux retour"]
    newest, oldest = feed.iter(f"{ATOM}entry")
    # A summary is HTML: what was typed stays text in it.
    assert newest.findtext(f"{ATOM}summary") == "Un &lt;b&gt;retour&lt;/b&gt; en classe."
    assert oldest.findtext(f"{ATOM}author/{ATOM}name") == "Réal Lavoie"
    assert newest.find(f"{ATOM}author") is None
    for link in feed.iter(f"{ATOM}link"):
        assert link.get("href", "").startswith("http")


def test_the_same_in_rss(world: World) -> None:
    entry("Un retour", space=world.common)
    answer = Client().get(f"{followed(world.maude)}rss/")
    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    assert "<title>Un retour</title>" in answer.content.decode()


def test_a_reading_writes_nothing_and_signs_nobody_in(world: World) -> None:
    reader = Client()
    reader.get(followed(world.maude))
    assert not reader.cookies
    assert reader.get("/recherche/").status_code == 302


def leaves_the_space(world: World) -> None:
    Membership.objects.filter(user=world.maude, space=world.intervention).delete()


def is_set_aside(world: World) -> None:
    SearchDocument.objects.filter(title="Retour ici").update(state="hidden")


def keeps_its_content_in(world: World) -> None:
    SubCommunity.objects.filter(pk=world.intervention.pk).update(content_in_mail=False)


def leaves_the_global_search(world: World) -> None:
    SubCommunity.objects.filter(pk=world.intervention.pk).update(in_global_search=False)


@pytest.mark.parametrize(
    "change", [leaves_the_space, is_set_aside, keeps_its_content_in, leaves_the_global_search]
)
def test_what_changes_is_looked_at_at_each_reading(
    world: World, change: Callable[[World], None]
) -> None:
    entry("Retour ici", space=world.intervention)
    entry("Retour commun", space=world.common)
    path = followed(world.maude)
    assert set(titles(path)) == {"Retour ici", "Retour commun"}
    change(world)
    assert titles(path) == ["Retour commun"]


def renewed(world: World) -> None:
    saved = SavedSearch.objects.get()
    wanted = Wanted.read(QueryDict(saved.query), spaces_of(world.maude))
    services.open_feed(saved, wanted, by=world.maude)


def closed(world: World) -> None:
    services.close_feed(SavedSearch.objects.get(), by=world.maude)


def deleted(world: World) -> None:
    services.forget_search(SavedSearch.objects.get(), by=world.maude)


def deactivated(world: World) -> None:
    User.objects.filter(pk=world.maude.pk).update(is_active=False)


def past_her_date(world: World) -> None:
    User.objects.filter(pk=world.maude.pk).update(access_until=timezone.now() - timedelta(days=1))


def left(world: World) -> None:
    leaves_the_space(world)


def confidential(world: World) -> None:
    space = SubCommunity.objects.filter(pk=world.intervention.pk)
    space.update(confidentiality="elevee", content_in_mail=False, in_global_search=False)


@pytest.mark.parametrize(
    "end", [renewed, closed, deleted, deactivated, past_her_date, left, confidential]
)
def test_a_feed_that_is_over_answers_as_one_that_never_was(
    world: World, end: Callable[[World], None]
) -> None:
    entry("Retour ici", space=world.intervention)
    path = followed(world.maude, "q=retour&communaute=intervention")
    assert titles(path) == ["Retour ici"]
    end(world)
    never = "/recherche/flux/jamais/"
    over, missing = Client().get(path), Client().get(never)
    assert over.status_code == missing.status_code == 404
    assert over.content.decode().replace(path, never) == missing.content.decode()
    assert Client().get(f"{path}rss/").status_code == 404


@pytest.mark.parametrize("end", [deactivated, past_her_date])
def test_with_her_account_ends_even_what_anybody_may_read(
    world: World, end: Callable[[World], None]
) -> None:
    entry("Retour public", level="public")
    path = followed(world.maude)
    assert titles(path) == ["Retour public"]
    end(world)
    assert Client().get(path).status_code == 404


def test_a_confidential_space_is_in_no_feed_even_its_members(world: World) -> None:
    entry("Retour perroquet", space=world.psychosocial)
    assert titles(followed(world.naima)) == []
