"""`manage.py backup`: the database and the stored files in one archive."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import formats
from home import archive


class Command(BaseCommand):
    help = "Writes the database and the stored files, with checksums, into one archive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, help="default: backups/ in the data folder, dated"
        )

    def handle(self, *args: Any, path: Path | None, **options: Any) -> None:
        stamp = timezone.localtime().strftime("%Y-%m-%d-%H%M%S")
        target = path or settings.HOME / "backups" / f"ancrage-{stamp}.tar.gz"
        try:
            manifest = archive.write(target)
        except archive.ArchiveError as error:
            raise CommandError(str(error)) from error
        language = formats.active_language()
        self.stdout.write(
            _("%(path)s: %(rows)s rows, %(files)s files, %(size)s.")
            % {
                "path": target,
                "rows": formats.grouped(sum(manifest.rows.values()), language),
                "files": formats.grouped(len(manifest.files), language),
                "size": formats.filesize(target.stat().st_size, language),
            }
        )
