"""The files that somebody sent to deposit them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from core.models import StoredFile

if TYPE_CHECKING:
    from accounts.models import User


def own(file_id: str, user: User) -> StoredFile | None:
    """A file that she sent, already deposited or not."""
    try:
        return StoredFile.objects.filter(pk=uuid.UUID(file_id), uploaded_by=user).first()
    except ValueError:
        return None


def loose(file_id: str, user: User) -> StoredFile | None:
    """A file that she sent, and that belongs to nothing yet."""
    stored = own(file_id, user)
    return stored if stored is not None and not stored.kind else None
