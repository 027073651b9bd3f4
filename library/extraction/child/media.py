"""Sound and video: how long they last, where their container says so at its beginning or end."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import IO, Any

from library.extraction.child.reader import Reader

HEAD = 1 << 16
MAX_BOXES = 200
DAY = 24 * 3600
# Kilobits a second of MPEG layer III, by its four bits: version 1, then versions 2 and 2.5.
RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
HERTZ = (44_100, 48_000, 32_000)


class Media(Reader):
    paged = False

    def __init__(self, content: IO[bytes], content_type: str) -> None:
        self.content = content
        self.measure = MEASURES.get(content_type)

    def facts(self) -> dict[str, Any]:
        try:
            seconds = round(self.measure(self.content)) if self.measure else 0
        except (struct.error, ValueError, ZeroDivisionError, IndexError):
            seconds = 0
        return {"seconds": seconds} if 0 < seconds < DAY else {}


def _mp4(content: IO[bytes]) -> float:
    """From the movie header: a box `mvhd` inside a box `moov`, wherever it stands."""
    content.seek(0)
    for _box in range(MAX_BOXES):
        start = content.tell()
        head = content.read(8)
        if len(head) < 8:
            return 0
        size, name = struct.unpack(">I4s", head)
        if size == 1:
            (size,) = struct.unpack(">Q", content.read(8))
        if name == b"mvhd":
            return _movie(content.read(32))
        # The header is a child of `moov`, which is entered; other boxes are passed over.
        if name != b"moov":
            if size < 8:
                return 0
            content.seek(start + size)
    return 0


def _movie(header: bytes) -> float:
    scale, length = struct.unpack(
        ">20xIQ" if header[0] == 1 else ">12xII", header[: 32 if header[0] == 1 else 20]
    )
    return float(length / scale)


def _ogg(content: IO[bytes]) -> float:
    """From the position of the last page and the rate that the first one gives."""
    content.seek(0)
    head = content.read(HEAD)
    if (at := head.find(b"\x01vorbis")) > 0:
        (rate,) = struct.unpack_from("<I", head, at + 12)
    elif head.find(b"OpusHead") > 0:
        rate = 48_000
    else:
        return 0
    content.seek(max(0, content.seek(0, 2) - HEAD))
    tail = content.read()
    last = tail.rfind(b"OggS")
    return float(struct.unpack_from("<q", tail, last + 6)[0] / rate) if last >= 0 else 0


def _mp3(content: IO[bytes]) -> float:
    """From the count of frames that encoders of varying rate leave, else from a constant rate."""
    size = content.seek(0, 2)
    content.seek(0)
    tag = content.read(10)
    start = 0
    if tag.startswith(b"ID3"):
        start = 10 + sum(
            byte << shift for byte, shift in zip(tag[6:10], (21, 14, 7, 0), strict=True)
        )
    content.seek(start)
    head = content.read(400)
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version = head[1] >> 3 & 3
    hertz = HERTZ[head[2] >> 2 & 3] // {3: 1, 2: 2, 0: 4}.get(version, 1)
    for mark in (b"Xing", b"Info"):
        if (at := head.find(mark)) > 0 and head[at + 7] & 1:
            (frames,) = struct.unpack_from(">I", head, at + 8)
            return float(frames * (1152 if version == 3 else 576) / hertz)
    rate = RATES[0 if version == 3 else 1][head[2] >> 4]
    return (size - start) / (rate * 125)


MEASURES: dict[str, Callable[[IO[bytes]], float]] = {
    "audio/mpeg": _mp3,
    "audio/mp4": _mp4,
    "audio/ogg": _ogg,
    "video/mp4": _mp4,
}
