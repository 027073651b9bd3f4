"""The one door for files: what is taken in, what is refused and why, and who may have it."""

import hashlib
import io
import os
import socketserver
import struct
import threading
import time
import unicodedata
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageCms, PngImagePlugin

from accounts.models import Profile
from core import clamav, content, files
from core.audience import State as ContentState
from core.errors import Refused
from core.files import archives, images, types
from core.files.handlers import LimitedUploadHandler
from core.models import ActionLog, StoredFile
from forums.services import create_thread
from tests.core import samples
from tests.core.samples import office, open_document, picture, upload, zipped

pytestmark = pytest.mark.django_db


def on_disk() -> list[str]:
    root = Path(storages["private"].location)  # type: ignore[attr-defined]
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def kept_of(stored: StoredFile) -> bytes:
    return storages["private"].open(stored.file.name).read()


# -------------------------------------------------------------------------- what is accepted


@pytest.mark.parametrize("name", samples.ACCEPTED)
def test_maude_sends_a_file_of_each_type(maude, name):
    sent, content_type, kept = samples.ACCEPTED[name]
    stored = files.accept(upload(name, sent), by=maude)
    assert (stored.content_type, stored.name) == (content_type, kept)
    assert stored.uploaded_by == maude
    assert (stored.kind, stored.object_id, stored.state) == ("", None, "ready")
    saved = kept_of(stored)
    assert stored.size == len(saved)
    assert on_disk() == [f"{stored.pk.hex[:2]}/{stored.pk.hex}"]
    if not content_type.startswith("image/"):
        assert saved == sent


def test_the_hash_is_that_of_what_is_kept(maude):
    stored = files.accept(upload("a.pdf", samples.PDF), by=maude)
    assert stored.sha256 == hashlib.sha256(samples.PDF).hexdigest()


# --------------------------------------------------------------------------- what is refused

