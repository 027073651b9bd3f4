"""What may be drawn again at any time: kept beside the files for some days.

Pictures of a file, in a folder that has its name and goes with it; and what a room makes of an
object of its own (`made_once`): a paper, a picture of it. They have no row, and are gone after a
week.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

from core import schedule
from core.models import StoredFile

FOLDER = "kept"
KEPT = timedelta(days=7)
# Of one file: a reader of a long document has what she just turned, not all that anybody did.
MOST_KEPT = 120


def kept(stored: StoredFile, name: str) -> bytes | None:
    """The picture of that name kept of a file, or None."""
    return _found_in(_folder(stored), name)


def keep(stored: StoredFile, name: str, content: bytes) -> None:
    """Keep a picture of a file for some days, unless enough are kept of it or the storage cannot
    take it: it is drawn again the next time."""
    _keep_in(_folder(stored), name, content)


def made_once(of: str, name: str, make: Callable[[], bytes]) -> bytes:
    """What `make` makes of an object of a room (`of`: `sheet-12`), or what it made of it these days
    under the same name: the name says all that the content depends on."""
    content = _found_in(f"{FOLDER}/{of}", name)
    if content is None:
        content = make()
        _keep_in(f"{FOLDER}/{of}", name, content)
    return content


def keep_made(of: str, name: str, content: bytes) -> None:
    """Keep what a worker made for somebody, who fetches it within some days."""
    _keep_in(f"{FOLDER}/{of}", name, content)


def made(of: str, name: str) -> bytes | None:
    """What is kept under that name of an object, or None: never made, or some days ago."""
    return _found_in(f"{FOLDER}/{of}", name)


def forget_made(of: str) -> int:
    """Delete all that is kept of an object; how many there were."""
    return _forget_in(storages["private"], f"{FOLDER}/{of}")


def _found_in(folder: str, name: str) -> bytes | None:
    try:
        with storages["private"].open(f"{folder}/{name}") as content:
            found: bytes = content.read()
            return found
    except FileNotFoundError:
        return None


def _keep_in(folder: str, name: str, content: bytes) -> None:
    storage = storages["private"]
    path = f"{folder}/{name}"
    with contextlib.suppress(OSError):
        if len(listed(storage, folder)[1]) >= MOST_KEPT:
            return
        saved = storage.save(path, ContentFile(content))
        if saved != path:
            # Another request drew the same one meanwhile.
            storage.delete(saved)


def forget_kept(stored: StoredFile) -> int:
    """Delete all that is kept of a file; how many there were."""
    return _forget_in(storages["private"], _folder(stored))


@schedule.daily(hour=4, name="core.sweep_kept")
def sweep_daily() -> None:
    sweep_kept(timezone.now() - KEPT)


def sweep_kept(before: datetime) -> int:
    """Delete the pictures drawn before that moment; how many there were."""
    storage = storages["private"]
    folders = listed(storage, FOLDER)[0]
    return sum(_forget_in(storage, f"{FOLDER}/{folder}", before=before) for folder in folders)


def _forget_in(storage: Storage, folder: str, before: datetime | None = None) -> int:
    names = listed(storage, folder)[1]
    count = 0
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            if before is None or storage.get_modified_time(f"{folder}/{name}") < before:
                storage.delete(f"{folder}/{name}")
                count += 1
    if names and count == len(names):
        with contextlib.suppress(OSError):
            storage.delete(folder)
    return count


def _folder(stored: StoredFile) -> str:
    return f"{FOLDER}/{stored.pk.hex}"


def listed(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    """The folders and the names in a folder, which may not exist."""
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []
