"""What the house makes of a file by itself: the reading of its content, pictures of it.

A derived file is tied at once to what the file belongs to, so that the same people see it; nobody
sent it, and it counts in nobody's quota.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from typing import IO, cast

from django.core.files.storage import storages

from core.files import store, types
from core.files.errors import Infected, Withheld
from core.models import StoredFile

State = StoredFile.State


def keep_derived(
    content: bytes, name: str, *, to_kind: str, object_id: int, width: int, height: int
) -> StoredFile:
    """Keep a picture in WebP that we drew of a file of that object; its readers may see it."""
    stored = StoredFile(
        name=types.display_name(name, types.WEBP),
        content_type=types.WEBP.content_type,
        width=width,
        height=height,
        kind=to_kind,
        object_id=object_id,
    )
    stored.size, stored.sha256 = store.measured(io.BytesIO(content))
    return store.write(stored, io.BytesIO(content))


def keep_original(content: bytes, *, to_kind: str, object_id: int) -> StoredFile:
    """Keep a mail as it came. `to_kind` is no kind of content: the door gives it to nobody by
    itself, only through the page of the room that keeps it."""
    stored = StoredFile(
        name="courriel.eml", content_type="message/rfc822", kind=to_kind, object_id=object_id
    )
    stored.size, stored.sha256 = store.measured(io.BytesIO(content))
    return store.write(stored, io.BytesIO(content))


@contextlib.contextmanager
def opened(stored: StoredFile) -> Iterator[IO[bytes]]:
    """The content as a file of this system, to be read by a program of ours.

    Who asks for it was found to be allowed already. Raises `Withheld` while the antivirus has not
    answered, `Infected` once it has, `FileNotFoundError` when the storage lost it.
    """
    if stored.state == State.WITHHELD:
        raise Withheld
    if stored.state == State.INFECTED:
        raise Infected
    with storages["private"].open(stored.file.name or "") as content:
        if isinstance(content.file, io.BufferedReader):
            yield cast(IO[bytes], content.file)
            return
        with tempfile.TemporaryFile() as copy:
            for chunk in content.chunks():
                copy.write(chunk)
            copy.flush()
            yield copy
