"""Finding a practice in a browser: boxes, map, comparison, match and gaps, on a phone, by the
keyboard, without JavaScript, and for every reader."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from practices.models import Sheet
from tests.browser.axe import check
from tests.browser.house import House
from tests.conftest import World
from tests.practices.conftest import make_published, make_sheet, publish_sheet
from tests.practices.test_finding_list import told

pytestmark = pytest.mark.browser


@pytest.fixture
def sheets(world: World) -> list[Sheet]:
    """A public sheet of the Bas-Saint-Laurent that was tried, one of Gaspésie."""
    plan = make_published(world, public=True, identite={"title": "Le plan de retour"})
    told(plan, world.real, "abandonnee", region="11", setting="urbain")
    street = make_sheet(
        world.real,
        identite={"title": "La rue des devoirs"},
        visees={"determinants": ["fi-anxiete"], "regions": ["11"], "settings": ["urbain"]},
        cout={"band": "100-500"},
    )
    return [plan, publish_sheet(street, world.odile)]


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_field_worker_finds_and_compares_on_her_phone(
    house: House, world: World, sheets: list[Sheet], js: bool
) -> None:
    page = house.visit(world.eve, size="phone", js=js)
    page.goto("/pratiques/")
    page.locator("#filters a.to-facets").click()
    page.locator("input[name=ordre][value=secondaire-c1]").check()
    if not js:
        page.locator("#facets button").click()
    page.wait_for_url("**ordre=secondaire-c1**")
    expect(page.locator("#list li")).to_have_count(2)
    # What was opened above the list stays open while she ticks; without JavaScript, once sent.
    facets = page.locator("#facets")
    if js:
        expect(facets).to_be_visible()
        facets.locator("a[href='#fiches']").click()
    expect(facets).to_be_hidden()
    comparing = page.locator("form#compare button")
    for box in page.locator("#list input[name=fiche]").all():
        box.check()
    expect(comparing).to_be_in_viewport()
    comparing.click()
    page.wait_for_url("**/comparer/**")
    table = page.locator("table.compared")
    expect(table).to_contain_text("Le plan de retour")
    expect(table).to_contain_text("La rue des devoirs")
    # Stacked: the cells of a field stand one below the other.
    first, second = table.locator("tbody tr:not(.section)").first.locator("td").all()[:2]
    above, below = first.bounding_box(), second.bounding_box()
    assert above and below and below["y"] >= above["y"] + above["height"] - 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Section by section; the titles stay at hand.
    section = table.locator("tbody", has_text="Contexte et besoin")
    expect(section.locator("td").first).to_be_hidden()
    section.get_by_role("checkbox").check()
    expect(section.locator("td").first).to_be_visible()
    section.scroll_into_view_if_needed()
    expect(table.get_by_role("link", name="Le plan de retour", exact=True)).to_be_in_viewport()


def test_the_titles_of_a_comparison_stay_above_what_is_compared(
    house: House, world: World, sheets: list[Sheet]
) -> None:
    page = house.visit(world.eve)
    page.goto("/pratiques/comparer/?" + "&".join(f"fiche={one.pk}" for one in sheets))
    table = page.locator("table.compared")
    expect(table.get_by_role("checkbox")).to_have_count(0)
    table.locator("tr").last.scroll_into_view_if_needed()
    expect(table.locator("thead a.title").first).to_be_in_viewport()
    for link in table.locator("thead a").all():
        box = link.bounding_box()
        assert box and box["height"] >= 24


def test_what_is_missing_is_read_level_by_level_on_a_phone(
    house: House, world: World, sheets: list[Sheet]
) -> None:
    page = house.visit(world.eve, size="phone")
    page.goto("/pratiques/manques/")
    expect(page.locator("table.gaps")).to_be_hidden()
    level = page.locator(".column-by-column details").first
    level.locator("summary").click()
    for link in level.locator("a").all():
        box = link.bounding_box()
        assert box and box["height"] >= 24 and link.inner_text().strip()
    assert not check(page)
    page.set_viewport_size({"width": 1360, "height": 850})
    table, card = page.locator("table.gaps"), page.locator(".card:has(> table.gaps)")
    inside, around = table.bounding_box(), card.bounding_box()
    assert inside and around and around["width"] - inside["width"] < 4
    expect(level).to_be_hidden()


def test_the_boxes_of_a_visitor_stand_in_columns(house: House, sheets: list[Sheet]) -> None:
    page = house.visit()
    page.goto("/pratiques/")
    page.locator("details", has=page.locator("#facets")).locator("summary").first.click()
    box, count = page.locator("#facets .facet label").first, page.locator("#facets .count").first
    label, number = box.bounding_box(), count.bounding_box()
    assert label and number and label["width"] < 400
    buttons = page.locator("main button:visible").all_inner_texts()
    assert len(set(buttons)) == len(buttons)


def test_a_region_of_the_map_is_reached_by_the_keyboard_and_large_enough_for_a_finger(
    house: House, world: World, sheets: list[Sheet]
) -> None:
    page = house.visit(world.eve, size="phone")
    page.goto("/pratiques/carte/")
    regions = page.locator(".quebec a")
    expect(regions).to_have_count(17)
    for region in regions.all():
        box = region.bounding_box()
        assert box and min(box["width"], box["height"]) >= 24, region.get_attribute("aria-label")
    gaspesie = page.get_by_role("link", name=re.compile("^Gaspésie.*1")).first
    gaspesie.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pratiques/?region=11")
    expect(page.locator("#list li")).to_have_count(1)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_state_passes_axe(house: House, world: World, sheets: list[Sheet], size: str) -> None:
    plan, street = sheets
    page = house.visit(world.real, size=size)
    troubles = []
    for url in (
        "/pratiques/?ordre=secondaire-c1&essai=abandonnee",
        "/pratiques/?region=16",
        "/pratiques/carte/?region=11",
        f"/pratiques/comparer/?fiche={plan.pk}&fiche={street.pk}",
        "/pratiques/comparer/",
        f"/pratiques/{plan.pk}/chez-nous/",
        "/pratiques/manques/?lignes=region&colonnes=ordre",
        f"/pratiques/{plan.pk}/semblables/",
    ):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
        troubles += check(page)
    page.goto("/pratiques/pour-un-appel/")
    page.locator("main form button").click()
    expect(page.locator("[data-errors]")).to_be_focused()
    troubles += check(page)
    page.fill("[name=text]", "Un appel sur l’anxiété en Gaspésie–Îles-de-la-Madeleine")
    page.locator("main form button").click()
    expect(page.locator("#reponse")).to_contain_text("La rue des devoirs")
    troubles += check(page)
    visitor = house.visit(size=size)
    for url in ("/pratiques/", "/pratiques/carte/", f"/pratiques/comparer/?fiche={plan.pk}"):
        visitor.goto(url)
        troubles += check(visitor)
    assert troubles == []


def test_on_a_phone_the_cost_and_the_acts_come_before_the_text(
    house: House, world: World, sheets: list[Sheet]
) -> None:
    page = house.visit(world.eve, size="phone")
    page.goto(sheets[1].get_absolute_url())
    at_hand = page.locator(".at-hand")
    expect(at_hand).to_contain_text(str(sheets[1].get_cost_band_display()))
    acts = at_hand.locator("a[href='#actes']")
    expect(acts).to_be_visible()
    text, link = page.locator("article section").first.bounding_box(), acts.bounding_box()
    assert text and link and link["y"] < text["y"]
    acts.click()
    expect(page.locator("#actes")).to_be_in_viewport()
    assert not check(page)
    page.set_viewport_size({"width": 1360, "height": 850})
    expect(at_hand).to_be_hidden()


def test_who_filters_by_the_keyboard_goes_on_from_the_box_that_she_ticked(
    house: House, world: World, sheets: list[Sheet]
) -> None:
    page = house.visit(world.eve)
    page.goto("/pratiques/")
    box = page.locator("input[name=ordre][value=secondaire-c1]")
    page.locator("#tri").focus()
    for _press in range(40):
        page.keyboard.press("Tab")
        if box.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Space")
    page.wait_for_url("**ordre=secondaire-c1**")
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    page.wait_for_url(lambda url: "ordre=" not in url)
    expect(box).to_be_focused()

    # By the pointer, the page begins at its beginning.
    other = house.visit(world.real)
    other.goto("/pratiques/")
    other.locator("input[name=ordre][value=secondaire-c1]").click()
    other.wait_for_url("**ordre=secondaire-c1**")
    expect(other.locator("body")).to_be_focused()
