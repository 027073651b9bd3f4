"""What depositing costs, pinned: nothing grows with the library; each document costs the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from library import looking
from library.extraction.proposals import Proposals
from tests.conftest import World
from tests.forums.test_budgets import counted
from tests.library.conftest import make_document
from tests.library.test_deposit_pages import HERE, filled

As = Callable[[User | None], Client]

# Session, person, memberships with their spaces, and what the bar shows.
SHELL = 5
# Her spaces (for the audience, for what is chosen first), the common one, organisations.
FORM = 5
# Her deposits with their file and their space, in one query.
DEPOSITS = 1
# A document in the form: its file, and two searches for doubles.
CARD = 3


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "propose", lambda stored: Proposals(title=stored.name))


def cost(client: Client, method: str, path: str, *args: Any) -> int:
    with counted() as queries:
        answer = getattr(client, method)(path, *args)
    assert answer.status_code in (200, 302)
    return len(queries)


def test_her_deposits_cost_the_same_whatever_their_number(library: World, as_: As) -> None:
    maude = as_(library.maude)
    for number in range(3):
        make_document(library.maude, title=f"Guide {number}")
    maude.get("/bibliotheque/mes-depots/")
    few = cost(maude, "get", "/bibliotheque/mes-depots/")
    for number in range(27):
        make_document(library.maude, title=f"Rapport {number}")
    assert cost(maude, "get", "/bibliotheque/mes-depots/") == few
    assert few <= SHELL + DEPOSITS


def test_the_form_costs_the_same_whatever_the_library_holds(library: World, as_: As) -> None:
    maude = as_(library.maude)
    maude.get(HERE)
    few = cost(maude, "get", HERE)
    for number in range(20):
        make_document(library.maude, title=f"Guide {number}")
    assert cost(maude, "get", HERE) == few
    assert few <= SHELL + FORM


def test_each_document_of_the_form_costs_the_same(library: World, as_: As) -> None:
    maude = as_(library.maude)

    def page(count: int) -> dict[str, Any]:
        files = [
            SimpleUploadedFile(f"{word}.txt", word.encode(), "text/plain")
            for word in ("hiver", "mentorat", "accueil", "bilan", "transport")[:count]
        ]
        shown = maude.post(HERE, {"files": files}).content.decode()
        return filled(shown) | {"act": "voir"}

    one, three, five = (cost(maude, "post", HERE, page(count)) for count in (1, 3, 5))
    assert five - three == three - one == 2 * CARD


def test_a_page_without_documents_is_light(library: World, as_: As) -> None:
    """What a phone loads first: no sheet, no list of words."""
    page = as_(library.maude).get(HERE).content.decode()
    assert not re.search(r'name="\d+-', page)
    assert len(page) < 20_000
