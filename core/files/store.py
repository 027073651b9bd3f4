"""Takes files in, ties them to what they belong to, and lets them go."""

from __future__ import annotations

import contextlib
import hashlib
import io
import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core import clamav, log, ratelimit, schedule
from core.clamav import Verdict
from core.files import images, types
from core.files.errors import (
    ForeignFile,
    Infected,
    NotAnImage,
    QuotaExceeded,
    TooLarge,
    TooManyFiles,
    UnreadableFile,
    Withheld,
)
from core.files.pictures import forget_kept, listed
from core.formats import active_language, filesize
from core.models import StoredFile

if TYPE_CHECKING:
    from accounts.models import User

UNATTACHED_KEPT = timedelta(hours=48)
ORPHANS_KEPT = timedelta(hours=24)
CHUNK = 1 << 18
# By whichever page they come: looking into a file is what costs the server most.
UPLOADS_AN_HOUR = 60
State = StoredFile.State


def accept(upload: UploadedFile, *, by: User, images_only: bool = False) -> StoredFile:
    """Keep what a person sends, attached to nothing yet; only she may read it until it is.

    The type is that of the content; images are drawn again without metadata. Raises one of
    `core.files.errors`: `TooLarge`, `QuotaExceeded`, `TooManyFiles`, `UnknownType`, `NotAnImage`,
    `TypeMismatch`, `UnreadableFile`, `TooManyPixels`, `Bomb`, `ActiveContent`, `Infected`. All or
    nothing: when this raises, neither a row nor a file remains.
    """
    content, type_ = _received(upload, by, images_only=images_only)
    return _accepted(content, upload.name or "", type_, by)


def bring(
    content: IO[bytes],
    name: str,
    *,
    by: User | None,
    to_kind: str = "",
    object_id: int | None = None,
) -> StoredFile:
    """Keep a file that the operator of the machine brings in the name of `by`, or of nobody: as
    `accept`, but neither a quota nor the hourly limit stands in the way. With `to_kind` and
    `object_id` it is tied at once to an object.

    Raises what `examine` raises, and `Infected`.
    """
    target: dict[str, Any] = {"kind": to_kind, "object_id": object_id}
    return _accepted(content, name, examine(content, name), by, roomy=True, **target)


def examine(content: IO[bytes], name: str) -> types.FileType:
    """The type of a file that would be accepted; nothing is kept. Raises `TooLarge`,
    `UnreadableFile`, and what `types.recognise` raises."""
    size = content.seek(0, io.SEEK_END)
    check_size(size)
    if size == 0:
        raise UnreadableFile
    return types.recognise(content, name)


def copy(stored: StoredFile, *, by: User) -> StoredFile:
    """The same content as a file of `by` that belongs to nothing yet: what is done to one does not
    touch the other. The caller found that she may read it. Asked twice, it gives the same file.

    Raises `Withheld`, `Infected`, `QuotaExceeded`, `FileNotFoundError` when the storage lost it.
    """
    if stored.state != State.READY:
        raise Withheld if stored.state == State.WITHHELD else Infected
    loose = StoredFile.objects.filter(uploaded_by=by, kind="", object_id=None)
    already = loose.filter(sha256=stored.sha256, name=stored.name).first()
    if already is not None:
        return already
    type_ = types.BY_EXTENSION[stored.name.rpartition(".")[2]]
    size: dict[str, Any] = {"width": stored.width, "height": stored.height}
    with storages["private"].open(stored.file.name or "") as content:
        return _keep(content, stored.name, type_, by, state=stored.state, **size)


def release(stored: StoredFile) -> None:
    """Count a file in nobody's quota: it is the house's from now on."""
    stored.uploaded_by = None
    stored.save(update_fields=("uploaded_by",))


def _accepted(
    content: IO[bytes],
    name: str,
    type_: types.FileType,
    by: User | None,
    *,
    roomy: bool = False,
    **fields: Any,
) -> StoredFile:
    fields |= {"state": _scanned(content), "roomy": roomy}
    shown = types.display_name(name, type_)
    if type_.family != "image":
        return _keep(content, shown, type_, by, **fields)
    drawn, width, height = images.redrawn(content, type_.content_type)
    return _keep(io.BytesIO(drawn), shown, type_, by, width=width, height=height, **fields)


