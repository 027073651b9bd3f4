"""A folder in place of a mail server: one .eml file a mail, which any mail program opens."""

import email
import email.policy
import os
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage as Message
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

NAME = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{6}")


class EmailBackend(BaseEmailBackend):
    """Writes mails to `EMAIL_FILE_PATH`, whole or not at all; their names sort by moment."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(getattr(settings, "EMAIL_FILE_PATH"))  # noqa: B009 (set by MAIL_URL)

    def open(self) -> bool:
        """Raises `OSError` when nothing can be written there, as a server that is away would."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(self.folder, os.W_OK):
            raise PermissionError
        return False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.open()
        for message in email_messages:
            self._write(message.message().as_bytes())
        return len(email_messages)

    def _write(self, mail: bytes) -> None:
        name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:6]}"
        draft = self.folder / f".{name}.tmp"
        # Codes and links are in there: for this account's eyes only.
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(mail)
        draft.rename(self.folder / f"{name}.eml")


@dataclass(frozen=True)
class Kept:
    """One mail of the folder, as its reader would see it."""

    name: str
    mail: Message

    @property
    def at(self) -> datetime | None:
        """When it was written, as its name says."""
        if not NAME.fullmatch(self.name):
            return None
        return datetime.strptime(f"{self.name[:22]}+0000", "%Y%m%d-%H%M%S-%f%z")


def kept(limit: int) -> list[Kept]:
    """The newest mails of the folder, newest first; none when mails go to a server."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    paths = sorted(Path(folder).glob("*.eml"), reverse=True)[:limit] if folder else []
    return [Kept(path.stem, _read(path)) for path in paths]


def find_kept(name: str) -> Kept | None:
    """The mail of that name, when it is one of the folder's."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    path = Path(folder or "") / f"{name}.eml"
    if not folder or not NAME.fullmatch(name) or not path.is_file():
        return None
    return Kept(name, _read(path))


def _read(path: Path) -> Message:
    with path.open("rb") as file:
        return email.message_from_binary_file(file, policy=email.policy.default)
