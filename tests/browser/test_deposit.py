"""Depositing over a network that comes and goes, by hand, by keyboard, and without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from playwright.sync_api import Page, Route, expect

from core.models import ResumableUpload, StoredFile
from library.models import Document
from tests.accounts.people import give_password
from tests.browser.acts import sign_in
from tests.browser.axe import check
from tests.browser.house import House, work
from tests.conftest import World

pytestmark = pytest.mark.browser

HERE = "/bibliotheque/deposer/"
PIECES = re.compile(r"/televersements/[0-9a-f-]+/$")
# Three pieces and a bit.
LONG = ("Le texte d’un long guide, page après page. " * 18_000).encode()
DROP = """([files]) => {
  const carried = new DataTransfer();
  for (const [name, text] of files) carried.items.add(new File([text], name, {type: "text/plain"}));
  const place = document.querySelector("[data-uploads]");
  for (const type of ["dragenter", "dragover", "drop"]) {
    const options = {dataTransfer: carried, bubbles: true, cancelable: true};
    place.dispatchEvent(new DragEvent(type, options));
  }
}"""


def line(page: Page, name: str) -> Any:
    return page.locator(".uploads > li", has_text=name)


def state(page: Page, name: str, wanted: str) -> None:
    expect(line(page, name)).to_have_attribute("data-state", wanted)


def drop(page: Page, **files: bytes) -> None:
    named = [[f"{name}.txt", text.decode()] for name, text in files.items()]
    page.evaluate(DROP, [named])


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_selector("#sharing")


def describe(page: Page, number: int = 0) -> None:
    page.locator(f"[name='{number}-abstract']").fill("Un guide pour la rentrée.")
    page.locator(f"[name='{number}-type']").select_option("guide")


def deposit(page: Page) -> None:
    page.locator("[name=licence]").select_option("communaute")
    page.locator("button.btn[value=deposer]").click()
    page.wait_for_url("**/mes-depots/")


def content_of(stored: StoredFile) -> bytes:
    with storages["private"].open(stored.file.name or "") as content:
        found: bytes = content.read()
    return found


class Network:
    """Between the page and the server: lets `good` pieces pass, then holds or cuts the others."""

    def __init__(self, page: Page, good: int, *, cut: bool) -> None:
        self.good, self.cut = good, cut
        self.held: list[Route] = []
        self.offsets: list[int] = []
        page.route(PIECES, self._meet)
        self.page = page

    def _meet(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        self.offsets.append(int(route.request.headers["upload-offset"]))
        if self.good > 0:
            self.good -= 1
            route.continue_()
        elif self.cut:
            route.abort("internetdisconnected")
        else:
            self.held.append(route)

    def back(self) -> None:
        """The network is there again."""
        self.good = 10_000
        for route in self.held:
            route.continue_()
        self.page.evaluate("() => window.dispatchEvent(new Event('online'))")


def test_two_files_are_dropped_the_network_is_lost_and_nothing_is_sent_twice(
    house: House, world: World
) -> None:
    page = house.visit(world.maude)
    page.goto(HERE)
    network = Network(page, good=2, cut=True)
    drop(page, guide=LONG, mot=b"Un mot court.")
    state(page, "guide.txt", "lost")
    network.back()
    for name in ("guide.txt", "mot.txt"):
        state(page, name, "done")
    assert len(set(network.offsets)) < len(network.offsets), "a piece was lost, and sent again"
    go_on(page)
    describe(page, 0)
    describe(page, 1)
    deposit(page)
    files = {stored.name: content_of(stored) for stored in StoredFile.objects.all()}
    assert files == {"guide.txt": LONG, "mot.txt": b"Un mot court."}
    assert Document.objects.filter(owner=world.maude).count() == 2


def test_what_became_of_her_files_comes_by_itself(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto(HERE)
    drop(page, mot=b"Un mot court.")
    state(page, "mot.txt", "done")
    go_on(page)
    describe(page)
    deposit(page)
    expect(page.locator("[data-reading=waiting]")).to_be_visible()
    work()
    expect(page.locator("[data-reading=done]")).to_be_visible()


def test_a_page_that_is_loaded_again_goes_on_where_it_stood(
    house: House, world: World, tmp_path: Path
) -> None:
    path = tmp_path / "guide.txt"
    path.write_bytes(LONG)
    page = house.visit(world.maude)
    page.goto(HERE)
    drop(page, mot=b"Un mot court.")
    state(page, "mot.txt", "done")
    network = Network(page, good=1, cut=False)
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        page.set_input_files("[name=files]", path)
    sent_before = ResumableUpload.objects.get(name="guide.txt")
    page.reload()
    state(page, "mot.txt", "done")
    state(page, "guide.txt", "again")
    network.good = 10_000
    network.offsets.clear()
    page.set_input_files("[name=files]", path)
    state(page, "guide.txt", "done")
    sent_before.refresh_from_db()
    assert min(network.offsets) > 0, "what had arrived was not sent again"
    assert sent_before.stored is not None
    assert content_of(sent_before.stored) == LONG
    go_on(page)
    assert page.locator("[name=card]").count() == 2


def test_by_keyboard_a_file_is_paused_resumed_and_taken_away(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto(HERE)
    network = Network(page, good=1, cut=False)
    drop(page, guide=LONG)
    state(page, "guide.txt", "sends")
    page.focus("[name=files]")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("data-act", "pause")
    page.keyboard.press("Enter")
    state(page, "guide.txt", "paused")
    expect(page.locator(":focus")).to_have_attribute("data-act", "resume")
    network.back()
    page.keyboard.press("Enter")
    state(page, "guide.txt", "done")
    page.focus("[data-act=remove]")
    page.keyboard.press("Enter")
    expect(page.locator(".uploads > li")).to_have_count(0)
    expect(page.locator("[name=files]")).to_be_focused()


def test_signed_in_again_in_another_window_she_goes_on(house: House, world: World) -> None:
    give_password(world.maude)
    page = house.visit(world.maude)
    page.goto(HERE)
    network = Network(page, good=1, cut=False)
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        drop(page, guide=LONG)
    page.context.clear_cookies(name="ancrage")
    network.back()
    state(page, "guide.txt", "ended")
    sign_in(page.context.new_page(), world.maude)
    line(page, "guide.txt").locator("[data-act=resume]").click()
    state(page, "guide.txt", "done")
    # The form was opened before: it is shown again, with its file, and nothing is lost.
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_selector("#sharing")
    assert page.locator("[name=card]").count() == 1


def test_the_form_waits_for_its_files(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto(HERE)
    network = Network(page, good=1, cut=False)
    drop(page, guide=LONG)
    state(page, "guide.txt", "sends")
    page.get_by_role("button", name="Continuer").click()
    state(page, "guide.txt", "sends")
    network.back()
    page.wait_for_selector("#sharing")
    assert page.locator("[name=card]").count() == 1


def test_a_file_that_is_refused_says_why(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto(HERE)
    drop(page, guide=b"<html><script>alert(1)</script>")
    state(page, "guide.txt", "failed")
    assert len(line(page, "guide.txt").locator(".says").inner_text()) > 20
    assert not StoredFile.objects.exists()


def test_without_javascript_files_come_with_the_form(
    house: House, world: World, tmp_path: Path
) -> None:
    paths = [tmp_path / "un.txt", tmp_path / "deux.txt"]
    for path in paths:
        path.write_text(f"Le texte de {path.name}.")
    page = house.visit(world.maude, js=False)
    page.goto(HERE)
    page.set_input_files("[name=files]", paths)
    go_on(page)
    describe(page, 0)
    describe(page, 1)
    deposit(page)
    assert Document.objects.filter(owner=world.maude).count() == 2


def test_every_state_is_for_everybody(house: House, world: World, tmp_path: Path) -> None:
    """WCAG 2.2 AA: empty, sending, paused, refused, to be described, to be mended, deposited,
    changed, and on a phone."""
    page = house.visit(world.maude)
    page.goto(HERE)
    found = check(page)
    network = Network(page, good=1, cut=False)
    drop(page, guide=LONG, faux=b"<html><script>alert(1)</script>")
    state(page, "guide.txt", "sends")
    found += check(page, ".drop")
    line(page, "guide.txt").locator("[data-act=pause]").click()
    found += check(page, ".drop")
    network.back()
    line(page, "guide.txt").locator("[data-act=resume]").click()
    state(page, "guide.txt", "done")
    state(page, "faux.txt", "failed")
    found += check(page, ".drop")
    line(page, "faux.txt").locator("[data-act=remove]").click()
    go_on(page)
    page.locator("details.fold").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    found += check(page)
    page.locator("[name='0-title']").fill("Le suivi de Jérémy, né le 3 avril 2012")
    page.locator("button.btn[value=deposer]").click()
    page.wait_for_selector(".sum")
    found += check(page)
    describe(page)
    page.locator("[name=licence]").select_option("communaute")
    page.locator("button.btn[value=deposer]").click()
    page.wait_for_selector("button[value=as-is]")
    found += check(page)
    page.locator("button[value=as-is]").click()
    page.wait_for_url("**/mes-depots/")
    found += check(page)
    document = Document.objects.get(owner=world.maude)
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("modifier", "versions/nouvelle"):
        page.goto(f"/bibliotheque/{document.pk}/{name}/")
        found += check(page)
    assert found == []
