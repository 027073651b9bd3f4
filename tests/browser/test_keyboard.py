"""Everything by the keyboard: where the focus goes, that it is seen, and what each path asks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from accounts.models import User
from forums.models import Post, Thread
from forums.services import create_thread, reply
from moderation.models import Report
from tests.accounts.people import PASSWORD, totp_code
from tests.accounts.people import give_password as set_password
from tests.browser.acts import EDITOR, says
from tests.browser.conftest import TOTP_SECRET
from tests.browser.house import House, work
from tests.conftest import World

pytestmark = pytest.mark.browser

FOCUS = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const ring = getComputedStyle(one.closest('.find') || one);
    const box = one.getBoundingClientRect();
    const inBar = other => Boolean(other && other.closest('.bar, .tabs, #header'));
    const x = box.left + Math.min(box.width, 40) / 2;
    const above = document.elementFromPoint(x, box.top + Math.min(box.height, 40) / 2);
    return {
        body: one === document.body,
        html: one.outerHTML.slice(0, 120),
        // What the editor rings is its frame; a file's button is drawn by the browser. A search
        // field is ringed with its drawing.
        seen: parseFloat(ring.outlineWidth) > 0 && ring.outlineStyle !== 'none'
            || Boolean(one.closest('.ck')) || style.boxShadow !== 'none',
        hidden: !inBar(one) && inBar(above),
    };
}"""

INSIDE = (
    "[document.body, ...document.querySelectorAll('dialog *')].includes(document.activeElement)"
)


@pytest.fixture
def thread(world: World) -> Thread:
    thread = create_thread(by=world.maude, space=world.common, text="Par où reprendre le lien?")
    for number in range(5):
        reply(thread, by=world.real, text=f"Un café, {number} fois.")
    return thread


def tab_to(page: Page, name: str, role: Any = None, *, most: int = 150) -> None:
    """Press Tab until the focus is on what is called `name`; the focus is seen on the way."""
    called = re.compile(rf"^{re.escape(name)}( \(facultatif\))?$")
    aim = page.get_by_role(role, name=called) if role else page.get_by_label(name)
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["body"] or focus["seen"], f"no visible focus on {focus['html']}"
        assert not focus["hidden"], f"under a bar: {focus['html']}"
        if aim.and_(page.locator(":focus")).count():
            return
    raise AssertionError(f"Tab does not lead to {name}")


def press(page: Page, key: str, pattern: str) -> None:
    """Press a key that leads to an address."""
    page.keyboard.press(key)
    page.wait_for_url(re.compile(pattern))


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_maude_signs_in_asks_and_reports_without_a_mouse(
    house: House, world: World, thread: Thread, size: str
) -> None:
    set_password(world.maude)
    page = house.visit(size=size)
    page.goto("/")
    # The first key leads past the bar.
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.goto("/compte/connexion/")
    tab_to(page, "Courriel", "textbox")
    page.keyboard.type(world.maude.email)
    tab_to(page, "Mot de passe")
    page.keyboard.type(PASSWORD)
    press(page, "Enter", r":\d+/$")

    tab_to(page, "Lancer un fil", "link")
    press(page, "Enter", "/discussions/nouveau/$")
    write(page, "Qui a déjà reçu des parents le soir?")
    tab_to(page, "Publier", "button")
    press(page, "Enter", r"/discussions/\d+-")
    says(page, "Qui a déjà reçu des parents le soir?")
    assert Thread.objects.count() == 2

    page.goto(thread.get_absolute_url())
    write(page, "Merci à vous.")
    tab_to(page, "Publier", "button")
    press(page, "Enter", "#message-7$")
    assert Post.objects.get(thread=thread, position=7).text == "Merci à vous."

    page.goto(thread.get_absolute_url())
    tab_to(page, "Signaler à l’animation", "link")
    press(page, "Enter", "/signaler/")
    tab_to(page, "Pourrait identifier un jeune")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Précisions", "textbox")
    page.keyboard.type("Une famille est reconnaissable.")
    tab_to(page, "Envoyer", "button")
    press(page, "Enter", "/discussions/")
    says(page, "L’animation est avertie")
    assert Report.objects.get().reason == Report.Reason.CONFIDENTIAL


