"""How documents come in and are changed: one function, one mutation, whoever calls it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import files, log
from core.events import emit
from library.errors import ForeignFile, GuestsRead, NothingToDeposit
from library.models import Document, Version
from library.permissions import may_deposit
from library.services import metadata as words
from library.services.common import editable, settle
from library.services.metadata import Metadata

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import StoredFile

KIND = "version"


@transaction.atomic
def deposit_document(
    *,
    by: User,
    file: StoredFile | None = None,
    link: str = "",
    submission: uuid.UUID | None = None,
    label: str = "",
    **metadata: Unpack[Metadata],
) -> Document:
    """A new document: a file that `by` sent and that belongs to nothing yet, or the address of a
    page elsewhere (a file may have one too).

    It is read by others at once, unless its place approves documents or it is under embargo.
    The same `submission` of the same file or link sent again gives the same document. Raises
    `GuestsRead`, `NothingToDeposit`, `ForeignFile` and the refusals of `services.metadata`.
    """
    if not may_deposit(by):
        raise GuestsRead
    if file is None and not link:
        raise NothingToDeposit
    sent = words.identity(submission, by, str(file.pk) if file is not None else link)
    if (already := _sent_before(sent)) is not None:
        return already
    document = Document(owner=by, link=link.strip(), submission=sent)
    words.fill(document, metadata, by=by)
    settle(document, by=by, placed=True)
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError:
        # The same submission, committed by another request in the meantime.
        if (twin := _sent_before(sent)) is None:
            raise
        return twin
    words.set_words(document, metadata)
    log.record("document.created", document, by=by)
    emit("document.created", document=document.pk)
    if file is not None:
        _attach(file, _append(document, file, by=by, label=label), by)
    return document


def _sent_before(sent: uuid.UUID | None) -> Document | None:
    if sent is None:
        return None
    return Document.objects.filter(submission=sent).select_related("space").first()


@transaction.atomic
def add_version(
    document: Document, *, by: User, file: StoredFile, label: str = "", note: str = ""
) -> Version:
    """A new file of the document, which becomes the current one; the earlier ones stay.

    `file` is one that `by` sent and that belongs to nothing yet. A file equal to the current one
    adds nothing: the current version is answered. Raises `Missing`, `NotYours`, `Withdrawn`,
    `ForeignFile`, `FieldTooLong`.
    """
    document = editable(document, by)
    if document.current is not None and document.current.sha256 == file.sha256:
        return document.current
    version = _append(document, file, by=by, label=label, note=note)
    _attach(file, version, by)
    return version


@transaction.atomic
def restore_version(version: Version, *, by: User, note: str = "") -> Version:
    """The file of an earlier version becomes the current one again, as a new version.

    Restoring the current one changes nothing. Raises `Missing`, `NotYours`, `Withdrawn`.
    """
    document = editable(version.document, by)
    old = document.versions.select_related("file").get(pk=version.pk)
    if document.current_id == old.pk:
        return old
    return _append(document, old.file, by=by, label=old.label, note=note, restored_from=old)


def _attach(file: StoredFile, version: Version, by: User) -> None:
    try:
        files.attach([file.pk], to_kind=KIND, object_id=version.pk, by=by)
    except files.ForeignFile:
        raise ForeignFile from None


def _append(
    document: Document,
    file: StoredFile,
    *,
    by: User,
    label: str = "",
    note: str = "",
    restored_from: Version | None = None,
) -> Version:
    """The next version of a document whose row is locked, or was just made."""
    last = document.versions.order_by("-number").first()
    version = Version(
        document=document,
        number=last.number + 1 if last is not None else 1,
        label=words.line("label", label, 60),
        note=words.line("note", note, 400),
        file=file,
        sha256=file.sha256,
        restored_from=restored_from,
        by=by,
    )
    version.save()
    document.current = version
    document.updated_at = version.created_at
    document.save(update_fields=("current", "updated_at", "slug"))
    log.record(
        "version.restored" if restored_from is not None else "version.created",
        document,
        by=by,
        version=version.pk,
    )
    emit("version.created", version=version.pk, document=document.pk)
    return version


@transaction.atomic
def edit_document(
    document: Document, *, by: User, link: str | None = None, **metadata: Unpack[Metadata]
) -> Document:
    """Change what is said of a document; what is not given stays.

    Shared elsewhere, or sent again after a refusal, it awaits the approval of its place. Raises
    `Missing`, `NotYours`, `Withdrawn` and the refusals of `services.metadata`.
    """
    document = editable(document, by)
    before = (document.level, document.space_id)
    if link is not None and link.strip() != document.link:
        document.link = link.strip()
        document.link_state, document.link_checked_at, document.link_failures = "", None, 0
        if not document.link and document.current_id is None:
            raise NothingToDeposit
    words.fill(document, metadata, by=by)
    again = document.approval == Document.Approval.REFUSED and document.owner_id == by.pk
    settle(document, by=by, placed=again or before != (document.level, document.space_id))
    document.updated_at = timezone.now()
    document.save()
    words.set_words(document, metadata)
    log.record("document.edited", document, by=by)
    emit("document.changed", document=document.pk)
    return document
