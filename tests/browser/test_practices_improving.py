"""Improvements and adaptations in a browser: from the phone of a reader to the published sheet,
with and without JavaScript, by the keyboard; WCAG 2.2 AA on each page and state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from practices.models import Proposal, Sheet
from practices.services import adapting, improving, life, writing
from tests.browser.axe import check
from tests.browser.house import House, work
from tests.conftest import World
from tests.practices.conftest import make_published, publish_sheet, say_own

pytestmark = pytest.mark.browser
BETTER = {"context": "Les appels de l’école devenaient une menace, surtout le lundi matin."}
WHY = "Nous l’avons vu trois fois cet automne."


@pytest.fixture
def sheet(world: World) -> Sheet:
    return make_published(
        world, perennite={"adapting": "demande"}, identite={"contact": "La coordination"}
    )


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_reader_improves_a_sheet_on_her_phone_and_is_thanked(
    house: House, world: World, sheet: Sheet, js: bool
) -> None:
    page = house.visit(world.real, size="phone", js=js)
    page.goto(sheet.get_absolute_url())
    page.locator("#besoin a").click()
    page.wait_for_url("**/proposer/besoin/")
    page.locator("[name=context]").fill(BETTER["context"])
    page.locator("[name=why]").fill(WHY)
    assert fits(page)
    page.locator("main form .row .btn").first.click()
    page.wait_for_url("**/bonifications/*/")
    expect(page.locator(".diff ins")).to_contain_text("surtout le lundi matin")
    assert fits(page)

    bearer = house.visit(world.maude, size="phone", js=js)
    bearer.goto(sheet.get_absolute_url())
    bearer.locator(f"a[href='/pratiques/{sheet.pk}/bonifications/']").click()
    bearer.locator(".rows .title").first.click()
    bearer.locator("#id_reply").fill("Merci, c’est exact.")
    bearer.locator("button[value=accepter]").click()
    expect(bearer.locator(".chip.ok").first).to_be_visible()
    bearer.goto(sheet.get_absolute_url())
    expect(bearer.locator("#besoin")).to_contain_text("surtout le lundi matin")
    expect(bearer.locator(".credits")).to_contain_text("Le Phare des Battures")
    assert fits(bearer)
    if js:
        work()
        told = house.mailbox.last(world.real.email)
        assert "Merci, c’est exact." in told.body


def test_an_improvement_is_answered_by_the_keyboard(
    house: House, world: World, sheet: Sheet
) -> None:
    proposal = improving.propose(sheet, "besoin", BETTER, why=WHY, by=world.real)
    page = house.visit(world.maude)
    page.goto(proposal.get_absolute_url())
    page.locator("#id_reply").focus()
    page.keyboard.type("Merci.")
    page.keyboard.press("Tab")
    expect(page.locator("button[value=accepter]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("a[href$='/versions/2/']")).to_be_visible()


def test_what_was_sent_when_the_session_had_ended_comes_back(
    house: House, world: World, sheet: Sheet
) -> None:
    page = house.visit(world.real)
    page.goto(f"/pratiques/{sheet.pk}/proposer/besoin/")
    page.locator("[name=context]").fill("Une phrase à ne pas perdre.")
    page.locator("[name=why]").fill(WHY)
    page.context.clear_cookies(name="ancrage")
    page.locator("main form .row .btn").first.click()
    page.wait_for_url("**/connexion/**")
    house.sign_in(page.context, world.real)
    page.goto(f"/pratiques/{sheet.pk}/proposer/besoin/?repris=1")
    expect(page.locator("[name=context]")).to_have_value("Une phrase à ne pas perdre.")
    assert not Proposal.objects.exists()


def test_every_page_and_state_is_accessible(house: House, world: World, sheet: Sheet) -> None:
    found: list[str] = []
    base = f"/pratiques/{sheet.pk}"
    proposal, moved = stage(world, sheet)
    reader, bearer = house.visit(world.real, size="phone"), house.visit(world.maude)

    def look(page: Page, address: str, act: Callable[[Page], Any] | None = None) -> None:
        page.goto(address)
        if act is not None:
            act(page)
        assert fits(page), address
        found.extend(check(page))

    for address in (
        sheet.get_absolute_url(), f"{base}/proposer/", f"{base}/proposer/besoin/",
        f"{base}/proposer/deroulement/", f"{base}/proposer/visees/", f"{base}/bonifications/",
        f"{base}/versions/", f"{base}/versions/1/", f"{base}/versions/2/?avec=1",
        f"{base}/versions/1/?avec=1", f"{base}/adapter/", f"{base}/arbre/",
        proposal.get_absolute_url(),
    ):  # fmt: skip
        look(reader, address)
    for address in (
        proposal.get_absolute_url(), moved.get_absolute_url(),
        f"{proposal.get_absolute_url()}regler/", f"{moved.get_absolute_url()}regler/",
    ):  # fmt: skip
        look(bearer, address)
    look(reader, f"{base}/proposer/besoin/", empty)
    look(reader, f"{base}/adapter/", lambda page: send(page, title=""))
    number = "Le NAS est 046 454 286."
    look(reader, f"{base}/proposer/besoin/", lambda page: send(page, context=number, why=WHY))
    look(bearer, proposal.get_absolute_url(), refuse_in_silence)
    mine = Sheet.objects.get(derived_from=sheet)
    look(reader, f"/pratiques/{mine.pk}/ecarts/")
    look(reader, mine.get_absolute_url())
    assert found == []


def stage(world: World, sheet: Sheet) -> tuple[Proposal, Proposal]:
    """One that waits, one whose section moved, one refused, a version more, an adaptation."""
    proposal = improving.propose(
        sheet, "lecons", {"mistakes": ["Alterner deux personnes", "Aller vite"]}, why=WHY,
        by=world.real,
    )  # fmt: skip
    moved = improving.propose(sheet, "besoin", BETTER, why=WHY, by=world.real)
    other = improving.propose(sheet, "besoin", {"context": "Autre."}, why=WHY, by=world.eve)
    improving.refuse(other, by=world.maude, reply="Ce n’est plus vrai depuis juin.")
    given = {"context": "Les appels devenaient un poids."}
    writing.save_section(sheet, "besoin", given, by=world.maude, revision=0)
    writing.publish_changes(sheet, by=world.maude, note="Plus clair")
    made = adapting.adapt(
        sheet, by=world.real, title="Le lien en ville", instead=["Deux personnes"], agreed=True
    )
    say_own(made, world.real)
    publish_sheet(made, world.odile)
    life.confirm_review(sheet, by=world.maude)
    work()
    return proposal, moved


def empty(page: Page) -> None:
    send(page, context="", why="")


def send(page: Page, **typed: str) -> None:
    for name, value in typed.items():
        page.fill(f"main form[method=post] [name={name}]", value)
    with page.expect_navigation():
        page.locator("main form[method=post] .row .btn:not([name])").first.click()
    expect(page.locator("[data-errors]").first).to_be_visible()


def refuse_in_silence(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button[value=refuser]").click()
    expect(page.locator("[data-errors]").first).to_be_visible()
