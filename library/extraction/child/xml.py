"""XML parts of office files: in a zip, through expat, within a budget."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from library.extraction.child.trouble import Broken, Doctype, Encrypted, TooBig
from library.extraction.limits import MAX_INFLATED, MAX_TEXT

CHUNK = 1 << 16
MAX_DEPTH = 400
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    KeyError,
)
Attributes = dict[str, str]


class Handler:
    """What reads one part: names come without their namespace.

    `ready` holds what is complete and not taken yet; `size` how many characters were kept so far.
    """

    def __init__(self) -> None:
        self.ready: list[str] = []
        self.size = 0

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...

    def close(self) -> None:
        """The part is over: what remains is complete."""


class Package:
    """An office file, of which parts are read as they are asked for."""

    def __init__(self, content: IO[bytes]) -> None:
        self.left = MAX_INFLATED
        try:
            self.archive = zipfile.ZipFile(content)
            self.names = set(self.archive.namelist())
        except DAMAGED:
            raise Broken from None

    def chunks(self, name: str) -> Iterator[bytes]:
        """The inflated content of a part. Raises `TooBig` past the budget of the whole file."""
        try:
            with self.archive.open(name) as stream:
                while chunk := stream.read(CHUNK):
                    self.left -= len(chunk)
                    if self.left < 0:
                        raise TooBig
                    yield chunk
        except RuntimeError:
            # What zipfile says of an entry that has a password.
            raise Encrypted from None
        except DAMAGED:
            raise Broken from None

    def walk(self, name: str, handler: Handler) -> Iterator[str]:
        """Read the part of that name; yield what the handler has ready, as it comes.

        The walk ends before the part once more than a file may keep was read of it.
        """
        parser = _parser(handler)
        for chunk in self.chunks(name):
            _feed(parser, chunk, final=False)
            yield from _taken(handler)
            if handler.size > MAX_TEXT:
                break
        else:
            _feed(parser, b"", final=True)
        handler.close()
        yield from _taken(handler)

    def read(self, name: str, handler: Handler) -> None:
        """Read the part of that name whole, if it is there."""
        if name in self.names:
            for _piece in self.walk(name, handler):
                pass

    def bytes_of(self, name: str, most: int) -> bytes:
        """The content of a part that is no XML, or nothing when it is absent or too long."""
        content = b""
        if name in self.names:
            for chunk in self.chunks(name):
                content += chunk
                if len(content) > most:
                    return b""
        return content


def _taken(handler: Handler) -> list[str]:
    taken, handler.ready = handler.ready, []
    return taken


def _feed(parser: expat.XMLParserType, chunk: bytes, *, final: bool) -> None:
    try:
        parser.Parse(chunk, final)
    except expat.ExpatError:
        raise Broken from None


def _parser(handler: Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise Broken
        handler.start(_local(name), {_key(name): value for name, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(_local(name))

    def refuse(*declaration: object) -> None:
        raise Doctype

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _key(name: str) -> str:
    """An attribute's name; `r:id` is what a reference says, where `id` may say something else."""
    space, _blank, local = name.rpartition(" ")
    return f"r:{local}" if space.endswith("/relationships") else local


class Gathering(Handler):
    """The texts of the elements named in `wanted`, by name, each up to a length."""

    def __init__(self, *wanted: str, most: int = 500) -> None:
        super().__init__()
        self.wanted = frozenset(wanted)
        self.most = most
        self.found: dict[str, str] = {}
        self.inside = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name in self.wanted and name not in self.found:
            self.inside = name
            self.found[name] = ""

    def end(self, name: str) -> None:
        if name == self.inside:
            self.inside = ""

    def data(self, text: str) -> None:
        if self.inside:
            self.found[self.inside] = (self.found[self.inside] + text)[: self.most]
