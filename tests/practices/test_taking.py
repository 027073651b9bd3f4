"""What is taken away of the directory: the page to print, the records, the table; and how often."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from accounts.models import User
from core.models import OutboxEvent
from practices.exchange import qr, tables
from practices.models import Credit, Sheet
from practices.sections import SECTIONS
from practices.services import life
from tests.conftest import World
from tests.practices.conftest import make_published, make_sheet, publish_sheet

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
FORMS = ("imprimer/", "fiche.json")
# The session and who has it; the sheet with her rights; the words; the organisations to credit.
PAPER = 7


@pytest.fixture
def full(world: World) -> Sheet:
    """A public sheet that says everything a volunteer needs."""
    words: dict[str, dict[str, Any]] = {
        "identite": {"contact": "La coordination, au 418 555-0100"},
        "lecons": {"mistakes": ["=1+1", "Promettre trop"]},
        "public": {"criteria": "Avec l’accord du parent"},
    }
    return publish_sheet(make_sheet(world.maude, **words), world.odile, public=True)


def read_csv(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


# ------------------------------------------------------------------------------- the print page


def test_a_visitor_prints_a_public_sheet_on_one_page(as_: As, full: Sheet) -> None:
    answer = as_(None).get(f"/pratiques/{full.pk}/imprimer/")
    page = answer.content.decode()

    assert answer.status_code == 200
    for said in (
        "Reprendre le lien par le quotidien", "Une même personne passe", "Avec l’accord du parent",
        "Choisir", "Une seule personne-pivot", "Promettre trop", "au 418 555-0100",
        f"http://localhost:8000/pratiques/{full.pk}/",
    ):  # fmt: skip
        assert said in page, said
    assert '<svg class="qr" role="img"' in page
    assert "style=" not in page
    assert 'rel="canonical"' in answer.headers["Link"]


def test_the_code_is_read_back_as_the_address() -> None:
    """Module for module, what the library draws of that address."""
    import qrcode

    address = "https://ancrage.example/pratiques/12/"
    side, outline = qr.path(address)
    code = qrcode.QRCode(border=qr.MARGIN, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    drawn = [[False] * side for _row in range(side)]
    for run in outline.strip("M").split("M"):
        place, width = run.split("v")[0].split("h")
        x, y = map(int, place.split())
        for column in range(x, x + int(width)):
            drawn[y][column] = True

    assert drawn == code.get_matrix()


@pytest.mark.parametrize("form", [*FORMS, "fiche.pdf", "apercu.png"])
def test_what_is_not_public_leads_a_visitor_to_sign_in(as_: As, sheet: Sheet, form: str) -> None:
    answer = as_(None).get(f"/pratiques/{sheet.pk}/{form}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/compte/connexion/")


@pytest.mark.parametrize("form", [*FORMS, "fiche.pdf", "apercu.png"])
def test_nobody_takes_away_a_draft(as_: As, world: World, draft: Sheet, form: str) -> None:
    for person in (world.maude, world.odile, world.eve):
        assert as_(person).get(f"/pratiques/{draft.pk}/{form}").status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_what_is_prepared_is_on_no_paper(
    as_: As, world: World, full: Sheet, form: str, change: Any
) -> None:
    from practices.services import writing

    values = full.content["besoin"] | {"context": "Un secret en préparation"}
    writing.save_section(full, "besoin", values, by=world.maude, revision=0)

    assert b"Un secret" not in as_(world.maude).get(f"/pratiques/{full.pk}/{form}").content


def test_a_paper_names_organisations_and_nobody(as_: As, world: World, full: Sheet) -> None:
    Credit.objects.create(
        sheet=full, person=world.real, organisation=world.phare, role=Credit.Role.PROPOSAL
    )
    path = f"/pratiques/{full.pk}/fiche.json"
    member, visitor = as_(world.eve).get(path).json(), as_(None).get(path).json()

    assert member["credits"] == ["Le Phare des Battures"]
    assert visitor["credits"] == []
    for said in (json.dumps(member), json.dumps(visitor)):
        assert "Maude" not in said and "Lavoie" not in said


@pytest.mark.parametrize("rows", [3, 300])
def test_a_paper_costs_the_same_whatever_became_of_the_sheet(
    as_: As, world: World, full: Sheet, rows: int
) -> None:
    from tests.forums.test_budgets import arrived, counted

    Credit.objects.bulk_create(
        Credit(sheet=full, person=None, organisation=world.phare, role="passage")
        for _n in range(rows)
    )
    browser = arrived(as_(world.eve))
    browser.get(f"/pratiques/{full.pk}/imprimer/")
    with counted() as queries:
        browser.get(f"/pratiques/{full.pk}/imprimer/")

    assert len(queries) <= PAPER, queries


# ------------------------------------------------------------------------------------- records


def test_a_record_says_each_value_beside_its_words(as_: As, world: World, full: Sheet) -> None:
    said = as_(world.maude).get(f"/pratiques/{full.pk}/fiche.json").json()
    sections = {one["name"]: {f["name"]: f for f in one["fields"]} for one in said["sections"]}

    assert (said["version"], said["public"], said["bearer"]) == (1, True, "Racines et Relais")
    assert sections["public"]["levels"]["value"] == ["secondaire-c1"]
    assert sections["public"]["levels"]["scheme"] == "ordres_enseignement"
    assert sections["public"]["levels"]["words"]
    assert sections["deroulement"]["steps"]["value"][0]["title"] == "Choisir"
    assert sections["cout"]["band"]["value"] == "moins-100"


def test_the_table_has_a_column_for_each_field_and_no_cell_that_runs(
    as_: As, world: World, full: Sheet
) -> None:
    answer = as_(world.maude).get("/pratiques/export.csv")
    (row,) = read_csv(answer)

    assert row["Titre"] == "Reprendre le lien par le quotidien"
    assert row["Erreurs à éviter"] == "'=1+1 | Promettre trop"
    assert row["Contexte et besoin"] == "Les appels de l’école devenaient une menace."
    assert row["Version"] == "1" and "Oui" in row.values()
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_columns_of_the_table_are_named_for_people_and_each_otherwise(
    as_: As, world: World, full: Sheet
) -> None:
    User.objects.filter(pk=world.eve.pk).update(language="en")
    said = b"".join(as_(world.eve).get("/pratiques/export.csv").streaming_content).decode()
    with translation.override("fr-ca"):
        header = tables.header()

    assert said[1:].splitlines()[0].split(";") == header
    assert len(set(header)) == len(header) == len(tables.CELLS) + len(tables.FIELDS)
    assert not [one for one in header if re.match(r"[a-z_]+\.?[a-z_]*$", one)]


def test_two_fields_of_one_label_say_their_section(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = [(section, SECTIONS[0].fields[0]) for section in SECTIONS[:2]]
    monkeypatch.setattr(tables, "FIELDS", twice)
    one, other = tables.header()[-2:]
    assert one != other and one.endswith(str(SECTIONS[0].fields[0].label))


def test_the_list_leads_to_its_exports_under_its_filters(
    as_: As, world: World, full: Sheet, sheet: Sheet
) -> None:
    other = make_published(world, visees={"regions": ["11"]})
    page = as_(world.eve).get("/pratiques/?region=11&tri=titre")
    source = html.unescape(page.content.decode())
    for form in ("csv", "json"):
        assert f'href="/pratiques/export.{form}?region=11"' in source
    assert [
        int(row["Numéro"]) for row in read_csv(as_(world.eve).get(page.context["exports"]["table"]))
    ] == [other.pk]
    assert "export.csv" not in as_(world.eve).get("/pratiques/?region=16").content.decode()
    assert not as_(world.odile).get("/pratiques/?etat=soumise").context["exports"]
    assert "export.csv" not in as_(None).get("/pratiques/").content.decode()


def test_exports_hold_what_she_reads_and_nothing_else(
    as_: As, world: World, full: Sheet, sheet: Sheet
) -> None:
    make_sheet(world.real, identite={"title": "Un brouillon de Réal"})
    hidden = make_published(world, identite={"title": "Mise de côté"})
    life.hide_sheet(hidden, by=world.odile, reason="À revoir")
    for person in (world.eve, world.odile):
        rows = read_csv(as_(person).get("/pratiques/export.csv"))
        listed = json.loads(b"".join(as_(person).get("/pratiques/export.json").streaming_content))
        assert {int(row["Numéro"]) for row in rows} == {full.pk, sheet.pk}
        assert {one["number"] for one in listed["sheets"]} == {full.pk, sheet.pk}


@pytest.mark.parametrize("path", ["/pratiques/export.csv", "/pratiques/export.json"])
def test_a_visitor_exports_nothing(as_: As, full: Sheet, path: str) -> None:
    assert as_(None).get(path).status_code == 302


@pytest.mark.parametrize("rows", [3, 30])
def test_an_export_costs_the_same_at_any_length(as_: As, world: World, rows: int) -> None:
    from tests.forums.test_budgets import arrived, counted

    sheet = make_published(world)
    version = sheet.current
    for _n in range(rows):
        sheet.pk = sheet.submission = None
        sheet._state.adding = True
        sheet.current = version
        sheet.save()
    browser = arrived(as_(world.eve))
    with counted() as queries:
        assert len(read_csv(browser.get("/pratiques/export.csv"))) == rows + 1

    assert len(queries) <= 9, queries


# --------------------------------------------------------------------------------- how often


def downloads(sheet: Sheet) -> int:
    sheet.refresh_from_db()
    return sheet.download_count


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a printer that draws nothing."""
    from practices.exchange import printing

    monkeypatch.setattr(printing, "print_here", lambda page, things: b"%PDF-1.7")


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize("file", ["fiche.pdf", "fiche.json"])
def test_a_download_counts_once_a_day_and_asks_later_what_came_of_it(
    as_: As, world: World, full: Sheet, file: str
) -> None:
    cache.clear()
    browser, path = as_(world.eve), f"/pratiques/{full.pk}/{file}"
    for _turn in range(3):
        browser.get(path)
    browser.head(path)
    # To look at the page to print is to take nothing away.
    browser.get(f"/pratiques/{full.pk}/imprimer/")
    assert downloads(full) == 1
    as_(world.real).get(path)
    assert downloads(full) == 2

    events = OutboxEvent.objects.filter(name="sheet.downloaded").order_by("pk")
    assert [event.payload for event in events] == [
        {"sheet": full.pk, "user": world.eve.pk},
        {"sheet": full.pk, "user": world.real.pk},
    ]


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize("file", ["fiche.pdf", "fiche.json"])
def test_a_visitor_takes_without_being_counted(as_: As, full: Sheet, file: str) -> None:
    cache.clear()
    answer = as_(None).get(f"/pratiques/{full.pk}/{file}")

    assert answer.status_code == 200
    assert downloads(full) == 0
    assert not answer.cookies
    assert not OutboxEvent.objects.filter(name="sheet.downloaded").exists()


