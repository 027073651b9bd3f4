"""Writing a section by keyboard on a phone, meeting somebody else's text, the pages for all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from practices.models import Sheet
from practices.services import life, writing
from tests.browser.axe import check
from tests.browser.house import House
from tests.conftest import World
from tests.practices.conftest import make_published, make_sheet

pytestmark = pytest.mark.browser


def focus_by_tab(page: Page, reached: Callable[[], bool], most: int = 60) -> None:
    """Press Tab until the focus is where it should be."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if reached():
            return
    raise AssertionError("the keyboard does not reach it")


def on(page: Page, selector: str) -> Callable[[], bool]:
    return lambda: bool(page.evaluate("s => document.activeElement.matches(s)", selector))


def values(sheet: Sheet, name: str) -> dict:
    found: dict = sheet.working_sections.get(name=name).values
    return found


def test_a_section_is_written_by_keyboard_on_a_phone(house: House, world: World) -> None:
    sheet = make_sheet(world.maude)
    page = house.visit(world.maude, size="phone")
    page.goto(f"/pratiques/{sheet.pk}/rediger/deroulement/")

    focus_by_tab(page, on(page, "[name=step][value='steps:add']"))
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_steps_title_1")
    # The new row takes the focus by itself.
    expect(page.locator("#id_steps_title_1")).to_be_focused()
    page.keyboard.type("Relancer")
    page.keyboard.press("Tab")
    page.keyboard.type("Deux semaines plus tard.")
    focus_by_tab(page, on(page, "[name=step][value='steps:up:1']"))
    page.keyboard.press("Enter")
    expect(page.locator("#id_steps_title_0")).to_have_value("Relancer")
    focus_by_tab(page, on(page, "[name=duration]"))
    page.keyboard.type("Six semaines")
    focus_by_tab(page, on(page, "button[value=next]"))
    page.keyboard.press("Enter")

    page.wait_for_url("**/rediger/cout/")
    saved = values(sheet, "deroulement")
    assert [step["title"] for step in saved["steps"]] == ["Relancer", "Choisir"]
    assert saved["duration"] == "Six semaines"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_typed_is_saved_by_itself_and_the_other_person_is_named(
    house: House, world: World
) -> None:
    sheet = make_sheet(world.maude)
    sheet.bearers.create(user=world.naima)
    mine, hers = house.visit(world.maude, size="phone"), house.visit(world.naima)
    here = f"/pratiques/{sheet.pk}/rediger/besoin/"
    mine.goto(here)
    expect(mine.locator("[data-others]")).to_be_hidden()
    hers.goto(here)
    expect(hers.locator("[data-others]")).to_contain_text("Maude Tremblay")

    mine.locator("[name=context]").fill("De Maude")
    expect(mine.locator("[name=revision]")).to_have_value("2")
    assert values(sheet, "besoin")["context"] == "De Maude"

    hers.locator("[name=context]").fill("De Naïma")
    expect(hers.locator("[data-state]")).to_contain_text("entre-temps")
    hers.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).last.click()
    hers.wait_for_selector(".other-text")
    expect(hers.locator("[name=context]")).to_have_value("De Naïma")
    expect(hers.locator(".other-text")).to_contain_text("De Maude")
    assert values(sheet, "besoin")["context"] == "De Maude"
    assert check(hers) == []

    hers.locator("[name=context]").fill("De Maude et de Naïma")
    hers.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).last.click()
    hers.wait_for_url("**/rediger/")
    assert values(sheet, "besoin")["context"] == "De Maude et de Naïma"


@pytest.mark.parametrize("js", [True, False])
def test_taking_the_text_of_somebody_else_keeps_hers(house: House, world: World, js: bool) -> None:
    sheet = make_sheet(world.maude)
    sheet.bearers.create(user=world.naima)
    mine, hers = house.visit(world.maude), house.visit(world.naima, size="phone", js=js)
    here = f"/pratiques/{sheet.pk}/rediger/lecons/"
    hers.goto(here)
    mine.goto(here)
    mine.locator("[name=obstacles]").fill("L’obstacle de Maude.")
    expect(mine.locator("[name=revision]")).to_have_value("2")

    hers.locator("[name=obstacles]").fill("Mon obstacle à moi.")
    hers.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).last.click()
    hers.get_by_role("button", name="Ajouter au mien : Obstacles").click()

    both = "Mon obstacle à moi.\nL’obstacle de Maude."
    expect(hers.locator("[name=obstacles]")).to_have_value(both)
    beside = hers.locator(".other-text", has_text="Ce que vous aviez écrit")
    expect(beside).to_contain_text("Mon obstacle à moi.")
    if js:
        hers.wait_for_timeout(3500)
        assert check(hers) == []

    hers.goto(here)
    hers.get_by_role("link", name="Le reprendre").click()
    expect(hers.locator("[name=obstacles]")).to_have_value("Mon obstacle à moi.")
    hers.get_by_role("button", name="Ajouter au mien : Obstacles").click()
    hers.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).last.click()
    hers.wait_for_url("**/rediger/")
    assert values(sheet, "lecons")["obstacles"] == both.split("\n")


