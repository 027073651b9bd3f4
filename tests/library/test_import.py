"""A folder becomes documents: once each, whatever happens on the way, and the report says all."""

from __future__ import annotations

import csv
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core import files
from core.audience import State
from core.models import OutboxEvent, StoredFile
from library.importing import batch as importing
from library.importing import sheet
from library.models import Document, ImportedFile
from library.services import deposit
from tests.conftest import make_person
from tests.library.conftest import make_document

HEAD = "fichier;titre;type;resume;date;organisme;licence"
LINE = "{path};{title};guide;Un résumé.;2024-05;Racines et Relais;communaute"


class Desk:
    """The operator's: a folder, a table, a command, its report."""

    def __init__(self, place: Path, by: User) -> None:
        self.folder = place / "a-importer"
        self.folder.mkdir()
        self.table = place / "table.csv"
        self.report_path = place / "rapport.csv"
        self.by = by
        self.said = ""

    def file(self, name: str, content: bytes = b"") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content or f"Le texte de {name}.".encode())
        return path

    def lines(self, *lines: str, head: str = HEAD) -> None:
        self.table.write_text("\n".join([head, *lines]), encoding="utf-8")

    def run(self, *options: str, table: bool = True) -> list[dict[str, str]]:
        """Run the command; answer its report. Errors of files are in it."""
        out, err = io.StringIO(), io.StringIO()
        given = [str(self.folder), "--by", self.by.email, "--report", str(self.report_path)]
        given += ["--csv", str(self.table)] if table else []
        try:
            call_command("import_documents", *given, *options, stdout=out, stderr=err)
        except CommandError:
            if not self.report_path.exists():
                raise
        self.said = out.getvalue() + err.getvalue()
        text = self.report_path.read_text(encoding="utf-8-sig")
        names = ("line", "file", "result", "document", "address", "remarks")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))[1:]
        return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture
def desk(library, tmp_path) -> Desk:
    (tmp_path / "bureau").mkdir()
    return Desk(tmp_path / "bureau", library.odile)


def titles() -> list[str]:
    return sorted(Document.objects.values_list("title", flat=True))


# ----------------------------------------------------------------------------- what comes in


def test_each_file_becomes_the_document_that_its_line_says(desk, library) -> None:
    desk.file("guides/un.txt", b"Premier.")
    desk.file("deux.txt")
    head = (
        "Fichier;Titre;Auteurs;Organisme;Résumé;Date;Type;Langue;Licence;Visibilité;Déterminants;"
        "Thèmes;Publics;Mots clés;Collaborations;Révision;ISBN;Lien"
    )
    desk.lines(
        ".\\guides\\un.txt;Le premier;Maude Tremblay;Le Phare;Un résumé.;2024-05-31;GUIDE;Anglais"
        ";cc-by;public;Individuels | familiaux;tutorat|benevolat;Parents;Accueil | lecture"
        ";Réal Lavoie (ill) | Naïma Belkacem;2027-01-31;978-2-1234-5680-3;https://exemple.org/a"
        .replace("Anglais", "en"),
        "deux.txt;Le deuxième;;Le Phare;Autre.;2023;guide;;communaute;;;;;;;;;",
        head=head,
    )  # fmt: skip
    report = desk.run()

    assert [row["file"] for row in report] == ["deux.txt", "guides/un.txt"]
    document = Document.objects.get(title="Le premier")
    assert (document.level, document.state, document.owner) == ("public", State.PUBLISHED, desk.by)
    assert (document.issued, document.type, document.language) == ("2024-05-31", "guide", "en")
    assert (document.licence, document.isbn) == ("cc-by", "978-2-1234-5680-3")
    assert document.link == "https://exemple.org/a"
    assert document.review_on is not None
    assert {term.code for term in document.terms.all()} == {
        "individuels", "familiaux", "tutorat", "benevolat", "parents",
    }  # fmt: skip
    assert set(document.tags.names()) == {"accueil", "lecture"}
    assert document.contributors == [
        {"name": "Réal Lavoie", "role": "ill"},
        {"name": "Naïma Belkacem", "role": "ctb"},
    ]
    assert report[1]["line"] == "2"
    assert report[1]["document"] == str(document.pk)
    assert report[1]["address"] == f"http://localhost:8000/bibliotheque/{document.pk}/"
    assert Document.objects.get(title="Le deuxième").level == "communaute"


