"""Texts that are pictures, through tesseract when it is installed."""

from __future__ import annotations

import os
import tempfile
from typing import IO, NoReturn

from PIL import Image

from library.extraction.child import formats
from library.extraction.child.pdf import Pdf
from library.extraction.child.pictures import on_white
from library.extraction.child.trouble import NoPicture

# Letters of ten points are then some thirty pixels tall, which is what tesseract was taught.
WIDTH = 1_700
MAX_PIXELS = 12_000_000


def picture_of(content: IO[bytes], content_type: str, number: int) -> Image.Image:
    """One page in grey, at the size that suits. Raises `Trouble`."""
    reader = formats.opened(content, content_type)
    if isinstance(reader, Pdf):
        return reader.drawn(number, WIDTH, grey=True).convert("L")
    image = reader.picture(WIDTH * 2)
    if image is None:
        raise NoPicture
    image = on_white(image).convert("L")
    if image.width * image.height > MAX_PIXELS:
        image.thumbnail((WIDTH * 2, WIDTH * 2))
    return image


def become_tesseract(image: Image.Image, program: str, languages: str) -> NoReturn:
    """Hand the picture over as the standard input, and let tesseract take this process, with its
    limits; it answers a text."""
    with tempfile.TemporaryFile() as picture:
        image.save(picture, "PNG", compress_level=1)
        image.close()
        picture.seek(0)
        os.dup2(picture.fileno(), 0)
    os.execve(  # noqa: S606 (no shell is wanted)
        program,
        [program, "stdin", "stdout", "-l", languages],
        {"OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
