"""`manage.py restore`: puts an archive of `manage.py backup` back, on a clean machine."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core import formats
from home import archive


class Command(BaseCommand):
    help = "Restores an archive into an empty database and an empty store of files."
    # The checks read tables that do not exist yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            manifest = archive.restore(path)
        except archive.ArchiveError as error:
            raise CommandError(str(error)) from error
        language = formats.active_language()
        self.stdout.write(
            _("%(rows)s rows and %(files)s files are back, as they were on %(moment)s.")
            % {
                "rows": formats.grouped(sum(manifest.rows.values()), language),
                "files": formats.grouped(len(manifest.files), language),
                "moment": formats.day(datetime.fromisoformat(manifest.created_at), language),
            }
        )
        self.stdout.write(_("Now run manage.py migrate, then start the web server and the worker."))
