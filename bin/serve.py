"""Run the web server and the worker side by side until Ctrl-C, never one without the other.

`bin/run` ends here. Usage: python bin/serve.py [--banner TEXT], with PORT in the environment
(deploy/gunicorn.conf.py reads it too).

Each of the two has its own process group, so that Ctrl-C reaches this program alone, which asks
them to finish, waits, and only then insists.
"""

import argparse
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 60.0
STOP_LIMIT = 12.0
PR_SET_PDEATHSIG = 1


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def die_with_parent() -> None:
    """Ask Linux to end this process when `serve.py` itself is killed outright."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Household:
    """The two processes and the order in which they start and stop."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.stop_asked = 0
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        self.children[name] = subprocess.Popen(  # noqa: S603 (our own two commands)
            [sys.executable, *command],
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def start_both(self) -> None:
        self.start("serveur web", "-m", "gunicorn", "config.wsgi", "-c", "deploy/gunicorn.conf.py")
        self.start("processus des tâches", "manage.py", "worker")

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked += 1

    def gone(self) -> str | None:
        """The name of the first process that ended by itself."""
        return next(
            (name for name, child in self.children.items() if child.poll() is not None), None
        )

    def answers(self) -> bool:
        """Whether the health page answers, even to say that something is degraded."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/sante/")
        request.add_header("Host", f"localhost:{self.port}")
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def wait_ready(self) -> bool:
        limit = time.monotonic() + START_LIMIT
        while time.monotonic() < limit and not self.stop_asked and not self.gone():
            if self.answers():
                return True
            time.sleep(0.1)
        return False

    def signal_all(self, number: signal.Signals) -> None:
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, number)

    def stop(self) -> None:
        """End both: politely, then, past the limit or at a second Ctrl-C, without asking."""
        asked = self.stop_asked
        self.signal_all(signal.SIGTERM)
        limit = time.monotonic() + STOP_LIMIT
        while any(child.poll() is None for child in self.children.values()):
            if time.monotonic() > limit or self.stop_asked > max(asked, 1):
                break
            time.sleep(0.05)
        # Also when both have ended: what they had started may still be there.
        self.signal_all(signal.SIGKILL)
        for child in self.children.values():
            child.wait()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--banner", default="", help="said once the web server answers")
    options = parser.parse_args()

    household = Household(int(os.environ.get("PORT", "8000")))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, household.on_signal)
    household.start_both()
    try:
        if household.wait_ready():
            say(options.banner)
        elif not household.stop_asked and not household.gone():
            say("Le serveur web ne répond pas : il a été arrêté.")
            return 1
        while not household.stop_asked:
            if name := household.gone():
                code = household.children[name].returncode
                say(f"\nLe {name} s’est arrêté (code {code}) : tout est arrêté avec lui.")
                return 1
            time.sleep(0.2)
        say("\nArrêt en cours…")
        return 0
    finally:
        household.stop()
        if household.stop_asked:
            say("Ancrage est arrêté.")


if __name__ == "__main__":
    sys.exit(main())
