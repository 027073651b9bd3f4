"""Compile the translation catalogues without gettext's `msgfmt`, which a plain machine has not."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


def compile_catalogue(source: Path) -> bool:
    """Write the `.mo` beside the `.po` when it is missing or older; tell whether it was written."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    draft = target.with_suffix(f".{os.getpid()}.tmp")
    try:
        polib.pofile(str(source)).save_as_mofile(str(draft))
        draft.replace(target)  # a server that is reading never sees half a catalogue
    finally:
        draft.unlink(missing_ok=True)
    return True


class Command(BaseCommand):
    help = "Compiles the translation catalogues (locale/*/LC_MESSAGES/*.po)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="compile those up to date too")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                if force:
                    source.with_suffix(".mo").unlink(missing_ok=True)
                if compile_catalogue(source):
                    self.stdout.write(f"{source.parent.parent.name}/{source.name}")
