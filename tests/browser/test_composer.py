"""The composer in a browser: what it keeps, whom it names, what it quotes and takes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import content
from forums.models import Draft, Post, Thread
from forums.services import create_thread, reply
from search.indexing import index
from tests.browser.acts import BOX, EDITOR, publish, says, write
from tests.browser.axe import check
from tests.browser.house import House
from tests.browser.test_editor import PNG
from tests.conftest import World

pytestmark = pytest.mark.browser
STATE = "[data-state]"
QUOTE = "Citer"


@pytest.fixture
def thread(world: World) -> Thread:
    found = create_thread(by=world.maude, space=world.common, text="Par où reprendre le lien?")
    reply(found, by=world.naima, text="Par un café, sans ordre du jour.\n\nPuis par le sport.")
    return found


def people(page: Page) -> Any:
    return page.get_by_role("listbox", name="Personnes à nommer").get_by_role("option")


def kept(page: Page) -> None:
    expect(page.locator(STATE)).to_contain_text("Brouillon gardé", timeout=15_000)


def test_what_is_typed_is_kept_and_comes_back(house: House, world: World, thread: Thread) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Une phrase commencée")
    kept(page)
    page.goto("/discussions/")
    page.goto(thread.get_absolute_url())
    expect(page.locator(EDITOR)).to_contain_text("Une phrase commencée")
    says(page, "Il n’est pas publié.")
    assert check(page, "#repondre") == []
    write(page, ", puis finie")
    publish(page)
    page.wait_for_url("**#message-3")
    assert not Draft.objects.exists()


def test_two_windows_keep_two_texts_and_say_so(house: House, world: World, thread: Thread) -> None:
    first = house.visit(world.eve)
    first.goto(thread.get_absolute_url())
    second = first.context.new_page()
    second.goto(thread.get_absolute_url())
    write(first, "Le texte du matin")
    kept(first)
    write(second, "Le texte du soir")
    kept(second)
    link = second.locator(STATE).get_by_role("link")
    expect(link).to_be_visible()
    assert {one.body for one in Draft.objects.all()} == {
        "<p>Le texte du matin</p>",
        "<p>Le texte du soir</p>",
    }
    with second.context.expect_page() as other:
        link.click()
    expect(other.value.locator(EDITOR)).to_contain_text("Le texte du matin")


def test_a_text_goes_on_being_kept_once_the_session_has_ended(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve, size="phone")
    page.goto(thread.get_absolute_url())
    write(page, "Un début")
    kept(page)
    page.context.clear_cookies(name="ancrage")
    page.keyboard.type(" et une suite")
    expect(page.locator(STATE)).to_contain_text("Votre session a pris fin", timeout=15_000)
    assert "et une suite" in Draft.objects.get().body


def test_somebody_is_named_by_the_keyboard_alone(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Merci @na")
    expect(people(page)).to_have_count(1)
    area = page.locator(EDITOR)
    option = people(page).first
    expect(option).to_have_attribute("aria-selected", "true")
    expect(area).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    expect(page.locator("#live")).to_have_text("1 personne")
    assert check(page) == []
    page.keyboard.press("Enter")
    expect(people(page)).to_have_count(0)
    publish(page)
    page.wait_for_url("**#message-3")
    expect(page.locator("#message-3 a.mention")).to_have_text("@Naïma Belkacem")
    assert f'data-mention="@{world.naima.pk}"' in Post.objects.get(position=3).html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_has_no_access_is_shown_so_and_not_told(
    house: House, world: World, scheme: str
) -> None:
    there = create_thread(by=world.naima, space=world.psychosocial, text="Une situation.")
    page = house.visit(world.naima, size="phone", scheme=scheme)
    page.goto(there.get_absolute_url())
    write(page, "Voir avec @mau")
    expect(people(page)).to_have_count(1)
    expect(people(page).first).to_contain_text("ne sera pas avisée : pas d’accès")
    assert check(page, ".ck-mentions") == []
    people(page).first.click()
    expect(people(page)).to_have_count(0)
    page.keyboard.type("demain")
    publish(page)
    page.wait_for_url("**#message-2")
    says(page, "Maude Tremblay ne sera pas avisée")
    assert "data-mention" not in Post.objects.get(position=2).html


def test_a_selection_is_quoted_without_leaving_the_page(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Un mot.")
    page.evaluate(
        """() => {
          const said = document.querySelector("#message-2 .said p").firstChild;
          getSelection().setBaseAndExtent(said, 4, said, 11);
        }"""
    )
    page.locator("#message-2").get_by_role("link", name="Citer la sélection").click()
    expect(page.locator(f"{EDITOR} blockquote")).to_have_text("un café")
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.type("Bonne idée")
    publish(page)
    page.wait_for_url("**#message-3")
    found = Post.objects.get(position=3)
    assert found.html == "<p>Un mot.</p><blockquote><p>un café</p></blockquote><p>Bonne idée</p>"
    assert found.parent is not None and found.parent.position == 2


def test_a_whole_message_is_quoted_by_the_keyboard(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "")
    page.locator("#message-2").get_by_role("link", name=QUOTE).focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{EDITOR} blockquote")).to_contain_text("sans ordre du jour")
    expect(page.locator(f"{EDITOR} blockquote")).to_contain_text("Puis par le sport")
    expect(page.locator("[data-replied]")).to_contain_text("Naïma B.")


def test_replying_to_a_message_keeps_what_was_just_typed(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Un mot")
    page.locator("#message-2").get_by_role("link", name="Répondre", exact=True).click()
    expect(page.locator("[data-replied]")).to_contain_text("Naïma B.")
    expect(page.locator(EDITOR)).to_be_focused()
    publish(page)
    page.wait_for_url("**#message-3")
    found = Post.objects.get(position=3)
    assert found.text == "Un mot"
    assert found.parent is not None and found.parent.position == 2


DROP = """([selector, name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const brought = new DataTransfer();
  brought.items.add(new File([bytes], name, { type }));
  const target = document.querySelector(selector);
  const init = { bubbles: true, cancelable: true, dataTransfer: brought };
  target.dispatchEvent(new DragEvent("dragenter", init));
  target.dispatchEvent(new DragEvent("dragover", init));
  target.dispatchEvent(new DragEvent("drop", init));
}"""
PASTE = """([selector, name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const brought = new DataTransfer();
  brought.items.add(new File([bytes], name, { type }));
  const init = { bubbles: true, cancelable: true, clipboardData: brought };
  document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", init));
}"""


def test_a_file_that_is_dropped_is_attached(house: House, world: World, thread: Thread) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Voici le plan.")
    text = base64.b64encode(b"Le plan.").decode()
    page.evaluate(DROP, [EDITOR, "plan.txt", "text/plain", text])
    page.evaluate(DROP, ["#repondre", "suite.txt", "text/plain", text])
    expect(page.locator("#repondre .files li")).to_have_count(2)
    publish(page)
    page.wait_for_url("**#message-3")
    expect(page.locator("#message-3 .attach")).to_have_count(2)


def test_a_picture_that_is_pasted_is_shown_in_the_message(
    house: House, world: World, thread: Thread
) -> None:
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, "Notre local :")
    page.evaluate(PASTE, [EDITOR, "image.png", "image/png", base64.b64encode(PNG).decode()])
    expect(page.locator(f"{EDITOR} img[src^='/fichiers/']")).to_be_visible()
    publish(page)
    page.wait_for_url("**#message-3")
    assert "<img" in Post.objects.get(position=3).html


def test_threads_that_resemble_a_new_one_are_shown_while_it_is_typed(
    house: House, world: World
) -> None:
    said = "L’anxiété de performance avant les examens, en groupe"
    rows = [create_thread(by=world.maude, space=world.common, text=said) for _ in range(2)]
    index(content.get("thread"), [one.pk for one in rows])
    page = house.visit(world.eve)
    page.goto("/discussions/nouveau/")
    write(page, "Qui travaille l’anxiété de performance aux examens?")
    shown = page.locator("#similar a")
    expect(shown).to_have_count(2)
    assert check(page, "#similar") == []


def test_all_of_it_without_javascript(house: House, world: World, thread: Thread) -> None:
    page = house.visit(world.eve, js=False)
    page.goto(thread.get_absolute_url())
    page.locator("#message-2").get_by_role("link", name=QUOTE).click()
    box = page.locator(BOX)
    assert box.input_value().startswith("> Par un café")
    box.fill(f"{box.input_value()}Merci @Naïma Belkacem!")
    publish(page)
    page.wait_for_url("**#message-3")
    expect(page.locator("#message-3 a.mention")).to_have_text("@Naïma Belkacem")
