"""Withdrawing, merging, approving: what becomes of an address and of what hung on a document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from accounts.models import User
from community.models import Reaction
from community.services import react
from core import links
from core.audience import State
from core.errors import NotAllowed
from core.models import ActionLog
from forums.services import create_thread
from library.errors import NotMergeable, NotYours, ReasonNeeded, Withdrawn
from library.models import Collection, CollectionItem, Document, Download
from library.services.asides import hide_document, restore_document
from library.services.deposit import add_version
from library.services.merging import merge_documents
from library.services.withdrawal import withdraw_document
from tests.conftest import World
from tests.library.conftest import make_document, make_file

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
UNDER = ("", "telecharger/", "lire/", "versions/", "versions/1/", "pages/1/")


@pytest.fixture
def guide(library: World) -> Document:
    return make_document(library.maude, title="Un guide canari")


@pytest.fixture
def poster(library: World) -> Document:
    return make_document(library.maude, title="Une affiche serin", level="public")


@pytest.fixture
def film(library: World) -> Document:
    return make_document(
        library.maude,
        title="Un film perroquet",
        level="sous-communaute",
        space=library.intervention,
    )


# ----------------------------------------------------------------------------- withdrawing


def test_a_withdrawn_document_leaves_its_title_and_a_reason_to_its_readers(
    guide: Document, world: World, as_: As
) -> None:
    withdraw_document(guide, by=world.maude, reason="La loi a changé.")

    for path in UNDER:
        answer = as_(world.eve).get(f"/bibliotheque/{guide.pk}/{path}")
        assert answer.status_code == 410
        said = answer.content.decode()
        assert "Un guide canari" in said and "La loi a changé." in said
        assert "Comment préparer le retour en classe." not in said
    assert as_(None).get(f"/bibliotheque/{guide.pk}/").status_code == 302
    assert guide.title not in as_(world.eve).get("/bibliotheque/").content.decode()


def test_a_public_document_leaves_a_public_tombstone(
    poster: Document, world: World, as_: As
) -> None:
    file = poster.current.file_id if poster.current else None
    withdraw_document(poster, by=world.maude, reason="Remplacée.")
    answer = as_(None).get(f"/bibliotheque/{poster.pk}/")

    assert answer.status_code == 410
    assert "Une affiche serin" in answer.content.decode()
    assert as_(world.maude).get(f"/fichiers/{file}/").status_code == 404


def test_a_tombstone_is_for_those_who_read_the_document(
    film: Document, world: World, as_: As
) -> None:
    withdraw_document(film, by=world.maude, reason="Trop vieux.")
    address = f"/bibliotheque/{film.pk}/"

    assert as_(world.maude).get(address).status_code == 410
    refused, missing = as_(world.eve).get(address), as_(world.eve).get("/bibliotheque/98765/")
    assert refused.status_code == 404
    assert refused.content == missing.content
    assert as_(None).get(address).headers["Location"].endswith(f"?next={address}")


@pytest.mark.parametrize("change", [{"state": "pending", "approval": "attente"}])
def test_what_nobody_had_read_leaves_no_trace(
    guide: Document, world: World, as_: As, change: dict[str, str]
) -> None:
    Document.objects.filter(pk=guide.pk).update(**change)
    withdraw_document(guide, by=world.maude, reason="Erreur.")

    for person in (world.maude, world.eve):
        assert as_(person).get(f"/bibliotheque/{guide.pk}/").status_code == 404


def test_what_was_set_aside_leaves_no_tombstone(guide: Document, world: World, as_: As) -> None:
    hide_document(guide, by=world.odile, reason="À relire.")

    assert as_(world.eve).get(f"/bibliotheque/{guide.pk}/").status_code == 404
    assert as_(world.odile).get(f"/bibliotheque/{guide.pk}/").status_code == 200


def test_who_may_withdraw_and_why(guide: Document, world: World, as_: As) -> None:
    with pytest.raises(NotYours):
        withdraw_document(guide, by=world.eve, reason="Non.")
    with pytest.raises(ReasonNeeded):
        withdraw_document(guide, by=world.maude, reason="  ")
    address = f"/bibliotheque/{guide.pk}/retirer/"
    assert as_(world.eve).get(address).status_code == 403
    assert as_(world.maude).post(address, {"reason": ""}).status_code == 200
    assert as_(world.maude).post(address, {"reason": "Périmé."}).status_code == 302
    guide.refresh_from_db()
    assert (guide.state, guide.withdrawn_reason) == (State.REMOVED, "Périmé.")
    journal = ActionLog.objects.get(verb="document.withdrawn")
    assert (journal.actor, journal.reason) == (world.maude, "Périmé.")
    with pytest.raises(Withdrawn):
        withdraw_document(guide, by=world.odile, reason="Encore.")


def test_an_animator_puts_back_what_was_withdrawn(guide: Document, world: World, as_: As) -> None:
    withdraw_document(guide, by=world.maude, reason="Erreur.")
    with pytest.raises((NotAllowed, Http404)):
        restore_document(guide, by=world.maude)
    restore_document(guide, by=world.odile)

    assert as_(world.eve).get(guide.get_absolute_url()).status_code == 200


# --------------------------------------------------------------------------------- merging


@pytest.fixture
def doubles(library: World) -> tuple[Document, Document]:
    """Maude's guide, deposited twice; the first in two versions."""
    old = make_document(library.maude, b"Un.", title="Guide, premier envoi")
    add_version(old, by=library.maude, file=make_file(library.maude, b"Deux."))
    kept = make_document(library.maude, b"Trois.", title="Guide, second envoi")
    old.refresh_from_db()
    return old, kept


