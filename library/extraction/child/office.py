"""Word, PowerPoint and Excel files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import IO, Any

from PIL import Image

from library.extraction.child.pictures import from_bytes
from library.extraction.child.reader import Reader
from library.extraction.child.trouble import Broken
from library.extraction.child.xml import Attributes, Gathering, Handler, Package

THUMBNAILS = tuple(f"docProps/thumbnail.{end}" for end in ("jpeg", "jpg", "png"))
MAX_PICTURE = 4_000_000
FALSE = {"0", "false", "off"}


class Relations(Handler):
    """Where the references of a part lead: identifier → (last word of the type, target)."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))


class Office(Reader):
    """What the three have in common: a main part, facts, sometimes a picture."""

    main = ""

    def __init__(self, content: IO[bytes]) -> None:
        self.package = Package(content)
        named = (target for kind, target in self.relations("") if kind == "officeDocument")
        self.part = next(named, self.main)
        if self.part not in self.package.names:
            raise Broken

    def relations(self, part: str) -> list[tuple[str, str]]:
        return list(self.targets(part).values())

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """The references of a part, their targets as names of the package."""
        folder, name = posixpath.split(part)
        found = Relations()
        self.package.read(posixpath.join(folder, "_rels", f"{name}.rels"), found)
        return {
            key: (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
            for key, (kind, target) in found.targets.items()
        }

    def facts(self) -> dict[str, Any]:
        found = Gathering("title", "creator", "created")
        self.package.read("docProps/core.xml", found)
        said = found.found
        return {
            "title": said.get("title", ""),
            "authors": said.get("creator", ""),
            "year": said.get("created", "")[:4],
        }

    def picture(self, width: int) -> Image.Image | None:
        """The one that the program kept beside the text, where it did."""
        for name in THUMBNAILS:
            if content := self.package.bytes_of(name, MAX_PICTURE):
                return from_bytes(content)
        return None


# ------------------------------------------------------------------------------------- Word


class WordText(Handler):
    """Pages end where their author cut them, and where Word last drew them so."""

    skipped = frozenset({"Fallback", "moveFrom", "del"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.written = False
        self.text = False
        self.skipping = 0
        self.heading = ""
        self.in_heading = False

    def start(self, name: str, attributes: Attributes) -> None:
        if self.skipping or name in self.skipped:
            self.skipping += 1
        elif name == "t":
            self.text = True
        elif name == "br" and attributes.get("type") == "page":
            self.cut()
        elif name in {"lastRenderedPageBreak", "pageBreakBefore"}:
            # Word repeats the author's cut at the beginning of what follows it.
            if self.written and attributes.get("val", "") not in FALSE:
                self.cut()
        elif name in {"br", "cr"}:
            self.pieces.append("\n")
        elif name in {"tab", "noBreakHyphen"}:
            self.pieces.append("\t" if name == "tab" else "-")
        elif name == "pStyle" and not self.heading:
            style = attributes.get("val", "").lower()
            self.in_heading = style.startswith(("title", "titre", "heading1"))

    def end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
        elif name == "t":
            self.text = False
        elif name in {"p", "tc"}:
            self.pieces.append("\n" if name == "p" else "\t")
            self.in_heading = self.in_heading and not self.heading

    def data(self, text: str) -> None:
        if not self.text or self.skipping:
            return
        self.pieces.append(text)
        self.size += len(text)
        self.written = self.written or not text.isspace()
        if self.in_heading:
            self.heading = (self.heading + text)[:500]

    def cut(self) -> None:
        self.ready.append("".join(self.pieces))
        self.pieces = []
        self.written = False

    def close(self) -> None:
        self.cut()


class Word(Office):
    main = "word/document.xml"

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__(content)
        self.handler = WordText()

    def texts(self) -> Iterator[str]:
        """The pages, the last with the notes, which belong to none in the file."""
        last = ""
        for number, text in enumerate(self.package.walk(self.part, self.handler)):
            if number:
                yield last
            last = text
        yield "\n".join([last, *self._notes()])

    def _notes(self) -> Iterator[str]:
        for kind, part in self.relations(self.part):
            if kind in {"footnotes", "endnotes"} and part in self.package.names:
                yield from self.package.walk(part, WordText())

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"heading": self.handler.heading}


# ------------------------------------------------------------------------------- PowerPoint


class SlideText(Handler):
    """All that a slide says; of its title apart."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.title = ""
        self.text = self.titled = False
        self.skipping = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if self.skipping or name == "Fallback":
            self.skipping += 1
        elif name == "ph":
            self.titled = attributes.get("type") in {"title", "ctrTitle"}
        elif name == "t":
            self.text = True
        elif name == "br":
            self.pieces.append("\n")

    def end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
        elif name == "t":
            self.text = False
        elif name in {"p", "tc"}:
            self.pieces.append("\n" if name == "p" else "\t")
        elif name == "sp":
            self.titled = False

    def data(self, text: str) -> None:
        if self.text and not self.skipping:
            self.pieces.append(text)
            self.size += len(text)
            if self.titled:
                self.title = (self.title + text)[:500]

    def close(self) -> None:
        self.ready.append("".join(self.pieces))


class Order(Handler):
    """The references of the slides or of the sheets that are shown, in their order."""

    def __init__(self, element: str) -> None:
        super().__init__()
        self.element = element
        self.found: list[tuple[str, str]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == self.element and attributes.get("state", "visible") == "visible":
            self.found.append((attributes.get("r:id", ""), attributes.get("name", "")))


class Ordered(Office):
    """A file whose pages are parts of their own, listed in the main one."""

    element = ""

    def pages(self) -> list[tuple[str, str]]:
        """(part, name) of each page."""
        order = Order(self.element)
        self.package.read(self.part, order)
        targets = self.targets(self.part)
        parts = [(targets.get(key, ("", ""))[1], name) for key, name in order.found]
        return [(part, name) for part, name in parts if part in self.package.names]


class Slides(Ordered):
    main = "ppt/presentation.xml"
    element = "sldId"
    heading = ""

    def texts(self) -> Iterator[str]:
        for part, _name in self.pages():
            handler = SlideText()
            yield "".join(self.package.walk(part, handler))
            self.heading = self.heading or handler.title

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"heading": self.heading}


# ------------------------------------------------------------------------------------ Excel


class SharedStrings(Handler):
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self.pieces: list[str] = []
        self.text = self.phonetic = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self.pieces = []
        elif name == "rPh":
            self.phonetic = True
        elif name == "t":
            self.text = not self.phonetic

    def end(self, name: str) -> None:
        if name == "t":
            self.text = False
        elif name == "rPh":
            self.phonetic = False
        elif name == "si":
            self.strings.append("".join(self.pieces))

    def data(self, text: str) -> None:
        if self.text:
            self.pieces.append(text)


class SheetText(Handler):
    """The cells, row by row, as they were last computed."""

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self.strings = strings
        self.pieces: list[str] = []
        self.cell: list[str] = []
        self.shared = self.text = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self.cell = []
            self.shared = attributes.get("t") == "s"
        elif name in {"v", "t"}:
            self.text = True

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.text = False
        elif name == "c":
            self._add(self._value(), "\t")
        elif name == "row":
            self._add("", "\n")

    def data(self, text: str) -> None:
        if self.text:
            self.cell.append(text)

    def _value(self) -> str:
        said = "".join(self.cell)
        if not self.shared:
            return said
        position = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else -1
        return self.strings[position] if 0 <= position < len(self.strings) else ""

    def _add(self, text: str, after: str) -> None:
        if self.size <= MAX_SHEET:
            self.pieces.append(text + after)
            self.size += len(text)

    def close(self) -> None:
        self.ready.append("".join(self.pieces))


# A long string that a million cells repeat is cut here: later than what is kept of a whole file.
MAX_SHEET = 2_500_000


class Sheets(Ordered):
    main = "xl/workbook.xml"
    element = "sheet"

    def texts(self) -> Iterator[str]:
        shared = SharedStrings()
        for kind, part in self.relations(self.part):
            if kind == "sharedStrings":
                self.package.read(part, shared)
        for part, name in self.pages():
            handler = SheetText(shared.strings)
            yield "\n".join([name, *self.package.walk(part, handler)])
