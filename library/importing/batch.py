"""The deposit of a folder, file by file: each is a document whole, or a line of the report."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import files
from core.errors import Refused
from core.warning import found_in
from library.importing.sheet import Row, Sheet, said
from library.models import Document, ImportedFile, Licence, Version
from library.services import metadata as words
from library.services.deposit import deposit_document

if TYPE_CHECKING:
    from accounts.models import User
    from community.models import SubCommunity

CHUNK = 1 << 18


class Result(Enum):
    DEPOSITED = auto()
    WOULD_BE = auto()  # in a dry run
    ALREADY = auto()
    ERROR = auto()


@dataclass(frozen=True)
class Outcome:
    """What became of one file: a line of the report."""

    path: str
    result: Result
    line: int | None = None
    document: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """What is imported, from where, in whose name, and what is said where the table says
    nothing. Without a `sheet`, every file is described by its name alone."""

    folder: Path
    by: User
    sheet: Sheet | None = None
    level: str = ""
    space: SubCommunity | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    dry_run: bool = False

    def paths(self) -> list[Path]:
        """The files of the folder and of those in it, in the order of their names. What is
        hidden, and links that would lead elsewhere, are left alone."""
        found = []
        for path in sorted(self.folder.rglob("*")):
            inside = path.relative_to(self.folder).parts
            hidden = any(part.startswith(".") for part in inside)
            if path.is_file() and not hidden and not path.is_symlink():
                found.append(path)
        return found

    def run(self, paths: list[Path]) -> Iterator[Outcome]:
        """Deposit the files one by one; then the lines that no file answered."""
        seen = set()
        for path in paths:
            name = unicodedata.normalize("NFC", path.relative_to(self.folder).as_posix())
            seen.add(name)
            yield self._one(path, name)
        if self.sheet is None:
            return
        for row in self.sheet.stray:
            yield Outcome(row.path, Result.ERROR, row.number, remarks=tuple(row.errors))
        for row in self.sheet.rows.values():
            if row.path not in seen:
                missing = (_("There is no such file in the folder."),)
                yield Outcome(row.path, Result.ERROR, row.number, remarks=missing)

    def _one(self, path: Path, name: str) -> Outcome:
        row = Row(0, name) if self.sheet is None else self.sheet.rows.get(name)
        if row is None:
            return Outcome(name, Result.ERROR, remarks=(_("No line of the table names it."),))
        line = row.number or None
        if len(name) > 500:
            return Outcome(name, Result.ERROR, line, remarks=(_("This path is too long."),))
        try:
            digest = _sha256(path)
            done = ImportedFile.objects.filter(path=name, sha256=digest).first()
            if done is not None:
                return Outcome(name, Result.ALREADY, line, done.document_id)
            if row.errors:
                return Outcome(name, Result.ERROR, line, remarks=tuple(row.errors))
            return self._deposit(path, row, digest)
        except Refused as refusal:
            return Outcome(name, Result.ERROR, line, remarks=(said(refusal),))
        except OSError as error:
            return Outcome(name, Result.ERROR, line, remarks=(error.strerror or str(error),))

    def _deposit(self, path: Path, row: Row, digest: str) -> Outcome:
        """The document and its line of the ledger: both, or nothing."""
        given = self._words(path, row)
        remarks = (*self._twins(row.path, digest), *_warnings(path, given))
        with path.open("rb") as content:
            # Before anything is written: what is said, then what it is said of.
            words.check(given, by=self.by)
            if self.dry_run:
                files.examine(content, path.name)
                return Outcome(row.path, Result.WOULD_BE, row.number or None, remarks=remarks)
            with transaction.atomic():
                stored = files.bring(content, path.name, by=self.by)
                document = deposit_document(by=self.by, file=stored, **given)
                files.release(stored)
                ImportedFile.objects.create(path=row.path, sha256=digest, document=document)
        return Outcome(row.path, Result.DEPOSITED, row.number or None, document.pk, remarks)

    def _words(self, path: Path, row: Row) -> Any:
        """What the table says, completed by what the command says and by the file itself."""
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        given = {
            "title": " ".join(path.stem.replace("_", " ").split()),
            "abstract": _("Imported in a batch: its abstract is still to be written."),
            "issued": str(changed.year),
            "licence": Licence.UNKNOWN,
            "language": "fr-CA",
            "level": self.level,
            "space": self.space,
        }
        return given | self.defaults | row.words

    def _twins(self, name: str, digest: str) -> Iterator[str]:
        """What the report says beside: the same content, or the same place, was here before."""
        other = ImportedFile.objects.filter(path=name).exclude(document=None).first()
        if other is not None:
            yield _("Another content of this file is document %(number)s.") % {
                "number": other.document_id
            }
        same = Document.objects.readable_by(self.by).filter(
            pk__in=Version.objects.filter(sha256=digest).values("document_id")
        )
        for pk in same.values_list("pk", flat=True)[:1]:
            yield _("Document %(number)s has the same content.") % {"number": pk}


def _warnings(path: Path, given: dict[str, Any]) -> Iterator[str]:
    """That somebody may be recognised, never who: the report is a file like another."""
    said = (path.stem.replace("_", " "), given["title"], given["abstract"])
    if any(found_in(text) for text in said):
        yield _("Its name, title or abstract could identify a young person.")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
