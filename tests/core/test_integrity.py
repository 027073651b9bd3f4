"""What is kept twice is compared: files with their fingerprint, counters with what they count."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from community.services import react
from core import files, health, integrity
from core.files import verifying
from core.models import StoredFile
from forums.models import Poll, PollOption, Post, Thread
from forums.services import create_thread, hide_post, reply
from forums.services.polls import open_poll, vote
from tests.conftest import World

pytestmark = pytest.mark.django_db

# Counted as they happen, and nothing is kept of whose they were: they cannot be counted again.
NOT_RECOUNTED = {"forums.Thread.view_count", "practices.Sheet.download_count"}
# What a file is made of, and no count of rows.
NOT_COUNTERS = {"library.Version.page_count"}


def run(*args: str) -> str:
    said = io.StringIO()
    call_command("check_integrity", *args, stdout=said)
    return said.getvalue()


def where(stored: StoredFile) -> Path:
    return Path(storages["private"].path(stored.file.name or ""))


@pytest.fixture
def stored(world: World) -> StoredFile:
    return files.accept(SimpleUploadedFile("note.txt", b"Bonjour"), by=world.maude)


# ---------------------------------------------------------------------------------- files


def test_a_file_that_is_what_was_kept_is_read_and_dated(stored: StoredFile) -> None:
    assert run("core.files") == "core.files: 1 looked at, 0 wrong\n"
    stored.refresh_from_db()
    assert stored.damage == ""
    assert stored.checked_at is not None
    assert health.files_finding().ok


def test_a_file_that_is_gone_is_said_and_a_restored_one_is_well_again(stored: StoredFile) -> None:
    content = where(stored).read_bytes()
    where(stored).unlink()
    with pytest.raises(CommandError, match=r"^1 wrong\.$"):
        run("core.files", "--repair")
    stored.refresh_from_db()
    assert stored.damage == StoredFile.Damage.LOST
    assert health.files_finding() == health.Finding(False, 1)
    where(stored).write_bytes(content)
    verifying.read_nightly()
    stored.refresh_from_db()
    assert stored.damage == ""
    assert health.files_finding().ok


def test_a_file_that_changed_by_itself_is_said_with_what_it_belongs_to(
    stored: StoredFile, caplog: pytest.LogCaptureFixture
) -> None:
    StoredFile.objects.update(kind="post", object_id=12)
    where(stored).write_bytes(b"Bonsoir")
    verifying.read_nightly()
    stored.refresh_from_db()
    assert stored.damage == StoredFile.Damage.ALTERED
    assert f"file {stored.pk} of post 12 ({stored.file.name}): altered" in caplog.text
    assert "note.txt" not in caplog.text, "a name may say who it is about"


def test_the_content_of_an_infected_file_is_not_missed(stored: StoredFile) -> None:
    StoredFile.objects.update(state=StoredFile.State.INFECTED)
    where(stored).unlink()
    assert run("core.files") == "core.files: 0 looked at, 0 wrong\n"


def test_a_file_let_go_while_it_is_read_is_no_damage(
    stored: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def let_go(content: object) -> tuple[int, str]:
        StoredFile.objects.filter(pk=stored.pk).delete()
        return 0, ""

    monkeypatch.setattr(verifying, "measured", let_go)
    assert run("core.files") == "core.files: 0 looked at, 0 wrong\n"


def test_a_night_reads_the_damaged_ones_then_those_read_the_longest_ago(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    old, recent, _new, damaged = (
        files.accept(SimpleUploadedFile(f"{name}.txt", name.encode()), by=world.maude)
        for name in ("ancien", "recent", "nouveau", "abime")
    )
    for one, days in ((old, 9), (recent, 1), (damaged, 1)):
        StoredFile.objects.filter(pk=one.pk).update(checked_at=now - timedelta(days=days))
    StoredFile.objects.filter(pk=damaged.pk).update(damage=StoredFile.Damage.LOST)
    read: list[bytes] = []
    measured = verifying.measured

    def reading(content: io.BytesIO) -> tuple[int, str]:
        read.append(content.read())
        return measured(content)

    monkeypatch.setattr(verifying, "measured", reading)
    monkeypatch.setattr(verifying, "A_NIGHT", 3)
    verifying.read_nightly()
    assert read == [b"abime", b"nouveau", b"ancien"]
    read.clear()
    monkeypatch.setattr(verifying, "A_NIGHT_BYTES", 3)
    verifying.read_nightly()
    assert read == [b"recent"], "a night ends with the file that fills it"


# ------------------------------------------------------------------------------- counters


@pytest.fixture
def post(world: World) -> Post:
    """A reply that Ève thanked, in a thread whose poll has two voters."""
    thread = create_thread(by=world.maude, space=world.common, text="Par où reprendre le lien?")
    post = reply(thread, by=world.odile, text="Par une carte.")
    hide_post(reply(thread, by=world.eve, text="À retirer."), by=world.odile, reason="essai")
    react(post, "merci", by=world.eve)
    for title, unnamed in (("À voix haute", False), ("Sans nom", True)):
        asked = create_thread(by=world.maude, space=world.common, text=title)
        poll = open_poll(
            asked,
            by=world.maude,
            question=title,
            labels=["Oui", "Non"],
            closes_at=timezone.now() + timedelta(days=1),
            unnamed=unnamed,
        )
        for voter in (world.maude, world.eve):
            vote(poll, [poll.options.all()[0].pk], by=voter)
    return post


def test_counters_that_services_kept_are_right(post: Post) -> None:
    assert ", 0 wrong" in run("core.counters")


def test_wrong_counters_are_said_and_mended_by_a_repair(post: Post) -> None:
    Thread.objects.filter(pk=post.thread_id).update(reply_count=40, newest_position=3)
    Post.objects.filter(pk=post.pk).update(thanks_count=0)
    Poll.objects.update(voters=9)
    PollOption.objects.filter(poll__unnamed=False, position=1).update(votes=7)
    said = io.StringIO()
    with pytest.raises(CommandError, match=r"^5 wrong\.$"):
        call_command("check_integrity", "core.counters", stdout=said)
    line = f"forums.Thread {post.thread_id}: reply_count is 40, should be 1"
    assert f"{line}, newest_position is 3, should be 2" in said.getvalue()
    assert "5 wrong, 5 mended" in run("core.counters", "--repair")
    assert ", 0 wrong" in run("core.counters")
    post.refresh_from_db()
    assert (post.thanks_count, post.thread.reply_count, post.thread.newest_position) == (1, 1, 2)
    assert set(Poll.objects.values_list("voters", flat=True)) == {2}


def test_what_nobody_chose_by_name_is_left_as_it_was_counted(post: Post) -> None:
    """Of a poll without names, only the figures were kept."""
    PollOption.objects.filter(poll__unnamed=True).update(votes=7)
    assert ", 0 wrong" in run("core.counters", "--repair")
    assert set(PollOption.objects.filter(poll__unnamed=True).values_list("votes", flat=True)) == {7}


def test_counters_are_mended_by_night(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    Post.objects.update(thanks_count=3)
    integrity.recount_nightly()
    post.refresh_from_db()
    assert post.thanks_count == 1
    assert "should be 1" in caplog.text


def test_rows_are_looked_at_chunk_by_chunk(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrity, "CHUNK", 1)
    Post.objects.update(useful_count=2)
    assert f"{Post.objects.count()} wrong" in run("core.counters", "--repair")
    assert not Post.objects.exclude(useful_count=0).exists()


def test_every_kept_count_is_recounted_or_said_not_to_be() -> None:
    """A new counter comes with its recount, or joins the list above with its reason."""
    kept = {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models()
        for column in model._meta.get_fields()
        if isinstance(column, models.PositiveIntegerField) and column.name.endswith("_count")
    }
    recounted = {
        f"{model._meta.label}.{name}"
        for model, recounts in integrity.registered_counters().items()
        for name in recounts
    }
    assert kept - NOT_COUNTERS == {name for name in recounted if name.endswith("_count")} | (
        NOT_RECOUNTED
    )


def test_an_unknown_check_is_refused_with_its_name() -> None:
    with pytest.raises(CommandError, match=r"no such check: core\.nothing"):
        run("core.nothing")
