"""Documents on the pages that show many kinds: home, a space, the navigation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from library.models import Document
from tests.conftest import World
from tests.library.conftest import make_document

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
NEWS = "/bibliotheque/nouveautes/"


def news(browser: Client) -> str:
    return browser.get(NEWS, headers={"HX-Request": "true"}).content.decode()


def test_home_asks_for_what_is_new_once_it_is_seen(library: World, as_: As) -> None:
    maude = as_(library.maude)
    maude.post("/accueil/bienvenue/", {"etape": "0"})  # she is no newcomer any more

    assert f'hx-get="{NEWS}"' in maude.get("/").content.decode()
    assert maude.get(NEWS).headers["Location"] == "/bibliotheque/"


def test_what_is_new_is_what_she_may_read_of_the_last_weeks(library: World, as_: As) -> None:
    make_document(library.real, title="Un guide canari")
    make_document(
        library.maude, title="Un film serin", level="sous-communaute", space=library.intervention
    )
    old = make_document(library.real, title="Un vieux perroquet")
    earlier = timezone.now() - timedelta(days=31)
    Document.objects.filter(pk=old.pk).update(created_at=earlier)

    assert all(word in news(as_(library.maude)) for word in ("canari", "serin"))
    said = news(as_(library.eve))
    assert "canari" in said
    assert "serin" not in said and "perroquet" not in said


def test_her_own_document_that_awaits_approval_stays_in_sight(library: World, as_: As) -> None:
    mine = make_document(library.maude, title="Un guide canari")
    earlier = timezone.now() - timedelta(days=31)
    waiting = {"state": "pending", "approval": "attente", "created_at": earlier}
    Document.objects.filter(pk=mine.pk).update(**waiting)

    assert "canari" in news(as_(library.maude))
    assert news(as_(library.eve)).strip() == ""


def test_a_space_shows_its_newest_documents(library: World, as_: As) -> None:
    make_document(
        library.maude, title="Un film serin", level="sous-communaute", space=library.intervention
    )
    make_document(library.maude, title="Un guide canari")
    said = as_(library.maude).get("/communautes/intervention/").content.decode()

    assert "serin" in said and "canari" not in said
    assert 'href="/bibliotheque/deposer/?communaute=intervention"' in said


def test_the_library_is_in_the_navigation_and_a_phone_keeps_five_tabs(
    library: World, as_: As
) -> None:
    said = as_(library.maude).get("/bibliotheque/").content.decode()
    tabs = said.partition('<nav class="tabs"')[2]

    assert tabs.count("<a ") == 5
    assert 'href="/bibliotheque/" aria-current="page"' in tabs
    assert 'class="from-tabs"><a href="/organismes/"' in said
