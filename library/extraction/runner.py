"""Starts a child for one job, waits no longer than its limits, and reads what it answered."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from library.extraction.limits import Limits

ROOT = Path(__file__).resolve().parent.parent.parent
# -B: it keeps no compiled module. Held to a size, a child would leave half of one behind, and every
# later child would stumble over it (a partial write is not an error to Python 3.11).
PYTHON = [sys.executable, "-E", "-s", "-B"]
# Nothing of ours: neither the settings' secrets nor a way to other programs.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
# How the system says that a limit of time was passed.
OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL}
# How pdfium ends when it may have no more memory.
OUT_OF_MEMORY = {-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`output` is what the child wrote, whole or not; `trouble` why it stopped before its end."""

    output: bytes
    trouble: str = ""

    def answers(self) -> tuple[list[dict[str, Any]], str]:
        """The lines that were written whole, and the trouble: the child's own word first."""
        answers: list[dict[str, Any]] = []
        for line in self.output.split(b"\n")[:-1]:
            try:
                answer = json.loads(line)
            except ValueError:
                answer = None
            if not isinstance(answer, dict):
                return answers, "Broken"
            answers.append(answer)
        last = answers.pop() if answers and {"done", "trouble"} & set(answers[-1]) else {}
        if last.get("done"):
            return answers, ""
        return answers, last.get("trouble") or self.trouble or "Broken"


def run(content: IO[bytes], job: dict[str, Any], limits: Limits) -> Outcome:
    """Have a child do `job` on a file of the system, from its beginning.

    Never raises for what the file or the child does; the child is gone when this returns.
    """
    content.seek(0)
    job = {**job, "limits": asdict(limits)}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 (ourselves, with an argument of ours)
            [*PYTHON, "-m", "library.extraction.child", json.dumps(job)],
            stdin=content,
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=ENVIRONMENT,
            start_new_session=True,
        )
        try:
            code = process.wait(limits.wall)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        finally:
            _end(process)
        output.seek(0)
        return Outcome(output.read(limits.output), _trouble(code))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it may have started, unless it ended."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _trouble(code: int) -> str:
    if code in OUT_OF_TIME:
        return "TooLong"
    if code in OUT_OF_MEMORY:
        return "TooBig"
    return "Broken" if code else ""
