"""The federation's existing organisations and people come from a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, Organisation, User
from accounts.services import importing
from core.errors import NotAllowed
from tests.accounts.joining import letters, make_animator
from tests.conftest import World

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]
HEAD = "organisme;neq;region;milieu;prenom;nom;courriel;referente"
GOOD = f"""{HEAD}
Le Cap;1143920118;01;rural;Ève;Côté;eve@cap.example;oui
Le Cap;1143920118;;;Luc;Roy;luc@cap.example;non
La Halte;;11;Urbain;;;;
"""


@pytest.fixture
def here() -> str:
    return reverse("admin:accounts_invitation_import")


def upload(browser: Client, here: str, raw: str | bytes, name: str = "liste.csv") -> Any:
    content = raw.encode() if isinstance(raw, str) else raw
    return browser.post(here, {"file": SimpleUploadedFile(name, content)})


def confirm(browser: Client, here: str, preview: Any, send: str = "later") -> Any:
    carried = preview.context["carried"]
    return browser.post(here, {"act": "confirm", "carried": carried, "send": send})


def counts() -> tuple[int, int]:
    return Organisation.objects.count(), Invitation.objects.count()


def test_nothing_is_written_before_the_preview_is_confirmed(
    world: World, as_: Browser, here: str
) -> None:
    before = counts()
    odile = as_(world.odile)
    preview = upload(odile, here, GOOD)
    assert (preview.context["plan"].new_organisations, preview.context["plan"].new_people) == (2, 2)
    assert counts() == before

    report = confirm(odile, here, preview)

    assert counts() == (before[0] + 2, before[1] + 2)
    assert report.context["outcome"].organisations == 2
    cap = Organisation.objects.get(neq="1143920118")
    assert (cap.region, cap.setting) == ("01", "rural")
    eve = Invitation.objects.get(email="eve@cap.example")
    assert eve.makes_contact and eve.state == Invitation.State.PREPARED
    assert not letters()


def test_invitations_leave_at_once_when_asked(world: World, as_: Browser, here: str) -> None:
    odile = as_(world.odile)
    confirm(odile, here, upload(odile, here, GOOD), send="now")
    assert {one.to[0] for one in letters()} == {"eve@cap.example", "luc@cap.example"}


def test_prepared_invitations_are_sent_later_from_the_list(
    world: World, as_: Browser, here: str
) -> None:
    odile = as_(world.odile)
    confirm(odile, here, upload(odile, here, GOOD))
    rows = [str(pk) for pk in Invitation.objects.values_list("pk", flat=True)]
    data = {"action": "send_selected", "_selected_action": rows}
    odile.post(reverse("admin:accounts_invitation_changelist"), data)
    assert len(letters()) == 2
    assert set(Invitation.objects.values_list("serial", flat=True)) == {1}


def test_the_same_file_twice_changes_nothing(world: World, as_: Browser, here: str) -> None:
    odile = as_(world.odile)
    confirm(odile, here, upload(odile, here, GOOD))
    after = counts()
    preview = upload(odile, here, GOOD)
    assert (preview.context["plan"].new_organisations, preview.context["plan"].new_people) == (0, 0)
    confirm(odile, here, preview)
    assert counts() == after


def test_the_same_preview_confirmed_twice_is_carried_out_once(
    world: World, as_: Browser, here: str
) -> None:
    odile = as_(world.odile)
    preview = upload(odile, here, GOOD)
    confirm(odile, here, preview)
    after = counts()
    confirm(odile, here, preview)
    assert counts() == after


def test_wrong_lines_are_told_one_by_one_and_the_others_pass(
    world: World, as_: Browser, here: str
) -> None:
    text = f"""{HEAD}
Le Cap;114392;01;rural;Ève;Côté;eve@cap.example;oui
;1143920118;;;;;;
La Halte;;99;rural;;;;
La Rive;;;;Luc;;;oui
Le Pont;;;;Ana;Roy;ana@pont;non
Le Quai;;;;Zoé;Roy;zoe@quai.example;peut-être
Le Bac;;;;Jo;Roy;jo@bac.example;non
Autre;;;;Jo;Roy;jo@bac.example;non
"""
    preview = upload(as_(world.odile), here, text)
    plan = preview.context["plan"]
    assert [line.number for line in plan.wrong] == [2, 3, 4, 5, 6, 7, 9]
    assert [line.number for line in plan.valid] == [8]
    assert [line.errors[0].split(" : ")[0] for line in plan.wrong[:6]] == [
        "neq", "organisme", "region", "courriel", "courriel", "referente"
    ]  # fmt: skip


def test_lines_that_contradict_each_other_are_refused(world: World) -> None:
    text = f"""{HEAD}
