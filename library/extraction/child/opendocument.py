"""OpenDocument texts, sheets and presentations: all in `content.xml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from PIL import Image

from library.extraction.child.office import MAX_PICTURE
from library.extraction.child.pictures import from_bytes
from library.extraction.child.reader import Reader
from library.extraction.child.trouble import Broken, Encrypted
from library.extraction.child.xml import Attributes, Gathering, Handler, Package

SKIPPED = frozenset({"tracked-changes", "annotation", "notes", "forms"})
MAX_BLANKS = 100


class Manifest(Handler):
    """Whether the parts are kept encrypted."""

    encrypted = False

    def start(self, name: str, attributes: Attributes) -> None:
        self.encrypted = self.encrypted or name == "encryption-data"


class Text(Handler):
    """The paragraphs; each kind of document says where its pages begin."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.paragraphs = 0
        self.skipping = 0
        self.heading = ""
        self.in_heading = False

    def start(self, name: str, attributes: Attributes) -> None:
        if self.skipping or name in SKIPPED:
            self.skipping += 1
            return
        self.page(name, attributes)
        if name in {"p", "h"}:
            self.paragraphs += 1
            self.in_heading = self.in_heading or (name == "h" and not self.heading)
        elif name == "s":
            count = attributes.get("c", "1")
            blanks = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 1
            self.add(" " * min(blanks, MAX_BLANKS))
        elif name in {"tab", "line-break"}:
            self.add("\t" if name == "tab" else "\n")

    def end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
        elif name in {"p", "h"}:
            self.paragraphs -= 1
            self.in_heading = False
            self.pieces.append("\n")
        elif name == "table-cell":
            self.pieces.append("\t")

    def data(self, text: str) -> None:
        if self.paragraphs and not self.skipping:
            self.add(text)

    def add(self, text: str) -> None:
        if self.paragraphs:
            self.pieces.append(text)
            self.size += len(text)
            if self.in_heading:
                self.heading = (self.heading + text)[:500]

    def page(self, name: str, attributes: Attributes) -> None:
        """Look whether a page begins here."""

    def cut(self) -> None:
        self.ready.append("".join(self.pieces))
        self.pieces = []

    def close(self) -> None:
        self.cut()


class Flowing(Text):
    """A text: pages begin at the breaks that its author made or that its program noted."""

    def __init__(self) -> None:
        super().__init__()
        self.breaking: set[str] = set()
        self.style = ""

    def page(self, name: str, attributes: Attributes) -> None:
        if name == "style":
            self.style = attributes.get("name", "")
        elif name == "paragraph-properties" and attributes.get("break-before") == "page":
            self.breaking.add(self.style)
        begins = name in {"p", "h"} and attributes.get("style-name") in self.breaking
        if (begins or name == "soft-page-break") and any(not one.isspace() for one in self.pieces):
            self.cut()


class Paged(Text):
    """Sheets and slides: each is an element, and may have a name."""

    element = ""

    def __init__(self, element: str) -> None:
        super().__init__()
        self.element = element
        self.begun = False

    def page(self, name: str, attributes: Attributes) -> None:
        if name == self.element and not self.paragraphs:
            if self.begun:
                self.cut()
            self.begun = True
            if self.element == "table":
                self.pieces.append(attributes.get("name", "") + "\n")
        elif name == "frame" and not self.heading:
            self.in_heading = attributes.get("class") == "title"


class OpenDocument(Reader):
    """`kind` is `text`, `table` (a workbook) or `page` (a presentation)."""

    def __init__(self, content: IO[bytes], kind: str) -> None:
        self.package = Package(content)
        manifest = Manifest()
        self.package.read("META-INF/manifest.xml", manifest)
        if manifest.encrypted:
            raise Encrypted
        if "content.xml" not in self.package.names:
            raise Broken
        self.handler: Text = Flowing() if kind == "text" else Paged(kind)

    def texts(self) -> Iterator[str]:
        yield from self.package.walk("content.xml", self.handler)

    def facts(self) -> dict[str, Any]:
        found = Gathering("title", "initial-creator", "creator", "creation-date")
        self.package.read("meta.xml", found)
        said = found.found
        return {
            "title": said.get("title", ""),
            "authors": said.get("initial-creator") or said.get("creator", ""),
            "year": said.get("creation-date", "")[:4],
            "heading": self.handler.heading,
        }

    def picture(self, width: int) -> Image.Image | None:
        content = self.package.bytes_of("Thumbnails/thumbnail.png", MAX_PICTURE)
        return from_bytes(content) if content else None
