"""Asking an address that somebody typed leads to the public web, and nowhere else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core import fetching
from core.errors import Refused
from core.fetching import NotAnAddress, NotPublic, NotRead, TooSlow, fetch, is_public
from library.fetching import describe

PAGE = "<title>Guide de la rentrée</title><meta name='description' content='En dix étapes.'>"


# --------------------------------------------------------------- what may be asked, and whom


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1", "pas une adresse",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_never_asked(address: str) -> None:
    assert not is_public(address)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "address", ["8.8.8.8", "142.250.69.110", "2607:f8b0:4020:807::200e", "::ffff:8.8.8.8"]
)
def test_a_public_address_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "url",
    [
        "ftp://exemple.test/", "file:///etc/passwd", "javascript:alert(1)", "//exemple.test/",
        "exemple.test", "http://", "http://maude@exemple.test/", "http://exemple.test:99999/",
        "http://exemple.test/a b", "http://exemple.test/\r\nX: 1", "http://[::1", "",
        "http://" + "a" * 70 + ".test/", "http://exemple.test/" + "a" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(fetching, "resolve", lambda name, port: [])
    with pytest.raises(NotAnAddress):
        fetch(url)


@pytest.mark.sqlite
def test_other_services_than_the_web_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "resolve", lambda name, port: ["8.8.8.8"])
    for port in (22, 25, 6379, 5432):
        with pytest.raises(NotPublic):
            fetch(f"http://exemple.test:{port}/")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["169.254.169.254"]]
)
def test_a_name_that_leads_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    monkeypatch.setattr(fetching, "resolve", lambda name, port: found)
    monkeypatch.setattr(fetching, "connect", _never)
    with pytest.raises(NotPublic):
        fetch("https://interne.exemple.test/")


@pytest.mark.server
def test_a_number_that_is_an_address_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> None:
    monkeypatch.setattr(fetching, "connect", _never)
    for host in ("127.0.0.1", "2130706433", "[::1]", "[::ffff:169.254.169.254]"):
        with pytest.raises(NotPublic):
            fetch(f"http://{host}/")


@pytest.mark.sqlite
def test_a_name_that_changes_its_mind_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: asked a second time it would say 127.0.0.1; it is asked once, and the connection
    goes to what was checked."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    monkeypatch.setattr(fetching, "resolve", lambda name, port: next(answers))
    asked: list[str] = []

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(fetching, "connect", connect)
    with pytest.raises(NotRead):
        fetch("http://volage.exemple.test/")
    assert asked == ["8.8.8.8"]


@pytest.mark.sqlite
def test_a_name_that_takes_too_long_to_find_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    found = threading.Event()

    def resolve(name: str, port: int) -> list[str]:
        found.wait(60)
        return ["8.8.8.8"]

    monkeypatch.setattr(fetching, "resolve", resolve)
    with pytest.raises(TooSlow):
        fetch("http://lent.exemple.test/", seconds=0.05)
    found.set()


def _never(*args: Any) -> socket.socket:
    raise AssertionError("nobody was to be asked")


# --------------------------------------------------------------------------- over the network


class Site(BaseHTTPRequestHandler):
    """A small site: each path answers in its own way."""

    asked: list[tuple[str, str, str]]
    ended: threading.Event

    def do_GET(self) -> None:
        self.asked.append((self.command, self.path, self.headers["Host"]))
        name = self.path.split("?")[0].strip("/").replace("-", "_") or "page"
        getattr(self, f"say_{name}", self.say_missing)()

    do_HEAD = do_GET

    def say_page(self) -> None:
        self._send(200, PAGE.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def say_missing(self) -> None:
        self._send(404, b"", {})

    def say_moved(self) -> None:
        self._send(302, b"", {"Location": "/page?x=1"})

    def say_round(self) -> None:
        self._send(301, b"", {"Location": "/round"})

    def say_inside(self) -> None:
        self._send(302, b"", {"Location": "http://interne.test/secret"})

    def say_elsewhere(self) -> None:
        self._send(302, b"", {"Location": "file:///etc/passwd"})

    def say_document(self) -> None:
        self._send(200, b"%PDF-1.7", {"Content-Type": "application/pdf"})

    def say_huge(self) -> None:
        """Without length and without end."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        try:
            self.wfile.write(PAGE.encode())
            while not self.ended.is_set():
                self.wfile.write(b" " * 65_536)
        except OSError:
            return

    def say_slow_head(self) -> None:
        self._drip(b"HTTP/1.0 200 OK\r\nX-Long: ")

    def say_slow_body(self) -> None:
        self._drip(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n")

    def _drip(self, start: bytes) -> None:
        """A byte now and then: no single wait is long."""
        try:
            self.wfile.write(start)
            while not self.ended.wait(0.02):
                self.wfile.write(b"a")
        except OSError:
            return

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> Iterator[type[Site]]:
    """`http://site.test/` is a server of ours that passes for public; `interne.test` is inside."""
    Site.asked, Site.ended = [], threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    names = {"site.test": ["8.8.8.8"], "interne.test": ["127.0.0.1"]}
    monkeypatch.setattr(fetching, "resolve", lambda name, port: names.get(name, []))

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        assert address == "8.8.8.8"
        return socket.create_connection(server.server_address[:2], timeout=seconds)

    monkeypatch.setattr(fetching, "connect", connect)
    yield Site
    Site.ended.set()
    server.shutdown()
    server.server_close()
    thread.join()


server = pytest.mark.server


@server
def test_a_page_says_its_title_and_its_description(site: type[Site]) -> None:
    page = describe("http://site.test/")
    assert (page.title, page.description) == ("Guide de la rentrée", "En dix étapes.")
    assert site.asked == [("GET", "/", "site.test")]


@server
def test_a_redirection_is_followed(site: type[Site]) -> None:
    answer = fetch("http://site.test/moved#ici")
    assert (answer.status, answer.url) == (200, "http://site.test/page?x=1")


@server
@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("round", NotRead), ("inside", NotPublic), ("elsewhere", NotAnAddress),
        ("slow-head", TooSlow), ("slow-body", TooSlow),
    ],
)  # fmt: skip
def test_what_leads_astray_or_never_ends_is_left(
    site: type[Site], path: str, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        fetch(f"http://site.test/{path}", seconds=0.5 if "slow" in path else 30)


@server
def test_redirections_are_three_at_most(site: type[Site]) -> None:
    with pytest.raises(NotRead):
        fetch("http://site.test/round", seconds=30)
    assert len(site.asked) == 4


@server
def test_a_page_without_end_is_cut(site: type[Site]) -> None:
    answer = fetch("http://site.test/huge", most=100_000, seconds=30)
    assert len(answer.body) == 100_000


@server
def test_what_is_no_page_says_nothing_and_what_is_missing_is_told(site: type[Site]) -> None:
    assert describe("http://site.test/document").title == ""
    with pytest.raises(NotRead):
        describe("http://site.test/rien")
    assert fetch("http://site.test/rien", method="HEAD").status == 404
    with pytest.raises(NotRead):
        describe("http://inconnu.test/")