def served(browser: Client, address: str) -> bytes:
    answer: Any = browser.get(address, follow=True)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content)


def test_an_old_address_leads_to_the_document_that_was_kept(
    doubles: tuple[Document, Document], world: World, as_: As
) -> None:
    old, kept = doubles
    merge_documents(old, into=kept, by=world.maude)
    eve = as_(world.eve)

    for path, place in (
        ("", kept.get_absolute_url()),
        ("versions/", f"/bibliotheque/{kept.pk}/versions/"),
        ("lire/", f"/bibliotheque/{kept.pk}/lire/"),
        ("versions/2/", f"/bibliotheque/{kept.pk}/versions/3/"),
        ("lire/?version=1", f"/bibliotheque/{kept.pk}/lire/?version=2"),
    ):
        answer = eve.get(f"/bibliotheque/{old.pk}/{path}")
        assert (answer.status_code, answer.headers["Location"]) == (302, place)


def test_every_pinned_address_still_serves_its_file(
    doubles: tuple[Document, Document], world: World, as_: As
) -> None:
    old, kept = doubles
    merge_documents(old, into=kept, by=world.maude)
    eve = as_(world.eve)

    assert served(eve, f"/bibliotheque/{old.pk}/telecharger/?version=1") == b"Un."
    assert served(eve, f"/bibliotheque/{old.pk}/telecharger/?version=2") == b"Deux."
    assert served(eve, f"/bibliotheque/{kept.pk}/telecharger/?version=1") == b"Trois."
    assert served(eve, f"/bibliotheque/{kept.pk}/telecharger/") == b"Trois."
    assert served(eve, f"/bibliotheque/{old.pk}/telecharger/") == b"Trois."


def test_thanks_ties_collections_and_numbers_follow(
    doubles: tuple[Document, Document], world: World
) -> None:
    old, kept = doubles
    for document in doubles:
        react(document, "merci", by=world.eve)
    react(old, "utile", by=world.real)
    thread = create_thread(by=world.maude, space=world.common, text="Qu’en dire?", about=old)
    shelf = Collection.objects.create(title="Choix", owner=world.eve, level="communaute")
    CollectionItem.objects.create(collection=shelf, document=old, position=1)
    CollectionItem.objects.create(collection=shelf, document=kept, position=2)
    other = Collection.objects.create(title="Autre", owner=world.eve, level="communaute")
    CollectionItem.objects.create(collection=other, document=old, position=1)
    for document, count in zip(doubles, (3, 4), strict=True):
        Document.objects.filter(pk=document.pk).update(download_count=count)
        Download.objects.create(document=document, month="2026-11-01", count=count)
    merge_documents(old, into=kept, by=world.maude)
    kept.refresh_from_db()

    assert (kept.thanks_count, kept.useful_count, kept.download_count) == (1, 1, 7)
    assert Reaction.objects.filter(kind="document").count() == 2
    assert links.others(kept, world.maude, kind="thread") == [thread]
    assert [item.document for item in shelf.items.all()] == [kept]
    assert [item.document for item in other.items.all()] == [kept]
    assert Download.objects.get().count == 7


