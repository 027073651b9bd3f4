"""Imports a folder of 5,000 files, is killed on the way, goes on, and runs once more for nothing.

    .venv/bin/python -m bench.import_documents [--files 5000] [--json var/import.json]

On SQLite in a folder of its own, or on `DATABASE_URL` (an empty database). The command is the one
that an operator runs, in a process of its own, killed with SIGKILL at two fifths. Ends with an
error when a file was lost, deposited twice, or changed by the last run, or when memory grew.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
BY = "odile.larivage@exemple.test"
# Growth of what is resident between the first tenth of a run and its end.
MEGABYTES = 40
PDF = (
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>endobj\n"
    "4 0 obj<</Length {length}>>stream\n{text}\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
DOCX = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml'
    '/2006/main"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
)
DOCX_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-'
    'types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)


@dataclass(frozen=True)
class Run:
    """One run of the command: what it said last, its seconds, its memory early and at its end."""

    name: str
    seconds: float
    early_mb: float
    peak_mb: float
    documents: int
    said: str


def make(folder: Path, count: int) -> Path:
    """The files (texts, PDF and Word in turn, in 50 folders, some 20 kB each) and their table."""
    table = folder.parent / "table.csv"
    with table.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, delimiter=";")
        lines.writerow("fichier titre type resume date organisme licence mots_cles themes".split())
        for number in range(count):
            path = write(folder / f"{number % 50:02}", number)
            name = path.relative_to(folder).as_posix()
            lines.writerow(
                [name, f"Document importé n° {number}", "guide", f"Résumé {number}.", "2024-05",
                 "Le Phare des Battures", "communaute", "lot|accueil", "mentorat"]
            )  # fmt: skip
    return table


def write(folder: Path, number: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = f"Le contenu du document {number}. " * 600
    match number % 3:
        case 0:
            path = folder / f"{number}.txt"
            path.write_text(text, encoding="utf-8")
        case 1:
            path = folder / f"{number}.pdf"
            path.write_text(PDF.format(length=len(text), text=text), encoding="latin-1")
        case _:
            path = folder / f"{number}.docx"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("[Content_Types].xml", DOCX_TYPES)
                archive.writestr("word/document.xml", DOCX.format(text=text))
    return path


def manage(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(MANAGE), *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def prepare() -> None:
    manage("migrate", "--verbosity", "0")
    manage("bootstrap")
    manage(
        "shell",
        "-c",
        "from accounts.models import Organisation, User;"
        f"User.objects.create_user({BY!r}, first_name='Odile', last_name='Larivage',"
        "role='animation', organisation=Organisation.objects.first())",
    )


def state() -> dict[str, int]:
    """What must not change by itself: rows, and the newest of each."""
    code = (
        "import json; from core.models import OutboxEvent, StoredFile;"
        "from library.models import Document, ImportedFile, Version;"
        "from core.models import ActionLog;"
        "models = (Document, Version, ImportedFile, StoredFile, OutboxEvent, ActionLog);"
        "print(json.dumps({m.__name__: m.objects.count() for m in models}))"
    )
    found: dict[str, int] = json.loads(manage("shell", "-c", code).splitlines()[-1])
    return found


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds now."""
    with contextlib.suppress(OSError, IndexError, StopIteration):
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        line = next(one for one in status if one.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    return 0.0


def run(name: str, folder: Path, table: Path, count: int, *, kill_at: int = 0) -> Run:
    """Run the command and look at its memory; kill it once so many documents are said done."""
    report = folder.parent / f"{name}.csv"
    command = [sys.executable, str(MANAGE), "import_documents", str(folder), "--csv", str(table),
               "--by", BY, "--report", str(report)]  # fmt: skip
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    early = peak = 0.0
    said = ""
    for line, memory in watched(process):
        said, peak = line or said, max(peak, memory)
        done = int(said.partition("/")[0]) if said.endswith(f"/{count}") else 0
        if done >= count // 10 and not early:
            early = memory
        if kill_at and done >= kill_at:
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    seconds = time.monotonic() - begun
    return Run(name, round(seconds, 1), round(early, 1), round(peak, 1), state()["Document"], said)


def watched(process: subprocess.Popen[str]) -> Iterator[tuple[str, float]]:
    """Each line that a process says, with the memory that it held then."""
    assert process.stdout is not None
    for line in process.stdout:
        yield line.strip(), resident(process.pid)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["ANCRAGE_HOME"] = str(Path(scratch) / "home")
        folder = Path(scratch) / "a-importer"
        table = make(folder, options.files)
        prepare()
        killed = run("killed", folder, table, options.files, kill_at=options.files * 2 // 5)
        resumed = run("resumed", folder, table, options.files)
        before = state()
        again = run("again", folder, table, options.files)
        after = state()
    runs = [killed, resumed, again]
    wrong = judged(runs, options.files, before, after)
    show(runs, options.files, wrong)
    if options.json:
        figures: dict[str, Any] = {
            "runs": [asdict(one) for one in runs], "files": options.files, "wrong": wrong,
            "python": platform.python_version(), "machine": platform.machine(),
        }  # fmt: skip
        options.json.write_text(json.dumps(figures, indent=2))
    return 1 if wrong else 0


def judged(runs: list[Run], count: int, before: dict[str, int], after: dict[str, int]) -> list[str]:
    killed, resumed, again = runs
    wrong = []
    if not 0 < killed.documents < count:
        wrong.append(f"killed at {killed.documents} of {count}: not on the way")
    if {before[name] for name in ("Document", "Version", "ImportedFile", "StoredFile")} != {count}:
        wrong.append(f"not one document a file: {before}")
    if before != after:
        wrong.append(f"the last run changed something: {before} {after}")
    for one in (resumed, again):
        if one.peak_mb - one.early_mb > MEGABYTES:
            wrong.append(f"{one.name}: memory grew from {one.early_mb} to {one.peak_mb} MB")
    return wrong


def show(runs: list[Run], count: int, wrong: list[str]) -> None:
    print(f"{count} files; Python {platform.python_version()}, {platform.machine()}")
    print("| run | seconds | MB at a tenth | MB at most | documents | said |")
    print("|---|---|---|---|---|---|")
    for one in runs:
        figures = f"{one.seconds} | {one.early_mb} | {one.peak_mb} | {one.documents}"
        print(f"| {one.name} | {figures} | {one.said} |")
    for sentence in wrong:
        print(f"WRONG: {sentence}")


if __name__ == "__main__":
    sys.exit(main())
