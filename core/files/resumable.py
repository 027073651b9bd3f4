"""Uploads that may be interrupted: a file arrives in pieces, in order, and becomes a stored file.

Each piece is an object of the private storage named after its offset, written before the row says
that it is there: whatever is killed in between is written again. Any web process may take the next
piece. Once all have come, the file passes `core.files.accept` like any other; the row keeps the
outcome, so that a client which lost the answer may ask again.
"""

from __future__ import annotations

import contextlib
import tempfile
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import schedule
from core.files import store, types
from core.files.errors import FileRefused, QuotaExceeded, TooLarge, TooManyFiles, UnreadableFile
from core.models import ResumableUpload, StoredFile

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

# The largest piece: what a request may hold (DATA_UPLOAD_MAX_MEMORY_SIZE).
MAX_PIECE = 1_000_000
AT_ONCE = 20
KEPT = timedelta(hours=48)
FOLDER = "pieces"
CHUNK = 1 << 18


class WrongOffset(FileRefused):
    """The piece does not begin where the upload stands; `offset` is where it does."""

    message = _("This piece of the file does not follow the last one.")
    status = 409

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__()


class PieceTooLarge(TooLarge):
    message = _("This piece of the file is too large.")


class TooManyAtOnce(FileRefused):
    message = _("Too many files are being sent. Let some arrive, or cancel them, then try again.")
    status = 429


class Gone(FileRefused):
    message = _("This file took too long to arrive. Send it again.")
    status = 410


@transaction.atomic
def begin(*, by: User, name: str, length: int) -> ResumableUpload:
    """Announce a file of `length` bytes. Raises `UnreadableFile` when empty, `TooLarge`,
    `QuotaExceeded`, `TooManyAtOnce`."""
    if length <= 0:
        raise UnreadableFile
    store.check_size(length)
    # One announcement of a person at a time, so that two cannot share the same last room.
    get_user_model().objects.select_for_update().get(pk=by.pk)
    open_ones = _unfinished(by)
    if open_ones.count() >= AT_ONCE:
        raise TooManyAtOnce
    promised = open_ones.aggregate(total=Sum("length"))["total"] or 0
    if store.used_by(by) + promised + length > settings.UPLOAD_QUOTA_BYTES:
        raise QuotaExceeded
    return ResumableUpload.objects.create(
        user=by, name=types.clean_name(name)[: types.MAX_NAME], length=length
    )


def find(upload_id: uuid.UUID, *, by: User) -> ResumableUpload:
    """Her own upload. Raises `DoesNotExist` alike for what is missing and for another's, `Gone`
    when it took too long."""
    found = ResumableUpload.objects.get(pk=upload_id, user_id=by.pk)
    if expires_at(found) <= timezone.now():
        raise Gone
    return found


def expires_at(upload: ResumableUpload) -> datetime:
    return upload.updated_at + KEPT


def append(upload: ResumableUpload, offset: int, piece: bytes, *, by: User) -> ResumableUpload:
    """Add the piece that begins at `offset`; the last one makes the file.

    Of identical pieces sent at once, one is taken. An empty piece at the end asks for the outcome
    again. Raises `WrongOffset`, `PieceTooLarge`, `TooLarge` past the announced length, and at the
    end what `core.files.accept` raises.
    """
    if len(piece) > MAX_PIECE:
        raise PieceTooLarge
    upload = _append(upload, offset, piece, by=by)
    return _finish(upload, by) if upload.offset == upload.length else upload


@transaction.atomic
def _append(upload: ResumableUpload, offset: int, piece: bytes, *, by: User) -> ResumableUpload:
    locked = ResumableUpload.objects.select_for_update().get(pk=upload.pk, user_id=by.pk)
    if offset != locked.offset:
        raise WrongOffset(locked.offset)
    if offset + len(piece) > locked.length:
        raise TooLarge
    if piece:
        name, storage = _piece(locked.pk, offset), storages["private"]
        # What a process wrote before it was stopped, and never said.
        storage.delete(name)
        storage.save(name, ContentFile(piece))
        locked.offset += len(piece)
        locked.save(update_fields=("offset", "updated_at"))
    return locked


