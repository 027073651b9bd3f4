"""What JavaScript adds to the pages, and what remains when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from forums import services
from forums.models import Post, Thread
from tests.browser.house import House
from tests.conftest import World

pytestmark = pytest.mark.browser

EDITOR = ".ck-editor__editable"
BOX = "#repondre textarea"


@pytest.fixture
def thread(world: World) -> Thread:
    """A question of Maude's with nine answers, longer than a phone."""
    thread = services.create_thread(
        by=world.maude, space=world.common, title="Reprendre le lien", text="Par où commencer?"
    )
    for number in range(9):
        services.reply(thread=thread, by=world.real, text=f"Par un café, {number} fois.")
    return thread


def last_reply() -> Post:
    return Post.objects.order_by("-pk")[0]


def test_the_editor_comes_at_the_first_focus_and_not_before(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    asked = house.watch(page).asked
    assert not [url for url in asked if "ckeditor" in url or "editor.js" in url]
    page.fill(BOX, "Chez nous aussi, <b>presque</b>.\n\nEt puis")
    page.wait_for_selector(EDITOR)
    page.wait_for_selector(f"{EDITOR}:focus")
    page.keyboard.type(" la suite ")
    page.keyboard.press("Control+b")
    page.keyboard.type("en gras")
    page.click("#repondre button:has-text('Publier')")
    page.wait_for_url("**#message-11")
    assert last_reply().html == (
        "<p>Chez nous aussi, &lt;b&gt;presque&lt;/b&gt;.</p>"
        "<p>Et puis la suite <strong>en gras</strong></p>"
    )


def test_a_pasted_address_stays_an_address(house: House, world: World, thread: Thread) -> None:
    """The editor knows how to make a frame of it, which the server would take out."""
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    page.focus(BOX)
    page.wait_for_selector(EDITOR)
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "https://www.youtube.com/watch?v=dQw4w9WgXcQ");
            document.querySelector(".ck-editor__editable").dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }"""
    )
    page.wait_for_timeout(500)
    page.click("#repondre button:has-text('Publier')")
    page.wait_for_url("**#message-11")
    assert "youtube.com/watch?v=dQw4w9WgXcQ" in last_reply().html


def test_without_its_bundle_the_plain_box_remains(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.route("**/bundle*.js", lambda route: route.abort())
    page.goto(thread.get_absolute_url())
    page.fill(BOX, "En deux lignes.\nSans éditeur.")
    page.wait_for_selector("textarea[data-editor=off]")
    page.click("#repondre button:has-text('Publier')")
    page.wait_for_url("**#message-11")
    assert last_reply().text == "En deux lignes.\nSans éditeur."


def test_a_text_begun_is_not_left_without_a_question(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(thread.get_absolute_url())
    page.click(BOX)
    page.wait_for_selector(EDITOR)
    page.click(EDITOR)
    page.keyboard.type("Une phrase commencée")
    with page.expect_event("dialog"):
        page.click(".logo")
    assert asked == ["beforeunload"]
    assert page.url.startswith(house.address + thread.get_absolute_url())


def test_a_hurried_double_press_publishes_once(house: House, world: World, thread: Thread) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    page.evaluate(
        """(selector) => {
            const box = document.querySelector(selector);
            box.value = "Deux fois plutôt qu’une";
            const button = [...box.form.querySelectorAll("button")]
                .find((one) => one.textContent.includes("Publier"));
            button.click();
            button.click();
        }""",
        BOX,
    )
    page.wait_for_url("**#message-11")
    assert Post.objects.filter(thread=thread).count() == 11


def test_thanks_answer_in_place_and_keep_the_focus(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    first = page.locator("form[id^=reactions-] button").first
    name = first.get_attribute("id")
    first.click()
    page.wait_for_selector(f"#{name}[aria-pressed=true]")
    assert page.evaluate("document.activeElement.id") == name


def test_a_session_that_ended_leads_to_sign_in_and_back(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    page.context.clear_cookies(name="ancrage")
    page.locator("form[id^=reactions-] button").first.click()
    page.wait_for_url(lambda url: "/compte/connexion/?next=" in url)
    assert f"%2Fdiscussions%2F{thread.pk}" in page.url
    assert page.locator("h1").inner_text() == "Se connecter"


def test_a_lost_connection_is_said_and_nothing_is_erased(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    page.context.set_offline(True)
    page.locator("form[id^=reactions-] button").first.click()
    page.wait_for_selector("#notes .note.danger")
    assert "La connexion a été perdue" in page.inner_text("#notes")
    page.context.set_offline(False)
    house.watch(page).troubles.clear()


def test_the_menu_closes_with_escape_and_gives_the_focus_back(house: House, world: World) -> None:
    page = house.visit(world.eve)
    page.goto("/")
    page.click("summary.me")
    page.focus(".who .menu a")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('summary.me')")
    assert not page.locator(".who .menu ul").is_visible()


def test_the_filter_of_a_list_does_not_care_for_accents(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto("/communautes/place-commune/membres/")
    box = page.locator("[data-filter]")
    box.fill("REAL")
    shown = page.locator(f"{box.get_attribute('data-filter')} > li:visible")
    assert shown.count() == 1
    assert "Réal" in shown.inner_text()
    page.wait_for_selector("#live:has-text('1')", state="attached")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_focus_is_never_under_a_bar(
    house: House, world: World, thread: Thread, size: str
) -> None:
    """WCAG 2.4.11, on the longest page there is."""
    page = house.visit(world.eve, size=size)
    page.goto(thread.get_absolute_url())
    hidden = []
    for _ in range(70):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const element = document.activeElement;
                const inBar = (one) => Boolean(one && one.closest(".bar, .tabs"));
                if (element === document.body || inBar(element)) return "";
                const box = element.getBoundingClientRect();
                const x = box.left + Math.min(box.width, 40) / 2;
                const above = document.elementFromPoint(x, box.top + box.height / 2);
                return inBar(above) ? element.outerHTML.slice(0, 120) : "";
            }"""
        )
        if seen:
            hidden.append(seen)
        if page.evaluate("document.activeElement.matches('.foot a')"):
            break
    assert hidden == []


@pytest.mark.parametrize("path", ["/", "/discussions/", "/membres/", "/compte/profil/", "/admin/"])
def test_a_page_fits_320_pixels(house: House, world: World, path: str) -> None:
    """WCAG 1.4.10: 320 CSS pixels, which is a window of 1280 magnified four times."""
    page = house.visit(world.odile, size="small")
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
