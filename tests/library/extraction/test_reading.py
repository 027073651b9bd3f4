"""What waits is read once, whatever happens meanwhile, and its depositor learns what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from core import events, files, leases
from core.models import OutboxEvent, StoredFile
from library import reading, tasks
from library.extraction import errors, ocr
from library.models import Page, Version
from tests.library.extraction import samples
from tests.library.extraction.samples import EVERY_FORMAT, PHRASE

pytestmark = pytest.mark.django_db
Reading = Version.Reading


@pytest.fixture(autouse=True)
def no_tesseract(monkeypatch):
    """As on most machines; those that test the recognition say what it answers."""
    monkeypatch.setattr(ocr, "is_available", lambda: False)


@pytest.fixture
def guide(waiting):
    return waiting("guide.pdf", EVERY_FORMAT["pdf"][1])


def read(version):
    assert reading.read_next()
    version.refresh_from_db()
    return version


def texts(version):
    return dict(version.pages.values_list("number", "text"))


def test_a_document_is_read_by_page_and_shown(guide):
    read(guide)
    assert guide.reading == Reading.DONE and guide.failure == ""
    assert (guide.page_count, guide.language, guide.ocr) == (2, "fr", False)
    assert PHRASE in texts(guide)[2]
    assert (guide.thumb_small.width, guide.thumb_large.width) == (96, 320)
    assert OutboxEvent.objects.filter(
        name="version.read", payload={"version": guide.pk, "document": guide.document_id}
    ).exists()
    assert not reading.read_next()


def test_thumbnails_are_seen_by_those_who_read_the_document(waiting, world):
    version = read(
        waiting("a.pdf", EVERY_FORMAT["pdf"][1], level="sous-communaute", space=world.direction)
    )
    assert files.find_readable(version.thumb_small_id, world.real)
    with pytest.raises(ObjectDoesNotExist):
        files.find_readable(version.thumb_small_id, world.eve)
    assert files.used_by(world.maude) == version.file.size


def test_reading_again_replaces_what_was_read(guide):
    read(guide)
    before = {guide.thumb_small_id, guide.thumb_large_id}
    Version.objects.update(reading=Reading.WAITING)
    read(guide)
    assert Page.objects.count() == 2
    assert StoredFile.objects.filter(content_type="image/webp").count() == 2
    assert before.isdisjoint({guide.thumb_small_id, guide.thumb_large_id})


def test_a_deposit_wakes_the_reading_once_committed(guide, django_capture_on_commit_callbacks):
    asked = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("core.tasks.enqueue", asked.append)
        events.emit("version.created", version=guide.pk, document=guide.document_id)
        with django_capture_on_commit_callbacks(execute=True):
            events.drain()
    assert "library.tasks.read_versions" in asked


def test_a_task_reads_some_and_leaves_the_others_for_the_next(waiting, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "enqueue", asked.append)
    monkeypatch.setattr(tasks, "SLICE", 2)
    for number in range(3):
        waiting(f"{number}.txt", b"Bonjour.")
    tasks.read_versions.func()
    assert Version.objects.filter(reading=Reading.DONE).count() == 2
    assert asked == ["library.tasks.read_versions"]
    tasks.read_versions.func()
    assert asked == ["library.tasks.read_versions"]
    assert not Version.objects.filter(reading=Reading.WAITING).exists()


def test_a_lost_task_is_found_by_the_clock(guide, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "enqueue", asked.append)
    tasks.wake_readings()
    assert asked == ["library.tasks.read_versions"]
    read(guide)
    tasks.wake_readings()
    assert asked == ["library.tasks.read_versions"]


def test_a_worker_that_is_asked_to_stop_takes_no_other(guide, monkeypatch):
    monkeypatch.setattr(tasks, "enqueue", lambda path: None)
    leases.stopping.set()
    try:
        tasks.read_versions.func()
    finally:
        leases.stopping.clear()
    guide.refresh_from_db()
    assert guide.reading == Reading.WAITING


# ------------------------------------------------------------------- what happens meanwhile


def test_a_killed_reading_is_begun_again_and_nothing_of_it_stays(guide, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(version):
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(reading, "_settle", killed)
        reading.read_next()
    guide.refresh_from_db()
    assert guide.reading == Reading.WAITING and not Page.objects.exists()
    assert not StoredFile.objects.filter(content_type="image/webp").exists()
    assert not reading.read_next(), "another worker may still be at it"
    Version.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert read(guide).reading == Reading.DONE
    assert guide.attempts == 0


def test_a_file_that_kills_its_readers_is_given_up(guide):
    Version.objects.update(attempts=len(leases.BACKOFF) + 1)
    read(guide)
    assert (guide.reading, guide.failure) == (Reading.FAILED, "GivenUp")


def test_a_failure_of_ours_is_tried_again_later(guide, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(reading, "extract", lambda stored: 1 / 0)
        read(guide)
    assert guide.reading == Reading.WAITING
    assert guide.not_before > timezone.now() and guide.leased_until is None
    assert not reading.read_next()


def test_a_document_that_goes_meanwhile_is_forgotten(guide, monkeypatch):
    real = reading.extract

    def gone(stored):
        found = real(stored)
        guide.document.delete()
        return found

    monkeypatch.setattr(reading, "extract", gone)
    assert reading.read_next()
    assert not Page.objects.exists()


def test_a_file_waits_for_the_antivirus_without_wearing_out(guide):
    StoredFile.objects.update(state="withheld")
    read(guide)
    assert (guide.reading, guide.attempts) == (Reading.WAITING, 0)
    assert guide.not_before > timezone.now() + timedelta(minutes=4)
    StoredFile.objects.update(state="infected")
    Version.objects.update(not_before=timezone.now())
    assert (read(guide).reading, guide.failure) == (Reading.FAILED, "Infected")


def test_a_content_that_is_lost_is_a_state(guide):
    StoredFile.objects.update(file="00/rien")
    assert (read(guide).reading, guide.failure) == (Reading.FAILED, "Lost")


# ---------------------------------------------------------------------- what may come of it


@pytest.mark.parametrize(
    ("name", "content", "outcome"),
    [
        ("a.pdf", samples.locked_pdf(), (Reading.FAILED, "Encrypted")),
        ("a.pdf", EVERY_FORMAT["pdf"][1][:60], (Reading.FAILED, "Broken")),
        ("a.pdf", samples.scanned_pdf(), (Reading.EMPTY, "NoText")),
        ("a.jpg", samples.photo(), (Reading.EMPTY, "")),
        ("a.docx", samples.word(samples.paragraph()), (Reading.EMPTY, "NoText")),
        ("a.mp3", b"\xff\xfb\x90\x00" + bytes(413), (Reading.EMPTY, "")),
        ("a.txt", "Décembre à l’abri.".encode(), (Reading.DONE, "")),
    ],
)
def test_what_came_of_it_is_a_state_and_never_a_lost_file(
    waiting, as_, maude, name, content, outcome
):
    version = read(waiting(name, content))
    assert (version.reading, version.failure) == outcome
    assert version.failure == "" or errors.sentence(version.failure)
    answer = as_(maude).get(f"/fichiers/{version.file_id}/")
    assert answer.status_code == 200 and b"".join(answer.streaming_content)


def test_the_page_tells_its_depositor_why_and_nobody_else(waiting, as_, world):
    version = read(waiting("a.pdf", samples.locked_pdf()))
    address = version.document.get_absolute_url()
    reason = escape(str(version.trouble))
    assert reason in as_(world.maude).get(address).content.decode()
    assert reason not in as_(world.eve).get(address).content.decode()


def test_what_was_read_before_a_limit_struck_can_be_searched(guide, monkeypatch):
    real = reading.extract

    def stopped(stored):
        found = real(stored)
        found.failure, found.page_count = "TooLong", None
        return found

    monkeypatch.setattr(reading, "extract", stopped)
    read(guide)
    assert (guide.reading, guide.failure) == (Reading.DONE, "Partial")
    assert guide.page_count == 2 and PHRASE in texts(guide)[2]


def test_accents_that_came_in_two_parts_are_one(waiting):
    version = read(waiting("a.txt", "e\u0301cole a\u0300 l’e\u0301te\u0301".encode()))
    assert texts(version) == {1: "école à l’été"}


def test_the_same_queries_for_three_pages_and_for_thirty(waiting):
    counts = []
    for pages in (3, 30):
        version = waiting("a.pdf", samples.drawn_pdf(*[samples.line("mot")] * pages))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            read(version)
        counts.append(len(captured))
        assert len(texts(version)) == pages
    assert counts[0] == counts[1]


def test_a_document_that_becomes_confidential_leaves_no_drawn_page(guide, world):
    files.keep(guide.file, "1-800.webp", b"kept")
    reading.leave_no_copy({"document": guide.document_id})
    assert files.kept(guide.file, "1-800.webp") == b"kept"
    guide.document.space = world.psychosocial
    guide.document.level = "sous-communaute"
    guide.document.save()
    events.emit("document.changed", document=guide.document_id)
    events.drain()
    assert files.kept(guide.file, "1-800.webp") is None


# ------------------------------------------------------------------ pages that are pictures


@pytest.fixture
def recognised(monkeypatch):
    """A tesseract that reads « page 3 » on the third page; the numbers it was asked for."""
    asked = []

    def recognise(stored, number):
        asked.append(number)
        return f"Le texte de la page {number}." if number % 2 else ""

    monkeypatch.setattr(ocr, "is_available", lambda: True)
    monkeypatch.setattr(ocr, "recognise", recognise)
    return asked


def recognise(version):
    assert reading.recognise_next()
    version.refresh_from_db()
    return version


def test_a_scan_is_recognised_a_few_pages_at_a_time(waiting, recognised):
    version = read(waiting("a.pdf", samples.scanned_pdf(6)))
    assert (version.reading, version.page_count) == (Reading.RECOGNISING, 6)
    assert version.thumb_small is not None, "it is shown meanwhile"
    assert recognise(version).reading == Reading.RECOGNISING
    assert recognised == [1, 2, 3, 4]
    assert (recognise(version).reading, version.ocr, version.failure) == (Reading.DONE, True, "")
    assert recognised == [1, 2, 3, 4, 5, 6]
    assert texts(version) == {n: f"Le texte de la page {n}." for n in (1, 3, 5)}
    assert OutboxEvent.objects.filter(name="version.read").count() == 2
    assert not reading.recognise_next()


def test_only_the_pages_without_letters_are_recognised(waiting, recognised):
    mixed = samples.drawn_pdf(samples.line("avant"), b"0 0 9 9 re f", samples.line("apres"))
    version = recognise(read(waiting("a.pdf", mixed)))
    assert recognised == [2]
    assert texts(version) == {1: "avant", 3: "apres"}
    assert (version.reading, version.ocr) == (Reading.DONE, False)


def test_a_photo_is_a_first_page(waiting, recognised):
    version = recognise(read(waiting("a.jpg", samples.photo())))
    assert texts(version) == {1: "Le texte de la page 1."}
    assert (version.reading, version.page_count, version.ocr) == (Reading.DONE, None, True)


def test_where_nothing_is_made_out_it_says_so(waiting, recognised, monkeypatch):
    version = read(waiting("a.pdf", samples.scanned_pdf()))
    monkeypatch.setattr(ocr, "recognise", lambda stored, number: "")
    recognise(version)
    assert (version.reading, version.failure) == (Reading.EMPTY, "NoText")
    assert not version.ocr and not texts(version)


def test_a_file_without_pictures_is_not_recognised(waiting, recognised):
    for name, content in (("a.txt", b"Bonjour."), ("a.docx", samples.word(samples.paragraph()))):
        assert read(waiting(name, content)).reading in (Reading.DONE, Reading.EMPTY)
    assert recognised == []


def test_a_killed_recognition_goes_on_where_it_stood(waiting, recognised, monkeypatch):
    version = recognise(read(waiting("a.pdf", samples.scanned_pdf(6))))

    def killed(stored, number):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(ocr, "recognise", killed)
        reading.recognise_next()
    Version.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert recognise(version).reading == Reading.DONE
    assert recognised == [1, 2, 3, 4, 5, 6]


def test_a_recognition_that_kills_its_workers_ends_with_what_it_has(waiting, recognised):
    version = recognise(read(waiting("a.pdf", samples.scanned_pdf(6))))
    Version.objects.update(attempts=len(leases.BACKOFF) + 1)
    assert recognise(version).reading == Reading.DONE
    assert set(texts(version)) == {1, 3}


def test_tesseract_that_went_away_ends_the_recognition(waiting, recognised, monkeypatch):
    version = read(waiting("a.pdf", samples.scanned_pdf()))
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    assert recognise(version).reading == Reading.EMPTY


def test_recognition_has_its_own_task(waiting, recognised, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "enqueue", asked.append)
    waiting("a.pdf", samples.scanned_pdf())
    tasks.read_versions.func()
    assert asked == ["library.tasks.recognise_versions"]
    tasks.recognise_versions.func()
    assert asked == ["library.tasks.recognise_versions"] * 2
    tasks.recognise_versions.func()
    assert len(asked) == 2