REFUSED = {
    # A name that promises something else.
    "html.pdf": (samples.HTML, files.TypeMismatch),
    "svg.png": (samples.SVG, files.TypeMismatch),
    "html.txt": (samples.HTML, files.TypeMismatch),
    "xml.csv": (samples.XML, files.TypeMismatch),
    "script.txt": (b"#!/bin/sh\nrm -rf /\n", files.TypeMismatch),
    "php.txt": (b"<?php system('id');", files.TypeMismatch),
    "spaces.txt": (b"\n\n   <script>alert(1)</script>", files.TypeMismatch),
    "bom.txt": (b"\xef\xbb\xbf<html>", files.TypeMismatch),
    "programme.pdf": (samples.EXE, files.TypeMismatch),
    "pdf.docx": (samples.PDF, files.TypeMismatch),
    "docx.xlsx": (office("docx"), files.TypeMismatch),
    "image.pdf": (picture("PNG"), files.TypeMismatch),
    "pdf.jpg": (samples.PDF, files.TypeMismatch),
    "rapport.exe": (samples.PDF, files.TypeMismatch),
    "page.html": (samples.PDF, files.TypeMismatch),
    "zip.docx": (zipped({"a.txt": b"a"}), files.TypeMismatch),
    "mkv.webm": (samples.MATROSKA, files.TypeMismatch),
    "binaire.txt": (b"abc\x00def", files.TypeMismatch),
    # Types that are not taken.
    "page.htm": (samples.HTML, files.UnknownType),
    "dessin.svg": (samples.SVG, files.UnknownType),
    "donnees.xml": (samples.XML, files.UnknownType),
    "donnees.json": (b'{"a": 1}', files.UnknownType),
    "script.js": (b"alert(1)", files.UnknownType),
    "script.sh": (b"echo bonjour", files.UnknownType),
    "script.bat": (b"@echo off", files.UnknownType),
    "script.ps1": (b"Get-Item x", files.UnknownType),
    "script.vbs": (b"MsgBox 1", files.UnknownType),
    "raccourci.url": (b"[InternetShortcut]\nURL=http://x.example", files.UnknownType),
    "programme.exe": (samples.EXE, files.UnknownType),
    "programme": (samples.EXE, files.UnknownType),
    "archive.zip": (zipped({"a.txt": b"a"}), files.UnknownType),
    "film.mkv": (samples.MATROSKA, files.UnknownType),
    "film.mov": (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00", files.UnknownType),
    "photo.heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", files.UnknownType),
    "vieux.doc": (samples.OLE, files.UnknownType),
    "carte.vcf": (b"BEGIN:VCARD", files.UnknownType),
    "sans": (b"\x00\x01\x02\x03", files.UnknownType),
    # Damaged, protected, badly encoded.
    "vide.pdf": (b"", files.UnreadableFile),
    "protege.docx": (samples.OLE, files.Locked),
    "coupe.docx": (office("docx")[:-30], files.UnreadableFile),
    "coupe.png": (picture("PNG", (300, 300))[:200], files.UnreadableFile),
    "faux.jpg": (b"\xff\xd8\xff\xe0rien de plus", files.UnreadableFile),
    "faux.gif": (b"GIF89a", files.UnreadableFile),
    "excel.csv": ("nom;é".encode("cp1252"), files.WrongEncoding),
    "bloc-notes.txt": ("é".encode("utf-16"), files.WrongEncoding),
    # Macros and programs.
    "macro.docx": (office("docx", {"word/vbaProject.bin": b"x"}), files.ActiveContent),
    "macro.xlsx": (
        office("xlsx", more='<Default ContentType="application/vnd.ms-excel.macroEnabled"/>'),
        files.ActiveContent,
    ),
    "feuille.xlsx": (office("xlsx", {"xl/macrosheets/sheet1.xml": b"x"}), files.ActiveContent),
    "activex.pptx": (office("pptx", {"ppt/activeX/activeX1.xml": b"x"}), files.ActiveContent),
    "basic.odt": (open_document("odt", {"Basic/Standard/Module1.xml": b"x"}), files.ActiveContent),
    "cache.docx": (office("docx", {"word/media/image1.png": samples.EXE}), files.ActiveContent),
    "dedans.docx": (office("docx", {"word/embeddings/facture.exe": b"x"}), files.ActiveContent),
    "objet.rtf": (rb"{\rtf1{\object\objemb{\*\objdata 0105}}}", files.ActiveContent),
    # Names inside that try to leave.
    "sortie.docx": (office("docx", {"../../etc/cron.d/x": b"x"}), files.UnreadableFile),
    "racine.docx": (office("docx", {"/etc/passwd": b"x"}), files.UnreadableFile),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_for_its_own_reason_and_nothing_remains(maude, name):
    sent, error = REFUSED[name]
    with pytest.raises(files.FileRefused) as refusal:
        files.accept(upload(name, sent), by=maude)
    assert type(refusal.value) is error
    assert isinstance(refusal.value, Refused)
    assert len(str(refusal.value)) > 20
    assert StoredFile.objects.count() == 0
    assert on_disk() == []


def test_an_encrypted_office_file_says_that_it_has_a_password(maude):
    sent = bytearray(office("docx"))
    # The encryption flag of every entry, in the local headers and in the directory.
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = sent.find(mark)
        while at >= 0:
            sent[at + place] |= 1
            at = sent.find(mark, at + 4)
    with pytest.raises(files.Locked):
        files.accept(upload("secret.docx", bytes(sent)), by=maude)


def test_only_an_image_is_an_image(maude):
    with pytest.raises(files.NotAnImage):
        files.accept(upload("a.pdf", samples.PDF), by=maude, images_only=True)
    assert files.accept(upload("a.png", picture("PNG")), by=maude, images_only=True).pk


# ------------------------------------------------------------------------------------- bombs


def bomb_of_zeros(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", samples.MAIN["docx"][1])
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(size // 1_000_000):
                part.write(b"\0" * 1_000_000)
    return out.getvalue()


def test_a_document_that_inflates_without_end_is_refused(maude):
    sent = bomb_of_zeros(210_000_000)
    assert len(sent) < 1_000_000
    with pytest.raises(files.Bomb):
        files.accept(upload("bombe.docx", sent), by=maude)


def test_a_document_that_inflates_too_well_is_refused(maude):
    with pytest.raises(files.Bomb):
        files.accept(upload("bombe.docx", bomb_of_zeros(20_000_000)), by=maude)


def test_a_document_of_too_many_parts_is_refused(maude, monkeypatch):
    sent = office("docx", {f"word/{number}.xml": b"" for number in range(archives.MAX_ENTRIES)})
    opened = []
    monkeypatch.setattr(zipfile, "ZipFile", lambda *a: opened.append(a))
    with pytest.raises(files.Bomb):
        files.accept(upload("bombe.docx", sent), by=maude)
    assert opened == []


def test_the_room_to_inflate_is_shared_by_all_parts():
    parts = {f"word/{n}.xml": os.urandom(500) * 2000 for n in range(4)}
    budget = archives.Budget(inflated=3_000_000)
    with pytest.raises(files.Bomb):
        archives._walk(io.BytesIO(office("docx", parts)), budget, depth=0)
    enough = archives.Budget(inflated=5_000_000)
    archives._walk(io.BytesIO(office("docx", parts)), enough, depth=0)
    assert 900_000 < enough.inflated < 1_000_000


def test_a_sheet_inside_a_document_is_a_chart_and_a_box_inside_that_is_a_bomb(maude):
    once = office("docx", {"word/embeddings/Feuille.xlsx": office("xlsx")})
    assert files.accept(upload("graphique.docx", once), by=maude).pk
    twice = office("docx", {"word/embeddings/a.docx": once})
    with pytest.raises(files.Bomb):
        files.accept(upload("poupees.docx", twice), by=maude)
    for inside in (b"Rar!\x1a\x07", b"\x1f\x8b\x08\x00", b"7z\xbc\xaf\x27\x1c"):
        with pytest.raises(files.Bomb):
            files.accept(upload("a.docx", office("docx", {"word/x.bin": inside})), by=maude)


def test_a_directory_that_lies_about_its_parts_is_damaged(maude):
    sent = bytearray(office("docx", {"word/gros.xml": os.urandom(5_000)}))
    at = sent.rfind(b"PK\x01\x02")
    sent[at + 24 : at + 28] = struct.pack("<L", 10)
    with pytest.raises(files.UnreadableFile):
        files.accept(upload("menteur.docx", bytes(sent)), by=maude)


@pytest.mark.parametrize(
    ("format_", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
        ("WEBP", "RGBA"),
    ],
)
def test_a_very_large_image_is_drawn_at_half_its_size(maude, monkeypatch, format_, mode):
    monkeypatch.setattr(images, "LARGE", 700 * 500)
    sent = picture(format_, (701, 501), mode)
    stored = files.accept(upload(f"a.{format_.lower()}", sent), by=maude)
    image = read(stored)
    assert image.size == (stored.width, stored.height)
    assert stored.width in (350, 351) and stored.height in (250, 251)
    # The gradient runs from black, above, to white.
    greys = image.convert("RGB").convert("L")
    assert greys.getpixel((100, 20)) < greys.getpixel((100, 125)) < greys.getpixel((100, 240))


@pytest.mark.parametrize("size", [(50_000, 50_000), (8_000, 5_001), (2**31 - 1, 1)])
def test_a_wall_of_pixels_is_refused_before_it_is_drawn(maude, size, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("drawn"))
    with pytest.raises(files.TooManyPixels):
        files.accept(upload("mur.png", samples.png_that_claims(*size)), by=maude)


def test_an_animation_without_end_is_refused(maude, monkeypatch):
    monkeypatch.setattr(images, "MAX_FRAMES", 5)
    with pytest.raises(files.TooManyPixels):
        files.accept(upload("a.gif", samples.animation("GIF", frames=6)), by=maude)
    monkeypatch.setattr(images, "MAX_FRAME_PIXELS", 16 * 16 * 3)
    with pytest.raises(files.TooManyPixels):
        files.accept(upload("a.gif", samples.animation("GIF", frames=4)), by=maude)


# ------------------------------------------------------------------------------------ images


def read(stored: StoredFile) -> Image.Image:
    return Image.open(io.BytesIO(kept_of(stored)))


def test_a_photo_keeps_its_pixels_and_nothing_of_where_it_was_taken(maude):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter to the right
    exif[0x010F] = "Téléphone de Maude"
    exif.get_ifd(0x8825)[2] = (45.5, 30.0, 0.0)
    sent = picture("JPEG", (40, 20), exif=exif.tobytes(), comment=b"secret")
    assert b"Maude" in sent
    stored = files.accept(upload("IMG_0001.jpg", sent), by=maude)
    kept = kept_of(stored)
    assert b"secret" not in kept
    assert b"Maude" not in kept
    assert b"Exif" not in kept
    image = read(stored)
    assert image.size == (20, 40) == (stored.width, stored.height)
    assert not image.getexif()


def test_an_image_that_is_also_something_else_is_only_an_image_afterwards(maude):
    for name, sent in (("a.png", picture("PNG")), ("a.jpg", picture("JPEG"))):
        stored = files.accept(upload(name, sent + samples.HTML), by=maude)
        assert b"<script" not in kept_of(stored)
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Maude <script>")
    stored = files.accept(upload("b.png", picture("PNG", pnginfo=info)), by=maude)
    assert b"Maude" not in kept_of(stored)


@pytest.mark.parametrize(
    ("format_", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
        *(("GIF", mode) for mode in ("L", "P", "RGB")),
    ],
)
def test_every_mode_of_image_is_drawn_again(maude, format_, mode):
    sent = picture(format_, mode=mode)
    stored = files.accept(upload(f"a.{format_.lower()}", sent), by=maude)
    image = read(stored)
    assert image.format == format_
    assert image.size == (40, 20)
    assert image.load()


def test_transparency_and_movement_are_kept(maude):
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    stored = files.accept(upload("a.png", out.getvalue()), by=maude)
    assert read(stored).convert("RGBA").getpixel((0, 0))[3] == 0
    for format_ in ("GIF", "WEBP"):
        stored = files.accept(upload("a", samples.animation(format_)), by=maude)
        assert read(stored).n_frames == 3


def test_colours_of_another_profile_become_those_of_screens(maude):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stored = files.accept(upload("a.jpg", picture("JPEG", icc_profile=profile)), by=maude)
    assert "icc_profile" not in read(stored).info
    stored = files.accept(upload("a.jpg", picture("JPEG", icc_profile=b"not one")), by=maude)
    assert "icc_profile" not in read(stored).info


def test_a_profile_photo_is_a_small_square(maude):
    profile = Profile.objects.get(owner=maude)
    stored = files.accept_photo(
        upload("moi.png", picture("PNG", (600, 300), "RGBA")),
        by=maude,
        kind="member",
        object_id=profile.pk,
    )
    image = read(stored)
    assert (image.format, image.size) == ("WEBP", (256, 256))
    assert (stored.kind, stored.object_id, stored.name) == ("member", profile.pk, "photo.webp")
    with pytest.raises(files.NotAnImage):
        files.accept_photo(upload("moi.pdf", samples.PDF), by=maude)
    with pytest.raises(files.UnreadableFile):
        files.accept_photo(upload("moi.png", picture("PNG", (90, 90))[:150]), by=maude)
    with pytest.raises(files.TooManyPixels):
        files.accept_photo(upload("moi.png", samples.png_that_claims(9_000, 9_000)), by=maude)


# ------------------------------------------------------------------------------------- names

NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Users\\Maude\\Bureau\\plan.pdf": "plan.pdf",
    "a\x00b.pdf": "ab.pdf",
    "facture\u202efdp.exe.pdf": "facturefdp.exe.pdf",
    "\u2067plan\u2069.pdf": "plan.pdf",
    "zéro\u200blargeur.pdf": "zérolargeur.pdf",
    "...cache.pdf": "cache.pdf",
    ".htaccess": "htaccess.pdf",
    "  trop   d’espaces .pdf": "trop d’espaces.pdf",
    "ligne\r\nX-En-tete: 1.pdf": "ligne X-En-tete_ 1.pdf",
    'guillemets "doubles".pdf': "guillemets _doubles_.pdf",
    "\u00a0.pdf": "fichier.pdf",
    ".pdf": "fichier.pdf",
    "": "fichier.pdf",
    "PLAN.PDF": "PLAN.pdf",
    "plan.pdf.pdf": "plan.pdf.pdf",
    unicodedata.normalize("NFD", "été à Québec.pdf"): "été à Québec.pdf",
    "計画.pdf": "計画.pdf",
    "a" * 300 + ".pdf": "a" * 146 + ".pdf",
}


@pytest.mark.parametrize("sent", NAMES, ids=range(len(NAMES)))
def test_a_name_loses_its_traps_and_keeps_its_words(maude, sent):
    file = upload("x", samples.PDF)
    file._name = sent
    stored = files.accept(file, by=maude)
    assert stored.name == NAMES[sent]
    assert len(stored.name) <= 150
    assert unicodedata.is_normalized("NFC", stored.name)


def test_a_name_that_hides_its_extension_behind_a_direction_sign_is_read_as_it_is(maude):
    with pytest.raises(files.TypeMismatch):
        files.accept(upload("photo\u202egpj.exe", picture("JPEG")), by=maude)


# ------------------------------------------------------------------------- room, all or nothing


def test_a_file_beyond_the_limit_is_refused_with_the_limit_in_the_sentence(maude, settings):
    settings.UPLOAD_MAX_BYTES = 100
    with pytest.raises(files.TooLarge) as refusal:
        files.accept(upload("a.pdf", samples.PDF * 10), by=maude)
    assert "100" in str(refusal.value)


def test_each_person_has_her_own_room(maude, real, settings):
    settings.UPLOAD_QUOTA_BYTES = len(samples.PDF) * 2
    files.accept(upload("a.pdf", samples.PDF), by=maude)
    files.accept(upload("b.pdf", samples.PDF), by=maude)
    with pytest.raises(files.QuotaExceeded):
        files.accept(upload("c.pdf", samples.PDF), by=maude)
    assert files.used_by(maude) == len(samples.PDF) * 2
    assert files.accept(upload("c.pdf", samples.PDF), by=real).pk


def test_room_is_counted_on_what_is_kept(maude, settings):
    out = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(out, "JPEG", quality=5)
    sent = out.getvalue()
    settings.UPLOAD_QUOTA_BYTES = len(sent) + 1
    with pytest.raises(files.QuotaExceeded):
        files.accept(upload("a.jpg", sent), by=maude)
    assert on_disk() == []


def test_a_row_that_cannot_be_written_leaves_no_file(maude, monkeypatch):
    def fail(self, **kwargs):
        assert on_disk()
        raise DatabaseError

    monkeypatch.setattr(StoredFile, "save", fail)
    with pytest.raises(DatabaseError):
        files.accept(upload("a.pdf", samples.PDF), by=maude)
    assert on_disk() == []


def test_a_disk_that_is_full_leaves_no_row(maude, monkeypatch):
    def fail(self, name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(storages["private"]), "_save", fail)
    with pytest.raises(OSError, match="No space"):
        files.accept(upload("a.pdf", samples.PDF), by=maude)
    assert StoredFile.objects.count() == 0


def age(path: str, hours: int) -> None:
    full = Path(storages["private"].location) / path  # type: ignore[attr-defined]
    then = time.time() - hours * 3600
    os.utime(full, (then, then))


def test_what_a_failed_transaction_left_on_the_disk_is_swept_a_day_later(maude):
    with pytest.raises(RuntimeError), transaction.atomic():
        files.accept(upload("a.pdf", samples.PDF), by=maude)
        raise RuntimeError
    assert StoredFile.objects.count() == 0
    (orphan,) = on_disk()
    assert files.sweep_files() == (0, 0)
    age(orphan, 25)
    assert files.sweep_files() == (0, 1)
    assert on_disk() == []


def test_the_sweep_spares_what_has_a_row_and_what_is_not_ours(maude):
    kept = files.accept(upload("a.pdf", samples.PDF), by=maude)
    files.attach([kept.pk], to_kind="member", object_id=1, by=maude)
    age(kept.file.name, 100)
    root = Path(storages["private"].location)  # type: ignore[attr-defined]
    (root / "notes").mkdir()
    (root / "notes" / "lisez-moi.txt").write_text("à garder")
    (root / kept.pk.hex[:2] / "autre.txt").write_text("à garder")
    for path in on_disk():
        age(path, 100)
    assert files.sweep_files() == (0, 0)
    assert len(on_disk()) == 3


def test_a_file_attached_to_nothing_goes_after_two_days(maude, django_capture_on_commit_callbacks):
    files.accept(upload("a.pdf", samples.PDF), by=maude)
    attached = files.accept(upload("b.pdf", samples.PDF), by=maude)
    files.attach([attached.pk], to_kind="member", object_id=1, by=maude)
    assert files.sweep_files(timezone.now() + timedelta(hours=47))[0] == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert files.sweep_files(timezone.now() + timedelta(hours=49))[0] == 1
    assert list(StoredFile.objects.all()) == [attached]
    assert on_disk() == [attached.file.name]


def test_the_sweep_of_an_empty_house_does_nothing(db):
    assert files.sweep_files() == (0, 0)


def test_the_duties_are_known_to_the_clock(db):
    from core import schedule

    assert {"core.sweep_files", "core.rescan_files"} <= {duty.name for duty in schedule.duties()}


# --------------------------------------------------------------------------------- attaching


def test_maude_ties_her_own_files_to_her_message(maude):
    first = files.accept(upload("a.pdf", samples.PDF), by=maude)
    second = files.accept(upload("b.pdf", samples.PDF), by=maude)
    files.attach([first.pk, str(second.pk)], to_kind="post", object_id=7, by=maude)
    assert set(StoredFile.objects.values_list("kind", "object_id")) == {("post", 7)}
    files.attach([], to_kind="post", object_id=7, by=maude)


def test_nobody_uses_a_file_that_is_not_hers_or_is_used_already(maude, real):
    hers = files.accept(upload("a.pdf", samples.PDF), by=maude)
    his = files.accept(upload("b.pdf", samples.PDF), by=real)
    for ids in ([hers.pk, his.pk], [uuid.uuid4()], ["pas un identifiant"], [hers.pk, "x"]):
        with pytest.raises(files.ForeignFile):
            files.attach(ids, to_kind="post", object_id=7, by=maude)
    assert StoredFile.objects.exclude(kind="").count() == 0
    files.attach([hers.pk], to_kind="post", object_id=7, by=maude)
    with pytest.raises(files.ForeignFile):
        files.attach([hers.pk], to_kind="post", object_id=8, by=maude)


# ----------------------------------------------------------------------------------- serving


def address(stored: StoredFile) -> str:
    return reverse("core:file", args=(stored.pk,))


@pytest.fixture
def loose(maude) -> StoredFile:
    return files.accept(upload("Plan d’été « A ».pdf", samples.PDF), by=maude)


@pytest.fixture
def photo(maude) -> StoredFile:
    return files.accept_photo(
        upload("moi.png", picture("PNG")),
        by=maude,
        kind="member",
        object_id=Profile.objects.get(owner=maude).pk,
    )


def test_the_addresses_are_those_of_the_issue(loose):
    assert address(loose) == f"/fichiers/{loose.pk}/"
    assert reverse("core:upload") == "/fichiers/"


def test_an_unattached_file_is_for_its_sender_only(loose, as_, maude, real, odile):
    assert as_(maude).get(address(loose)).status_code == 200
    for other in (real, odile):
        missing = as_(other).get(f"/fichiers/{uuid.uuid4()}/")
        hidden = as_(other).get(address(loose))
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content == missing.content
    visitor = as_(None).get(address(loose))
    assert visitor.status_code == 302
    missing = as_(None).get(f"/fichiers/{uuid.uuid4()}/")
    assert missing.status_code == 302
    assert visitor.url.replace(str(loose.pk), "") != visitor.url


def test_an_attached_file_follows_what_it_is_attached_to(photo, as_, maude, real, monkeypatch):
    assert as_(real).get(address(photo)).status_code == 200
    Profile.objects.filter(owner=maude).update(state=ContentState.HIDDEN)
    assert as_(real).get(address(photo)).status_code == 404
    assert as_(None).get(address(photo)).status_code == 302


def test_a_file_of_an_unknown_kind_is_missing(loose, as_, maude):
    StoredFile.objects.filter(pk=loose.pk).update(kind="disparu", object_id=1)
    assert as_(maude).get(address(loose)).status_code == 404


def test_a_document_is_downloaded_and_cannot_run(loose, as_, maude):
    response = as_(maude).get(address(loose))
    assert b"".join(response.streaming_content) == samples.PDF
    headers = response.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Plan%20d")
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert headers["Content-Security-Policy"] == policy
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Content-Length"] == str(len(samples.PDF))
    assert headers["ETag"] == f'"{loose.sha256}"'


@pytest.mark.parametrize("name", samples.ACCEPTED)
def test_only_images_are_shown_in_the_page(as_, maude, name):
    sent, content_type, _kept = samples.ACCEPTED[name]
    stored = files.accept(upload(name, sent), by=maude)
    response = as_(maude).get(address(stored))
    shown = response.headers["Content-Disposition"].startswith("inline")
    assert shown == content_type.startswith("image/")
    assert response.headers["Content-Type"].split(";")[0] == content_type
    assert response.headers["Content-Security-Policy"].startswith("sandbox")


def test_nothing_is_compressed_twice_and_lengths_are_true(as_, maude):
    stored = files.accept(upload("a.txt", samples.TEXT * 50), by=maude)
    response = as_(maude).get(address(stored), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert response.headers["Content-Length"] == str(stored.size)


def test_a_browser_that_has_it_is_told_so_but_only_if_it_may_still_read(loose, as_, maude, real):
    etag = f'"{loose.sha256}"'
    again = as_(maude).get(address(loose), headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"].startswith("sandbox")
    assert as_(real).get(address(loose), headers={"If-None-Match": etag}).status_code == 404
    changed = as_(maude).get(address(loose), headers={"If-None-Match": '"autre"'})
    assert changed.status_code == 200


def test_head_says_the_same_without_the_content(loose, as_, maude):
    response = as_(maude).head(address(loose))
    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["Content-Length"] == str(loose.size)
    assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_file_address_changes_nothing(loose, as_, maude, method):
    assert getattr(as_(maude), method)(address(loose)).status_code == 405


def test_a_shared_computer_keeps_nothing(loose, as_, maude):
    browser = as_(maude)
    session = browser.session
    session["shared_computer"] = True
    session.save()
    assert browser.get(address(loose)).headers["Cache-Control"] == "no-store"


def test_a_confidential_space_lets_browsers_keep_nothing(loose, world, maude, monkeypatch):
    profile = Profile.objects.get(owner=maude)
    StoredFile.objects.filter(pk=loose.pk).update(kind="member", object_id=profile.pk)
    request = RequestFactory().get("/")
    request.session = {}
    stored = files.find_readable(loose.pk, maude)
    assert files.serve(request, stored).headers["Cache-Control"] == "private, max-age=3600"
    kind = content.get("member")
    object.__setattr__(kind, "space", lambda profile: world.psychosocial)
    try:
        assert files.serve(request, stored).headers["Cache-Control"] == "no-store"
    finally:
        object.__setattr__(kind, "space", lambda profile: None)


def test_the_file_of_a_confidential_message_stays_among_its_readers(world, as_, naima, eve, odile):
    stored = files.accept(upload("note.pdf", samples.PDF), by=naima)
    create_thread(
        by=naima,
        space=world.psychosocial,
        text="Une situation transformée",
        attachments=[stored.pk],
    )
    response = as_(naima).get(address(stored))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert as_(odile).get(address(stored)).status_code == 200
    assert as_(eve).get(address(stored)).status_code == 404
    naima.memberships.filter(space=world.psychosocial).update(ended_at=timezone.now())
    assert as_(naima).get(address(stored)).status_code == 404


def test_behind_a_proxy_the_content_is_the_proxys_to_send(loose, as_, maude, settings):
    settings.ACCEL_PREFIX = "/_fichiers/"
    response = as_(maude).get(address(loose))
    assert response.headers["X-Accel-Redirect"] == f"/_fichiers/{loose.file.name}"
    assert response.content == b""
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_from_s3_a_download_is_a_short_signed_address_and_an_image_comes_through(
    loose, photo, maude, settings, monkeypatch
):
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "access_key": "AKIAEXAMPLE",
                "secret_key": "secret",
                "bucket_name": "fichiers",
                "endpoint_url": "https://s3.example",
                "region_name": "ca-east",
                "signature_version": "s3v4",
            },
        }
    }
    stored = files.find_readable(loose.pk, maude)
    request = RequestFactory().get("/")
    request.session = {}
    response = files.serve(request, stored)
    assert response.status_code == 302
    assert response.headers["Cache-Control"] == "no-store"
    location = response.headers["Location"]
    assert location.startswith("https://s3.example/fichiers/" + loose.file.name)
    assert "X-Amz-Expires=60" in location
    assert "response-content-disposition=attachment" in location
    monkeypatch.setattr(type(storages["private"]), "open", lambda self, name: io.BytesIO(b"webp"))
    shown = files.serve(request, files.find_readable(photo.pk, maude))
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content) == b"webp"