def test_without_a_table_a_file_is_described_by_its_name_and_the_command(desk) -> None:
    path = desk.file("Plan_de_la rentrée.txt")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    desk.run("--type", "guide", table=False)

    document = Document.objects.get()
    assert document.title == "Plan de la rentrée"
    assert (document.issued, document.licence) == ("2023", "inconnue")
    assert document.publisher_name == "ROCQLD"
    assert document.abstract


def test_what_is_imported_is_read_downloaded_and_indexed_as_any_deposit(desk, library, as_) -> None:
    desk.file("un.txt", b"Bonjour.")
    desk.lines(LINE.format(path="un.txt", title="Un"))
    desk.run()
    document = Document.objects.get()

    answer = as_(library.eve).get(reverse("library:download", args=(document.pk,)))
    assert b"".join(answer) == b"Bonjour."
    assert set(OutboxEvent.objects.values_list("name", flat=True)) >= {
        "document.created", "version.created",
    }  # fmt: skip


def test_neither_quota_nor_hourly_limit_stands_in_the_way(desk, settings) -> None:
    settings.UPLOAD_QUOTA_BYTES = 100
    for number in range(70):
        desk.file(f"{number:03}.txt")
    desk.run("--type", "guide", table=False)

    assert Document.objects.count() == 70
    assert files.used_by(desk.by) == 0


def test_hidden_files_links_and_the_table_itself_are_left_alone(desk, tmp_path) -> None:
    desk.file(".cache/un.txt")
    desk.file(".DS_Store")
    (tmp_path / "secret.txt").write_text("Secret.")
    (desk.folder / "lien.txt").symlink_to(tmp_path / "secret.txt")
    desk.table = desk.file("table.csv")
    desk.file("un.txt")
    desk.lines(LINE.format(path="un.txt", title="Un"))

    assert [row["file"] for row in desk.run()] == ["un.txt"]


def test_a_batch_is_shared_in_a_space_or_further_by_line(desk, library) -> None:
    desk.file("un.txt")
    desk.file("deux.txt")
    desk.lines(
        LINE.format(path="un.txt", title="Un") + ";;",
        LINE.format(path="deux.txt", title="Deux") + ";public;",
        head=HEAD + ";visibilite;espace",
    )
    desk.by = library.maude
    desk.run("--space", "intervention")

    assert Document.objects.get(title="Un").space == library.intervention
    assert Document.objects.get(title="Deux").level == "public"
    with pytest.raises(CommandError):
        call_command("import_documents", str(desk.folder), "--by", desk.by.email,
                     "--space", "direction-administration")  # fmt: skip


# --------------------------------------------------------------------- again, and after a kill


def test_a_second_run_changes_nothing(desk) -> None:
    for name in ("un.txt", "deux.txt"):
        desk.file(name)
    desk.lines(*(LINE.format(path=f"{name}.txt", title=name) for name in ("un", "deux")))
    first = desk.run()
    before = (Document.objects.count(), StoredFile.objects.count(), OutboxEvent.objects.count())
    second = desk.run()

    after = (Document.objects.count(), StoredFile.objects.count(), OutboxEvent.objects.count())
    assert before == after
    assert [row["document"] for row in second] == [row["document"] for row in first]
    assert {row["result"] for row in first} & {row["result"] for row in second} == set()