def accept_photo(
    upload: UploadedFile, *, by: User, kind: str = "", object_id: int | None = None
) -> StoredFile:
    """Keep a profile photo, as a square of 256 pixels in WebP; raises what `accept` raises.

    With `kind` and `object_id` it is tied at once to the profile, whose readers may see it.
    """
    content, type_ = _received(upload, by, images_only=True)
    state = _scanned(content)
    small = io.BytesIO(images.square(content, type_.content_type))
    side = images.PHOTO_SIDE
    target: dict[str, Any] = {"kind": kind, "object_id": object_id}
    return _keep(
        small, "photo.webp", types.WEBP, by, state=state, width=side, height=side, **target
    )


@transaction.atomic
def attach(
    stored_ids: Collection[uuid.UUID | str], *, to_kind: str, object_id: int, by: User
) -> None:
    """Tie files to an object: from now on, who reads the object reads them.

    Raises `ForeignFile`, and ties none, unless all are files that `by` sent and that are tied to
    nothing yet.
    """
    try:
        wanted = {uuid.UUID(str(stored_id)) for stored_id in stored_ids}
    except ValueError:
        raise ForeignFile from None
    if not wanted:
        return
    loose = StoredFile.objects.filter(pk__in=wanted, uploaded_by=by, kind="", object_id=None)
    if loose.update(kind=to_kind, object_id=object_id) != len(wanted):
        raise ForeignFile


def rename(stored: StoredFile, name: str) -> None:
    """Give a file another name; its extension stays the one of its content."""
    extension = stored.name.rpartition(".")[2]
    stored.name = types.display_name(name, types.BY_EXTENSION[extension])
    stored.save(update_fields=("name",))


@transaction.atomic
def remove(files: Iterable[StoredFile]) -> int:
    """Delete the rows now and the contents once the transaction is committed; how many."""
    doomed = list(files)
    StoredFile.objects.filter(pk__in=[stored.pk for stored in doomed]).delete()
    for stored in doomed:
        transaction.on_commit(_deleter(stored), robust=True)
    return len(doomed)


def used_by(person: User) -> int:
    """The bytes that a person's files take."""
    total = StoredFile.objects.filter(uploaded_by=person).aggregate(total=Sum("size"))["total"]
    return total or 0


# ---------------------------------------------------------------------------------- duties


@schedule.every(minutes=60, name="core.sweep_files")
def sweep_hourly() -> None:
    sweep_files()


def sweep_files(now: datetime | None = None) -> tuple[int, int]:
    """Remove the files attached to nothing for 48 hours, and the contents which a stopped process
    left without a row for 24 hours; answer how many of each."""
    now = now or timezone.now()
    loose = StoredFile.objects.filter(kind="", object_id=None, created_at__lt=now - UNATTACHED_KEPT)
    return remove(loose), _sweep_orphans(storages["private"], now - ORPHANS_KEPT)


def _sweep_orphans(storage: Storage, before: datetime) -> int:
    swept = 0
    for folder in listed(storage, "")[0]:
        if not _is_ours(folder):
            continue
        names = {f"{folder}/{name}" for name in listed(storage, folder)[1] if _is_ours(name)}
        known = StoredFile.objects.filter(file__startswith=f"{folder}/").values_list("file")
        for name in names - {row[0] for row in known}:
            with contextlib.suppress(FileNotFoundError):
                if storage.get_modified_time(name) < before:
                    storage.delete(name)
                    swept += 1
    return swept


def _is_ours(name: str) -> bool:
    """Names that this door gives: two or thirty-two hexadecimal digits. Others are left alone."""
    return len(name) in {2, 32} and all(char in "0123456789abcdef" for char in name)