def test_a_content_that_is_lost_is_missing_and_said_in_the_logs(loose, as_, maude, caplog):
    storages["private"].delete(loose.file.name)
    assert as_(maude).get(address(loose)).status_code == 404
    assert str(loose.pk) in caplog.text


def test_a_file_costs_few_queries(photo, as_, real, django_assert_max_num_queries):
    browser = as_(real)
    # Session, person, file, its profile through the audience rule, its space.
    with django_assert_max_num_queries(6):
        browser.get(address(photo))


# ---------------------------------------------------------------------- the door of the editor


def send(browser: Client, file: SimpleUploadedFile | None):
    return browser.post("/fichiers/", {"upload": file} if file else {})


def test_the_editor_gets_the_address_of_the_image(as_, maude):
    answer = send(as_(maude), upload("a.png", picture("PNG")))
    assert answer.status_code == 201
    stored = StoredFile.objects.get()
    assert answer.json() == {"url": f"/fichiers/{stored.pk}/"}
    assert stored.uploaded_by == maude


def test_the_editor_gets_a_sentence_for_what_is_refused(as_, maude, settings):
    answer = send(as_(maude), upload("a.pdf", samples.PDF))
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
    assert send(as_(maude), None).status_code == 400
    settings.UPLOAD_MAX_BYTES = 10
    assert send(as_(maude), upload("a.png", picture("PNG"))).status_code == 413


