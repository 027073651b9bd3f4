"""What stands before the site: gunicorn, as every way of starting it configures it."""

from __future__ import annotations

from pathlib import Path

from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create

CONF = Path(__file__).resolve().parent.parent.parent / "deploy" / "gunicorn.conf.py"


def path_seen(raw: bytes) -> str:
    """What the application is told of the address of a request, from this very machine."""
    conf: dict[str, object] = {}
    exec(compile(CONF.read_text(), str(CONF), "exec"), {"__file__": str(CONF)}, conf)  # noqa: S102
    cfg = Config()
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
