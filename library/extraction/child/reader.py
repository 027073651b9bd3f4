"""What each format answers to the same questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image


class Reader:
    """One file, opened. Each format says what it can; by default, nothing.

    page_count  known before the texts are read, or None: then it is the number of texts
    paged       whether the file has pages at all: a picture has none
    damaged     pages that could not be read so far
    """

    page_count: int | None = None
    paged = True
    damaged = 0

    def texts(self) -> Iterator[str]:
        """The raw text of each page, in order."""
        yield from ()

    def facts(self) -> dict[str, Any]:
        """`title`, `authors`, `year` as the file says them, `heading` as its first page shows it,
        `seconds` that it lasts. Asked once the texts were read."""
        return {}

    def picture(self, width: int) -> Image.Image | None:
        """The first page, at about that width."""
        return None
