"""`manage.py import_documents`: a folder of files, and what a table says of them."""

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

from accounts.models import User
from accounts.models.user import normalise_address
from accounts.services.importing import Unreadable
from community.models import SubCommunity
from core import terms
from core.audience import Level
from core.batches import Bar, report_path
from core.formats import active_language, grouped
from core.site import absolute
from core.tables import written
from library.importing import sheet
from library.importing.batch import Batch, Outcome, Result
from library.importing.sheet import Sheet
from library.models import Licence
from library.permissions import may_deposit, spaces_to_deposit_in
from library.vocabularies import TYPES

LEVELS = [level for level in Level.values if level != Level.MEMBERS]
RESULTS = {
    Result.DEPOSITED: gettext_lazy("deposited"),
    Result.WOULD_BE: gettext_lazy("would be deposited"),
    Result.ALREADY: gettext_lazy("already there"),
    Result.ERROR: gettext_lazy("error"),
}


class Command(BaseCommand):
    help = (
        "Deposits the files of a folder in the library, with what a table says of each. Run again, "
        "it goes on where it stopped, and changes nothing of what is there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--csv", type=Path, help="what is said of each file, a line a file")
        parser.add_argument("--by", required=True, help="e-mail of the member who deposits them")
        parser.add_argument("--space", help="address of the space that they are shared in")
        parser.add_argument(
            "--level", choices=[one for one in Level.values if one != Level.MEMBERS]
        )
        parser.add_argument("--type", help="type of those of which the table says none")
        parser.add_argument("--licence", choices=Licence.values)
        parser.add_argument("--publisher", help="by default, the organisation of the member")
        parser.add_argument("--dry-run", action="store_true", help="looks, and writes nothing")
        parser.add_argument("--report", type=Path, help="default: imports/ in the data folder")

    def handle(self, *args: Any, folder: Path, by: str, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(_("There is no folder %(path)s.") % {"path": folder})
        batch = self._batch(folder, _depositor(by), options)
        paths = _without(batch.paths(), options["csv"], options["report"])
        target = report_path(options["report"])
        counted: Counter[Result] = Counter()
        bar = Bar(self.stderr, len(paths))
        with target.open("w", encoding="utf-8", newline="") as report:
            report.write("\ufeff" + written([_head()]))
            for outcome in batch.run(paths):
                counted[outcome.result] += 1
                report.write(written([_line(outcome)]))
                report.flush()
                bar.step()
        bar.end()
        self._conclude(counted, target, dry_run=batch.dry_run)

    def _batch(self, folder: Path, by: User, options: dict[str, Any]) -> Batch:
        spaces = {space.slug: space for space in spaces_to_deposit_in(by)}
        space = spaces.get(options["space"] or "")
        if options["space"] and space is None:
            raise CommandError(_("%(name)s cannot deposit in this space.") % {"name": by})
        defaults = {
            "publisher_name": options["publisher"]
            or (by.organisation.name if by.organisation else ""),
            "type": options["type"] or "",
            "licence": options["licence"] or "",
        }
        if options["type"] and options["type"] not in terms.scheme(TYPES):
            known = ", ".join(terms.scheme(TYPES))
            raise CommandError(_("This type is not in the list: %(list)s.") % {"list": known})
        return Batch(
            folder=folder.resolve(),
            by=by,
            sheet=self._sheet(options["csv"], spaces),
            level=options["level"] or (Level.SPACE if space else Level.COMMUNITY),
            space=space,
            defaults={name: value for name, value in defaults.items() if value},
            dry_run=options["dry_run"],
        )

    def _sheet(self, path: Path | None, spaces: dict[str, SubCommunity]) -> Sheet | None:
        if path is None:
            return None
        try:
            found = sheet.read(path.read_bytes(), spaces=spaces)
        except (OSError, Unreadable) as error:
            raise CommandError(f"{path}: {error}") from error
        if found.unknown_columns:
            names = ", ".join(found.unknown_columns)
            self.stderr.write(_("Columns that nobody reads: %(names)s") % {"names": names})
        return found

    def _conclude(self, counted: Counter[Result], target: Path, *, dry_run: bool) -> None:
        lang = active_language()
        done = counted[Result.WOULD_BE if dry_run else Result.DEPOSITED]
        sentence = (
            _("%(done)s would be deposited, %(already)s already there, %(errors)s errors.")
            if dry_run
            else _("%(done)s deposited, %(already)s already there, %(errors)s errors.")
        )
        self.stdout.write(
            sentence
            % {
                "done": grouped(done, lang),
                "already": grouped(counted[Result.ALREADY], lang),
                "errors": grouped(counted[Result.ERROR], lang),
            }
        )
        self.stdout.write(_("Report: %(path)s") % {"path": target})
        if counted[Result.ERROR]:
            raise CommandError(_("Some files were not imported: the report says why."))


def _depositor(email: str) -> User:
    person = User.objects.filter(email=normalise_address(email)).first()
    if person is None or not may_deposit(person):
        raise CommandError(_("No member who may deposit has this address: %(by)s") % {"by": email})
    return person


def _without(paths: list[Path], *others: Path | None) -> list[Path]:
    """The table and the report may stand in the folder: they are not of the batch."""
    left = {path.resolve() for path in others if path is not None}
    return [path for path in paths if path not in left]


def _head() -> Iterable[str]:
    return _("line"), _("file"), _("result"), _("document"), _("address"), _("remarks")


def _line(outcome: Outcome) -> Iterable[Any]:
    number, address = outcome.document or "", ""
    if number:
        address = absolute(reverse("library:document", args=(number,)))
    remarks = " ".join(outcome.remarks)
    return outcome.line or "", outcome.path, RESULTS[outcome.result], number, address, remarks