@pytest.mark.parametrize("answered", [True, False])
def test_a_slow_network_and_a_locked_phone_make_no_conflict_with_oneself(
    house: House, world: World, answered: bool
) -> None:
    sheet = make_sheet(world.maude)
    page = house.visit(world.maude, size="phone")
    page.goto(f"/pratiques/{sheet.pk}/rediger/besoin/")
    held: list[Route] = []

    def slow(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/garder/", slow)
    page.locator("[name=context]").fill("Un")
    with page.expect_request("**/garder/"):
        pass
    page.locator("[name=context]").fill("Un, deux")
    page.evaluate(
        """() => {
          Object.defineProperty(document, "visibilityState", { value: "hidden" });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    if answered:
        held[0].continue_()
    else:
        # It is saved, and the answer is lost on its way.
        held[0].fetch()
        held[0].abort()

    expect(page.locator("[name=revision]")).to_have_value("3", timeout=15_000)
    assert values(sheet, "besoin")["context"] == "Un, deux"
    expect(page.locator("[data-state]")).not_to_contain_text("entre-temps")
    page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).last.click()
    page.wait_for_url("**/rediger/")


@pytest.mark.parametrize("js", [True, False])
def test_a_kept_text_waits_while_she_writes_in_the_fresh_page(
    house: House, world: World, js: bool
) -> None:
    sheet = make_sheet(world.maude)
    sheet.bearers.create(user=world.naima)
    mine, hers = house.visit(world.maude, js=js, size="phone"), house.visit(world.naima)
    here = f"/pratiques/{sheet.pk}/rediger/besoin/"

    def save(page: Page) -> None:
        page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).last.click()

    mine.goto(here)
    hers.goto(here)
    hers.locator("[name=context]").fill("De Naïma")
    save(hers)
    hers.wait_for_url("**/rediger/")
    mine.locator("[name=context]").fill("Deux paragraphes.")
    save(mine)
    expect(mine.locator(".other-text")).to_contain_text("De Naïma")
    assert not js or check(mine) == []

    mine.goto(here)
    mine.locator("[name=context]").fill("De Naïma, et trois mots")
    if js:
        expect(mine.locator("[name=revision]")).to_have_value("3")
    else:
        save(mine)
        mine.wait_for_url("**/rediger/")
    assert values(sheet, "besoin")["context"] == "De Naïma, et trois mots"
    mine.goto(f"/pratiques/{sheet.pk}/rediger/")
    expect(mine.get_by_text("Un texte de vous est conservé")).to_be_visible()
    assert not js or check(mine) == []
    mine.goto(here)
    assert not js or check(mine) == []
    mine.get_by_role("link", name="Le reprendre").click()
    expect(mine.locator("[name=context]")).to_have_value("Deux paragraphes.")

    mine.goto(here)
    mine.get_by_role("button", name="Le laisser tomber").click()
    if js:
        mine.locator("dialog[open] button[value=yes]").click()
    expect(mine.get_by_text("supprimé")).to_be_visible()
    expect(mine.get_by_role("link", name="Le reprendre")).to_have_count(0)


def test_a_short_text_is_counted_as_it_is_typed_and_said_once_too_long(
    house: House, world: World
) -> None:
    sheet = make_sheet(world.maude)
    page = house.visit(world.maude, size="phone")
    page.goto(f"/pratiques/{sheet.pk}/rediger/identite/")
    count, live = page.locator("[data-count]"), page.locator("#live")

    page.locator("[name=summary]").fill("x" * 499)
    expect(count).to_contain_text("499 ")
    expect(count.locator("strong")).to_have_count(0)
    page.keyboard.type("yy")
    expect(count).to_contain_text("501 ")
    expect(count.locator("strong")).to_be_visible()
    expect(live).to_contain_text("501 ")
    page.keyboard.type("z")
    expect(count).to_contain_text("502 ")
    page.wait_for_timeout(200)
    expect(live).not_to_contain_text("502 ")
    assert check(page) == []


def test_without_javascript_a_section_is_written_too(house: House, world: World) -> None:
    sheet = make_sheet(world.maude)
    page = house.visit(world.maude, size="phone", js=False)
    page.goto(f"/pratiques/{sheet.pk}/rediger/deroulement/")

    page.locator("[name=step][value='steps:add']").click()
    page.locator("[name=steps-title]").nth(1).fill("Relancer")
    page.locator("[name=step][value='steps:up:1']").click()
    page.locator("button[value=next]").click()

    page.wait_for_url("**/rediger/cout/")
    titles = [step["title"] for step in values(sheet, "deroulement")["steps"]]
    assert titles == ["Relancer", "Choisir"]


def test_the_pages_of_a_sheet_being_made_are_accessible(house: House, world: World) -> None:
    sheet = make_sheet(world.maude)
    published = make_published(world)
    writing.save_section(published, "besoin", {"context": "x"}, by=world.maude, revision=0)
    life.submit(published, by=world.maude, words="Voici")
    page = house.visit(world.maude, size="phone")
    for address in (
        "/pratiques/nouvelle/",
        "/pratiques/mes-fiches/",
        f"/pratiques/{sheet.pk}/",
        f"/pratiques/{sheet.pk}/rediger/",
        f"/pratiques/{sheet.pk}/rediger/deroulement/",
        f"/pratiques/{sheet.pk}/rediger/visees/",
        f"/pratiques/{sheet.pk}/vie/soumettre/",
        f"/pratiques/{published.pk}/",
        f"/pratiques/{published.pk}/vie/",
        f"/pratiques/{published.pk}/vie/retirer/",
    ):
        page.goto(address)
        assert check(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
