"""How many children the pages of this machine may have at once, whatever the processes.

A child may take 300 MB and a processor for some seconds: a crowd of readers waits in line instead
of taking the machine down. The line is made of locks that the system frees when their holder dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from typing import IO

from django.conf import settings

from library.extraction.errors import Busy

SLOTS = 2
WAIT_SECONDS = 6.0
PAUSE_SECONDS = 0.05


@contextlib.contextmanager
def slot(wait: float | None = None) -> Iterator[None]:
    """Hold one of the places, for the time of a `with`, after so many seconds at most (some, when
    none is said). Raises `Busy` when none came free."""
    folder = settings.HOME / "slots"
    folder.mkdir(mode=0o700, exist_ok=True)
    until = time.monotonic() + (WAIT_SECONDS if wait is None else wait)
    while True:
        for number in range(SLOTS):
            place = _taken(folder / str(number))
            if place is not None:
                with place:
                    yield
                return
        if time.monotonic() >= until:
            raise Busy
        time.sleep(PAUSE_SECONDS)


def _taken(path: os.PathLike[str]) -> IO[bytes] | None:
    place = open(path, "ab")  # noqa: SIM115 (closed by whoever holds it)
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        place.close()
        return None
    return place
