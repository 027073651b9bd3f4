"""“This may already be here”: said of what the depositor reads, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.audience import State
from library.duplicates import likeness, twins
from library.models import Document
from library.titles import title_key
from tests.conftest import World
from tests.library.conftest import make_document

TITLE = "Revenir en classe après une suspension : guide de la rencontre"


@pytest.mark.parametrize(
    ("other", "near"),
    [
        ("REVENIR EN CLASSE APRES UNE SUSPENSION — Guide de la rencontre", True),
        ("Guide de la rencontre : revenir en classe après une suspension", True),
        ("Revenir en classe après une suspension: guide de rencontre (2e édition)", True),
        ("Revenir en classe après une longue maladie", False),
        ("Guide de la rencontre de parents", False),
        ("Portrait des fins de parcours en milieu rural", False),
    ],
)
@pytest.mark.sqlite
def test_titles_are_near_as_people_would_say(other: str, near: bool) -> None:
    assert (likeness(title_key(TITLE), title_key(other)) >= 0.72) is near


def test_the_same_content_is_recognised_under_another_title(library: World) -> None:
    document = make_document(library.maude, b"Le guide.", title="Un titre")
    found = twins(by=library.eve, title="Tout autre chose", sha256=_hash(document))
    assert [(one.document, one.same) for one in found] == [(document, True)]


def test_a_near_title_is_recognised(library: World) -> None:
    document = make_document(library.maude, title=TITLE)
    make_document(library.maude, title="Portrait des fins de parcours")
    found = twins(by=library.eve, title=TITLE.upper())
    assert [(one.document, one.same) for one in found] == [(document, False)]


def test_the_same_link_is_recognised(library: World) -> None:
    document = make_document(library.maude, link="https://exemple.test/guide")
    found = twins(by=library.eve, title="Autre", link="https://exemple.test/guide")
    assert [one.document for one in found] == [document]


@pytest.mark.parametrize("state", [State.HIDDEN, State.REMOVED, State.PENDING])
def test_nothing_is_hinted_of_what_she_may_not_read(library: World, state: str) -> None:
    here: dict[str, Any] = {"level": "sous-communaute", "space": library.psychosocial}
    secret = make_document(library.naima, b"Le guide.", title=TITLE, **here)
    other = make_document(library.maude, b"Autre.", title=TITLE + " bis")
    Document.objects.filter(pk=other.pk).update(state=state)
    for sha256 in (_hash(secret), _hash(other)):
        assert twins(by=library.eve, title=TITLE, sha256=sha256) == []
    assert [one.document for one in twins(by=library.naima, title=TITLE)] == [secret]


def test_who_may_change_it_may_give_it_a_version(library: World) -> None:
    make_document(library.maude, title=TITLE)
    assert [one.editable for one in twins(by=library.maude, title=TITLE)] == [True]
    assert [one.editable for one in twins(by=library.eve, title=TITLE)] == [False]


def test_a_document_is_not_its_own_twin(library: World) -> None:
    document = make_document(library.maude, title=TITLE)
    found = twins(by=library.maude, title=TITLE, sha256=_hash(document), but=document.pk)
    assert found == []


def test_it_costs_two_queries_whatever_the_library_holds(library: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            twins(by=library.eve, title=TITLE, sha256="0" * 64)
        return len(queries)

    make_document(library.maude, title=TITLE)
    # The rule itself asks nothing more: two searches, by content and by title.
    assert cost() == 2
    for number in range(30):
        make_document(
            library.maude, title=f"{TITLE} {number}", link=f"https://exemple.test/{number}"
        )
    assert cost() == 2


def _hash(document: Document) -> str:
    assert document.current is not None
    return document.current.sha256
