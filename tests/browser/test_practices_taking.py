"""What one takes away of a practice, and the showcase, in a browser: on a phone, on paper, without
JavaScript, in light and in dark."""

from __future__ import annotations

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from practices import booklets
from practices.models import Sheet
from tests.browser.axe import check
from tests.browser.house import House
from tests.conftest import World
from tests.practices.conftest import make_published

pytestmark = pytest.mark.browser


@pytest.fixture
def sheet(world: World) -> Sheet:
    return make_published(
        world,
        public=True,
        identite={"contact": "La coordination, coordination@relais.example"},
        besoin={"context": "Une adresse sans fin " + "tres-longue-" * 30},
        deroulement={
            "steps": [
                {"title": f"Étape {n}", "text": "Une personne connue de la famille. " * 4}
                for n in range(1, 7)
            ]
        },
        anglais={"title_en": "A bond that holds", "summary_en": "One same person every week."},
    )


def fits(page: Page) -> bool:
    found: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return found


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_visitor_walks_from_the_landing_page_to_a_practice_on_her_phone(
    house: House, sheet: Sheet, js: bool
) -> None:
    page = house.visit(None, size="phone", js=js)
    page.goto("/")
    page.locator("main a[href='/pratiques/']").first.click()
    page.wait_for_url("**/pratiques/")
    assert fits(page)
    page.locator("#list h2 a").first.click()
    page.wait_for_url(f"**{sheet.get_absolute_url()}")
    expect(page.locator("h1")).to_have_text(sheet.title)
    expect(page.locator(".english[lang=en]").first).to_contain_text("A bond that holds")
    assert fits(page)
    page.locator(f"a[href='/pratiques/{sheet.pk}/imprimer/']").click()
    page.wait_for_url("**/imprimer/")
    expect(page.locator("svg.qr")).to_be_visible()
    expect(page.locator("[data-print]")).to_be_visible(visible=js)
    assert fits(page)


def test_no_page_of_the_showcase_breaks_wcag(house: House, sheet: Sheet) -> None:
    found = []
    for size in ("desktop", "phone"):
        page = house.visit(None, size=size)
        for path in ("/pratiques/", sheet.get_absolute_url(), f"/pratiques/{sheet.pk}/imprimer/"):
            page.goto(path)
            found += check(page)
    assert found == []


@pytest.mark.parametrize("format", ["Letter", "A4"])
def test_a_volunteer_gets_one_page(house: House, sheet: Sheet, format: str) -> None:
    page = house.visit(None)
    page.goto(f"/pratiques/{sheet.pk}/imprimer/")
    document = pypdfium2.PdfDocument(page.pdf(format=format))
    said = document[0].get_textpage().get_text_range()

    assert len(document) == 1
    assert "Étape 6" in said and "Une seule personne-pivot" in said
    assert "coordination@relais.example" in said
    # What is for the screen stays there.
    assert page.locator(".before").evaluate("one => getComputedStyle(one).display") != "none"
    page.emulate_media(media="print")
    expect(page.locator(".before")).to_be_hidden()


@pytest.mark.pango
@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_member_makes_a_booklet_and_waits_for_it(
    house: House, world: World, sheet: Sheet, js: bool
) -> None:
    page = house.visit(world.eve, size="phone", js=js)
    page.goto(sheet.get_absolute_url())
    page.locator("a[href*='/livret/']").first.click()
    page.wait_for_url("**/livret/**")
    expect(page.locator(f"input[name=fiche][value='{sheet.pk}']")).to_be_checked()
    assert check(page) == [] if js else True
    assert fits(page)
    page.locator("#titre").fill("Pour la rentrée")
    page.locator("main form .btn:not(.quiet)").last.click()
    page.wait_for_url("**/livret/*/")
    expect(page.locator("h1")).to_have_text("Pour la rentrée")
    if js:
        assert check(page) == []
    assert booklets.make_next()
    if not js:
        page.locator(".no-js a").click()
    link = page.locator("#booklet a[href$='livret.pdf']")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert pypdfium2.PdfDocument(download.value.path())[0].get_textpage().get_text_range()
    if js:
        assert check(page) == []
