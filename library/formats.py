"""How a document is said and shown: its format, its date, the way it is read in the page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from core import formats
from core.files import types

if TYPE_CHECKING:
    from library.models import Document, Version

LINK = "lien"
# How a version is read in the page.
IMAGES = "images"  # page by page, as pictures: PDF
PICTURE = "picture"
SOUND = "sound"
FILM = "film"
TEXT = "text"  # what was extracted of it


def format_of(document: Document) -> str:
    """`pdf`, `docx`… of its current version; `lien` for what stands elsewhere."""
    return extension(document.current) if document.current is not None else LINK


def extension(version: Version) -> str:
    name = version.file.name
    return name.rpartition(".")[2].lower() if "." in name else ""


def way_to_read(version: Version) -> str:
    """How a version is read in the page."""
    content_type = version.file.content_type
    if content_type == types.PDF.content_type:
        return IMAGES
    family = content_type.partition("/")[0]
    return {"image": PICTURE, "audio": SOUND, "video": FILM}.get(family, TEXT)


def can_be_read(version: Version | None) -> bool:
    """Whether there is something of it to show in the page."""
    if version is None:
        return False
    way = way_to_read(version)
    if way == IMAGES:
        return bool(version.page_count)
    return way != TEXT or version.reading == version.Reading.DONE


def issued_words(issued: str, lang: str) -> str:
    """« 2024 », « mai 2024 », « 31 mai 2024 », of a year, a month or a day."""
    parts = [int(part) for part in issued.split("-") if part.isdecimal()]
    if len(parts) == 3:
        try:
            return formats.day(date(*parts), lang)
        except ValueError:
            return issued
    if len(parts) == 2 and 1 <= parts[1] <= 12:
        return f"{formats.MONTHS[lang][parts[1] - 1]} {parts[0]}"
    return issued
