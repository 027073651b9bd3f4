"""PDF files, through pdfium."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from typing import IO, Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from library.extraction.child.reader import Reader
from library.extraction.child.trouble import Broken, Encrypted, NoSuchPage

MAX_PAGE_TEXT = 200_000
# A page is drawn at most this many times as tall as it is wide.
MAX_RATIO = 4.0
# Of the first page, what is looked at for a title.
LOOKED_AT = 2_500
TITLE_ABOVE = 1.15
Error = pypdfium2.PdfiumError


class Pdf(Reader):
    def __init__(self, content: IO[bytes]) -> None:
        try:
            self.document = pypdfium2.PdfDocument(content)
        except Error as error:
            locked = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
            raise (Encrypted if error.err_code in locked else Broken) from None
        self.page_count = len(self.document)
        if not self.page_count:
            raise Broken
        self.heading = ""

    def texts(self) -> Iterator[str]:
        for index in range(self.page_count or 0):
            try:
                page = self.document[index]
                texts = page.get_textpage()
            except Error:
                self.damaged += 1
                yield ""
                continue
            if index == 0:
                self.heading = _heading(texts)
            yield texts.get_text_range(0, min(texts.count_chars(), MAX_PAGE_TEXT))
            texts.close()
            page.close()

    def facts(self) -> dict[str, Any]:
        said = self.document.get_metadata_dict(skip_empty=True)
        year = re.match(r"D:(\d{4})", said.get("CreationDate", ""))
        return {
            "title": said.get("Title", "")[:500],
            "authors": said.get("Author", "")[:500],
            "year": year.group(1) if year else "",
            "heading": self.heading,
        }

    def picture(self, width: int) -> Image.Image | None:
        return self.drawn(1, width)

    def drawn(self, number: int, width: int, *, grey: bool = False) -> Image.Image:
        """One page, that many pixels wide unless it is very tall. Raises `NoSuchPage`, `Broken`."""
        if not 1 <= number <= (self.page_count or 0):
            raise NoSuchPage
        try:
            if self.document.get_formtype():
                # What was filled in a form is drawn by the form.
                self.document.init_forms()
            page = self.document[number - 1]
            across, down = page.get_size()
            scale = min(width / across, width * MAX_RATIO / down)
            return page.render(scale=scale, grayscale=grey).to_pil()
        except (Error, ZeroDivisionError, ValueError):
            raise Broken from None


def _heading(texts: Any) -> str:
    """The lines in the tallest letters of the first page, when some stand out."""
    lines = _lines(texts)
    heights = [height for text, height in lines for _char in text]
    if not heights:
        return ""
    tallest = max(height for text, height in lines if len(text) > 2 or height == max(heights))
    if tallest < TITLE_ABOVE * statistics.median(heights):
        return ""
    found: list[str] = []
    for text, height in lines:
        if height >= 0.95 * tallest:
            found.append(text)
        elif found:
            break
    return " ".join(found)[:500]


def _lines(texts: Any) -> list[tuple[str, float]]:
    """The lines at the beginning of a page, each with the height of its letters."""
    lines: list[tuple[str, float]] = []
    line, heights = "", [0.0]
    for index in range(min(texts.count_chars(), LOOKED_AT)):
        char = chr(pdfium.FPDFText_GetUnicode(texts, index))
        if char in "\r\n":
            if line.strip():
                lines.append((line.strip(), statistics.median(heights)))
            line, heights = "", [0.0]
            continue
        line += char
        if not char.isspace():
            _left, bottom, _right, top = texts.get_charbox(index, loose=True)
            heights = [*(heights if heights != [0.0] else []), top - bottom]
    if line.strip():
        lines.append((line.strip(), statistics.median(heights)))
    return lines