@schedule.every(minutes=5, name="core.rescan_files")
def rescan_withheld() -> None:
    """Ask the antivirus again about what it could not tell; free it, or remove it for good."""
    if not clamav.is_configured():
        # Nobody is there to ask any more: what waits would wait for ever.
        StoredFile.objects.filter(state=State.WITHHELD).update(state=State.READY)
        return
    for stored in StoredFile.objects.filter(state=State.WITHHELD).order_by("created_at")[:50]:
        with storages["private"].open(stored.file.name or "") as content:
            verdict = clamav.scan(content)
        if verdict is Verdict.UNKNOWN:
            return
        if verdict is Verdict.CLEAN:
            StoredFile.objects.filter(pk=stored.pk).update(state=State.READY)
            continue
        with transaction.atomic():
            log.record("file.infected", by=stored.uploaded_by, file=str(stored.pk))
            _destroy(stored)


def _destroy(stored: StoredFile) -> None:
    """Remove a dangerous file; of one that something stands on, the content only."""
    try:
        with transaction.atomic():
            remove([stored])
    except ProtectedError:
        StoredFile.objects.filter(pk=stored.pk).update(state=State.INFECTED)
        transaction.on_commit(_deleter(stored), robust=True)


# ---------------------------------------------------------------------------------- keeping


def _received(
    upload: UploadedFile, by: User, *, images_only: bool
) -> tuple[IO[bytes], types.FileType]:
    """The content of an upload and its type, once size, room and content are found right."""
    size = upload.size or 0
    check_size(size)
    if size == 0:
        raise UnreadableFile
    if used_by(by) + size > settings.UPLOAD_QUOTA_BYTES:
        raise QuotaExceeded
    if not ratelimit.hit("upload", f"user {by.pk}", UPLOADS_AN_HOUR, 3600):
        raise TooManyFiles
    content: IO[bytes] = upload.file  # type: ignore[assignment]
    type_ = types.recognise(content, upload.name or "")
    if images_only and type_.family != "image":
        raise NotAnImage
    return content, type_


def check_size(size: int) -> None:
    """Raises `TooLarge`, which says how large a file may be."""
    if size > settings.UPLOAD_MAX_BYTES:
        limit = filesize(settings.UPLOAD_MAX_BYTES, active_language())
        raise TooLarge(_("This file is too large: at most %(limit)s.") % {"limit": limit})


def _scanned(content: IO[bytes]) -> str:
    """The state of a content after the antivirus, when there is one. Raises `Infected`."""
    if not clamav.is_configured():
        return State.READY
    verdict = clamav.scan(content)
    if verdict is Verdict.INFECTED:
        raise Infected
    return State.READY if verdict is Verdict.CLEAN else State.WITHHELD


def _keep(
    content: IO[bytes],
    name: str,
    type_: types.FileType,
    by: User | None,
    *,
    state: str,
    roomy: bool = False,
    **fields: Any,
) -> StoredFile:
    """Write the content, then its row. A row never lacks its content; a content which lost its
    row to a later failure of the same transaction is swept. `roomy` asks no quota."""
    stored = StoredFile(
        name=name,
        content_type=type_.content_type,
        uploaded_by=by,
        state=state,
        **fields,
    )
    stored.size, stored.sha256 = measured(content)
    if roomy or by is None:
        return write(stored, content)
    with transaction.atomic():
        # One upload of a person at a time, so that two cannot share the same last room.
        get_user_model().objects.select_for_update().get(pk=by.pk)
        if used_by(by) + stored.size > settings.UPLOAD_QUOTA_BYTES:
            raise QuotaExceeded
        return write(stored, content)


def write(stored: StoredFile, content: IO[bytes]) -> StoredFile:
    """Write a content that was measured, then its row; neither remains when one fails."""
    storage = storages["private"]
    path = f"{stored.pk.hex[:2]}/{stored.pk.hex}"
    with transaction.atomic():
        try:
            stored.file.name = storage.save(path, File(content))
            stored.save(force_insert=True)
        except BaseException:
            with contextlib.suppress(OSError):
                storage.delete(path)
            raise
    return stored


def measured(content: IO[bytes]) -> tuple[int, str]:
    """The size of a content and its SHA-256."""
    content.seek(0)
    digest = hashlib.sha256()
    size = 0
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return size, digest.hexdigest()


def _deleter(stored: StoredFile) -> Callable[[], None]:
    def delete() -> None:
        storages["private"].delete(stored.file.name or "")
        forget_kept(stored)

    return delete
