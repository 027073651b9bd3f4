"""The search page: what each person finds on it, and how it is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import World
from tests.search.entries import entry

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


def test_maude_finds_a_thread_by_its_words(world: World, as_: As) -> None:
    entry("Parler de l’anxiété", "Un café pour commencer.", space=world.intervention)
    answer = as_(world.maude).get("/recherche/?q=anxiete")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "<mark>anxiété</mark>" in text
