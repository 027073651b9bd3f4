"""The demonstration community, loaded once for all the tests of a module."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from tests.conftest import standing


@pytest.fixture(scope="module")
def _loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("demo")
    with standing(django_db_blocker, folder, DEMO=True, COANIMATION=True) as storages:
        call_command("bootstrap")
        call_command("demo", stdout=io.StringIO())
        yield storages


@pytest.fixture
def demo(_loaded: dict[str, Any], db: None, settings: Any) -> None:
    settings.STORAGES = _loaded
    settings.DEMO = settings.COANIMATION = True