def test_a_machine_without_pango_says_so_and_leads_to_the_page_to_print(
    as_: As, world: World, full: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from practices.exchange import printing

    printing.is_ready.cache_clear()
    monkeypatch.setattr(printing, "LIBRARIES", ("libabsente.so.9",))
    try:
        answer = as_(world.eve).get(f"/pratiques/{full.pk}/fiche.pdf")
        page = as_(world.eve).get(full.get_absolute_url()).content.decode()
    finally:
        printing.is_ready.cache_clear()

    assert answer.status_code == 404
    assert f"/pratiques/{full.pk}/imprimer/" in answer.content.decode()
    assert "fiche.pdf" not in page
    assert downloads(full) == 0


@pytest.mark.usefixtures("printed")
def test_a_sheet_that_is_set_aside_leaves_no_drawn_paper(
    as_: As, world: World, full: Sheet, work: Callable[[], None]
) -> None:
    from django.core.files.storage import storages

    as_(None).get(f"/pratiques/{full.pk}/fiche.pdf")
    folder = f"kept/sheet-{full.pk}"
    assert storages["private"].listdir(folder)[1]
    life.hide_sheet(full, by=world.odile, reason="À revoir")
    work()
    assert not storages["private"].exists(folder) or not storages["private"].listdir(folder)[1]