def test_the_editor_may_not_flood(as_, maude, monkeypatch):
    from core.files import store

    monkeypatch.setattr(store, "UPLOADS_AN_HOUR", 1)
    browser = as_(maude)
    assert send(browser, upload("a.png", picture("PNG"))).status_code == 201
    assert send(browser, upload("a.png", picture("PNG"))).status_code == 429


def test_a_visitor_sends_nothing_and_a_token_is_needed(as_, maude):
    assert send(as_(None), upload("a.png", picture("PNG"))).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(maude, backend="accounts.backends.AccountBackend")
    assert send(strict, upload("a.png", picture("PNG"))).status_code == 403
    assert as_(maude).get("/fichiers/").status_code == 405
    assert StoredFile.objects.count() == 0


def test_an_endless_upload_stops_being_written_past_the_limit(settings):
    settings.UPLOAD_MAX_BYTES = 100
    handler = LimitedUploadHandler()
    assert handler.receive_data_chunk(b"x" * 64, 0) == b"x" * 64
    assert handler.receive_data_chunk(b"x" * 64, 64) == b"x" * 64
    assert handler.receive_data_chunk(b"x" * 64, 128) is None
    assert handler.file_complete(128) is None


def test_an_endless_upload_is_told_too_large(as_, maude, settings):
    settings.UPLOAD_MAX_BYTES = 100_000
    settings.FILE_UPLOAD_HANDLERS = [
        "core.files.handlers.LimitedUploadHandler",
        "django.core.files.uploadhandler.TemporaryFileUploadHandler",
    ]
    answer = send(as_(maude), upload("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 5_000_000))
    assert answer.status_code == 413


# --------------------------------------------------------------------------------- antivirus


class FakeScanner(socketserver.BaseRequestHandler):
    """Speaks INSTREAM as clamd does; finds a danger in what holds `EICAR`."""

    def handle(self):
        assert self.exactly(10) == b"zINSTREAM\0"
        received = b""
        while size := struct.unpack("!L", self.exactly(4))[0]:
            received += self.exactly(size)
        self.server.received.append(received)
        danger = b"stream: Eicar-Signature FOUND\0" if b"EICAR" in received else b"stream: OK\0"
        self.request.sendall(self.server.answer or danger)

    def exactly(self, size):
        data = b""
        while len(data) < size:
            data += self.request.recv(size - len(data))
        return data


@pytest.fixture
def scanner(settings, tmp_path):
    """A clamd of our own, on a socket file."""
    path = str(tmp_path / "clamd.sock")
    with socketserver.ThreadingUnixStreamServer(path, FakeScanner) as server:
        server.received, server.answer = [], b""
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = path
        yield server
        server.shutdown()


def test_a_clean_file_is_ready_at_once(maude, scanner):
    stored = files.accept(upload("a.pdf", samples.PDF), by=maude)
    assert stored.state == "ready"
    assert scanner.received == [samples.PDF]


def test_a_dangerous_file_is_refused(maude, scanner):
    with pytest.raises(files.Infected):
        files.accept(upload("a.pdf", samples.PDF + b"EICAR"), by=maude)
    assert on_disk() == []


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"bonjour"])
def test_a_scanner_that_cannot_tell_withholds_the_file(maude, scanner, answer):
    scanner.answer = answer
    assert files.accept(upload("a.pdf", samples.PDF), by=maude).state == "withheld"


