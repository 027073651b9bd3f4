"""Looks inside zip files, which Office and OpenDocument files are, within limits.

Everything is inflated once, to nowhere: what would fill a disk is refused, and what is damaged,
encrypted, nested, or holds a program is told apart.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import IO

from core.files.errors import ActiveContent, Bomb, Locked, UnreadableFile

MAX_ENTRIES = 5_000
MAX_DIRECTORY = 2_000_000
MAX_INFLATED = 200_000_000
# A sheet of repeated cells compresses well; a bomb starts about a thousand times.
MAX_RATIO = 400
RATIO_FROM = 5_000_000
MAX_DEPTH = 1
CHUNK = 1 << 16

PROGRAM_NAME = re.compile(
    r"(?:^|/)(?:vbaProject[^/]*\.bin|vbaData\.xml|activeX/|macrosheets/|dialogsheets/|Basic/"
    r"|Scripts/)|\.(?:exe|dll|com|scr|bat|cmd|ps1|vbs|js|jse|wsf|hta|jar|msi|lnk|swf|sh|pif)$",
    re.I,
)
PROGRAM_HEADS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa")
ARCHIVE_HEADS = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ")
CONTENT_TYPES = "[Content_Types].xml"


class Kind(Enum):
    DOCX = auto()
    XLSX = auto()
    PPTX = auto()
    ODT = auto()
    ODS = auto()
    ODP = auto()
    OTHER = auto()


MAIN_PARTS = {
    "wordprocessingml.document.main+xml": Kind.DOCX,
    "spreadsheetml.sheet.main+xml": Kind.XLSX,
    "presentationml.presentation.main+xml": Kind.PPTX,
}
MIMETYPES = {
    b"application/vnd.oasis.opendocument.text": Kind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": Kind.ODS,
    b"application/vnd.oasis.opendocument.presentation": Kind.ODP,
}


@dataclass(slots=True)
class Budget:
    """What may still be inflated, over all levels of nesting."""

    entries: int = MAX_ENTRIES
    inflated: int = MAX_INFLATED
    small: dict[str, bytes] = field(default_factory=dict)  # the entries that tell the type


def inspect(content: IO[bytes]) -> Kind:
    """The kind of a zip file that is safe to keep.

    Raises `Bomb`, `Locked`, `ActiveContent` or `UnreadableFile`.
    """
    budget = Budget()
    try:
        _walk(content, budget, depth=0)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error):
        raise UnreadableFile from None
    except (NotImplementedError, RuntimeError, UnicodeDecodeError):
        raise UnreadableFile from None
    return _kind(budget.small)


def _walk(content: IO[bytes], budget: Budget, *, depth: int) -> None:
    _check_directory(content)
    with zipfile.ZipFile(content) as archive:
        entries = archive.infolist()
        budget.entries -= len(entries)
        if budget.entries < 0 or sum(entry.file_size for entry in entries) > budget.inflated:
            raise Bomb
        for entry in entries:
            _check_entry(entry)
            _inflate(archive, entry, budget, depth=depth)


def _check_directory(content: IO[bytes]) -> None:
    """Refuse an absurd directory before the library reads it whole."""
    size = content.seek(0, 2)
    content.seek(max(0, size - 65_557))
    tail = content.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise UnreadableFile
    entries, directory = struct.unpack("<10xHL", tail[at : at + 16])
    if entries > MAX_ENTRIES or directory > MAX_DIRECTORY:
        raise Bomb


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if entry.flag_bits & 0x1:
        raise Locked
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnreadableFile
    if name.startswith("/") or "\\" in name or "\x00" in name or ".." in name.split("/"):
        raise UnreadableFile
    if PROGRAM_NAME.search(name):
        raise ActiveContent
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
        raise Bomb


def _inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget, *, depth: int
) -> None:
    keep = depth == 0 and entry.filename in {CONTENT_TYPES, "mimetype"}
    with archive.open(entry) as stream:
        head = stream.read(CHUNK)
        if head.startswith(PROGRAM_HEADS):
            raise ActiveContent
        if keep:
            budget.small[entry.filename] = head
        size = len(head)
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > budget.inflated:
                raise Bomb
    budget.inflated -= size
    if budget.inflated < 0:
        raise Bomb
    if head.startswith(ARCHIVE_HEADS):
        # A chart carries its own sheet; a box in a box in a box carries trouble.
        if depth >= MAX_DEPTH or not head.startswith(b"PK"):
            raise Bomb
        with archive.open(entry) as nested:
            _walk(nested, budget, depth=depth + 1)


def _kind(small: dict[str, bytes]) -> Kind:
    if kind := MIMETYPES.get(small.get("mimetype", b"").strip()):
        return kind
    listed = small.get(CONTENT_TYPES, b"").decode("utf-8", "replace")
    if "macroEnabled" in listed or "vbaProject" in listed:
        raise ActiveContent
    return next((kind for part, kind in MAIN_PARTS.items() if part in listed), Kind.OTHER)