def test_chains_of_merges_are_flat(
    doubles: tuple[Document, Document], world: World, as_: As
) -> None:
    first, second = doubles
    third = make_document(world.maude, b"Quatre.", title="Guide, dernier envoi")
    merge_documents(first, into=second, by=world.maude)
    merge_documents(second, into=third, by=world.maude)
    first.refresh_from_db()
    eve = as_(world.eve)

    assert first.replaced_by == third
    for number, content in ((1, b"Un."), (2, b"Deux.")):
        answer = eve.get(f"/bibliotheque/{first.pk}/telecharger/?version={number}")
        assert answer.status_code == 302
        assert served(eve, answer.headers["Location"]) == content
    assert served(eve, f"/bibliotheque/{second.pk}/telecharger/?version=1") == b"Trois."


def test_a_merge_shows_a_file_to_nobody_new(
    film: Document, poster: Document, world: World, as_: As
) -> None:
    """The versions of a space's document stay with it when the public one is kept."""
    file = film.current.file_id if film.current else None
    merge_documents(film, into=poster, by=world.maude)

    assert poster.versions.count() == 1
    assert as_(world.eve).get(f"/fichiers/{file}/").status_code == 404
    answer = as_(world.maude).get(f"/bibliotheque/{film.pk}/versions/1/")
    assert answer.headers["Location"] == poster.get_absolute_url()


def test_an_old_address_says_nothing_to_who_did_not_read_it(
    film: Document, poster: Document, world: World, as_: As
) -> None:
    merge_documents(film, into=poster, by=world.maude)
    eve = as_(world.eve)
    refused = eve.get(f"/bibliotheque/{film.pk}/")

    assert refused.status_code == 404
    assert refused.content == eve.get("/bibliotheque/98765/").content


def test_an_old_address_leads_nobody_where_she_may_not_go(
    film: Document, guide: Document, world: World, as_: As
) -> None:
    merge_documents(guide, into=film, by=world.maude)

    assert as_(world.eve).get(f"/bibliotheque/{guide.pk}/").status_code == 404
    assert as_(world.maude).get(f"/bibliotheque/{guide.pk}/").status_code == 302


def test_two_different_published_documents_are_merged_by_who_may_change_both(
    guide: Document, world: World
) -> None:
    other = make_document(world.real, title="Celui de Réal")
    with pytest.raises(NotYours):
        merge_documents(guide, into=other, by=world.maude)
    with pytest.raises(NotMergeable):
        merge_documents(guide, into=guide, by=world.maude)
    Document.objects.filter(pk=other.pk).update(state="pending")
    with pytest.raises(NotMergeable):
        merge_documents(guide, into=other, by=world.odile)
    Document.objects.filter(pk=other.pk).update(state="published")
    merge_documents(guide, into=other, by=world.odile)
    with pytest.raises(Withdrawn):
        merge_documents(guide, into=other, by=world.odile)


def test_merging_takes_two_steps_on_its_page(
    doubles: tuple[Document, Document], world: World, as_: As
) -> None:
    old, kept = doubles
    maude, address = as_(world.maude), f"/bibliotheque/{old.pk}/fusionner/"
    for named in (str(kept.pk), f"http://testserver{kept.get_absolute_url()}?a=b"):
        page = maude.post(address, {"into": named})
        assert page.context["heir"] == kept
    for wrong in ("", "98765", "x", f"/bibliotheque/{kept.pk}x/"):
        page = maude.post(address, {"into": wrong})
        assert page.context["heir"] is None
        assert page.context["form"].errors
    old.refresh_from_db()
    assert old.state == State.PUBLISHED
    answer = maude.post(address, {"into": str(kept.pk), "acte": "fusionner"})
    assert answer.headers["Location"] == kept.get_absolute_url()
    assert as_(world.eve).get(address).status_code in (302, 403)


# ------------------------------------------------------------------------------- approving


def test_only_who_animates_decides(guide: Document, world: World, as_: As) -> None:
    Document.objects.filter(pk=guide.pk).update(state="pending", approval="attente")
    address = f"/bibliotheque/{guide.pk}/decision/"

    assert as_(world.eve).get(address).status_code == 404
    assert as_(world.maude).post(address, {"acte": "approuver"}).status_code == 403
    odile = as_(world.odile)
    assert odile.post(address, {"reason": ""}).status_code == 200
    assert odile.post(address, {"reason": "Sans les prénoms."}).status_code == 302
    guide.refresh_from_db()
    assert (guide.state, guide.approval) == (State.PENDING, Document.Approval.REFUSED)
    assert "Sans les prénoms." in as_(world.maude).get(guide.get_absolute_url()).content.decode()