def write(page: Page, text: str) -> None:
    """Tab to the box; the editor comes by itself and takes the focus over."""
    box = page.locator(f"textarea[name=text], {EDITOR}")
    for _ in range(150):
        page.keyboard.press("Tab")
        if box.and_(page.locator(":focus")).count():
            break
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.type(text)


def test_odile_moderates_without_a_mouse(house: House, world: World, thread: Thread) -> None:
    from moderation.services import file_report

    target = Post.objects.get(thread=thread, position=3)
    report = file_report(target, by=world.eve, reason=Report.Reason.HURTFUL)
    headline = report.headline.replace("\u00a0", " ")
    needed = gettext("(needed to set aside)")
    work()
    set_password(world.odile)
    page = house.visit()
    page.goto("/compte/connexion/?next=/admin/")
    tab_to(page, "Courriel", "textbox")
    page.keyboard.type(world.odile.email)
    tab_to(page, "Mot de passe")
    page.keyboard.type(PASSWORD)
    press(page, "Enter", "/second-facteur/")
    expect(page.get_by_label("Code de l’application")).to_be_focused()
    page.keyboard.type(totp_code(TOTP_SECRET))
    press(page, "Enter", "/admin/$")
    tab_to(page, f"Examiner : {headline}", "link")
    press(page, "Enter", "/moderation/report/")
    tab_to(page, "Laissé tel quel")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Mis de côté")).to_be_checked()
    tab_to(page, f"Motif, pour l’auteur ou l’autrice et le journal {needed}", "textbox")
    page.keyboard.type("Le ton.")
    tab_to(page, "Décider", "button")
    press(page, "Enter", "/admin/$")
    target.refresh_from_db()
    assert target.state == "hidden"


def test_the_summary_of_errors_takes_the_focus_and_leads_to_each_field(house: House) -> None:
    page = house.visit(size="phone")
    page.goto("/adhesion/")
    tab_to(page, "Envoyer la demande", "button")
    page.keyboard.press("Enter")
    summary = page.locator("[data-errors]")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_organisation_name")).to_be_focused()
    assert not page.evaluate(FOCUS)["hidden"]


def test_a_question_before_an_act_keeps_the_focus_and_gives_it_back(
    house: House, world: World
) -> None:
    page = house.visit(world.maude)
    page.goto("/communautes/intervention/")
    page.get_by_text("Quitter cet espace").focus()
    page.keyboard.press("Enter")
    tab_to(page, "Quitter", "button")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    for _ in range(5):
        page.keyboard.press("Tab")
        assert page.evaluate(INSIDE)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Quitter", exact=True)).to_be_focused()
    assert world.maude.memberships.filter(space=world.intervention, ended_at=None).exists()


@pytest.mark.parametrize("who", ["visitor", "member", "animator"])
def test_pages_fit_320_pixels(house: House, world: World, thread: Thread, who: str) -> None:
    """WCAG 1.4.10: a window of 1280 magnified four times."""
    people: dict[str, tuple[User | None, list[str]]] = {
        "visitor": (None, ["/", "/adhesion/", "/compte/connexion/", "/confidentialite/", "/aide/"]),
        "member": (
            world.maude,
            ["/discussions/nouveau/", thread.get_absolute_url(), "/communautes/", "/organismes/",
             "/communautes/intervention/", "/compte/avis/", "/compte/securite/",
             world.relais.get_absolute_url(), "/compte/code-de-conduite/"],
        ),
        "animator": (
            world.odile,
            [thread.get_absolute_url(), "/admin/accounts/user/", "/admin/moderation/report/",
             "/admin/community/subcommunity/", "/admin/accounts/invitation/add/"],
        ),
    }  # fmt: skip
    user, paths = people[who]
    page = house.visit(user, size="small")
    wide = {}
    for path in paths:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[path] = width
    assert wide == {}
