"""The editor among the rest of the page: what htmx swaps, and warnings, leave its text whole."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from forums.models import Post, Thread
from forums.services import create_thread
from tests.browser.acts import BOX, EDITOR, publish, says, soon, write
from tests.browser.house import House
from tests.conftest import World, make_person

pytestmark = pytest.mark.browser


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


PNG = _png()


@pytest.fixture
def thread(world: World) -> Thread:
    return create_thread(by=world.maude, space=world.common, text="Par où reprendre le lien?")


def test_thanking_meanwhile_keeps_what_is_being_written(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Une phrase ")
    page.keyboard.press("Control+b")
    page.keyboard.type("en gras")
    page.get_by_role("button", name="Merci").first.click()
    expect(page.get_by_role("button", name="Merci").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"{EDITOR} strong")).to_contain_text("en gras")
    publish(page)
    page.wait_for_url("**#message-2")
    assert Post.objects.get(position=2).html == "<p>Une phrase <strong>en gras</strong></p>"


def test_a_box_taken_before_the_scripts_came_still_gets_its_editor(
    house: House, world: World, thread: Thread
) -> None:
    """On a weak network the page is there, and touched, well before its JavaScript."""
    page = house.visit(world.eve)
    held: list[Route] = []
    page.route("**/ancrage*.js", lambda route: held.append(route))
    page.goto(thread.get_absolute_url(), wait_until="commit")
    page.locator(BOX).click()
    page.keyboard.type("Un mot ")
    expect(page.locator(BOX)).to_have_value("Un mot ")
    for route in held:
        route.continue_()
    page.unroute("**/ancrage*.js")
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.type("de plus")
    publish(page)
    page.wait_for_url("**#message-2")
    assert Post.objects.get(position=2).html == "<p>Un mot de plus</p>"


def test_another_space_changes_who_reads_and_not_the_text(house: House, world: World) -> None:
    page = house.visit(world.naima, size="phone")
    page.goto("/discussions/nouveau/")
    write(page, "Qui a un local le soir?")
    before = page.locator("#reach").inner_text()
    page.get_by_label("Où").select_option(label="Suivis psychosociaux")
    expect(page.get_by_label("Sans mon nom")).to_be_visible()
    assert page.locator("#reach").inner_text() != before
    expect(page.locator(EDITOR)).to_contain_text("Qui a un local le soir?")
    page.get_by_label("Où").select_option(label="La place commune")
    expect(page.get_by_label("Sans mon nom")).to_have_count(0)
    publish(page)
    says(page, "Qui a un local le soir?")
    assert Thread.objects.get().space == world.common


def test_bold_words_come_back_bold_after_the_warning(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Son NAS, 046 454 286, est ")
    page.keyboard.press("Control+b")
    page.keyboard.type("important")
    publish(page)
    says(page, "Ce texte pourrait identifier un jeune")
    expect(page.locator(f"{EDITOR} strong")).to_have_text("important")
    page.get_by_role("button", name="Tout remplacer").click()
    expect(page.locator("mark")).to_have_count(0)
    expect(page.locator(f"{EDITOR} strong")).to_have_text("important")
    publish(page)
    page.wait_for_url("**#message-2")
    found = Post.objects.get(position=2)
    assert "046" not in found.html and "<strong>important</strong>" in found.html


def test_a_picture_is_chosen_by_the_button_and_shown_in_the_message(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Notre local :")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Téléverser une image").click()
    chooser.value.set_files({"name": "local.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator(f"{EDITOR} img[src^='/fichiers/']")).to_be_visible()
    publish(page)
    page.wait_for_url("**#message-2")
    assert "<img" in Post.objects.get(position=2).html
    maude = house.visit(world.maude)
    maude.goto(thread.get_absolute_url())
    picture = maude.locator(".said img")
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.naturalWidth") == 40


def test_not_a_letter_is_lost_while_the_editor_opens(
    house: House, world: World, thread: Thread
) -> None:
    """Somebody types at once, and does not wait for anything."""
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    text = "Chaque lettre compte, " * 12 + "fin."
    page.locator(BOX).focus()
    page.keyboard.type(text, delay=8)
    expect(page.locator(EDITOR)).to_be_visible()
    publish(page)
    page.wait_for_url("**#message-2")
    assert Post.objects.get(position=2).html == f"<p>{text}</p>"


def test_what_was_typed_before_the_editor_came_keeps_its_last_space(
    house: House, world: World, thread: Thread
) -> None:
    """On a weak network, the editor opens in the middle of a sentence."""
    page = house.visit(world.eve)
    held: list[Route] = []
    page.route("**/dist/bundle.js", lambda route: held.append(route))
    page.goto(thread.get_absolute_url())
    with page.expect_request("**/dist/bundle.js"):
        page.locator(BOX).focus()
    page.keyboard.type("Une ligne\nun mot ")
    expect(page.locator(BOX)).to_have_value("Une ligne\nun mot ")
    held[0].continue_()
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.type("de plus.")
    publish(page)
    page.wait_for_url("**#message-2")
    assert Post.objects.get(position=2).html == "<p>Une ligne<br>un mot de plus.</p>"


def above_the_tabs(page: Page, people: Locator) -> bool:
    """Whether the list of people is whole in the window, and hides no tab."""
    box, tabs = people.bounding_box(), page.locator(".tabs").bounding_box()
    window = page.viewport_size
    if box is None or tabs is None or window is None:
        return False
    inside = box["x"] >= 0 and box["x"] + box["width"] <= window["width"]
    return inside and box["y"] >= 0 and box["y"] + box["height"] <= tabs["y"]


@pytest.mark.parametrize("size", ["phone", "small"])
def test_the_people_to_name_stay_in_the_window_and_above_the_tabs(
    house: House, world: World, thread: Thread, size: str
) -> None:
    for number in range(8):
        make_person(
            f"Zélie-Alexandrine {number}",
            "Bellefeuille-Charbonneau",
            organisation=world.phare,
            spaces=(world.common,),
        )
    page = house.visit(world.eve, size=size)
    page.goto(thread.get_absolute_url())
    people = page.locator(".ck-mentions")
    # In the middle of a line, at its end, and at the foot of the window.
    for typed in ("Merci @Zél", "Merci à vous deux pour cette @Zél"):
        write(page, typed)
        expect(people).to_be_visible()
        for where in ("start", "end"):
            page.evaluate(
                "where => document.querySelector('.ck-editor__editable')"
                ".scrollIntoView({ block: where })",
                where,
            )
            # The list follows at the next frames: where it was before proves nothing.
            page.wait_for_timeout(300)
            soon(page, lambda: above_the_tabs(page, people), f"{people.bounding_box()}")
        assert people.evaluate("list => list.scrollHeight > list.clientHeight")
        assert people.evaluate("list => list.scrollWidth <= list.clientWidth"), "names are whole"
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        people.get_by_role("option").first.click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