def test_a_run_that_was_killed_goes_on(desk, monkeypatch) -> None:
    """Killed in the middle of a deposit, after its file was written: nothing of it remains."""
    names = [f"{number}.txt" for number in range(4)]
    for name in names:
        desk.file(name)
    desk.lines(*(LINE.format(path=name, title=name) for name in names))
    real, calls = deposit.deposit_document, []

    def killed(**given: Any) -> Document:
        calls.append(given)
        document = real(**given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return document

    monkeypatch.setattr(importing, "deposit_document", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.run()
    assert titles() == names[:2]
    assert ImportedFile.objects.count() == StoredFile.objects.count() == 2

    monkeypatch.undo()
    desk.run()
    assert titles() == names
    assert ImportedFile.objects.count() == 4


def test_what_was_erased_since_does_not_come_back_by_itself(desk) -> None:
    desk.file("un.txt")
    desk.lines(LINE.format(path="un.txt", title="Un"))
    desk.run()
    document = Document.objects.get()
    Document.objects.update(current=None)
    document.versions.all().delete()
    document.delete()
    desk.run()

    assert not Document.objects.exists()


def test_another_content_under_the_same_name_is_another_document_and_said(desk) -> None:
    desk.file("un.txt", b"Avant.")
    desk.lines(LINE.format(path="un.txt", title="Un"))
    (first,) = desk.run()
    desk.file("un.txt", b"Maintenant.")
    (second,) = desk.run()

    assert Document.objects.count() == 2
    assert first["document"] in second["remarks"]


def test_the_same_content_elsewhere_in_the_library_is_said(desk, library) -> None:
    there = make_document(library.maude, b"Le meme.")
    desk.file("un.txt", b"Le meme.")
    desk.lines(LINE.format(path="un.txt", title="Un"))
    (row,) = desk.run()

    assert str(there.pk) in row["remarks"]


def test_what_could_identify_a_young_person_is_said_without_being_repeated(desk) -> None:
    desk.file("TREM 0812 0512.txt")
    desk.file("un.txt")
    desk.lines(
        LINE.format(path="TREM 0812 0512.txt", title="Plan"),
        LINE.format(path="un.txt", title="Bilan de TREM08120512"),
    )
    report = desk.run()

    assert all(row["remarks"] for row in report)
    assert not any("TREM" in row["remarks"] for row in report)


# ------------------------------------------------------------------------------------- errors


def test_each_error_is_said_on_its_line_and_the_others_go_in(desk) -> None:
    desk.file("bon.txt")
    desk.file("vide.txt").write_bytes(b"")
    desk.file("programme.exe", b"MZ\x00\x01")
    desk.file("oublie.txt")
    for name in ("type", "date", "public", "longue"):
        desk.file(f"{name}.txt")
    desk.lines(
        LINE.format(path="bon.txt", title="Bon"),
        LINE.format(path="vide.txt", title="Vide"),
        LINE.format(path="programme.exe", title="Programme"),
        LINE.format(path="type.txt", title="Type").replace(";guide;", ";roman;"),
        LINE.format(path="date.txt", title="Date").replace("2024-05", "mai 2024"),
        LINE.format(path="public.txt", title="Public").replace(";communaute", ";inconnue")
        + ";public",
        LINE.format(path="longue.txt", title="L") + ";;de trop;",
        LINE.format(path="absent.txt", title="Absent"),
        LINE.format(path="./bon.txt", title="Encore"),
        LINE.format(path="", title="Sans fichier"),
        head=HEAD + ";visibilite",
    )
    report = {(row["file"], row["line"]): row for row in desk.run()}

    assert titles() == ["Bon"]
    wrong = {key for key, row in report.items() if row["remarks"]}
    assert wrong == {
        ("vide.txt", "3"), ("programme.exe", "4"), ("type.txt", "5"), ("date.txt", "6"),
        ("public.txt", "7"), ("longue.txt", "8"), ("absent.txt", "9"), ("bon.txt", "10"),
        ("", "11"), ("oublie.txt", ""),
    }  # fmt: skip
    assert "type" in report["type.txt", "5"]["remarks"]
    assert "roman" in report["type.txt", "5"]["remarks"]


def test_a_refused_file_leaves_nothing_behind(desk) -> None:
    desk.file("un.exe", b"MZ\x00\x01")
    desk.file("deux.txt")
    desk.lines(
        LINE.format(path="un.exe", title="Un"),
        LINE.format(path="deux.txt", title="Deux").replace("Racines et Relais", "R" * 300),
    )
    desk.run()

    assert not StoredFile.objects.exists()
    assert not ImportedFile.objects.exists()
    storage = storages["private"]
    assert not Path(storage.path("")).exists() or storage.listdir("") == ([], [])


def test_a_missing_type_is_an_error_of_its_line(desk) -> None:
    desk.file("un.txt")
    (row,) = desk.run(table=False)

    assert "type" in row["remarks"]
    assert not Document.objects.exists()


def test_a_dry_run_says_the_same_and_writes_nothing(desk) -> None:
    desk.file("bon.txt")
    desk.file("programme.exe", b"MZ\x00\x01")
    desk.file("tags.txt")
    desk.lines(
        LINE.format(path="bon.txt", title="Bon"),
        LINE.format(path="programme.exe", title="Programme"),
        LINE.format(path="tags.txt", title="Mots") + ";" + "|".join(f"mot{n}" for n in range(13)),
        head=HEAD + ";mots_cles",
    )
    report = {row["file"]: row for row in desk.run("--dry-run")}

    assert not report["bon.txt"]["remarks"]
    assert report["programme.exe"]["remarks"]
    assert report["tags.txt"]["remarks"]
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()


def test_the_report_runs_nothing_in_a_spreadsheet(desk) -> None:
    desk.file("=calc.txt")
    desk.run(table=False)

    assert "\n;'=calc.txt;" in desk.report_path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "raw", [b"", b"titre;type\nUn;guide", b'fichier;titre\n"un', b"\x00\x01PK"]
)
def test_a_table_that_cannot_be_read_stops_the_command(desk, raw) -> None:
    desk.table.write_bytes(raw)
    with pytest.raises(CommandError):
        desk.run()


def test_only_a_member_who_may_deposit_imports(desk, library) -> None:
    until = timezone.now() + timedelta(days=3)
    guest = make_person("Ginette", role=User.Role.GUEST, access_until=until)
    for email in (guest.email, "personne@exemple.test"):
        with pytest.raises(CommandError):
            call_command("import_documents", str(desk.folder), "--by", email)
    with pytest.raises(CommandError):
        call_command("import_documents", "/nulle/part", "--by", desk.by.email)


def test_a_column_that_nobody_reads_is_said(desk) -> None:
    desk.file("un.txt")
    desk.lines(LINE.format(path="un.txt", title="Un") + ";x;1", head=HEAD + ";couleur;numero")
    desk.run()

    assert "couleur" in desk.said
    assert "numero" not in desk.said


def test_what_the_export_writes_the_import_reads(desk, library, as_) -> None:
    make_document(
        library.maude, title="Aller", authors="Maude Tremblay", tags=["lecture"],
        terms={"facteurs_risque": ["familiaux"]}, licence="cc-by", level="public",
        contributors=[{"name": "Réal Lavoie", "role": "ill"}],
    )  # fmt: skip
    answer = as_(library.odile).get(reverse("library:table"))
    desk.table.write_bytes(b"".join(answer.streaming_content))
    desk.file("accueil.txt", b"Retour.")
    (row,) = desk.run()
    back = Document.objects.get(pk=row["document"])

    assert (back.title, back.licence, back.level) == ("Aller", "cc-by", "public")
    assert back.contributors == [{"name": "Lavoie, Réal", "role": "ill"}]
    assert {term.code for term in back.terms.all()} == {"familiaux"}
    assert set(back.tags.names()) == {"lecture"}


def test_the_bar_goes_from_tenth_to_tenth_where_there_is_no_terminal(desk) -> None:
    for number in range(20):
        desk.file(f"{number:02}.txt")
    desk.run("--type", "guide", table=False)

    assert [line for line in desk.said.splitlines() if "/20" in line] == [
        f"{number}/20" for number in range(2, 21, 2)
    ]


def test_paths_are_the_same_however_they_are_written() -> None:
    assert sheet.tidy("./a//b\\c.pdf") == sheet.tidy("a/b/c.pdf") == "a/b/c.pdf"
    assert sheet.tidy("e\u0301t\u00e9.pdf") == "\u00e9t\u00e9.pdf"
