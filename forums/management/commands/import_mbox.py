"""`manage.py import_mbox`: the archive of a mailing list, as the threads of a space."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import SubCommunity
from core.batches import Bar, report_path
from core.formats import active_language, grouped
from core.site import absolute
from core.tables import written
from forums.importing import mbox
from forums.importing.batch import Batch, Outcome, Result

RESULTS = {
    Result.IMPORTED: gettext_lazy("brought in"),
    Result.WOULD_BE: gettext_lazy("would be brought in"),
    Result.ALREADY: gettext_lazy("already there"),
    Result.LEFT: gettext_lazy("left out"),
}


class Command(BaseCommand):
    help = (
        "Brings the archive of a mailing list (mbox) in as threads of a space, with its authors, "
        "dates and files. Nobody is told. Run again, it goes on where it stopped, and changes "
        "nothing of what is there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--space", required=True, help="address of the space (its slug)")
        parser.add_argument("--dry-run", action="store_true", help="looks, and writes nothing")
        parser.add_argument("--report", type=Path, help="default: imports/ in the data folder")

    def handle(self, *args: Any, file: Path, space: str, **options: Any) -> None:
        place = SubCommunity.objects.filter(slug=space).first()
        if place is None:
            raise CommandError(_("There is no space %(slug)s.") % {"slug": space})
        target = report_path(options["report"])
        try:
            with mbox.opened(file) as archive:
                if not archive.letters:
                    raise CommandError(_("There is no e-mail in %(path)s.") % {"path": file})
                batch = Batch(archive, place, dry_run=options["dry_run"])
                counted = self._run(batch, target)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        self._conclude(counted, target)

    def _run(self, batch: Batch, target: Path) -> Counter[Result]:
        counted: Counter[Result] = Counter()
        bar = Bar(self.stderr, batch.total)
        with target.open("w", encoding="utf-8", newline="") as report:
            target.chmod(0o600)
            report.write("\ufeff" + written([_head()]))
            for outcome in batch.run():
                counted[outcome.result] += 1
                report.write(written([_line(outcome)]))
                bar.step()
        bar.end()
        return counted

    def _conclude(self, counted: Counter[Result], target: Path) -> None:
        lang = active_language()
        for result, label in RESULTS.items():
            if counted[result]:
                self.stdout.write(f"{grouped(counted[result], lang)} {label}")
        self.stdout.write(_("Report: %(path)s") % {"path": target})


def _head() -> Iterable[str]:
    return (
        _("e-mail"), _("date"), _("subject"), _("author"), _("result"), _("thread"), _("remarks"),
    )  # fmt: skip


def _line(outcome: Outcome) -> Iterable[Any]:
    letter, author = outcome.letter, outcome.author
    signed = author.full_name if author else _("%(name)s (not a member)") % {"name": letter.name}
    address = ""
    if outcome.thread_id is not None:
        address = absolute(reverse("forums:thread", args=(outcome.thread_id,)))
    day = letter.date.date().isoformat()
    remarks = " ".join(outcome.remarks)
    return letter.number, day, letter.title, signed, RESULTS[outcome.result], address, remarks
