"""The picture of a public sheet, where its address is shared: 1200 × 630, its title and who bears
it, in the colours of the house."""

from __future__ import annotations

import hashlib
import io
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.site import site

SIZE = (1200, 630)
MARGIN = 84
PAPER, INK, BRAND, QUIET, WASH = "#fbfaf6", "#1d2a2e", "#0b5d63", "#52626a", "#e6f1f0"
# The sizes that a title may have, largest first: the first in which it holds in `LINES` is taken.
SIZES, LINES = (66, 58, 50, 43), 5
# Grows when the drawing changes: pictures kept under the old name are not shown again.
DRAWING = 1
FONTS = (
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/dejavu",
    "/usr/share/fonts/TTF",
    "/usr/share/fonts/dejavu-sans-fonts",
)


def name_of(title: str, bearer: str) -> str:
    """All that the picture depends on, as the name of a file."""
    said = "\0".join((str(DRAWING), site().name, title, bearer, "f" if has_letters() else ""))
    return hashlib.sha256(said.encode()).hexdigest()[:20]


@lru_cache(maxsize=8)
def _file(name: str) -> str:
    found = (Path(folder, name) for folder in FONTS)
    return next((str(path) for path in found if os.access(path, os.R_OK)), "")


def has_letters() -> bool:
    """Whether the machine has a font with accents. Pillow's own has none: rather than a title
    without them, the picture is then one without words."""
    return bool(_file("DejaVuSans.ttf") and _file("DejaVuSans-Bold.ttf"))


def drawn(title: str, bearer: str) -> bytes:
    """The picture, as a PNG of few colours."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 28, SIZE[1]), fill=BRAND)
    if has_letters():
        _anchor(draw, MARGIN + 26, 106, 1.0)
        _write(draw, title, bearer)
    else:
        _anchor(draw, SIZE[0] // 2, SIZE[1] // 2, 4.0)
    out = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(name: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(_file(name), size, layout_engine=ImageFont.Layout.BASIC)


def _anchor(draw: Any, x: float, y: float, scale: float) -> None:
    """The anchor of the logo, around that point."""
    width = max(round(5 * scale), 1)

    def at(left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
        return (x + left * scale, y + top * scale, x + right * scale, y + bottom * scale)

    draw.ellipse(at(-7, -34, 7, -20), outline=BRAND, width=width)
    draw.line(at(0, -20, 0, 26), fill=BRAND, width=width)
    draw.line(at(-13, -10, 13, -10), fill=BRAND, width=width)
    draw.arc(at(-26, -26, 26, 26), 0, 180, fill=BRAND, width=width)


def _write(draw: Any, title: str, bearer: str) -> None:
    quiet, bold = _font("DejaVuSans.ttf", 30), "DejaVuSans-Bold.ttf"
    draw.text(
        (MARGIN + 72, 86), f"{site().name} · répertoire des pratiques", fill=QUIET, font=quiet
    )
    width = SIZE[0] - 2 * MARGIN
    for size in SIZES:
        font = _font(bold, size)
        lines = _folded(title, font, width)
        if len(lines) <= LINES:
            break
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{lines[LINES - 1][:-1]}…"]
    height = round(size * 1.25)
    top = 175 + max(0, (330 - height * len(lines)) // 2)
    for number, line in enumerate(lines):
        draw.text((MARGIN, top + number * height), line, fill=INK, font=font)
    draw.rectangle((MARGIN, 534, MARGIN + 60, 538), fill=BRAND)
    draw.text((MARGIN, 552), _folded(bearer, quiet, width)[0], fill=BRAND, font=quiet)


def _folded(text: str, font: Any, width: int) -> list[str]:
    """The text in lines of that width; a word that is longer is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split() or [""]:
        while font.getlength(word) > width:
            fits = next(n for n in range(len(word), 0, -1) if font.getlength(word[:n]) <= width)
            lines += [line, word[:fits]] if line else [word[:fits]]
            line, word = "", word[fits:]
        longer = f"{line} {word}".strip()
        if font.getlength(longer) <= width:
            line = longer
        else:
            lines.append(line)
            line = word
    return [*lines, line]
