"""What the house makes of a file by itself: read by whoever reads the file, in nobody's quota."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import Profile
from core import clamav, files
from core.files import pictures, store
from core.models import ActionLog, StoredFile
from home import archive
from tests.core.samples import picture, upload

WEBP = b"RIFF\x04\x00\x00\x00WEBP"


@pytest.fixture
def photo(maude):
    return files.accept(upload("photo.png", picture("PNG")), by=maude)


def kept_for(person):
    profile = Profile.objects.get(owner=person)
    return files.keep_derived(
        WEBP, "apercu-96.webp", to_kind="member", object_id=profile.pk, width=96, height=124
    )


@pytest.fixture
def derived(maude):
    return kept_for(maude)


def test_a_derived_picture_is_seen_by_those_who_see_its_object(derived, maude, eve):
    for viewer in (maude, eve):
        assert files.find_readable(derived.pk, viewer) == derived
    eve.is_active = False
    eve.save()
    with pytest.raises(ObjectDoesNotExist):
        files.find_readable(derived.pk, eve)


def test_a_derived_picture_counts_in_nobodys_quota(photo, derived, maude):
    assert files.used_by(maude) == photo.size
    assert (derived.size, derived.content_type) == (len(WEBP), "image/webp")
    assert derived.uploaded_by is None


def test_a_derived_picture_that_has_no_row_leaves_no_content(derived, maude, monkeypatch):
    monkeypatch.setattr(StoredFile, "save", lambda *args, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        kept_for(maude)
    monkeypatch.undo()
    storage = storages["private"]
    names = [name for folder in storage.listdir("")[0] for name in storage.listdir(folder)[1]]
    assert names == [derived.pk.hex]


def test_the_content_is_opened_as_a_file_of_the_system(photo):
    with files.opened(photo) as content:
        assert content.fileno() > 0
        assert content.read(8) == b"\x89PNG\r\n\x1a\n"


def test_a_content_from_elsewhere_is_copied_here_first(photo, monkeypatch):
    here = storages["private"].open

    def from_elsewhere(name, mode="rb"):
        found = here(name, mode)
        found.file = io.BytesIO(found.file.read())
        return found

    monkeypatch.setattr(storages["private"], "open", from_elsewhere)
    with files.opened(photo) as content:
        assert content.fileno() > 0
        content.seek(0)
        assert content.read(8) == b"\x89PNG\r\n\x1a\n"


def test_what_waits_for_the_antivirus_is_opened_by_nobody(photo):
    for state, refusal in (("withheld", files.Withheld), ("infected", files.Infected)):
        photo.state = state
        with pytest.raises(refusal), files.opened(photo):
            pass


def test_a_dangerous_file_on_which_something_stands_loses_its_content_only(
    photo, maude, settings, monkeypatch, as_, django_capture_on_commit_callbacks
):
    photo.state = "withheld"
    photo.save()
    settings.CLAMD_ADDRESS = "clamav:3310"
    monkeypatch.setattr(clamav, "scan", lambda content: clamav.Verdict.INFECTED)
    here = StoredFile.objects.filter(pk=photo.pk)

    def protected(doomed):
        raise ProtectedError("a version stands on it", set())

    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr(store, "remove", protected)
        files.rescan_withheld()
    assert here.get().state == "infected"
    assert not storages["private"].exists(photo.file.name)
    assert ActionLog.objects.filter(verb="file.infected").count() == 1
    assert as_(maude).get(f"/fichiers/{photo.pk}/").status_code == 400


# ------------------------------------------------------------------------------- what is kept


def test_a_kept_picture_is_found_again_until_it_is_forgotten(photo):
    assert files.kept(photo, "1-800.webp") is None
    files.keep(photo, "1-800.webp", WEBP)
    files.keep(photo, "1-800.webp", b"drawn by another request meanwhile")
    assert files.kept(photo, "1-800.webp") == WEBP
    assert files.forget_kept(photo) == 1
    assert files.kept(photo, "1-800.webp") is None


def test_a_file_that_goes_takes_its_kept_pictures_along(photo, django_capture_on_commit_callbacks):
    files.keep(photo, "1-800.webp", WEBP)
    with django_capture_on_commit_callbacks(execute=True):
        files.remove([photo])
    assert files.kept(photo, "1-800.webp") is None


def test_only_so_many_are_kept_of_one_file(photo, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_KEPT", 2)
    for number in (1, 2, 3):
        files.keep(photo, f"{number}-800.webp", WEBP)
    assert [files.kept(photo, f"{number}-800.webp") for number in (1, 2, 3)] == [WEBP, WEBP, None]


def test_a_full_disk_keeps_nothing_and_breaks_nothing(photo, monkeypatch):
    def full(name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storages["private"], "save", full)
    files.keep(photo, "1-800.webp", WEBP)
    assert files.kept(photo, "1-800.webp") is None


def test_kept_pictures_go_after_a_week_and_sent_files_stay(photo):
    files.keep(photo, "1-800.webp", WEBP)
    assert pictures.sweep_kept(timezone.now() - pictures.KEPT) == 0
    assert pictures.sweep_kept(timezone.now() + timedelta(minutes=1)) == 1
    assert files.kept(photo, "1-800.webp") is None
    assert storages["private"].exists(photo.file.name)


def test_the_backup_leaves_kept_pictures_out(photo):
    files.keep(photo, "1-800.webp", WEBP)
    assert list(archive._stored_names()) == [photo.file.name]


def test_sweeping_orphans_leaves_kept_pictures_to_their_own_duty(photo):
    files.keep(photo, "1-800.webp", WEBP)
    with transaction.atomic():
        assert files.sweep_files(timezone.now() + timedelta(hours=25)) == (0, 0)
    assert files.kept(photo, "1-800.webp") == WEBP
