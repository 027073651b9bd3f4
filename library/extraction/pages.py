"""One page of a PDF as a picture, so that a phone needs no reader and keeps no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import files
from library.extraction import runner
from library.extraction.errors import Broken, Infected, Lost, NoPicture, NoSuchPage, reason
from library.extraction.extract import webp
from library.extraction.limits import DRAW, MAX_PAGES, Limits
from library.extraction.slots import slot

if TYPE_CHECKING:
    from core.models import StoredFile

# A phone, and a screen or a closer look. No other width is drawn: each would be kept.
WIDTHS = (800, 1600)
DRAWN = "application/pdf"
MAX_PICTURE = 6_000_000


def render_page(
    stored: StoredFile, number: int, width: int, *, keep: bool = True, limits: Limits = DRAW
) -> bytes:
    """The page of that number in WebP, `width` pixels wide.

    Who asks was found to be allowed to read the file. `keep` says that the picture may be kept
    for the next reader: never for a confidential space. Raises `NoPicture` (another type of file,
    or another width), `NoSuchPage`, `Busy`, `Withheld` and, of a page or a file that is damaged or
    too heavy, the other reasons of `extraction.errors`.
    """
    if stored.content_type != DRAWN or width not in WIDTHS:
        raise NoPicture
    if not 1 <= number <= MAX_PAGES:
        raise NoSuchPage
    name = f"{number}-{width}.webp"
    picture = files.kept(stored, name) if keep else None
    if picture is None:
        picture = _drawn(stored, number, width, limits)
        if keep:
            files.keep(stored, name, picture)
    return picture


def _drawn(stored: StoredFile, number: int, width: int, limits: Limits) -> bytes:
    job = {"do": "draw", "type": stored.content_type, "page": number, "width": width}
    try:
        with files.opened(stored) as content, slot():
            answers, trouble = runner.run(content, job, limits).answers()
    except FileNotFoundError:
        raise Lost from None
    except files.Infected:
        raise Infected from None
    picture = webp(answers[0]) if answers and not trouble else b""
    if trouble:
        raise reason(trouble)
    if not 0 < len(picture) < MAX_PICTURE:
        raise Broken
    return picture
