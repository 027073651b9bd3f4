"""Reads what would take a server down, and what is only long; real OCR where tesseract is there.

    .venv/bin/python -m bench.extraction [--fuzz 200] [--json var/extraction.json]

Each file is given to `library.extraction.extract` as a deposit would be, in a process of its own,
so that its children's figures are theirs alone: seconds on the clock, and the most memory that was
resident. A line is wrong when it took over 20 s or 300 MB, or did not end as it must.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from PIL import Image, ImageDraw, ImageFont

from bench.extraction.cases import CASES, hundred_pages, sentence
from core import files
from core.files import images, store, types
from core.files.errors import FileRefused
from core.models import StoredFile
from library.extraction import extract as extraction
from library.extraction import ocr, pages
from library.reading import STOPPED
from tests.library.extraction import samples

SECONDS, MEGABYTES = 20, 300
OCR_PHRASE = "La boussole retrouve le nordet"


def stored(content_type: str, path: Path) -> StoredFile:
    """A file as the storage would have it, without a row."""
    found = StoredFile(content_type=content_type)
    found.file.name = str(path)
    return found


@contextmanager
def opened(found: StoredFile) -> Iterator[Any]:
    with Path(found.file.name or "").open("rb") as content:
        yield content


files.opened = opened  # type: ignore[assignment]


# --------------------------------------------------------------------------------- one case


@dataclass
class Figures:
    """`megabytes` is the most that was resident, in the door's process or in the child's."""

    outcome: str
    seconds: float
    megabytes: float
    detail: dict[str, Any] = field(default_factory=dict)


def made(number: int, path: Path) -> Figures:
    CASES[number].make(path)
    return Figures("made", 0, 0)


def at_the_door(number: int, path: Path) -> Figures:
    """What `core.files.accept` does with an upload of this file before it keeps it."""
    asked = CASES[number]
    ending = next(one.extension for one in types.TYPES if one.content_type == asked.content_type)
    before = own_peak()
    started = time.monotonic()
    outcome = "accepted"
    try:
        store.check_size(path.stat().st_size)
        with path.open("rb") as content:
            type_ = types.recognise(content, f"a.{ending}")
            if type_.family == "image":
                images.redrawn(content, type_.content_type)
    except FileRefused as refusal:
        outcome = f"refused: {type(refusal).__name__}"
    seconds = time.monotonic() - started
    return Figures(outcome, seconds, own_peak() - before)


def in_a_child(number: int, path: Path) -> Figures:
    asked = CASES[number]
    started = time.monotonic()
    found = extraction.extract(stored(asked.content_type, path))
    seconds = time.monotonic() - started
    outcome = "read" if found.pages else "no text"
    if found.failure:
        failure = STOPPED.get(found.failure, found.failure)
        outcome = f"read, {failure}" if found.pages else found.failure
    return Figures(outcome, seconds, children_peak(), {"pages": found.page_count})


def own_peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def children_peak() -> float:
    """A child begins as a copy of its parent: that one must be smaller than what is measured."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


STAGES = {"make": made, "door": at_the_door, "read": in_a_child}


def in_a_process(*arguments: str) -> Figures:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.extraction", "--one", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        return Figures(f"bench failed: {answer.stderr.strip()[-200:]}", 0, 0)
    return Figures(**json.loads(answer.stdout.splitlines()[-1]))


