"""The page of a document: who reads what in it, and what is done from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core import content, links
from forums.services import create_thread
from library.models import Document, Download
from library.services.deposit import add_version
from tests.conftest import World
from tests.forums.test_budgets import arrived, counted
from tests.library.conftest import make_document, make_file

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
SHELL = 5
# The document with its rights; its words, its keywords and what it took the place of; the newest
# versions; her gestures and her collections; the ties and the threads at their other end.
PAGE = 8
PUBLIC = 6


@pytest.fixture
def guide(library: World) -> Document:
    """Maude's guide, for the whole community, in one version."""
    return make_document(
        library.maude,
        title="Accueillir après une suspension",
        authors="Maude Tremblay",
        terms={"publics": ["parents"], "types_intervention": ["raccrochage"]},
        tags=["suspension"],
    )


@pytest.fixture
def poster(library: World) -> Document:
    """A poster of Réal's, for everybody."""
    return make_document(
        library.real,
        title="Une affiche </script><b>pour l’élève",
        level="public",
        licence="cc-by",
        rights_holder="Le Phare des Battures",
    )


@pytest.fixture
def secret(library: World) -> Document:
    return make_document(
        library.naima,
        title="Un protocole perroquet",
        level="sous-communaute",
        space=library.psychosocial,
    )


def test_a_member_reads_what_is_said_of_a_document(guide: Document, as_: As, eve: User) -> None:
    answer = as_(eve).get(guide.get_absolute_url())
    said = answer.content.decode()

    for words in ("Accueillir après une suspension", "Maude Tremblay", "suspension", "Parents"):
        assert words in said
    assert f"/bibliotheque/{guide.pk}/telecharger/" in said
    assert 'href="/bibliotheque/?public=parents"' in said


def test_the_bare_number_and_an_old_title_lead_to_the_page(
    guide: Document, as_: As, eve: User
) -> None:
    assert as_(eve).get(f"/bibliotheque/{guide.pk}/").status_code == 200
    answer = as_(eve).get(f"/bibliotheque/{guide.pk}-vieux-titre/?a=b")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"{guide.get_absolute_url()}?a=b",
    )