def _finish(upload: ResumableUpload, by: User) -> ResumableUpload:
    """Accept the whole file, or keep why it is not; whoever asks again gets the same answer."""
    if upload.stored_id is not None:
        return upload
    if upload.refusal:
        raise FileRefused(upload.refusal)
    try:
        with _whole(upload) as content:
            stored = store.accept(UploadedFile(content, upload.name, size=upload.length), by=by)
    except FileNotFoundError:
        # Another process made the file in the meantime; or the pieces were swept.
        fresh = ResumableUpload.objects.get(pk=upload.pk)
        if fresh.stored_id is None and not fresh.refusal:
            raise Gone from None
        return _finish(fresh, by)
    except (QuotaExceeded, TooManyFiles):
        # True today only: the pieces stay for another try.
        raise
    except FileRefused as refusal:
        ResumableUpload.objects.filter(pk=upload.pk).update(refusal=str(refusal)[:300])
        _forget_pieces(upload.pk)
        raise
    return _settle(upload, stored)


def _settle(upload: ResumableUpload, stored: StoredFile) -> ResumableUpload:
    """Two may have finished the same upload at once: the first one's file is the file."""
    first = ResumableUpload.objects.filter(pk=upload.pk, stored=None, refusal="")
    if first.update(stored=stored):
        _forget_pieces(upload.pk)
    else:
        store.remove([stored])
    return ResumableUpload.objects.get(pk=upload.pk)


def cancel(upload: ResumableUpload, *, by: User) -> None:
    """Forget an upload and its pieces; a file that it already made stays."""
    ResumableUpload.objects.filter(pk=upload.pk, user_id=by.pk).delete()
    _forget_pieces(upload.pk)


# ------------------------------------------------------------------------------------- duty


@schedule.every(minutes=60, name="core.sweep_uploads")
def sweep_hourly() -> None:
    sweep()


def sweep(now: datetime | None = None) -> int:
    """Forget the uploads that nothing happened to for 48 hours, and the pieces without a row;
    answer how many uploads were forgotten."""
    before = (now or timezone.now()) - KEPT
    swept, _rows = ResumableUpload.objects.filter(updated_at__lt=before).delete()
    for folder in _folders():
        if not ResumableUpload.objects.filter(pk=folder, stored=None, refusal="").exists():
            _forget_pieces(folder)
    return swept


# ----------------------------------------------------------------------------------- pieces


def _unfinished(by: User) -> QuerySet[ResumableUpload]:
    since = timezone.now() - KEPT
    return ResumableUpload.objects.filter(user=by, stored=None, refusal="", updated_at__gt=since)


def _folder(upload_id: uuid.UUID) -> str:
    return f"{FOLDER}/{upload_id.hex}"


def _piece(upload_id: uuid.UUID, offset: int) -> str:
    return f"{_folder(upload_id)}/{offset:015d}"


@contextlib.contextmanager
def _whole(upload: ResumableUpload) -> Iterator[IO[bytes]]:
    """The pieces one after the other, in a file of the system that leaves no trace. Raises
    `FileNotFoundError` when one is missing."""
    storage = storages["private"]
    with tempfile.TemporaryFile() as content:
        while content.tell() < upload.length:
            with storage.open(_piece(upload.pk, content.tell())) as piece:
                for chunk in piece.chunks(CHUNK):
                    content.write(chunk)
        content.seek(0)
        yield content


def _forget_pieces(upload_id: uuid.UUID) -> None:
    storage = storages["private"]
    folder = _folder(upload_id)
    with contextlib.suppress(OSError):
        for name in storage.listdir(folder)[1]:
            storage.delete(f"{folder}/{name}")
        storage.delete(folder)


def _folders() -> Iterator[uuid.UUID]:
    with contextlib.suppress(FileNotFoundError):
        for name in storages["private"].listdir(FOLDER)[0]:
            with contextlib.suppress(ValueError):
                yield uuid.UUID(hex=name)
