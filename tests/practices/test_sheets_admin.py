"""Sheets in the admin: what an animator finds and does there, and who finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from practices.models import Proposal, Sheet, Trial
from practices.services import life
from tests.conftest import World
from tests.practices.conftest import make_sheet

pytestmark = pytest.mark.django_db

As = Callable[[User | None], Client]
SHEETS = "/admin/practices/sheet/"


def act(browser: Client, name: str, *sheets: Sheet) -> None:
    browser.post(SHEETS, {"action": name, "_selected_action": [one.pk for one in sheets]})


def test_an_animator_finds_what_she_moderates_and_no_draft(
    world: World, as_: As, sheet: Sheet
) -> None:
    drafted = make_sheet(world.maude, identite={"title": "Un brouillon canari"})
    odile = as_(world.odile)

    listed = odile.get(SHEETS).content.decode()
    assert sheet.title in listed
    assert "canari" not in listed
    assert odile.get(f"{SHEETS}{sheet.pk}/change/").status_code == 200
    assert odile.get(f"{SHEETS}{drafted.pk}/change/").status_code == 302
    assert as_(world.maude).get(SHEETS).status_code in (302, 403, 404)


@pytest.mark.parametrize(
    ("stage", "found"),
    [("a-decider", False), ("publiee", True), ("a-revoir", True), ("archivee", False)],
)
def test_the_stages_are_filters(
    world: World, as_: As, sheet: Sheet, stage: str, found: bool
) -> None:
    Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=1))

    listed = as_(world.odile).get(f"{SHEETS}?etape={stage}").content.decode()

    assert (f"{SHEETS}{sheet.pk}/change/" in listed) is found


def test_the_actions_pass_through_the_services(world: World, as_: As, sheet: Sheet) -> None:
    odile = as_(world.odile)
    act(odile, "open_to_public", sheet)
    assert not Sheet.objects.get().is_public  # no consent
    life.give_consent(sheet, by=world.odile, words="La directrice, par courriel")
    act(odile, "open_to_public", sheet)
    assert Sheet.objects.get().is_public
    act(odile, "close_to_public", sheet)
    assert not Sheet.objects.get().is_public
    life.hide_sheet(sheet, by=world.odile, reason="À vérifier")
    act(odile, "restore", sheet)
    assert Sheet.objects.get().state == "published"


def test_trials_and_proposals_are_looked_at_and_not_written(
    world: World, as_: As, sheet: Sheet
) -> None:
    trial = Trial.objects.create(
        sheet=sheet, owner=world.real, organisation=world.phare, period="Automne",
        outcome="mieux", lesson="Commencer tôt",
    )  # fmt: skip
    proposal = Proposal.objects.create(
        sheet=sheet, section="besoin", why="Plus clair", owner=world.real
    )
    odile = as_(world.odile)
    for kind, row in (("trial", trial), ("proposal", proposal)):
        base = f"/admin/practices/{kind}/"
        assert sheet.title in odile.get(base).content.decode()
        assert odile.get(f"{base}{row.pk}/change/").status_code == 200
        assert odile.post(f"{base}{row.pk}/change/", {"state": "removed"}).status_code == 403
        assert odile.get(f"{base}add/").status_code == 403
