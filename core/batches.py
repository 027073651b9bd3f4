"""What commands that bring in a lot have in common: how far they are, and where they report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

BAR = 30


class Bar:
    """How far the batch is: drawn on a terminal, a line each tenth elsewhere."""

    def __init__(self, out: Any, total: int) -> None:
        self.out, self.total, self.done = out, total, 0
        self.drawn = bool(getattr(out, "isatty", lambda: False)())

    def step(self) -> None:
        self.done = min(self.done + 1, self.total)
        if self.drawn:
            full = BAR * self.done // max(self.total, 1)
            self.out.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {self._said()}", ending="")
        elif self.total and self.done * 10 // self.total != (self.done - 1) * 10 // self.total:
            self.out.write(self._said())

    def end(self) -> None:
        if self.drawn:
            self.out.write("")

    def _said(self) -> str:
        return f"{self.done}/{self.total}"


def report_path(asked: Path | None) -> Path:
    """Where the report is written: what was asked, else a file named by the moment."""
    stamp = timezone.localtime().strftime("%Y-%m-%d-%H%M%S")
    path = asked or settings.HOME / "imports" / f"import-{stamp}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
