"""The search in a browser: the box that suggests, by the keyboard alone, without JavaScript, on a
phone, and what a screen reader is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from search.models import SavedSearch
from tests.browser.axe import check
from tests.browser.house import House
from tests.browser.test_keyboard import tab_to
from tests.conftest import World
from tests.search.entries import entry

pytestmark = pytest.mark.browser
BOX = "#chercher"


@pytest.fixture(autouse=True)
def found(world: World) -> None:
    """Three titles that begin alike, and enough results for a second page."""
    for number, what in enumerate(("de l’anxiété", "aux parents", "sans juger")):
        entry(f"Parler {what}", space=world.common, url=f"/organismes/?mot={number}")
    for number in range(25):
        entry(f"Retour {number}", "Le retour en classe.", space=world.intervention)


def options(page: Page) -> Any:
    return page.locator(".suggestions").get_by_role("option")


def titles(page: Page) -> list[str]:
    return list(options(page).locator("span").all_text_contents())


def test_suggestions_by_the_keyboard_alone(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto("/discussions/")
    # Nothing of the suggestions is loaded before somebody wants them.
    assert not [url for url in house.watch(page).asked if "search" in url]
    tab_to(page, "Chercher")
    box = page.get_by_role("combobox", name="Chercher")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("parler")
    expect(options(page)).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#live")).to_have_text("3 suggestions")

    page.keyboard.press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    assert check(page, ".bar") == []

    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("parler")
    page.keyboard.press("ArrowDown")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/organismes/\?mot="))


def test_enter_searches_what_was_typed_when_nothing_is_chosen(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto("/discussions/")
    page.locator(BOX).focus()
    page.keyboard.type("parler")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/recherche/\?q=parler$"))
    expect(page.locator("#results > li")).to_have_count(3)
    expect(page.locator("#live")).to_have_text("3 résultats")


def test_an_answer_that_comes_too_late_is_not_shown(house: House, world: World) -> None:
    page = house.visit(world.maude)
    held = []
    page.route(re.compile(r"suggestions/\?q=parler&"), lambda route: held.append(route))
    page.goto("/discussions/")
    page.locator(BOX).focus()
    page.keyboard.type("parler")
    with page.expect_request(re.compile(r"suggestions/\?q=parler&")):
        pass
    page.keyboard.type(" sans")
    expect(options(page)).to_have_count(1)
    assert titles(page) == ["Parler sans juger"]
    # The first question was given up by the page itself.
    assert [route.request.failure for route in held] == ["net::ERR_ABORTED"]


def test_a_press_chooses_and_looking_elsewhere_closes(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto("/discussions/")
    page.locator(BOX).focus()
    page.keyboard.type("parler")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("Tab")
    expect(options(page)).to_have_count(0)
    page.locator(BOX).focus()
    page.keyboard.press("ArrowDown")
    options(page).filter(has_text="sans juger").click()
    page.wait_for_url(re.compile(r"/organismes/\?mot=2"))


def test_the_rest_of_the_results_joins_the_list(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto("/recherche/?q=retour")
    expect(page.locator("#results > li")).to_have_count(20)
    page.locator("#more a").click()
    expect(page.locator("#results > li")).to_have_count(25)
    expect(page.locator("#results > li").nth(20).locator("a").first).to_be_focused()
    expect(page.locator("#more a")).to_have_count(0)


def test_all_of_it_without_javascript(house: House, world: World) -> None:
    page = house.visit(world.maude, js=False)
    page.goto("/discussions/")
    page.locator(BOX).fill("retour")
    page.locator(BOX).press("Enter")
    page.wait_for_url(re.compile(r"/recherche/\?q=retour"))
    expect(page.locator("#results > li")).to_have_count(20)
    page.locator("#more a").click()
    expect(page.locator("#results > li")).to_have_count(5)
    page.go_back()
    page.get_by_text("Plus de critères").click()
    page.get_by_label("Sous-communauté", exact=True).select_option("place-commune")
    page.get_by_role("button", name="Chercher avec ces critères").click()
    expect(page.get_by_role("heading", name="Rien trouvé")).to_be_visible()
    page.get_by_role("link", name="La place commune retirer ce filtre").click()
    expect(page.locator("#results > li")).to_have_count(20)
    page.get_by_text("Enregistrer cette recherche").click()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url(re.compile("/recherche/enregistrees/"))
    assert SavedSearch.objects.get(user=world.maude).query == "q=retour"


def test_on_a_phone_the_bar_leads_to_the_box(house: House, world: World) -> None:
    page = house.visit(world.maude, size="phone")
    page.goto("/discussions/")
    expect(page.locator(BOX)).to_be_hidden()
    page.get_by_role("link", name="Recherche").click()
    page.wait_for_url(re.compile(r"/recherche/$"))
    expect(page.locator("#id_q")).to_be_focused()
    page.keyboard.type("retour")
    page.keyboard.press("Enter")
    expect(page.locator("#results > li")).to_have_count(20)


@pytest.mark.parametrize("size", ["phone", "small"])
def test_nothing_overflows_a_narrow_window(house: House, world: World, size: str) -> None:
    SavedSearch.objects.create(user=world.maude, name="Retour", query="q=retour", key="k" * 43)
    page = house.visit(world.maude, size=size)
    wide = {}
    for path in ("/recherche/", "/recherche/?q=retour&genre=thread&auteur=R%C3%A9al",
                 "/recherche/?q=retour", "/recherche/enregistrees/"):  # fmt: skip
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > page.viewport_size["width"]:  # type: ignore[index]
            wide[path] = width
    assert wide == {}


def test_the_way_through_the_results_by_the_keyboard(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto("/recherche/?q=parler")
    tab_to(page, "Mots à chercher")
    tab_to(page, "Les plus récents d’abord", "link")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("tri=date"))
    tab_to(page, "Parler sans juger", "link")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/organismes/\?mot=2"))
