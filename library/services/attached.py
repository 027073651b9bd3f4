"""Files of messages that become documents: by who wrote the message; others may only ask her."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from core import content, files, links
from core.mail import queue
from core.models import StoredFile
from library.errors import GuestsRead, NotYours
from library.permissions import may_deposit
from library.services.common import Missing

if TYPE_CHECKING:
    from accounts.models import User
    from library.models import Document


class Attachment(NamedTuple):
    """A file, the message that it belongs to, and what the message stands in."""

    file: StoredFile
    message: Any
    whole: Any


def attachment(file_id: str, *, by: User) -> Attachment:
    """The file of a message that `by` reads now. Of a message without a name there is none: who
    deposits is named. Raises `Missing`, `GuestsRead`."""
    try:
        stored = files.find_readable(uuid.UUID(file_id), by)
        kind = content.get(stored.kind)
        message = kind.for_rows(kind.readable_by(by)).get(pk=stored.object_id or 0)
    except (ValueError, content.UnknownKind, ObjectDoesNotExist):
        raise Missing from None
    if kind.passages_of is None or kind.author(message, by) is None:
        raise Missing
    if not may_deposit(by):
        raise GuestsRead
    return Attachment(stored, message, kind.inside(message))


def is_hers(found: Attachment, user: User) -> bool:
    return content.kind_of(found.message).writer(found.message) == user.pk


def take(found: Attachment, *, by: User) -> StoredFile:
    """A copy of the file, hers to deposit. Only who wrote the message may. Raises `NotYours`, and
    what `files.copy` raises."""
    if not is_hers(found, by):
        raise NotYours
    return files.copy(found.file, by=by)


@transaction.atomic
def ask_for(found: Attachment, *, by: User) -> None:
    """Ask who wrote the message to put its file in the library: one mail a file, whoever asks."""
    author = content.kind_of(found.message).author(found.message, by)
    if author is not None and author.pk != by.pk:
        data = {"file": str(found.file.pk), "asker": by.pk}
        key = f"attachment_wanted:{found.file.pk}"
        queue("attachment_wanted", to=author, about=found.message, data=data, dedupe=key)


def tie_to(document: Document, about: str, *, by: User) -> None:
    """Tie a deposited document to what `thread-12` names, if `by` reads it; else nothing."""
    name, _dash, number = about.rpartition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        return
    try:
        links.link(document, content.find_readable(name, int(number), by), by=by, makes=True)
    except ObjectDoesNotExist:
        return
