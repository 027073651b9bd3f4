"""The technician of the federation saves the community, loses the machine, and gets it all back."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext

from accounts.models import User
from core.models import StoredFile
from home import archive

pytestmark = pytest.mark.django_db(transaction=True)

LETTER = "Une lettre d’appui, avec ses accents.\n".encode()
LOOK = """
import hashlib, json
from accounts.models import User
from core.models import StoredFile
files = {f.name: hashlib.sha256(f.file.read()).hexdigest() for f in StoredFile.objects.all()}
print(json.dumps({"people": sorted(User.objects.values_list("email", flat=True)), "files": files}))
"""


@pytest.fixture
def letter(maude: User) -> StoredFile:
    """A file that Maude attached."""
    identifier = uuid4()
    return StoredFile.objects.create(
        uuid=identifier,
        file=storages["private"].save(f"ab/{identifier}", ContentFile(LETTER)),
        name="lettre-d’appui.txt",
        content_type="text/plain",
        size=len(LETTER),
        sha256="0" * 64,
        uploaded_by=maude,
    )


Manage = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def clean_machine(tmp_path: Path) -> Iterator[Manage]:
    """`clean_machine("restore", path)`: a command on a new data folder and a new database."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST")
    }
    environment["ANCRAGE_HOME"] = str(tmp_path / "elsewhere")
    environment.pop("DATABASE_URL", None)
    name = f"restored_{uuid4().hex[:12]}"
    if connection.vendor == "postgresql":
        config = connection.get_connection_params()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        environment["DATABASE_URL"] = (
            f"postgres://{config['user']}:{quote(config.get('password') or '')}@"
            f"/{name}?host={quote(config['host'])}"
        )

    def manage(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    yield manage
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of an archive with each member passed through `change` (None leaves it out)."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            stream = old.extractfile(entry)
            assert stream is not None
            content = change(entry.name, stream.read())
            if content is not None:
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))
    return target


def manifest_with(**changes: Any) -> Callable[[str, bytes], bytes]:
    """A change that rewrites the manifest only."""

    def change(name: str, content: bytes) -> bytes:
        if name != archive.MANIFEST:
            return content
        return json.dumps(json.loads(content) | changes).encode()

    return change


def test_everything_comes_back_on_a_clean_machine(
    letter: StoredFile, clean_machine: Manage, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.tar.gz"
    call_command("backup", saved)
    assert saved.stat().st_mode & 0o077 == 0, "the archive holds everybody’s data"

    restored = clean_machine("restore", saved)
    assert restored.returncode == 0, restored.stderr
    looked = clean_machine("shell", "-v", "0", "-c", LOOK)
    assert looked.returncode == 0, looked.stderr
    found = json.loads(looked.stdout)
    assert found["people"] == sorted(User.objects.values_list("email", flat=True))
    assert found["files"] == {letter.name: hashlib.sha256(LETTER).hexdigest()}
    # The restored database is a whole one: nothing is left to migrate, and it can be saved again.
    assert clean_machine("migrate", "--check").returncode == 0
    assert clean_machine("backup").returncode == 0

    again = clean_machine("restore", saved)
    assert again.returncode != 0
    assert "erases nothing" in again.stderr or "n’efface rien" in again.stderr


def test_the_default_place_is_dated_and_in_the_data_folder(
    world: Any, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    call_command("backup")
    (saved,) = (tmp_path / "backups").iterdir()
    assert saved.name.startswith("ancrage-20")


def test_a_backup_never_replaces_another(world: Any, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar.gz"
    saved.write_bytes(b"the one of yesterday")
    with pytest.raises(CommandError):
        call_command("backup", saved)
    assert saved.read_bytes() == b"the one of yesterday"


def test_a_failed_backup_leaves_nothing_behind(
    letter: StoredFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_pack", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", tmp_path / "out" / "saved.tar.gz")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("member", ["database", "files/"])
def test_a_changed_byte_is_noticed_before_anything_is_touched(
    letter: StoredFile, clean_machine: Manage, tmp_path: Path, member: str
) -> None:
    call_command("backup", tmp_path / "saved.tar.gz")

    def spoil(name: str, content: bytes) -> bytes:
        return content[:-1] + bytes([content[-1] ^ 1]) if name.startswith(member) else content

    refused = clean_machine(
        "restore", rewritten(tmp_path / "saved.tar.gz", tmp_path / "spoiled.tar.gz", spoil)
    )
    assert refused.returncode != 0
    assert member in refused.stderr
    assert not (tmp_path / "elsewhere" / "files").exists()
    assert clean_machine("restore", tmp_path / "saved.tar.gz").returncode == 0


def test_a_missing_file_a_foreign_member_and_a_cut_archive_are_noticed(
    letter: StoredFile, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.tar.gz"
    call_command("backup", saved)

    def drop(name: str, content: bytes) -> bytes | None:
        return None if name.startswith(archive.FILES) else content

    with pytest.raises(archive.ArchiveError):
        archive.restore(rewritten(saved, tmp_path / "less.tar.gz", drop))

    outside = tmp_path / "outside.tar.gz"
    with tarfile.open(outside, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("files/../../escaped"), io.BytesIO())
    with pytest.raises(archive.ArchiveError, match="escaped"):
        archive.restore(outside)

    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(saved.read_bytes()[:-200])
    with pytest.raises(archive.ArchiveError):
        archive.restore(cut)
    with pytest.raises(archive.ArchiveError):
        archive.restore(tmp_path / "nothing.tar.gz")


@pytest.mark.parametrize(
    "changes",
    [{"engine": "oracle"}, {"format": 99}, {"migrations": ["forums.9999_from_the_future"]}],
    ids=["other engine", "other format", "newer version"],
)
def test_an_archive_that_this_version_cannot_take_is_refused(
    letter: StoredFile, tmp_path: Path, changes: dict[str, Any]
) -> None:
    call_command("backup", tmp_path / "saved.tar.gz")
    other = rewritten(
        tmp_path / "saved.tar.gz", tmp_path / "other.tar.gz", manifest_with(**changes)
    )
    with pytest.raises(archive.ArchiveError) as refusal:
        archive.restore(other)
    assert str(next(iter(changes.values()))).strip("[]'") in str(refusal.value)


def test_a_community_that_lives_is_never_overwritten(maude: User, tmp_path: Path) -> None:
    call_command("backup", tmp_path / "saved.tar.gz")
    with pytest.raises(archive.ArchiveError) as refusal:
        archive.restore(tmp_path / "saved.tar.gz")
    assert str(refusal.value) == gettext(
        "The database is not empty: a restore goes to a new one, and erases nothing."
    )
    assert User.objects.filter(pk=maude.pk).exists()


def test_files_that_are_there_are_never_mixed_with_those_that_come_back(
    letter: StoredFile, clean_machine: Manage, tmp_path: Path
) -> None:
    call_command("backup", tmp_path / "saved.tar.gz")
    present = tmp_path / "elsewhere" / "files" / "zz" / "another"
    present.parent.mkdir(parents=True)
    present.write_bytes(b"of another")
    assert clean_machine("restore", tmp_path / "saved.tar.gz").returncode != 0
    assert present.read_bytes() == b"of another"
    present.unlink()
    assert clean_machine("restore", tmp_path / "saved.tar.gz").returncode == 0


@pytest.mark.postgres
def test_missing_programs_of_postgresql_are_named(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="pg_dump"):
        call_command("backup", tmp_path / "saved.tar.gz")