def test_a_confidential_document_has_a_bare_address_and_stays_in_no_cache(
    secret: Document, as_: As, naima: User, real: User
) -> None:
    assert secret.get_absolute_url() == f"/bibliotheque/{secret.pk}/"
    answer = as_(naima).get(f"/bibliotheque/{secret.pk}/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert as_(naima).get(f"/bibliotheque/{secret.pk}-un-protocole-perroquet/").status_code == 302
    for path in ("", "-un-protocole-perroquet", "/telecharger", "/lire", "/versions", "/pages/1"):
        address = f"/bibliotheque/{secret.pk}{path}/"
        absent = f"/bibliotheque/98765{path}/"
        refused, missing = as_(real).get(address), as_(real).get(absent)
        assert refused.status_code == missing.status_code == 404
        assert refused.content == missing.content


def test_a_visitor_reads_what_is_public_and_is_led_to_sign_in_for_the_rest(
    guide: Document, poster: Document, as_: As
) -> None:
    visitor = as_(None)

    assert visitor.get(poster.get_absolute_url()).status_code == 200
    for pk in (guide.pk, 98765):
        answer = visitor.get(f"/bibliotheque/{pk}/")
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/compte/connexion/?next=/bibliotheque/{pk}/"


def test_a_visitor_is_told_of_no_member(poster: Document, as_: As, real: User) -> None:
    for path in ("", "versions/", "versions/1/"):
        said = as_(None).get(f"/bibliotheque/{poster.pk}/{path}").content.decode()
        assert real.last_name not in said
        assert "/discussions/" not in said


def test_a_public_page_describes_its_document_to_machines(poster: Document, as_: As) -> None:
    said = as_(None).get(poster.get_absolute_url()).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', said, re.S)
    assert found is not None
    described = json.loads(found[1])

    assert described["@type"] == "LearningResource"
    assert described["name"] == "Une affiche </script><b>pour l’élève"
    assert described["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert described["encoding"]["contentUrl"].endswith(f"/bibliotheque/{poster.pk}/telecharger/")


def test_only_a_public_page_does(guide: Document, as_: As, eve: User) -> None:
    assert "ld+json" not in as_(eve).get(guide.get_absolute_url()).content.decode()


def test_each_address_serves_the_right_file(
    guide: Document, as_: As, maude: User, eve: User
) -> None:
    add_version(guide, by=maude, file=make_file(maude, b"Seconde version."), note="Corrigée")
    browser = as_(eve)

    def served(query: str = "") -> bytes:
        answer: Any = browser.get(f"/bibliotheque/{guide.pk}/telecharger/{query}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return b"".join(answer.streaming_content)

    assert served() == served("?version=2") == b"Seconde version."
    assert "Le texte de" in served("?version=1").decode()
    for wrong in ("?version=3", "?version=0", "?version=x", "?version="):
        assert browser.get(f"/bibliotheque/{guide.pk}/telecharger/{wrong}").status_code == 404
    pinned = browser.get(f"/bibliotheque/{guide.pk}/versions/1/").content.decode()
    current = browser.get(f"/bibliotheque/{guide.pk}/versions/2/").content.decode()
    first, second = guide.versions.order_by("number")
    assert first.sha256 in pinned and first.sha256 not in current
    assert second.sha256 in current


def test_who_looks_after_it_restores_a_version(
    guide: Document, as_: As, maude: User, eve: User
) -> None:
    add_version(guide, by=maude, file=make_file(maude, b"Seconde version."))
    address = f"/bibliotheque/{guide.pk}/versions/1/"

    assert as_(eve).post(address, {"acte": "restaurer"}).status_code == 403
    assert as_(maude).post(address, {"acte": "restaurer"}).status_code == 302
    guide.refresh_from_db()
    assert guide.current is not None
    assert (guide.current.number, guide.current.restored_from.number) == (3, 1)


def test_downloads_are_counted_once_a_day_and_name_nobody(
    guide: Document, as_: As, eve: User
) -> None:
    address = f"/bibliotheque/{guide.pk}/telecharger/"
    browser = as_(eve)
    for _again in range(3):
        browser.get(address)
    browser.head(address)
    guide.refresh_from_db()

    assert guide.download_count == 1
    month = Download.objects.get(document=guide)
    assert (month.count, month.month.day) == (1, 1)
    as_(eve).get(address)  # another session, another day: another download
    guide.refresh_from_db()
    assert guide.download_count == 2


def test_a_visitor_counts_nothing(poster: Document, as_: As) -> None:
    visitor = as_(None)
    assert visitor.get(f"/bibliotheque/{poster.pk}/telecharger/").status_code == 200
    poster.refresh_from_db()
    assert poster.download_count == 0
    assert not visitor.cookies.get("sessionid")


def test_members_thank_and_say_that_it_is_useful(
    guide: Document, as_: As, maude: User, eve: User
) -> None:
    browser = as_(eve)
    for gesture in ("merci", "utile"):
        data = {"kind": "document", "id": guide.pk, "type": gesture, "wanted": "1", "next": "/"}
        assert browser.post("/communautes/reagir/", data).status_code == 302
    guide.refresh_from_db()

    assert (guide.thanks_count, guide.useful_count) == (1, 1)
    said = browser.get(guide.get_absolute_url()).content.decode()
    assert said.count('aria-pressed="true"') == 2
    assert 'name="wanted"' not in as_(maude).get(guide.get_absolute_url()).content.decode()


def test_a_thread_about_it_is_shown_to_who_reads_both(
    guide: Document, world: World, as_: As
) -> None:
    thread = create_thread(
        by=world.maude, space=world.intervention, title="À propos canari", text="Qu’en dire?"
    )
    links.link(thread, guide, by=world.maude)

    assert "À propos canari" in as_(world.maude).get(guide.get_absolute_url()).content.decode()
    assert "canari" not in as_(world.eve).get(guide.get_absolute_url()).content.decode()


def test_similar_documents_come_from_whoever_knows_and_only_then(
    guide: Document, poster: Document, as_: As, eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, address = as_(eve), f"/bibliotheque/{guide.pk}/semblables/"
    monkeypatch.setattr(content, "_neighbours", [])
    assert address not in browser.get(guide.get_absolute_url()).content.decode()
    near: list[Document] = []
    monkeypatch.setattr(content, "_neighbours", [lambda kind, pk, viewer, limit: near])
    assert address in browser.get(guide.get_absolute_url()).content.decode()
    assert browser.get(address, headers={"HX-Request": "true"}).content.strip() == b""
    near.append(poster)
    for headers in ({}, {"HX-Request": "true"}):
        assert poster.get_absolute_url() in browser.get(address, headers=headers).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "pending", "approval": "attente"},
        {"state": "pending", "embargo_until": timezone.localdate() + timedelta(days=9)},
        {"state": "hidden"},
    ],
)
def test_what_is_kept_from_readers_is_seen_by_who_looks_after_it(
    guide: Document, world: World, as_: As, change: dict[str, Any]
) -> None:
    Document.objects.filter(pk=guide.pk).update(**change)
    own = 404 if change["state"] == "hidden" else 200

    for path in ("", "telecharger/", "lire/", "versions/", "versions/1/"):
        address = f"/bibliotheque/{guide.pk}/{path}"
        assert as_(world.eve).get(address).status_code == 404
        assert as_(world.maude).get(address).status_code == own
        answer = as_(world.odile).get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("times", [3, 30])
def test_the_page_costs_the_same_whatever_was_said_of_it(
    guide: Document, world: World, as_: As, times: int
) -> None:
    for n in range(times):
        thread = create_thread(by=world.maude, space=world.common, text=f"Question {n}?")
        links.link(thread, guide, by=world.maude)
        make = {"file": make_file(world.maude, f"Version {n}.".encode())}
        if n < 5:
            add_version(guide, by=world.maude, **make)
    eve = arrived(as_(world.eve))
    with counted() as found:
        assert eve.get(guide.get_absolute_url()).status_code == 200
    assert len(found) <= SHELL + PAGE, "\n".join(found)


def test_a_public_page_costs_few_queries(poster: Document, as_: As) -> None:
    visitor = as_(None)
    visitor.get(poster.get_absolute_url())
    with counted() as found:
        visitor.get(poster.get_absolute_url())
    assert len(found) <= PUBLIC, "\n".join(found)
