"""The whole community in one file: its database and its stored files, each with its checksum.

`write(target)` makes the archive, `restore(source)` puts it back on a clean machine. The archive
is a compressed tar: `database`, `files/…`, and at the end `manifest.json`, which lists every
member with its size and SHA-256, and the rows of each table. SECRET_KEY is not in it: whoever
holds the archive must not be able to sign sessions too.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

from core.files import pictures

FORMAT = 1
DATABASE = "database"
FILES = "files/"
MANIFEST = "manifest.json"
BLOCK = 1024 * 1024


class ArchiveError(Exception):
    """What was asked cannot be done; the message is a sentence for the person who asked."""


@dataclass(frozen=True)
class Manifest:
    """What the archive says of itself."""

    format: int
    created_at: str
    engine: str
    migrations: list[str]
    rows: dict[str, int]
    members: dict[str, dict[str, Any]]

    @property
    def files(self) -> list[str]:
        """Names of the stored files, as their storage knows them."""
        return [name.removeprefix(FILES) for name in self.members if name.startswith(FILES)]


def write(target: Path) -> Manifest:
    """Write the archive at `target`; nothing is left there when that fails.

    The database is read at one moment, then the files: those that arrive meanwhile are in the
    archive without their row, which harms nobody. Raises `ArchiveError`.
    """
    if target.exists():
        raise ArchiveError(_("%(path)s already exists.") % {"path": target})
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            dump = Path(folder) / DATABASE
            rows = _dump(dump)
            draft.touch(mode=0o600)
            with draft.open("wb") as stream:
                manifest = _pack(stream, dump, rows)
                stream.flush()
                os.fsync(stream.fileno())
        draft.replace(target)
    except OSError as error:
        raise ArchiveError(
            _("%(path)s cannot be written: %(reason)s.") % {"path": target, "reason": error}
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def restore(source: Path) -> Manifest:
    """Put the archive back into an empty database and an empty store of files.

    Everything is verified before anything is touched. Raises `ArchiveError` for an archive that
    is damaged, of another engine or of a newer version, and for a place that is not empty.
    """
    settings.HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        _refuse_unless_fit(manifest)
        kept: list[str] = []
        try:
            _restore_files(manifest, folder, kept)
            _load(folder / DATABASE)
        except BaseException:
            for stored in kept:
                _store().delete(stored)
            raise
    counted = _count_rows()
    differing = sorted(t for t, count in manifest.rows.items() if counted.get(t) != count)
    if differing:
        raise ArchiveError(
            _("After the restore, these tables do not have the rows of the archive: %(tables)s.")
            % {"tables": ", ".join(differing)}
        )
    return manifest


# ------------------------------------------------------------------------------- the database


def _dump(target: Path) -> dict[str, int]:
    """Write the database at `target`, as it is at one moment; answer the rows of each table."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
            return {
                table: copy.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608
                for table in _tables()
            }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        rows = _count_rows()
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
    return rows


def _load(dump: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(dump)) as copy:
            copy.backup(connection.connection)
    else:
        _run("pg_restore", "--single-transaction", "--exit-on-error", str(dump))
    connection.close()


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL on the configured database, without owners or privileges."""
    path = shutil.which(program)
    if path is None:
        raise ArchiveError(
            _("%(program)s is missing: install PostgreSQL’s client (postgresql-client).")
            % {"program": program}
        )
    config = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    environment = os.environ | {
        variable: str(config[name]) for name, variable in names.items() if config.get(name)
    }
    # fmt: off
    ended = subprocess.run(  # noqa: S603 (a fixed program, arguments of ours)
        [path, "--no-owner", "--no-privileges", "--no-password",
         f"--dbname={config['dbname']}", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )
    # fmt: on
    if ended.returncode:
        raise ArchiveError(
            _("%(program)s failed: %(reason)s")
            % {"program": program, "reason": ended.stderr.strip()}
        )


def _tables() -> list[str]:
    """The tables whose rows are counted: on SQLite, not those that an index of words keeps for
    itself, which the copy takes along and nobody reads."""
    found = connection.introspection.table_names()
    if connection.vendor != "sqlite":
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
        virtual = [row[0] for row in cursor.fetchall()]
    return [
        table
        for table in found
        if not any(table == name or table.startswith(f"{name}_") for name in virtual)
    ]


def _count_rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        counted = {}
        for table in _tables():
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counted[table] = cursor.fetchone()[0]
        return counted


# ------------------------------------------------------------------------------------ the files


def _store() -> Storage:
    return storages["private"]


def _stored_names(folder: str = "") -> Iterator[str]:
    """Every name in the store, in order, but for the pictures that are drawn again at any time. A
    store that does not exist yet is an empty one."""
    try:
        folders, names = _store().listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        yield f"{folder}{name}"
    for inner in sorted(folders):
        if folder or inner != pictures.FOLDER:
            yield from _stored_names(f"{folder}{inner}/")


def _restore_files(manifest: Manifest, folder: Path, kept: list[str]) -> None:
    """Save every file under its own name; `kept` receives what was saved, also on failure."""
    for name in manifest.files:
        with (folder / FILES / name).open("rb") as stream:
            saved = _store().save(name, File(stream))
        kept.append(saved)
        if saved != name:
            raise ArchiveError(
                _("The store of files renamed %(name)s: is it empty?") % {"name": name}
            )


# ---------------------------------------------------------------------------------- the archive


class _Hashing(io.RawIOBase):
    """A reader that keeps the SHA-256 of what passes through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.stream.read(size)
        self.digest.update(block)
        return block


