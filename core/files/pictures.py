"""Pictures that may be drawn again at any time: kept beside the files for some days.

They have no row: a name below that of their file, gone with it or after a week.
"""

from __future__ import annotations

import contextlib
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
    try:
        with storages["private"].open(f"{_folder(stored)}/{name}") as content:
            found: bytes = content.read()
            return found
    except FileNotFoundError:
        return None


def keep(stored: StoredFile, name: str, content: bytes) -> None:
    """Keep a picture of a file for some days, unless enough are kept of it or the storage cannot
    take it: it is drawn again the next time."""
    storage = storages["private"]
    path = f"{_folder(stored)}/{name}"
    with contextlib.suppress(OSError):
        if len(listed(storage, _folder(stored))[1]) >= MOST_KEPT:
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
