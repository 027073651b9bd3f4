"""Pictures: those that are the file itself, and those of a first page."""

from __future__ import annotations

import io
import warnings
from typing import IO

from PIL import Image

from library.extraction.child.reader import Reader
from library.extraction.child.trouble import Broken, TooBig
from library.extraction.limits import MAX_PIXELS

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# A page taller than this many times its width is cut: what identifies it is above.
MAX_RATIO = 1.6
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError)


def opened(content: IO[bytes]) -> Image.Image:
    """The image, not decoded yet. Raises `Broken`, or `TooBig` for too many pixels."""
    try:
        with warnings.catch_warnings(action="error"):
            image = Image.open(content, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooBig from None
    except DAMAGED:
        raise Broken from None
    if image.width * image.height > MAX_PIXELS:
        raise TooBig
    return image


def from_bytes(content: bytes) -> Image.Image | None:
    """A picture found inside a file: none when it is damaged, for the file itself may not be."""
    try:
        image = opened(io.BytesIO(content))
        image.load()
    except (Broken, TooBig, *DAMAGED):
        return None
    return image


def narrowed(image: Image.Image, width: int) -> Image.Image:
    """The top of a picture at that width at most, on white."""
    height = round(width * MAX_RATIO)
    ratio = width / image.width
    small = image.copy() if ratio >= 1 else _reduced(image, width)
    return on_white(small.crop((0, 0, small.width, min(small.height, height))))


def _reduced(image: Image.Image, width: int) -> Image.Image:
    size = (width, max(1, round(image.height * width / image.width)))
    # Roughly first: nothing may copy it at full size. Transparency is multiplied in such a copy.
    factor = max(1, image.width // (width * 3))
    if factor > 1 and image.mode in {"L", "RGB"}:
        image = image.reduce(factor)
    elif factor > 1:
        rough = (max(1, image.width // factor), max(1, image.height // factor))
        image = image.resize(rough, Image.Resampling.NEAREST)
    if image.mode not in {"L", "RGB"}:
        image = image.convert("RGBA")
    return image.resize(size, Image.Resampling.LANCZOS)


def on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGB", "L"}:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


def encoded(image: Image.Image, *, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


class Picture(Reader):
    """An image: no text of its own, and no pages. The door of files drew it upright."""

    paged = False

    def __init__(self, content: IO[bytes]) -> None:
        self.image = opened(content)

    def picture(self, width: int) -> Image.Image | None:
        try:
            # A JPEG is decoded at the size that is wanted.
            self.image.draft(None, (width, width))
            self.image.load()
        except DAMAGED:
            raise Broken from None
        return self.image
