"""Files that are stored, versions that wait to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core import files
from core.models import StoredFile
from library.models import Document, Version
from tests.conftest import World
from tests.core.samples import upload
from tests.library.conftest import WORDS

Sent = Callable[..., StoredFile]
Waiting = Callable[..., Version]


@pytest.fixture
def sent(world: World) -> Sent:
    """`sent("a.pdf", content)`: a file that Maude sent."""

    def send(name: str, content: bytes) -> StoredFile:
        return files.accept(upload(name, content), by=world.maude)

    return send


@pytest.fixture
def waiting(world: World, sent: Sent) -> Waiting:
    """`waiting("a.pdf", content, level=…)`: a version of a document of Maude's, not read yet."""

    def deposit(name: str, content: bytes, **fields: Any) -> Version:
        stored = sent(name, content)
        document = Document.objects.create(owner=world.maude, **(WORDS | fields))
        version = Version.objects.create(
            document=document, number=1, file=stored, sha256=stored.sha256, by=world.maude
        )
        files.attach([stored.pk], to_kind="version", object_id=version.pk, by=world.maude)
        Document.objects.filter(pk=document.pk).update(current=version)
        return version

    return deposit