Le Cap;1143920118;;;A;A;a@cap.example;oui
Le Phoque;1143920118;;;B;B;b@cap.example;non
Le Cap;1143920118;;;C;C;c@cap.example;oui
"""
    plan = importing.plan(text)
    assert [line.number for line in plan.wrong] == [3, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_spreadsheets_of_the_federation_are_read(
    world: World, encoding: str, delimiter: str
) -> None:
    text = "Organisme;Région;Prénom;Nom;Courriel\r\nL’Élan;Bas;Noé;Côté;noe@elan.example\r\n"
    text = text.replace("Bas", "01").replace(";", delimiter)
    plan = importing.plan(text.encode(encoding))
    assert not plan.wrong
    values = plan.valid[0].values
    assert (values["name"], values["first_name"], values["region"]) == ("L’Élan", "Noé", "01")


def test_the_zero_that_a_spreadsheet_ate_is_given_back(world: World) -> None:
    assert importing.plan("organisme;region\nLe Cap;1\n").valid[0].values["region"] == "01"


def test_quoted_cells_may_hold_line_breaks_and_separators(world: World) -> None:
    plan = importing.plan('organisme,mission\n"Le Cap, inc.","Une ligne,\nune autre"\nLa Halte,\n')
    assert [line.values["name"] for line in plan.valid] == ["Le Cap, inc.", "La Halte"]
    assert [line.number for line in plan.valid] == [3, 4]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"PK\x03\x04\x00\x00",
        b"nom;prenom\nA;B\n",
        b'organisme\n"sans fin\n',
        b"organisme\n" + b"A\n" * 2001,
    ],
    ids=["empty", "blank", "xlsx", "no column", "broken quote", "too long"],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(
    world: World, as_: Browser, here: str, raw: bytes
) -> None:
    page = upload(as_(world.odile), here, raw)
    assert page.status_code == 200
    assert page.context["form"].errors["file"]


def test_a_file_that_is_too_large_is_refused(world: World, as_: Browser, here: str) -> None:
    page = upload(as_(world.odile), here, b"organisme\n" + b"A" * 500_001)
    assert page.context["form"].errors["file"]


@pytest.mark.parametrize("evil", ["=HYPERLINK(1)", "+cmd", "-2+3", "@SUM(A1)", "'=1", "\t=1"])
def test_no_cell_becomes_a_formula(world: World, evil: str) -> None:
    """Neither in what is kept nor in the files that are given back."""
    text = f'organisme;mission;courriel\n"{evil}";"{evil}";faux\nLe Cap;"{evil}";\n'
    plan = importing.plan(text)
    assert plan.valid[0].values["mission"][:1] not in ("=", "+", "-", "@", "\t", "'")
    for row in csv.reader(io.StringIO(importing.wrong_csv(plan).lstrip("\ufeff")), delimiter=";"):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)


def test_people_who_have_an_account_are_left_alone(world: World) -> None:
    text = f"organisme;courriel\nRacines et Relais;{world.maude.email.upper()}\n"
    plan = importing.plan(text)
    assert plan.valid[0].remark and not plan.valid[0].person_is_new
    assert importing.carry_out(plan, by=world.odile, send=True) == importing.Outcome(0, 0, True)
    assert not Invitation.objects.exists()


def test_the_wrong_lines_come_back_as_a_file_to_mend(world: World, as_: Browser, here: str) -> None:
    odile = as_(world.odile)
    preview = upload(odile, here, f"{HEAD}\nLe Cap;12;;;;;;\n")
    data = {"act": "wrong", "carried": preview.context["carried"]}
    text = odile.post(here, data).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert rows[0]["organisme"] == "Le Cap" and rows[0]["erreurs"]


def test_the_model_is_a_file_that_passes(world: World, as_: Browser) -> None:
    model = as_(world.odile).get(reverse("admin:accounts_invitation_model"))
    plan = importing.plan(model.content)
    assert not plan.wrong and not plan.unknown_columns
    assert (plan.new_organisations, plan.new_people) == (0, 2), "the cast has this organisation"


def test_a_preview_of_somebody_else_or_tampered_with_is_refused(
    world: World, as_: Browser, here: str
) -> None:
    preview = upload(as_(world.odile), here, GOOD)
    other = make_animator("Omar")
    before = counts()
    confirm(as_(other), here, preview)
    data = {"act": "confirm", "carried": preview.context["carried"] + "x"}
    as_(world.odile).post(here, data)
    assert counts() == before


def test_members_import_nothing(world: World, as_: Browser, here: str) -> None:
    for person in (world.maude, world.eve):
        assert upload(as_(person), here, GOOD).status_code in (302, 403, 404)
        with pytest.raises(NotAllowed):
            importing.carry_out(importing.plan(GOOD), by=person, send=False)
    assert not Organisation.objects.filter(neq="1143920118").exists()


def test_seventy_organisations_are_read_in_a_constant_number_of_queries(
    world: World, django_assert_num_queries: Any
) -> None:
    lines = [f"Organisme {n};11000{n:05d};;;P;N;p{n}@o{n}.example;oui" for n in range(70)]
    # Organisations, accounts, open invitations; terms come from the cache.
    importing.plan(GOOD)
    with django_assert_num_queries(3):
        plan = importing.plan("\n".join([HEAD, *lines]))
    assert plan.new_organisations == 70
    outcome = importing.carry_out(plan, by=world.odile, send=True)
    assert (outcome.organisations, outcome.people) == (70, 70)


@pytest.mark.parametrize("room", ["invitation", "organisation"])
def test_the_import_is_reached_from_the_invitations_and_from_the_organisations(
    world: World, as_: Browser, here: str, room: str
) -> None:
    odile = as_(world.odile)
    url = reverse(f"admin:accounts_{room}_changelist")

    assert f'href="{here}"' in odile.get(url).content.decode()
    # Chosen from a popup, a row is looked for: nothing leads elsewhere.
    assert f'href="{here}"' not in odile.get(f"{url}?_popup=1").content.decode()
