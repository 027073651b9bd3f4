"""The filtered list as a table: only what its person reads, and nothing that runs."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from library.exchange import columns, tables
from library.models import Document
from tests.library.conftest import make_document


def ask(browser: Any, query: str = "") -> Any:
    return browser.get(reverse("library:table") + query)


def rows(response: Any) -> list[dict[str, str]]:
    """The lines of the file, by column, read as a spreadsheet of Québec reads them."""
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeffnumero;fichier;titre;")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def titles(response: Any) -> list[str]:
    return [row["titre"] for row in rows(response)]


def test_a_table_says_all_that_is_said_of_a_document(library, as_) -> None:
    document = make_document(
        library.maude,
        authors="Maude Tremblay",
        contributors=[{"name": "Réal Lavoie", "role": "ill"}],
        issued="2025-05",
        terms={"facteurs_risque": ["individuels", "familiaux"], "themes_gestion": ["benevolat"]},
        tags=["lecture", "accueil"],
        level="sous-communaute",
        space=library.intervention,
    )
    (row,) = rows(ask(as_(library.maude)))

    said = {
        "numero": str(document.pk),
        "fichier": "accueil.txt",
        "titre": "Accueillir après une suspension",
        "auteurs": "Maude Tremblay",
        "collaborations": "Lavoie, Réal (ill)",
        "organisme": "Racines et Relais",
        "date": "2025-05",
        "type": "Guide",
        "determinants": "Individuels | Familiaux",
        "themes": "Benevolat",
        "mots_cles": "accueil | lecture",
        "espace": "Intervention",
        "version": "",
        "adresse": f"http://localhost:8000{document.get_absolute_url()}",
    }
    assert {name: row[name] for name in said} == said


def test_every_column_that_an_import_reads_is_exported() -> None:
    read = {
        *columns.WORDS, *columns.CHOICES, *columns.TERMS, columns.FILE, columns.CONTRIBUTORS,
        columns.TAGS, columns.SPACE, *columns.DATES,
    }  # fmt: skip

    assert read <= set(tables.CELLS)


def test_only_what_its_person_reads_is_in_the_table(library, as_) -> None:
    make_document(library.maude, title="Communauté")
    make_document(library.maude, title="Relais", level="organisme")
    make_document(library.real, title="Direction", level="sous-communaute", space=library.direction)

    assert titles(ask(as_(library.maude))) == ["Relais", "Communauté"]
    assert titles(ask(as_(library.real))) == ["Direction", "Communauté"]
    assert titles(ask(as_(library.eve))) == ["Communauté"]


def test_what_is_confidential_leaves_only_from_inside_its_space(library, as_) -> None:
    place = {"level": "sous-communaute", "space": library.psychosocial}
    make_document(library.naima, title="Canari violet", **place)
    inside = "?espace=suivis-psychosociaux"

    assert titles(ask(as_(library.naima))) == []
    assert titles(ask(as_(library.naima), inside)) == ["Canari violet"]
    assert titles(ask(as_(library.eve), inside)) == []
    assert ask(as_(library.naima), inside).headers["Cache-Control"] == "no-store"


def test_a_table_obeys_the_filters_and_the_order_of_the_list(library, as_) -> None:
    for title in ("Bateau", "Ancre", "Cale"):
        make_document(library.maude, title=title, type="video" if title == "Cale" else "guide")

    assert titles(ask(as_(library.eve), "?type=guide")) == ["Ancre", "Bateau"]
    assert titles(ask(as_(library.eve), "?tri=titre")) == ["Ancre", "Bateau", "Cale"]


def test_no_cell_runs_in_a_spreadsheet(library, as_) -> None:
    document = make_document(library.maude, tags=["-calc"], authors="+33")
    Document.objects.filter(pk=document.pk).update(
        title="=HYPERLINK(1)", abstract="@somme;\nsuite", publisher_name="\t=1"
    )
    (row,) = rows(ask(as_(library.eve)))

    assert row["titre"] == "'=HYPERLINK(1)"
    assert row["resume"] == "'@somme; suite"
    assert row["organisme"] == "'=1"
    assert row["auteurs"] == "'+33"
    assert row["mots_cles"] == "'-calc"


def test_a_table_is_written_by_pieces_with_the_same_queries_in_each(
    library, as_, monkeypatch
) -> None:
    """Four queries a piece for the words; the rows come through one cursor."""
    monkeypatch.setattr(tables, "CHUNK", 30)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            rows(ask(as_(library.eve)))
        return len(found)

    for n in range(3):
        make_document(library.maude, title=f"A {n}", tags=["a"])
    rows(ask(as_(library.eve)))
    three = queries()
    for n in range(27):
        make_document(library.maude, title=f"B {n}", tags=["b"])

    assert queries() == three


def test_a_visitor_has_no_table(library, as_) -> None:
    assert ask(as_(None)).status_code == 302


def test_a_table_asked_for_again_and_again_is_refused(library, as_) -> None:
    browser = as_(library.eve)
    answers = [ask(browser).status_code for _time in range(31)]

    assert answers == [200] * 30 + [429]
