"""The door to the printer: who may wait for a PDF here, and what is said when there is none."""

from __future__ import annotations

import contextlib
import ctypes
import json
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path

from practices.errors import PrinterBusy, PrinterMissing
from practices.exchange import printer

ROOT = Path(__file__).resolve().parents[2]
# What WeasyPrint draws with, from the system: docs/deployment.md names the packages.
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
)
PYTHON = [sys.executable, "-E", "-s", "-B", "-m", "practices.exchange.printer"]
# Nothing of ours: neither the settings' secrets nor a way to other programs.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
WAIT, WALL = 20, 180
# A page in the style of papers, with both weights of their letters.
FIRST = (
    '<html lang="fr-CA"><title>Ancrage</title><link rel="stylesheet" href="papier:style.css">'
    "<h1>Ancrage</h1><p>Répertoire des pratiques</p></html>"
)
_turn = threading.Lock()


class PrinterStopped(RuntimeError):
    """The child passed its limits, or fell."""


@lru_cache(maxsize=1)
def is_ready() -> bool:
    """Whether this machine has what it takes to make a PDF. Asked once."""
    try:
        for name in LIBRARIES:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def print_here(page: str, things: dict[str, str]) -> bytes:
    """The PDF of one sheet, while its reader waits: one at a time in a process, so that a crowd
    asks for the memory of one. Raises `PrinterMissing`, `PrinterBusy`."""
    if not is_ready():
        raise PrinterMissing
    if not _turn.acquire(timeout=WAIT):
        raise PrinterBusy
    try:
        return printer.make(page, things)
    finally:
        _turn.release()


def get_ready() -> None:
    """Load WeasyPrint and its fonts, so that the first who asks this process for a PDF does not
    wait for them: about a second on a calm machine. Nothing where there is no printer."""
    with contextlib.suppress(PrinterMissing, PrinterBusy):
        print_here(FIRST, {})


def print_apart(page: str, things: dict[str, str]) -> bytes:
    """The PDF of a booklet, made by a child that may take so much time and memory, and no more.
    Raises `PrinterMissing`, `PrinterStopped`."""
    if not is_ready():
        raise PrinterMissing
    try:
        done = subprocess.run(  # noqa: S603 (ourselves, with arguments of ours)
            PYTHON,
            input=json.dumps({"page": page, "things": things}).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=ENVIRONMENT,
            timeout=WALL,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise PrinterStopped from error
    return done.stdout
