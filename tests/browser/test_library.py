"""The library in a browser: from the list to the page where the words are, on a phone, by the
keyboard, without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, expect

from accounts.models import User
from core import files
from library.models import Document
from library.services.deposit import deposit_document
from tests.browser import scenes
from tests.browser.house import House
from tests.conftest import World

pytestmark = pytest.mark.browser


def deposited(by: User, title: str, **words: Any) -> Document:
    """A guide of three drawn pages, as the extraction leaves it."""
    sent = SimpleUploadedFile("guide.pdf", scenes.LEAFLET, "application/pdf")
    given = {
        "abstract": "Préparer le retour.",
        "publisher_name": "Racines et Relais",
        "issued": "2025",
        "type": "guide",
        "language": "fr-CA",
        "licence": "communaute",
        "level": "communaute",
        "file": files.accept(sent, by=by),
    }
    document = deposit_document(by=by, title=title, **given | words)
    scenes.pages_of(document.current, "Le premier mot.", "Le mot du milieu.", "Le mot de la fin.")
    return document


@pytest.fixture
def guide(world: World) -> Document:
    deposited(world.real, "Une trousse d’accueil", type="trousse")
    return deposited(world.maude, "Un guide du retour")


def shown(page: Page, number: int) -> None:
    """The picture of that page is the one of the page, and is there to be seen."""
    picture = page.locator(".leaf img")
    expect(picture).to_have_attribute("src", re.compile(rf"/pages/{number}/$"))
    answer = page.request.get(str(picture.get_attribute("src")))
    assert answer.headers["content-type"] == "image/webp"


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_field_worker_finds_and_reads_a_page_on_her_phone(
    house: House, world: World, guide: Document, js: bool
) -> None:
    page = house.visit(world.eve, size="phone", js=js)
    page.goto("/")
    page.locator(".tabs a[href='/bibliotheque/']").click()
    page.wait_for_url("**/bibliotheque/")
    page.locator("a.to-facets").click()
    page.locator("input[name=type][value=guide]").check()
    if not js:
        page.locator("#facets button").click()
    page.wait_for_url("**type=guide**")
    expect(page.locator("#documents li")).to_have_count(1)
    page.locator("#documents .title").click()
    page.wait_for_url(f"**{guide.get_absolute_url()}")
    page.locator(f"main a[href='/bibliotheque/{guide.pk}/lire/']").click()
    page.wait_for_url("**/lire/")
    shown(page, 1)
    page.locator(".leaves a[rel=next]").first.click()
    page.wait_for_url("**/lire/?page=2")
    shown(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    text = page.locator("#texte")
    expect(text).to_contain_text("Le mot du milieu.")
    page.locator("a.see").click()
    expect(text).to_be_in_viewport()


def test_pages_are_turned_by_the_keyboard(house: House, world: World, guide: Document) -> None:
    page = house.visit(world.eve)
    page.goto(f"/bibliotheque/{guide.pk}/lire/")
    shown(page, 1)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**?page=2")
    shown(page, 2)
    box = page.locator("#page-top")
    box.fill("3")
    box.press("ArrowLeft")  # within the box, it moves in the box
    box.press("Enter")
    page.wait_for_url("**?page=3")
    shown(page, 3)
    page.keyboard.press("ArrowRight")  # the last page stays
    page.locator(".leaves a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**?page=1")


def test_the_next_page_is_fetched_ahead_and_never_a_confidential_one(
    house: House, world: World, guide: Document
) -> None:
    secret = deposited(
        world.naima, "Un protocole", level="sous-communaute", space=world.psychosocial
    )
    page = house.visit(world.naima)
    with page.expect_response(lambda answer: f"/{guide.pk}/pages/2/" in answer.url):
        page.goto(f"/bibliotheque/{guide.pk}/lire/")
    watched = house.watch(page)
    page.goto(f"/bibliotheque/{secret.pk}/lire/")
    shown(page, 1)
    page.wait_for_load_state("networkidle")
    asked = [url for url in watched.asked if f"/{secret.pk}/pages/" in url]
    assert asked
    assert not [url for url in asked if "/pages/2/" in url]


def test_similar_documents_arrive_once_they_are_seen(
    house: House, world: World, guide: Document
) -> None:
    page = house.visit(world.eve)
    with page.expect_response(lambda answer: "/semblables/" in answer.url):
        page.goto(guide.get_absolute_url())
        page.locator("[hx-get$='/semblables/']").scroll_into_view_if_needed()
    expect(page.locator("[hx-get$='/semblables/']")).to_have_count(0)


def test_a_document_is_thanked_without_leaving_its_page(
    house: House, world: World, guide: Document
) -> None:
    page = house.visit(world.eve)
    page.goto(guide.get_absolute_url())
    thanks = page.locator(f"#react-document-{guide.pk}-merci-do")
    thanks.click()
    expect(thanks).to_have_attribute("aria-pressed", "true")
    expect(thanks).to_be_focused()
    guide.refresh_from_db()
    assert guide.thanks_count == 1
