"""Tables for a spreadsheet of Québec: CSV, semicolons, and no cell that runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

FORMULA_SIGNS = "=+-@\t\r"


class Echo:
    """A file that gives back what is written in it."""

    def write(self, line: str) -> str:
        return line


def neutralise(text: str) -> str:
    """A cell for an export: what a spreadsheet would run becomes text."""
    return f"'{text}" if text.startswith(tuple(FORMULA_SIGNS)) else text


def harmless(value: Any) -> str:
    """A cell of one line that no spreadsheet takes for a formula."""
    return neutralise(" ".join(str(value).split()))


def written(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as lines of a table."""
    writer = csv.writer(Echo(), delimiter=";")
    return "".join(writer.writerow([harmless(cell) for cell in row]) for row in rows)
