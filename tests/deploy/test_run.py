"""A technician types `bin/run` on a fresh copy, looks around, and stops it with Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.server, pytest.mark.sqlite]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """One `bin/run`, in a session of its own as in a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        ours = ("ANCRAGE_", "DATABASE_", "PYTEST")
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(ours)}
        self.port = free_port()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            ["bin/run", *arguments],
            cwd=ROOT,
            env=inherited
            | {"VENV": sys.prefix, "ANCRAGE_HOME": str(folder), "PORT": str(self.port)}
            | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def wait_ready(self) -> float:
        """Read until it says how to stop it; the seconds that this took."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C" in line:
                return time.monotonic() - self.began
        pytest.fail(f"it ended without starting:\n{self.said}")

    def wait_end(self) -> int:
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode

    def press_ctrl_c(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.wait_end()

    def children(self) -> dict[int, str]:
        """The processes that serve.py started, by number, from Linux's own list."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                status = (entry / "status").read_text()
                command = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if f"PPid:\t{self.process.pid}\n" in status:
                found[int(entry.name)] = command
        return found


Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    runs: list[Run] = []

    def begin(*arguments: str, folder: Path | None = None, **environment: str) -> Run:
        runs.append(Run(folder or tmp_path / "home", *arguments, **environment))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(timeout=30)


def test_the_demonstration_starts_is_there_again_at_once_and_stops_without_a_trace(
    start: Start, tmp_path: Path
) -> None:
    first = start()
    first.wait_ready()
    address = f"http://localhost:{first.port}"
    assert address in first.said
    with urllib.request.urlopen(f"{address}/", timeout=20) as page:  # noqa: S310 (loopback)
        assert page.status == 200
    named = set(re.findall(r"\S+@courriel\.example", first.said))
    assert len(named) == 3
    with sqlite3.connect(tmp_path / "home" / "ancrage.sqlite3") as database:
        known = {row[0] for row in database.execute("SELECT email FROM accounts_user")}
    assert named <= known
    children = first.children()
    assert len(children) == 2, "a web server and a worker"

    assert first.press_ctrl_c() == 0
    assert "Ancrage est arrêté" in first.said
    assert not [number for number in children if Path(f"/proc/{number}").exists()]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", first.port)) != 0

    second = start()
    seconds = second.wait_ready()
    assert "Base de données" not in second.said, "nothing changed: nothing is to be prepared"
    assert seconds < 20, "under 5 s on a quiet machine; the suite keeps this one busy"

    # One without the other is worse than none.
    worker = next(n for n, command in second.children().items() if "manage.py worker" in command)
    os.kill(worker, signal.SIGKILL)
    assert second.wait_end() == 1
    assert "processus des tâches s’est arrêté" in second.said
    assert not second.children()

    # A real community never finds the demonstration's people among its own, nor the reverse.
    mixed = start("--empty")
    assert mixed.wait_end() == 1
    assert "communauté de démonstration" in mixed.said


def test_a_port_in_use_is_named_with_a_way_out(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = start(PORT=str(port))
        assert refused.wait_end() == 1
    assert f"Le port {port} est déjà pris" in refused.said
    assert f"PORT={port + 1}" in refused.said


def test_a_data_folder_that_cannot_be_written_is_named(start: Start, tmp_path: Path) -> None:
    # A file in its place: even root cannot make a folder there.
    (tmp_path / "occupied").write_text("")
    refused = start(folder=tmp_path / "occupied" / "home")
    assert refused.wait_end() == 1
    assert f"Le dossier de données {tmp_path}/occupied/home n’est pas accessible" in refused.said


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["--vide"], {}, "Option inconnue : --vide"),
        ([], {"PORT": "huit mille"}, "PORT doit être un nombre"),
        ([], {"ANCRAGE_NOM": "Ancrage"}, "ANCRAGE_NOM. Did you mean ANCRAGE_NAME?"),
        ([], {"ANCRAGE_BIND": "0.0.0.0"}, "“0.0.0.0” is open to others"),  # noqa: S104
    ],
    ids=["unknown option", "port that is no number", "unknown setting", "open demonstration"],
)
def test_what_was_typed_wrong_is_said(
    start: Start, arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    refused = start(*arguments, **environment)
    assert refused.wait_end() == 1
    assert sentence in refused.said
