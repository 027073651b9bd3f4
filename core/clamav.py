"""Asks a ClamAV daemon about a content, when `CLAMD_ADDRESS` names one.

The protocol is `INSTREAM` of clamd: the content in chunks preceded by their length, an empty chunk
to end, then one line of answer. https://docs.clamav.net/manual/Usage/Scanning.html#clamd
"""

import logging
import socket
import struct
from enum import Enum
from typing import IO

from django.conf import settings

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 30
CHUNK = 1 << 16


class Verdict(Enum):
    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"  # the scanner is away, or could not tell


def is_configured() -> bool:
    return bool(settings.CLAMD_ADDRESS)


def scan(content: IO[bytes]) -> Verdict:
    """What the scanner says of the whole content; `UNKNOWN` when it cannot be asked."""
    content.seek(0)
    try:
        with _connection(settings.CLAMD_ADDRESS) as link:
            link.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                link.sendall(struct.pack("!L", len(chunk)) + chunk)
            link.sendall(struct.pack("!L", 0))
            answer = _line(link)
    except (OSError, ValueError) as error:
        logger.warning("the antivirus did not answer: %s", type(error).__name__)
        return Verdict.UNKNOWN
    if answer.endswith(b"OK"):
        return Verdict.CLEAN
    if answer.endswith(b"FOUND"):
        return Verdict.INFECTED
    logger.warning("the antivirus could not tell")
    return Verdict.UNKNOWN


def _connection(address: str) -> socket.socket:
    """A connection to `host:port`, or to the socket file `/path` (also `unix:/path`)."""
    path = address.removeprefix("unix:")
    if path.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(TIMEOUT_SECONDS)
        try:
            link.connect(path)
        except OSError:
            link.close()
            raise
        return link
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT_SECONDS)


def _line(link: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        piece = link.recv(1024)
        if not piece:
            break
        answer += piece
    return answer.strip(b"\0\n ")