def measured(number: int) -> Figures:
    """One case: made, shown to the door, read by a child; each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "file")
        in_a_process("make", str(number), place)
        door = Figures("", 0, 0)
        if CASES[number].door:
            door = in_a_process("door", str(number), place)
            if door.outcome != "accepted":
                return door
        read = in_a_process("read", str(number), place)
    read.seconds += door.seconds
    read.detail["door_megabytes"] = round(door.megabytes)
    return read


# -------------------------------------------------------------------------------------- fuzz


def fuzzed(count: int) -> Figures:
    """So many files of every format with some bytes changed, cut or repeated, one after another."""
    draw = random.Random(20261125)
    outcomes: dict[str, int] = {}
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for number in range(count):
            ending = list(samples.EVERY_FORMAT)[number % len(samples.EVERY_FORMAT)]
            content_type, content = samples.EVERY_FORMAT[ending]
            path.write_bytes(changed(content, draw))
            started = time.monotonic()
            found = extraction.extract(stored(content_type, path))
            slowest = max(slowest, time.monotonic() - started)
            outcome = found.failure or ("read" if found.pages else "no text")
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    peak = children_peak()
    return Figures("all answered", slowest, peak, outcomes)


def changed(content: bytes, draw: random.Random) -> bytes:
    raw = bytearray(content)
    for _change in range(draw.randint(1, 12)):
        place = draw.randrange(len(raw))
        how = draw.random()
        if how < 0.6:
            raw[place] = draw.randrange(256)
        elif how < 0.75:
            del raw[place : place + draw.randint(1, 40)]
        elif how < 0.9:
            raw[place:place] = raw[max(0, place - 60) : place] * draw.randint(1, 30)
        else:
            raw[place : place + 8] = b"\xff" * 8
        if not raw:
            return b"\x00"
    return bytes(raw)


# ----------------------------------------------------------------------------- pages and OCR


def drawing() -> Figures:
    """A page of the honest hundred, at the larger width, the median of five."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        hundred_pages(path)
        scan = stored(samples.PDF, path)
        times = []
        for number in range(40, 45):
            started = time.monotonic()
            pages.render_page(scan, number, 1600, keep=False)
            times.append(time.monotonic() - started)
    peak = children_peak()
    return Figures("drawn", sorted(times)[2], peak)


def recognised() -> Figures:
    """A page that is a picture of letters, through the real tesseract."""
    if not ocr.is_available():
        return Figures("tesseract is not installed", 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(picture_of_letters())
        started = time.monotonic()
        text = ocr.recognise(stored(samples.PDF, path), 1)
    seconds = time.monotonic() - started
    peak = children_peak()
    good = OCR_PHRASE in " ".join(text.split())
    return Figures("recognised" if good else f"misread: {text[:80]!r}", seconds, peak)


def picture_of_letters() -> bytes:
    """A PDF whose page is one picture of a page of text, as a scanner would make it."""
    page = Image.new("L", (1_700, 2_200), "white")
    font = ImageFont.load_default(36)
    draw = ImageDraw.Draw(page)
    draw.text((150, 200), f"{OCR_PHRASE}.", "black", font)
    chance = random.Random(7)
    for row in range(30):
        draw.text((150, 300 + 55 * row), sentence(chance), "black", font)
    out = io.BytesIO()
    page.save(out, "PDF", resolution=200)
    return out.getvalue()


OTHERS: dict[str, tuple[Callable[[], Figures], str]] = {
    "one page drawn at 1,600 pixels": (drawing, "drawn"),
    "one scanned page through tesseract": (recognised, "recognised"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--fuzz", type=int, default=200)
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(*options.one).__dict__))
        return
    rows = [(asked.name, measured(number), asked.expected) for number, asked in enumerate(CASES)]
    rows += [(name, in_a_process(name), (said,)) for name, (_run, said) in OTHERS.items()]
    fuzz = f"{options.fuzz} fuzzed files, the slowest"
    rows.append((fuzz, in_a_process("fuzz", str(options.fuzz)), ("all answered",)))
    report(rows, options.json)


def one(what: str, *rest: str) -> Figures:
    if what in OTHERS:
        return OTHERS[what][0]()
    if what == "fuzz":
        return fuzzed(int(rest[0]))
    number, path = rest
    return STAGES[what](int(number), Path(path))


def report(rows: list[tuple[str, Figures, tuple[str, ...]]], path: Path | None) -> None:
    wrong = 0
    for name, found, expected in rows:
        good = (
            found.outcome in expected
            and found.seconds <= SECONDS
            and (found.megabytes <= MEGABYTES or "tesseract" in name)
        )
        wrong += not good
        mark = " " if good else "✗"
        print(
            f"{mark} {name:45} {found.outcome:24} {found.seconds:6.2f} s {found.megabytes:6.0f} MB "
            f"{json.dumps(found.detail) if found.detail else ''}"
        )
    versions = {
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
    }
    print(json.dumps(versions | {"wrong": wrong}))
    if path is not None:
        found = {name: figures.__dict__ for name, figures, _expected in rows}
        path.write_text(json.dumps({"versions": versions, "results": found}, indent=2))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
