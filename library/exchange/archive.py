"""The files of a collection as one ZIP, made while it is sent: neither memory nor disk holds it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from core import files, formats
from core.files.types import clean_name
from core.models import StoredFile
from library.errors import CollectionTooHeavy
from library.exchange.citations import sentence
from library.exchange.citations.types import note_of
from library.exchange.record import Record

if TYPE_CHECKING:
    from datetime import datetime

MOST_BYTES = 500_000_000
CHUNK = 1 << 18
READ_ME = "LISEZMOI.txt"
NAME_LENGTH = 100


@dataclass(frozen=True)
class Piece:
    """One document of the archive, and what the list says of it."""

    record: Record
    note: str

    @property
    def file(self) -> StoredFile | None:
        return self.record.edition


def weight(pieces: Iterable[Piece]) -> int:
    """The bytes of the files. Raises `CollectionTooHeavy` past what one archive may hold."""
    total = sum(piece.file.size for piece in pieces if piece.file is not None)
    if total > MOST_BYTES:
        raise CollectionTooHeavy
    return total


def stream(title: str, purpose: str, url: str, pieces: list[Piece]) -> Iterator[bytes]:
    """The archive, by pieces. Files come in the order of the list, their number before their
    title; `LISEZMOI.txt` ends it, with credits, licences, and what could not be joined, and why."""
    pipe = _Pipe()
    said = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for number, piece in enumerate(pieces, start=1):
            name, absence = _name(number, piece), ""
            try:
                yield from _file(archive, pipe, name, piece)
            except files.Infected:
                absence = _("Not joined: the antivirus found a danger in this file.")
            except files.Withheld:
                absence = _("Not joined: this file is waiting for its antivirus check.")
            except FileNotFoundError:
                absence = _("Not joined: this file is missing from the library.")
            if piece.file is None:
                absence = _("Elsewhere: %(link)s") % {"link": piece.record.link}
            said.append(_described(number, absence or name, piece))
        read_me = "\r\n".join([title, purpose, url, _made_on(), "", *said])
        info = _entry(READ_ME, timezone.now())
        archive.writestr(info, "\ufeff" + read_me.replace("\r\n", "\n").replace("\n", "\r\n"))
    yield pipe.take()


class _Pipe:
    """What the archive writes, until it is taken. It cannot be sought in: sizes follow contents."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def _file(archive: zipfile.ZipFile, pipe: _Pipe, name: str, piece: Piece) -> Iterator[bytes]:
    if piece.file is None:
        return
    with files.opened(piece.file) as content:
        info = _entry(name, piece.file.created_at)
        info.file_size = piece.file.size
        with archive.open(info, "w") as target:
            while chunk := content.read(CHUNK):
                target.write(chunk)
                yield pipe.take()


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    local = timezone.localtime(moment)
    info = zipfile.ZipInfo(name, (max(local.year, 1980), *local.timetuple()[1:6]))
    info.external_attr = 0o644 << 16
    return info


def _name(number: int, piece: Piece) -> str:
    """`07 Le titre.pdf`: no path, nothing that a system refuses, and never twice."""
    if piece.file is None:
        return ""
    extension = piece.file.name.rpartition(".")[2]
    title = clean_name(piece.record.title.replace("/", " ").replace("\\", " "))
    return f"{number:02} {title[:NAME_LENGTH].strip(' .')}.{extension}"


def _described(number: int, where: str, piece: Piece) -> str:
    lines = [f"{number:02}. {sentence(piece.record)}", f"    {where}"]
    lines += [f"    {line}" for line in (note_of(piece.record), piece.note) if line]
    return "\n".join([*lines, ""])


def _made_on() -> str:
    day = formats.day(timezone.localdate(), formats.active_language())
    return _("Archive made on %(day)s.") % {"day": day}
