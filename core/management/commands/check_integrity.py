"""Compares what is kept twice: counters, files, the search's index."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import integrity


class Command(BaseCommand):
    help = (
        "Counts every kept counter again, reads every file again and compares the search's index "
        "with the rooms. Ends with 1 when something is wrong, unless --repair has mended it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = sorted(integrity.checks())
        parser.add_argument("check", nargs="*", help=f"only these: {', '.join(names)}")
        parser.add_argument("--repair", action="store_true", help="mend what can be")

    def handle(self, *args: Any, check: list[str], repair: bool, **options: Any) -> None:
        checks = integrity.checks()
        if unknown := sorted(set(check) - checks.keys()):
            raise CommandError(f"no such check: {', '.join(unknown)}")
        left = 0
        for name in check or checks:
            found = checks[name](repair=repair)
            left += found.wrong - found.mended
            self._say(name, found)
        if left:
            raise CommandError(f"{left} wrong.")

    def _say(self, name: str, found: integrity.Found) -> None:
        mended = f", {found.mended} mended" if found.mended else ""
        self.stdout.write(f"{name}: {found.looked_at} looked at, {found.wrong} wrong{mended}")
        for line in found.lines:
            self.stdout.write(f"  {line}")