def _pack(target: BinaryIO, dump: Path, rows: dict[str, int]) -> Manifest:
    members: dict[str, dict[str, Any]] = {}
    with tarfile.open(fileobj=target, mode="w:gz", compresslevel=6) as tar:

        def add(name: str, stream: IO[bytes], size: int) -> None:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = size, 0o600
            entry.mtime = int(timezone.now().timestamp())
            reader = _Hashing(stream)
            tar.addfile(entry, cast("IO[bytes]", reader))
            members[name] = {"size": size, "sha256": reader.digest.hexdigest()}

        with dump.open("rb") as stream:
            add(DATABASE, stream, dump.stat().st_size)
        for name in _stored_names():
            with _present(name) as opened:
                if opened is not None:
                    add(FILES + name, cast("IO[bytes]", opened), opened.size)
        manifest = Manifest(
            format=FORMAT,
            created_at=timezone.now().isoformat(timespec="seconds"),
            engine=connection.vendor,
            migrations=sorted(".".join(key) for key in _applied()),
            rows=rows,
            members=dict(members),
        )
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        add(MANIFEST, io.BytesIO(text), len(text))
    return manifest


@contextmanager
def _present(name: str) -> Iterator[File[bytes] | None]:
    """The stored file, or None when it was deleted since it was listed."""
    try:
        opened = _store().open(name)
    except FileNotFoundError:
        yield None
        return
    with opened:
        yield opened


def _unpack(source: Path, folder: Path) -> Manifest:
    """Extract into `folder` and verify: every member announced is there, whole, and no other."""
    found: dict[str, dict[str, Any]] = {}
    text = b""
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            for entry in tar:
                stream = tar.extractfile(entry) if entry.isreg() else None
                if stream is None or not _safe(entry.name):
                    raise ArchiveError(_damaged(entry.name))
                if entry.name == MANIFEST:
                    text = stream.read()
                else:
                    found[entry.name] = _extract(stream, folder / entry.name)
        manifest = Manifest(**json.loads(text))
    except FileNotFoundError as error:
        raise ArchiveError(_("%(path)s does not exist.") % {"path": source}) from error
    except (OSError, EOFError, tarfile.TarError, ValueError, TypeError) as error:
        raise ArchiveError(_damaged(str(error))) from error
    wrong = sorted(
        name
        for name in found.keys() | manifest.members.keys()
        if found.get(name) != manifest.members.get(name)
    )
    if wrong or DATABASE not in found:
        raise ArchiveError(_damaged(", ".join(wrong[:5]) or DATABASE))
    return manifest


def _extract(stream: IO[bytes], target: Path) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = _Hashing(stream)
    with target.open("wb") as copy:
        shutil.copyfileobj(cast("IO[bytes]", reader), copy, BLOCK)
        return {"size": copy.tell(), "sha256": reader.digest.hexdigest()}


def _safe(name: str) -> bool:
    """Whether a member's name stays inside the archive's own folders."""
    parts = PurePosixPath(name).parts
    inside = name in (DATABASE, MANIFEST) or name.startswith(FILES)
    return inside and ".." not in parts and "\0" not in name


def _damaged(detail: str) -> str:
    return _("This archive is damaged, or is not one of ours (%(detail)s).") % {"detail": detail}


def _applied() -> set[tuple[str, str]]:
    return set(MigrationLoader(connection).applied_migrations)


def _refuse_unless_fit(manifest: Manifest) -> None:
    """Refuse an archive that this code or this place cannot take."""
    if manifest.format != FORMAT or manifest.engine != connection.vendor:
        raise ArchiveError(
            _("This archive comes from %(engine)s (format %(format)s): set DATABASE_URL alike.")
            % {"engine": manifest.engine, "format": manifest.format}
        )
    known = {".".join(key) for key in MigrationLoader(connection).disk_migrations or ()}
    ours = {label.partition(".")[0] for label in known}
    newer = [m for m in manifest.migrations if m.partition(".")[0] in ours and m not in known]
    if newer:
        raise ArchiveError(
            _("This archive comes from a newer version of Ancrage (%(migrations)s).")
            % {"migrations": ", ".join(newer[:5])}
        )
    if connection.introspection.table_names():
        raise ArchiveError(
            _("The database is not empty: a restore goes to a new one, and erases nothing.")
        )
    if next(_stored_names(), None) is not None:
        raise ArchiveError(
            _("The store of files is not empty: a restore goes to a new one, and erases nothing.")
        )