def test_a_scanner_that_is_away_withholds_the_file_until_it_is_back(
    as_, maude, settings, tmp_path, scanner, django_capture_on_commit_callbacks
):
    there, settings.CLAMD_ADDRESS = settings.CLAMD_ADDRESS, f"unix:{tmp_path}/personne.sock"
    good = files.accept(upload("a.pdf", samples.PDF), by=maude)
    bad = files.accept(upload("b.pdf", samples.PDF + b"EICAR"), by=maude)
    assert (good.state, bad.state) == ("withheld", "withheld")
    response = as_(maude).get(address(good))
    assert response.status_code == 503
    assert b"%PDF" not in response.content
    files.rescan_withheld()
    assert StoredFile.objects.filter(state="withheld").count() == 2
    settings.CLAMD_ADDRESS = there
    with django_capture_on_commit_callbacks(execute=True):
        files.rescan_withheld()
    good.refresh_from_db()
    assert good.state == "ready"
    assert as_(maude).get(address(good)).status_code == 200
    assert not StoredFile.objects.filter(pk=bad.pk).exists()
    assert on_disk() == [good.file.name]
    assert ActionLog.objects.filter(verb="file.infected").count() == 1


def test_what_waits_for_a_scanner_that_was_taken_away_waits_no_more(maude, settings, tmp_path):
    settings.CLAMD_ADDRESS = f"{tmp_path}/personne.sock"
    stored = files.accept(upload("a.pdf", samples.PDF), by=maude)
    settings.CLAMD_ADDRESS = ""
    files.rescan_withheld()
    stored.refresh_from_db()
    assert stored.state == "ready"


@pytest.mark.server
def test_a_scanner_is_also_reached_by_its_port(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), FakeScanner) as server:
        server.received, server.answer = [], b""
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        assert clamav.scan(io.BytesIO(b"x" * 200_000)) is clamav.Verdict.CLEAN
        assert clamav.scan(io.BytesIO(b"EICAR")) is clamav.Verdict.INFECTED
        server.shutdown()
    assert clamav.scan(io.BytesIO(b"x")) is clamav.Verdict.UNKNOWN


def test_an_address_that_makes_no_sense_is_a_scanner_that_is_away(settings):
    settings.CLAMD_ADDRESS = "clamav"
    assert clamav.scan(io.BytesIO(b"x")) is clamav.Verdict.UNKNOWN


# ----------------------------------------------------------------------------------- the table


def test_no_accepted_extension_is_a_dangerous_one():
    assert not types.DANGEROUS & set(types.BY_EXTENSION)
    assert {type_.content_type for type_ in types.TYPES if type_.family == "image"} == types.INLINE
