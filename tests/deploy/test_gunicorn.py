"""What stands before the site: gunicorn, as every way of starting it configures it."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create

from practices.exchange import printing

CONF = Path(__file__).resolve().parent.parent.parent / "deploy" / "gunicorn.conf.py"


def configured() -> dict[str, Any]:
    conf: dict[str, Any] = {"__file__": str(CONF)}
    exec(compile(CONF.read_text(), str(CONF), "exec"), conf)  # noqa: S102 (ours)
    return conf


def path_seen(raw: bytes) -> str:
    """What the application is told of the address of a request, from this very machine."""
    conf, cfg = configured(), Config()
    for name, value in conf.items():
        if name in cfg.settings:
            cfg.set(name, value)
    request = next(RequestParser(cfg, iter([raw]), ("127.0.0.1", 1)))
    _response, environ = create(request, None, ("127.0.0.1", 1), ("127.0.0.1", 80), cfg)
    return f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}"


def test_no_header_moves_the_site_below_another_address() -> None:
    lines = ("GET /compte/securite/admin/ HTTP/1.1", "Host: localhost", "SCRIPT_NAME: ", "", "")
    raw = "\r\n".join(lines).replace("SCRIPT_NAME: ", "SCRIPT_NAME: /compte/securite")
    assert path_seen(raw.encode()) == "|/compte/securite/admin/"


def test_a_process_that_serves_loads_the_printer_before_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed: list[str] = []
    monkeypatch.setattr(printing, "print_here", lambda page, things: printed.append(page))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    configured()["post_worker_init"](None)
    for thread in threading.enumerate():
        if thread.name == "printer":
            thread.join(10)
    assert printed == [printing.FIRST]


@pytest.mark.pango
def test_the_first_page_of_the_printer_can_be_drawn() -> None:
    assert printing.print_here(printing.FIRST, {}).startswith(b"%PDF")


def test_a_machine_without_printer_begins_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "is_ready", lambda: False)
    printing.get_ready()
