"""What a file holds, as far as it can be known: asked of a child, then looked at again.

A child that a file took over answers what that file wants: nothing here trusts it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from core import files
from library.extraction import runner
from library.extraction.child.text import without_controls
from library.extraction.limits import MAX_PAGES, MAX_TEXT, READ, THUMBNAILS, Limits

if TYPE_CHECKING:
    from core.models import StoredFile

MAX_THUMBNAIL = 200_000
MAX_SIDE = 1_000
# A page number that no document has.
MAX_COUNT = 100_000


@dataclass(frozen=True, slots=True)
class Thumbnail:
    webp: bytes
    width: int
    height: int


@dataclass
class Extracted:
    """pages       the text of each page that has some, by its number
    page_count  sheets and slides are pages; None for what has none
    facts       what the file says of itself: `title`, `authors`, `year`, `heading`, `seconds`
    thumbnails  of the first page, by the width that was wanted
    failure     the name of a reason of `extraction.errors`; pages read before it struck are there
    """

    pages: dict[int, str] = field(default_factory=dict)
    page_count: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    thumbnails: dict[int, Thumbnail] = field(default_factory=dict)
    failure: str = ""


def extract(stored: StoredFile, *, limits: Limits = READ, pages: int = 0) -> Extracted:
    """Read a stored file; with `pages`, its first ones only, and no thumbnail.

    Raises what `core.files.opened` raises; all else is in the answer.
    """
    job = {"do": "read", "type": stored.content_type, "pages": pages}
    with files.opened(stored) as content:
        answers, trouble = runner.run(content, job, limits).answers()
    found = Extracted(failure=trouble)
    for answer in answers:
        if "page" in answer:
            _add_page(found, answer)
        elif "thumbnail" in answer:
            _add_thumbnail(found, answer)
        elif "facts" in answer:
            _add_facts(found, answer)
    return found


def _add_page(found: Extracted, answer: dict[str, Any]) -> None:
    number, text = answer["page"], answer.get("text")
    if _is_count(number, MAX_PAGES) and number and isinstance(text, str):
        found.pages[number] = without_controls(text[:MAX_TEXT])


def _add_thumbnail(found: Extracted, answer: dict[str, Any]) -> None:
    picture = webp(answer)
    wanted, width, height = (answer.get(name) for name in ("thumbnail", "width", "height"))
    if not (_is_count(width, MAX_SIDE) and _is_count(height, MAX_SIDE)):
        return
    if wanted in THUMBNAILS and 0 < len(picture) < MAX_THUMBNAIL:
        found.thumbnails[wanted] = Thumbnail(picture, width, height)


def _add_facts(found: Extracted, answer: dict[str, Any]) -> None:
    facts = answer["facts"] if isinstance(answer["facts"], dict) else {}
    for name in ("title", "authors", "year", "heading"):
        if isinstance(said := facts.get(name), str):
            found.facts[name] = without_controls(said[:500])
    if _is_count(seconds := facts.get("seconds"), MAX_COUNT):
        found.facts["seconds"] = seconds
    if _is_count(count := answer.get("pages"), MAX_COUNT):
        found.page_count = count
    if not found.failure or found.page_count is not None:
        # The text was read to its end: a first page that cannot be drawn takes nothing from it.
        damaged = "SomePages" if answer.get("damaged") else ""
        found.failure = "Partial" if answer.get("cut") else damaged


def _is_count(value: Any, most: int) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= most


def webp(answer: dict[str, Any]) -> bytes:
    """The picture of an answer, or nothing when it is none."""
    said = answer.get("webp")
    try:
        picture = base64.b64decode(said, validate=True) if isinstance(said, str) else b""
    except ValueError:
        return b""
    return picture if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP" else b""
