"""What a PDF costs: a sheet of the demonstration, the longest there may be, a booklet of thirty.

    bin/bench-pdf                        on a throw-away SQLite
    bin/bench-pdf --runs 20              more of each

Loads the demonstration in the database of the environment, which must be empty. Fails when a sheet
takes more than a second of the processor: on a calm machine, that is what its reader waits for.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

import pypdfium2
import weasyprint
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from practices.exchange import pages, printing
from practices.exchange.paper import Paper, paper_of
from practices.models import Sheet
from practices.sections import SECTIONS, Field, Kind

SECOND = 1.0
BOOKLET = 30
WORDS = "Où l’élève avance à petits pas, accompagné, jusqu’à la porte de l’école. "


def main() -> None:
    options = _options()
    call_command("bootstrap", verbosity=0)
    call_command("demo", verbosity=0, stdout=io.StringIO())
    viewer = User.objects.get(email="tristan.marecourt@courriel.example")
    sheets = list(Sheet.objects.readable_by(viewer).published().select_related("bearer", "current"))
    papers = [paper_of(sheet, viewer) for sheet in sheets]
    began = time.perf_counter()
    _sheet(papers[0])
    first = time.perf_counter() - began
    rows = [
        _measured("sheet", lambda: _sheet(papers[0]), options.runs),
        *(_measured(f"sheet {n}", lambda p=paper: _sheet(p), 3) for n, paper in enumerate(papers)),
        _measured("longest sheet", lambda: _sheet(_longest(sheets[0], viewer)), 1),
        _measured("booklet of 30", lambda: _booklet(papers), 1),
    ]
    _say(rows, first, options.json)
    if rows[0]["cpu"] > SECOND:
        sys.exit(f"A sheet takes {rows[0]['cpu']:.2f} s: more than {SECOND:.0f}.")


def _sheet(paper: Paper) -> bytes:
    return printing.print_here(pages.sheet_page(paper), pages.things([paper]))


def _booklet(papers: list[Paper]) -> bytes:
    """Thirty sheets, those of the demonstration again and again, as the worker makes them."""
    many = (papers * BOOKLET)[:BOOKLET]
    page = pages.booklet_page("Un livret", timezone.localdate(), many)
    return printing.print_apart(page, pages.things(many))


def _longest(sheet: Sheet, viewer: User) -> Paper:
    """Every field as long as it may be."""
    assert sheet.current is not None
    sheet.current.content = {
        section.name: {field.name: _full(field) for field in section.fields} for section in SECTIONS
    }
    return paper_of(sheet, viewer)


def _full(field: Field) -> Any:
    text = (WORDS * (field.most // len(WORDS) + 1))[: field.most].strip()
    if field.kind is Kind.LINES:
        return [text] * field.many
    if field.kind is Kind.STEPS:
        return [{"title": text[:100], "text": text}] * field.many
    if field.kind is Kind.TERMS:
        return list(field.choices())[: field.many]
    if field.kind is Kind.CHOICE:
        return next(iter(field.choices()))
    if field.kind is Kind.YES:
        return True
    return 120 if field.kind is Kind.NUMBER else text


def _measured(name: str, make: Callable[[], bytes], runs: int) -> dict[str, Any]:
    """The medians of the seconds that passed, and of those of the processor, children included."""
    seconds, cpu, content = [], [], b""
    for _turn in range(runs):
        began, used = time.perf_counter(), _cpu()
        content = make()
        seconds.append(time.perf_counter() - began)
        cpu.append(_cpu() - used)
    return {
        "what": name,
        "pages": len(pypdfium2.PdfDocument(content)),
        "kB": round(len(content) / 1000, 1),
        "seconds": statistics.median(seconds),
        "cpu": statistics.median(cpu),
    }


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _say(rows: list[dict[str, Any]], first: float, path: str) -> None:
    print("| what | pages | kB | seconds | of CPU | ms of CPU a page |\n|---|---|---|---|---|---|")
    for row in rows:
        page = 1000 * row["cpu"] / row["pages"]
        head = f"| {row['what']} | {row['pages']} | {row['kB']} | {row['seconds']:.2f} "
        print(f"{head}| {row['cpu']:.2f} | {page:.0f} |")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    apart = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1000
    print(f"\nThe first of a process: {first:.2f} s. Memory: {memory} MB here, {apart} MB apart.")
    versions = {"python": platform.python_version(), "weasyprint": weasyprint.__version__}
    if path:
        said = {"rows": rows, "first": first, "MB": memory, "MB apart": apart, **versions}
        Path(path).write_text(json.dumps(said, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a PDF costs.")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
