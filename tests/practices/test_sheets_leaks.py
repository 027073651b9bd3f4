"""The leak matrix of the directory: everybody asks for every page of it, for every sheet.

Six audiences, every state of a sheet, one word for each of its fields and for what stands around
it: `tests.practices.canaries`. `tests.test_visibility` asks the rest of the product, with some of
these sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from practices.models import Sheet
from tests import access
from tests.conftest import build_world, standing
from tests.library.test_pages_leaks import cast
from tests.practices.canaries import INSIDE, Sheets, plant, word
from tests.test_visibility import said

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sheets(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sheets]:
    with standing(django_db_blocker, tmp_path_factory.mktemp("sheets"), COANIMATION=False):
        world = build_world()
        yield plant(world, cast(world))


def browser(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="accounts.backends.AccountBackend")
    return client


def surfaces() -> list[str]:
    """Every address of the directory, for every sheet, and where lists show sheets."""
    found = []
    for address in access.addresses():
        row = access.row_of(address.name)
        ours = address.name.startswith(("practices:", "admin:practices_"))
        if ours and row is not None and not row.post_only:
            found += access.paths(address)
    search = reverse("search:page")
    found += [f"{search}?q=zqfiche", f"{search}?q=avant", f"{search}?q=venir"]
    found += [f"{reverse('admin:practices_sheet_changelist')}?q=un"]
    return found


@pytest.mark.parametrize("role", sorted(INSIDE | {"visitor"}))
def test_each_person_meets_the_words_of_the_sheets_she_may_and_no_other(
    sheets: Sheets, db: None, role: str
) -> None:
    client = browser(sheets.people.get(role))
    met: dict[str, list[str]] = {}
    for path in surfaces():
        answer = client.get(path)
        assert answer.status_code < 500, path
        for found in set(re.findall(r"zqfiche[a-z]+", said(answer))) & sheets.may.keys():
            met.setdefault(found, []).append(path)

    leaked = {w: paths[:4] for w, paths in met.items() if role not in sheets.may[w]}
    unseen = [w for w, roles in sheets.must.items() if role in roles and w not in met]

    assert leaked == {}
    assert unseen == []


@pytest.mark.parametrize("role", ["real", "guest", "naima"])
def test_a_draft_and_a_number_never_used_answer_alike(sheets: Sheets, db: None, role: str) -> None:
    title = f"Un {word('brouillon', 'identitetitle')}"
    there = Sheet.objects.get(title=title).pk
    client = browser(sheets.people[role])
    for address in access.addresses():
        row = access.row_of(address.name)
        if not address.name.startswith("practices:") or row is None or row.post_only:
            continue
        for path in access.paths(address):
            if not path.startswith(f"/pratiques/{there}/"):
                continue
            absent = path.replace(f"/{there}/", "/987654/")
            answers = [client.get(one) for one in (path, absent)]
            bodies = [
                re.sub(r'value="[\w-]{40,}"', "", said(answer)).replace(one, "")
                for answer, one in zip(answers, (path, absent), strict=True)
            ]
            assert [answer.status_code for answer in answers] == [404, 404], path
            assert bodies[0] == bodies[1], path
