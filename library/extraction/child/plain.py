"""Texts without a package: plain, comma-separated, and rich text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from striprtf.striprtf import rtf_to_text

from library.extraction.child.reader import Reader
from library.extraction.limits import MAX_TEXT

# A character takes four bytes at most.
MAX_READ = 4 * MAX_TEXT
MAX_RTF = 30_000_000
# Pictures inside RTF: long runs of digits, of which nothing is to be read.
DRAWINGS = re.compile(r"[0-9a-fA-F\r\n]{256,}")
PAGE_BREAK = re.compile(r"\\page(?![a-z])")
INFO = re.compile(r"\{\\(title|author) ((?:[^{}\\]|\\[^\n]){0,500})\}")


class Plain(Reader):
    """UTF-8, which the door of files made sure of; a form feed ends a page."""

    def __init__(self, content: IO[bytes]) -> None:
        self.content = content

    def texts(self) -> Iterator[str]:
        raw = self.content.read(MAX_READ).decode("utf-8-sig", "ignore")
        yield from raw.split("\x0c")


class Rtf(Reader):
    def __init__(self, content: IO[bytes]) -> None:
        raw = content.read(MAX_RTF).decode("cp1252", "ignore")
        self.raw = DRAWINGS.sub("", raw)

    def texts(self) -> Iterator[str]:
        yield from self._plain(PAGE_BREAK.sub(r"\\'0c", self.raw)).split("\x0c")

    def facts(self) -> dict[str, Any]:
        said = {name: self._plain(r"{\rtf1 " + value + "}") for name, value in self._info()}
        return {"title": said.get("title", ""), "authors": said.get("author", "")}

    def _info(self) -> list[tuple[str, str]]:
        return INFO.findall(self.raw[:200_000])

    def _plain(self, raw: str) -> str:
        return rtf_to_text(raw, encoding="cp1252", errors="ignore")
