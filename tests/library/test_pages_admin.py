"""The admin of documents, and what the animators' console says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from core.audience import State
from library.home import to_decide
from library.models import Document
from tests.conftest import World
from tests.library.conftest import make_document

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
DOCUMENTS = "/admin/library/document/"


@pytest.fixture
def guide(library: World) -> Document:
    return make_document(library.maude, title="Un guide canari")


@pytest.fixture
def secret(library: World) -> Document:
    return make_document(
        library.naima,
        title="Un protocole perroquet",
        level="sous-communaute",
        space=library.psychosocial,
    )


@pytest.fixture
def waiting(library: World) -> Document:
    """A document of Maude's, in a common space that approves documents."""
    library.common.approves_documents = True
    library.common.save()
    document = make_document(library.maude, title="Un guide serin")
    assert document.state == State.PENDING
    return document


def test_odile_finds_what_she_moderates(
    guide: Document, secret: Document, world: World, as_: As
) -> None:
    odile = as_(world.odile)
    listed = odile.get(DOCUMENTS).content.decode()
    assert "canari" in listed and "perroquet" in listed
    for document in (guide, secret):
        assert odile.get(f"{DOCUMENTS}{document.pk}/change/").status_code == 200
        assert odile.get(f"{DOCUMENTS}{document.pk}/history/").status_code == 200


def test_an_animator_who_is_no_member_finds_nothing_of_a_confidential_space(
    guide: Document, secret: Document, world: World, as_: As
) -> None:
    Membership.objects.filter(user=world.odile, space=world.psychosocial).delete()
    odile = as_(world.odile)
    for query in (
        "",
        "?q=perroquet",
        f"?space__id__exact={world.psychosocial.pk}",
        "?etat=attente",
    ):
        page = odile.get(f"{DOCUMENTS}{query}", follow=True).content.decode()
        assert "Un protocole perroquet" not in page
    assert odile.get(f"{DOCUMENTS}{secret.pk}/change/").status_code in (302, 404)


def test_nothing_is_changed_by_a_form(guide: Document, world: World, as_: As) -> None:
    data = {"title": "Autre", "state": "removed"}
    as_(world.odile).post(f"{DOCUMENTS}{guide.pk}/change/", data)
    guide.refresh_from_db()

    assert (guide.title, guide.state) == ("Un guide canari", State.PUBLISHED)


def test_the_queue_of_what_awaits_approval_is_one_filter_and_one_act(
    guide: Document, waiting: Document, world: World, as_: As
) -> None:
    odile = as_(world.odile)
    page = odile.get(f"{DOCUMENTS}?etat=attente").content.decode()
    assert "serin" in page and "canari" not in page
    odile.post(DOCUMENTS, {"action": "approve", "_selected_action": [waiting.pk, guide.pk]})
    waiting.refresh_from_db()

    assert (waiting.state, waiting.approval) == (State.PUBLISHED, Document.Approval.GIVEN)


def test_broken_links_and_overdue_reviews_are_found(
    guide: Document, waiting: Document, world: World, as_: As
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Document.objects.filter(pk=guide.pk).update(link_state="brise", review_on=yesterday)
    odile = as_(world.odile)
    for query in ("?etat=lien-brise", "?etat=a-verifier"):
        page = odile.get(f"{DOCUMENTS}{query}").content.decode()
        assert "canari" in page and "serin" not in page


def test_what_was_set_aside_is_put_back_from_the_list(
    guide: Document, world: World, as_: As
) -> None:
    Document.objects.filter(pk=guide.pk).update(state="hidden")
    as_(world.odile).post(DOCUMENTS, {"action": "restore", "_selected_action": [guide.pk]})
    guide.refresh_from_db()

    assert guide.state == State.PUBLISHED


def test_the_console_says_what_awaits_approval_until_it_is_decided(
    waiting: Document, world: World, as_: As
) -> None:
    found = to_decide(world.odile, 10)
    assert [(one.title, one.url) for one in found] == [
        ("Un guide serin", waiting.get_absolute_url())
    ]
    assert "serin" not in found[0].quiet_title
    page = as_(world.odile).get(waiting.get_absolute_url()).content.decode()
    assert f'action="/bibliotheque/{waiting.pk}/decision/"' in page
    as_(world.odile).post(f"/bibliotheque/{waiting.pk}/decision/", {"acte": "approuver"})

    assert to_decide(world.odile, 10) == []


def test_the_console_of_an_animator_tells_nothing_of_a_confidential_space(
    secret: Document, world: World
) -> None:
    Document.objects.filter(pk=secret.pk).update(state="pending", approval="attente")
    assert len(to_decide(world.odile, 10)) == 1
    Membership.objects.filter(user=world.odile, space=world.psychosocial).delete()

    assert to_decide(world.odile, 10) == []
