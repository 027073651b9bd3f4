"""What somebody tries who knows the addresses, the fields and the numbers of the directory."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import User
from core.audience import Level, State
from core.errors import NotAllowed
from core.writing import writer_token
from practices.errors import ConsentMissing, NotABearer, WrongStage
from practices.models import Bearer, Interest, Proposal, Sheet
from practices.sections import SECTIONS, Kind
from practices.services import improving, life, trials, writing
from practices.services.common import Missing
from tests import access
from tests.conftest import World
from tests.practices.conftest import make_published, make_sheet, publish_sheet, whole

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
TOLD = {"period": "Automne", "outcome": "mieux", "lesson": "Retenir"}


def moved(person: User, organisation: Any) -> User:
    User.objects.filter(pk=person.pk).update(organisation=organisation)
    return User.objects.get(pk=person.pk)


# ----------------------------------------------------------------------------- who left, or may not


def test_who_left_the_organisation_leaves_it_the_draft_she_began(world: World, as_: As) -> None:
    draft = make_sheet(world.maude)
    maude = moved(world.maude, world.phare)

    with pytest.raises(NotABearer):
        writing.save_section(draft, "besoin", {"context": "Autre"}, by=maude, revision=1)
    with pytest.raises(NotABearer):
        life.submit(draft, by=maude)
    assert as_(maude).get(f"/pratiques/{draft.pk}/rediger/").status_code == 403


def test_who_left_bears_nothing_and_decides_nothing(world: World) -> None:
    sheet = make_published(world)
    proposal = improving.propose(sheet, "besoin", {"context": "Autre"}, why="Oui", by=world.eve)
    maude = moved(world.maude, world.phare)
    assert Bearer.objects.filter(sheet=sheet, user=maude).exists()

    for act in (
        lambda: improving.accept(proposal, by=maude),
        lambda: life.archive(sheet, by=maude),
        lambda: writing.save_section(sheet, "besoin", {"context": "X"}, by=maude, revision=0),
    ):
        with pytest.raises(NotABearer):
            act()


def test_the_referente_of_another_organisation_consents_to_nothing(world: World) -> None:
    sheet = make_published(world)
    type(world.phare).objects.filter(pk=world.phare.pk).update(contact=world.real)

    for act in (life.give_consent, life.withdraw_consent):
        with pytest.raises(NotAllowed):
            act(sheet, by=world.real)
    with pytest.raises(NotAllowed):
        life.name_bearers(sheet, [world.real], by=world.real)


def test_an_account_that_was_closed_writes_nothing(world: World, as_: As) -> None:
    sheet = make_published(world)
    eve = as_(world.eve)
    User.objects.filter(pk=world.eve.pk).update(is_active=False)

    for path in ("proposer/besoin/", "essai/", "garder/", "adapter/"):
        answer = eve.post(f"/pratiques/{sheet.pk}/{path}", TOLD)
        assert (answer.status_code, "connexion" in answer.headers["Location"]) == (302, True)
    world.eve.refresh_from_db()
    with pytest.raises(Missing):
        trials.tell(sheet, by=world.eve, **TOLD)
    assert not Interest.objects.exists()


# ------------------------------------------------------------------------- the consent, its absence


def test_what_was_withdrawn_comes_back_to_members_only(world: World, as_: As) -> None:
    sheet = make_published(world, public=True)
    life.withdraw(sheet, by=world.maude, reason="Nous la reprenons")

    life.restore_sheet(sheet, by=world.odile)

    sheet.refresh_from_db()
    assert (sheet.state, sheet.level, sheet.consented_at) == (
        State.PUBLISHED, Level.COMMUNITY, None,
    )  # fmt: skip
    assert as_(None).get(f"/pratiques/{sheet.pk}/fiche.json").status_code == 302
    with pytest.raises(ConsentMissing):
        life.open_to_public(sheet, by=world.odile)


def test_what_is_under_review_is_not_given_up_behind_the_animators_back(world: World) -> None:
    sheet = make_published(world)
    values = {"if_we": "Une autre logique"}
    writing.save_section(sheet, "logique", values, by=world.maude, revision=0)
    life.submit(sheet, by=world.maude)
    life.claim(sheet, by=world.odile)

    with pytest.raises(WrongStage):
        writing.drop_section(sheet, "logique", by=world.maude)
    writing.drop_section(sheet, "logique", by=world.odile)

    sheet.refresh_from_db()
    assert (sheet.progress, sheet.claimed_by, sheet.submitted_at) == ("", None, None)


# ----------------------------------------------------------------- numbers of one sheet, in another


def test_what_stands_in_one_sheet_is_not_found_through_another(world: World, as_: As) -> None:
    one, other = make_published(world), make_published(world)
    proposal = improving.propose(one, "besoin", {"context": "Autre"}, why="Oui", by=world.eve)
    trial = trials.tell(one, by=world.eve, **TOLD)
    writing.save_section(one, "logique", {"if_we": "Si"}, by=world.maude, revision=0)
    writing.publish_changes(one, by=world.maude)
    odile, eve = as_(world.odile), as_(world.eve)
    base = f"/pratiques/{other.pk}"

    for path in (
        f"{base}/bonifications/{proposal.pk}/", f"{base}/bonifications/{proposal.pk}/regler/",
        f"{base}/essais/{trial.pk}/ecarter/", f"{base}/versions/2/", f"{base}/versions/1/?avec=2",
    ):  # fmt: skip
        assert odile.get(path).status_code == 404, path
    assert eve.get(f"{base}/essais/{trial.pk}/modifier/").status_code == 404
    for acte in ("accepter", "refuser", "ecarter"):
        odile.post(f"{base}/bonifications/{proposal.pk}/", {"acte": acte, "reply": "x"})
    proposal.refresh_from_db()
    assert (proposal.answer, proposal.state) == ("attente", "published")


@pytest.mark.parametrize("state", ["draft", "hidden"])
def test_of_a_sheet_that_is_not_there_nothing_is_thanked_kept_nor_reported(
    world: World, as_: As, state: str
) -> None:
    sheet = make_published(world)
    trial = trials.tell(sheet, by=world.real, **TOLD)
    proposal = improving.propose(sheet, "besoin", {"context": "Autre"}, why="Oui", by=world.real)
    Sheet.objects.filter(pk=sheet.pk).update(state=state)
    eve = as_(world.eve)

    for kind, pk in (("sheet", sheet.pk), ("trial", trial.pk), ("proposal", proposal.pk)):
        report = eve.get(f"/signalements/nouveau/?genre={kind}&objet={pk}")
        assert report.status_code == 404, kind
    for path in ("garder/", "essai/", "proposer/besoin/", "essayee/", "passages/1/retirer/"):
        data = TOLD | {"writer": writer_token(world.eve)}
        assert eve.post(f"/pratiques/{sheet.pk}/{path}", data).status_code == 404, path


# ------------------------------------------------------------------------------- odd and long words

NUL = "un\0deux"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/pratiques/livret/", {"acte": "chercher", "mot": NUL}),
        ("/pratiques/livret/", {"titre": NUL, "fiche": "1"}),
        ("bonifications/", {"acte": "ecarter", "reason": NUL}),
        ("bonifications/", {"acte": "refuser", "reply": NUL}),
        ("vie/retirer/", {"reason": NUL, "act": "as-is"}),
        ("vie/archiver/", {"words": NUL, "act": "as-is"}),
        ("preuve/", {"level": "1", "reason": NUL, "act": "as-is"}),
        ("lier/", {"quoi": NUL, "acte": "lier"}),
        ("adapter/", {"title": NUL, "act": "as-is"}),
        ("rediger/besoin/", {"context": NUL, "act": "as-is", "revision": "²"}),
        ("versions/1/", {"acte": NUL}),
    ],
)
def test_a_sign_that_the_database_does_not_take_is_no_accident(
    world: World, as_: As, path: str, fields: dict[str, str]
) -> None:
    sheet = make_published(world)
    proposal = improving.propose(sheet, "besoin", {"context": "Autre"}, why="Oui", by=world.eve)
    if path == "bonifications/":
        path = f"{path}{proposal.pk}/"
    if not path.startswith("/"):
        path = f"/pratiques/{sheet.pk}/{path}"
    if "fiche" in fields:
        fields = fields | {"fiche": str(sheet.pk)}

    answer = as_(world.odile).post(path, fields | {"writer": writer_token(world.odile)})

    assert answer.status_code < 500


def test_an_address_that_names_a_thousand_sheets_is_read_as_far_as_it_makes_sense(
    world: World, as_: As
) -> None:
    make_published(world)
    eve = as_(world.eve)
    for most, status in ((990, 200), (1_001, 400)):
        numbers = "&".join(f"fiche={900_000 + n}" for n in range(most))
        for path in ("/pratiques/comparer/", "/pratiques/livret/"):
            assert eve.get(f"{path}?{numbers}").status_code == status


EVIL = "</script><img src=x onerror=alert(1)>'\"&{{7*7}}"
FORMULA = "=HYPERLINK(0)"


def said_everywhere(words: str) -> dict[str, dict[str, Any]]:
    """A whole content in which every field that takes words holds these."""
    content = whole()
    for section in SECTIONS:
        for one in section.fields:
            short = words[: one.most]
            value: Any = {
                Kind.LINES: [short], Kind.STEPS: [{"title": words, "text": words}],
            }.get(one.kind, short)  # fmt: skip
            if one.kind in (Kind.LINE, Kind.TEXT, Kind.LINES, Kind.STEPS):
                content.setdefault(section.name, {})[one.name] = value
    return content


def test_no_field_becomes_an_element_wherever_it_is_read(world: World, as_: As) -> None:
    draft = make_sheet(world.maude, **said_everywhere(EVIL))
    sheet = publish_sheet(draft, world.odile, public=True)
    proposal = improving.propose(sheet, "besoin", {"context": f"{EVIL} 2"}, why=EVIL, by=world.eve)
    trials.tell(sheet, by=world.eve, **TOLD | {"period": EVIL, "lesson": EVIL, "changed": EVIL})
    here = f"/pratiques/{sheet.pk}"
    everybody = (
        sheet.get_absolute_url(), f"{here}/imprimer/", "/pratiques/", "/", f"{here}/preuve/",
        "/pratiques/carte/", f"/pratiques/comparer/?fiche={sheet.pk}", "/sitemap.xml",
    )  # fmt: skip
    members = (f"{here}/versions/1/", f"{here}/bonifications/", f"{here}/essais/", f"{here}/arbre/",
               f"{here}/bonifications/{proposal.pk}/", f"{here}/chez-nous/", f"{here}/adapter/",
               f"{here}/vie/", f"{here}/rediger/besoin/", "/recherche/?q=script",
               f"/admin/practices/sheet/{sheet.pk}/change/", "/pratiques/mes-fiches/")  # fmt: skip
    for browser, paths in ((as_(None), everybody), (as_(world.odile), everybody + members)):
        for path in paths:
            body = browser.get(path).content.decode()
            assert "<img src=x" not in body, path
    for data in re.findall(
        r'<script type="application/ld\+json">(.*?)</script>',
        as_(None).get(sheet.get_absolute_url()).content.decode(),
        re.DOTALL,
    ):
        assert EVIL in json.loads(data)["name"]
    assert as_(None).get(f"{here}/fiche.json").headers["Content-Type"] == "application/json"


def test_no_cell_of_an_export_is_a_formula(world: World, as_: As) -> None:
    publish_sheet(make_sheet(world.maude, **said_everywhere(FORMULA)), world.odile)
    answer: Any = as_(world.eve).get("/pratiques/export.csv")
    table = b"".join(answer.streaming_content).decode().lstrip("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(table), delimiter=";") for cell in row]

    assert any(FORMULA in cell for cell in cells)
    assert [cell for cell in cells if cell[:1] in "=+-@\t" and cell] == []


# -------------------------------------------------------------------------- reading changes nothing

# What taking a sheet away leaves (docs/visibility.md, “What a GET may change”).
MARKS = {"sheet": {"download_count"}}


def stored() -> dict[str, list[dict[str, Any]]]:
    """All that the room holds."""
    return {
        model._meta.model_name or "": list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("practices").get_models()
    }


@pytest.mark.parametrize("who", ["eve", "maude", "odile"])
def test_looking_at_every_page_changes_nothing_but_the_written_marks(
    world: World, as_: As, who: str
) -> None:
    sheet = make_published(world, public=True)
    make_sheet(world.maude)
    improving.propose(sheet, "besoin", {"context": "Autre"}, why="Oui", by=world.eve)
    trials.tell(sheet, by=world.eve, **TOLD)
    before, browser = stored(), as_(getattr(world, who))

    for address in access.addresses():
        row = access.row_of(address.name)
        if address.name.startswith("practices:") and row is not None and not row.post_only:
            for path in access.paths(address):
                browser.head(path)
                answer = browser.get(f"{path}?acte=accepter&reponse=non&wanted=1")
                assert answer.status_code < 500, path

    after = stored()
    for name, rows in before.items():
        if name == "interest":
            assert all(one["saved_at"] is None for one in after[name])
            continue
        changed = {
            column
            for one, two in zip(rows, after[name], strict=True)
            for column in one
            if one[column] != two[column]
        }
        assert changed <= MARKS.get(name, set()), name
    assert Proposal.objects.waiting().count() == 1
