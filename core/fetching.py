"""Asks an address of the web, which somebody typed, for what it answers.

Only the public web answers: http and https, on their usual ports. Every name is resolved by us,
all of its addresses must be public, and the connection goes to the very address that was checked,
so that a name which changes its mind in between (rebinding) leads nowhere else; a redirection is
checked like the first address. The answer is cut at a size, and all of it at a time.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

MOST_BYTES = 512_000
SECONDS = 5.0
REDIRECTS = 3
PORTS = frozenset({80, 443, 8080, 8443})
LONGEST = 2_000
MOVED = frozenset({301, 302, 303, 307, 308})
CHUNK = 1 << 14
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SAFE = "%/:=&?~#+!$,;'@()*[]"


class NotAnAddress(Invalid):
    message = _("Write a whole address, which begins with https:// or http://.")


class NotRead(Invalid):
    """The family of these refusals."""

    message = _("This page did not answer. Check its address; you can also describe it yourself.")


class NotPublic(NotRead):
    message = _("This address does not lead to the public web.")


class TooSlow(NotRead):
    message = _("This page took too long to answer. You can describe it yourself.")


@dataclass(frozen=True)
class Answer:
    """What an address answered, at the end of its redirections."""

    url: str
    status: int
    content_type: str
    body: bytes


def check_address(value: str) -> None:
    """Raises `NotAnAddress` unless `value` is a whole http or https address."""
    try:
        URLValidator(schemes=("http", "https"))(value)
    except ValidationError:
        raise NotAnAddress from None


def fetch(
    url: str, *, method: str = "GET", most: int = MOST_BYTES, seconds: float = SECONDS
) -> Answer:
    """The answer to a GET or HEAD, whatever its status, its body cut at `most` bytes.

    Raises `NotAnAddress`, `NotPublic`, `TooSlow` past `seconds` in all, `NotRead` when nothing
    answers or past three redirections.
    """
    until = time.monotonic() + seconds
    for _step in range(REDIRECTS + 1):
        answer, moved = _ask(url, method, most, until)
        if not moved:
            return answer
        url = urljoin(url, moved)
    raise NotRead


# ------------------------------------------------------------------------------- one request


def _ask(url: str, method: str, most: int, until: float) -> tuple[Answer, str]:
    parts = _checked(url)
    host, port = parts.hostname or "", _port(parts)
    address = _public_address(host, port, until)
    connection = _Connection(host, address, port, secure=parts.scheme == "https", until=until)
    with _ended_in_time(connection, until):
        connection.request(method, _target(parts), headers=_headers())
        response = connection.getresponse()
        moved = response.headers.get("Location", "") if response.status in MOVED else ""
        body = b"" if moved or method == "HEAD" else _body(response, most)
    content_type = response.headers.get("Content-Type", "").strip().lower()
    return Answer(url, response.status, content_type, body), moved


def _checked(url: str) -> SplitResult:
    """The parts of an address that may be asked."""
    try:
        parts = urlsplit(url)
        port = _port(parts)
    except ValueError:
        raise NotAnAddress from None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > LONGEST:
        raise NotAnAddress
    if parts.username or parts.password or any(char <= " " or char == "\x7f" for char in url):
        raise NotAnAddress
    if port not in PORTS:
        raise NotPublic
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=SAFE)
    return f"{path}?{quote(parts.query, safe=SAFE)}" if parts.query else path


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"Ancrage (+{settings.BASE_URL})",
        "Accept": "text/html, application/xhtml+xml, */*;q=0.5",
        "Accept-Language": "fr-CA, fr;q=0.9, en;q=0.5",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    body = bytearray()
    while len(body) < most and (chunk := response.read1(CHUNK)):
        body += chunk
    return bytes(body[:most])


# --------------------------------------------------------------------------------- addresses


def _public_address(host: str, port: int, until: float) -> str:
    """One address of that name, once all of them are found public."""
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        raise NotAnAddress from None
    found = _in_time(lambda: resolve(name, port), until)
    if not found:
        raise NotRead
    if not all(is_public(address) for address in found):
        raise NotPublic
    return found[0]


def resolve(name: str, port: int) -> list[str]:
    """The addresses of a name; none when there is no such name."""
    try:
        rows = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(row[4][0]).partition("%")[0] for row in rows]


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, and hides no other inside it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        if found in NAT64:
            inner.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        if not all(is_public(str(one)) for one in inner if one is not None):
            return False
        if found.ipv4_mapped is not None:
            return True
    unusual = found.is_multicast or found.is_reserved or found.is_unspecified
    return found.is_global and not unusual


def _in_time(act: Callable[[], list[str]], until: float) -> list[str]:
    """What `act` answers, unless it takes too long; then it ends by itself, unheard."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(act).result(timeout=max(0.0, until - time.monotonic()))
    except Late:
        raise TooSlow from None
    finally:
        pool.shutdown(wait=False)


# ------------------------------------------------------------------------------- connections


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, for the host whose name led to it."""

    def __init__(self, host: str, address: str, port: int, *, secure: bool, until: float) -> None:
        self.default_port = 443 if secure else 80
        super().__init__(host, port)
        self.address, self.secure, self.until = address, secure, until
        # `self.sock` is let go once the head of an answer has come; its body still comes by it.
        self.line: socket.socket | None = None

    def connect(self) -> None:
        self.sock = self.line = connect(
            self.address, self.port, max(0.1, self.until - time.monotonic())
        )
        if self.secure:
            wrapped = ssl.create_default_context().wrap_socket(
                self.line, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self.line = wrapped
            wrapped.do_handshake()

    def end(self) -> None:
        """Stop whatever it waits for."""
        with contextlib.suppress(OSError):
            if self.line is not None:
                self.line.shutdown(socket.SHUT_RDWR)


def connect(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), timeout=seconds)


@contextlib.contextmanager
def _ended_in_time(connection: _Connection, until: float) -> Iterator[None]:
    """Cut the connection when its time is up: one that drips a byte a second never times out."""
    timer = threading.Timer(max(0.0, until - time.monotonic()), connection.end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError):
        raise (TooSlow if time.monotonic() >= until else NotRead) from None
    finally:
        timer.cancel()
        connection.close()
    if time.monotonic() >= until:
        raise TooSlow
