"""The admin in a browser: its frame, its questions before an act, the smallest screens."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from forums import services as forums
from moderation import services
from moderation.models import Postponement
from tests.browser import scenes
from tests.browser.axe import check
from tests.browser.conftest import Opens
from tests.browser.house import House
from tests.conftest import World, make_person

pytestmark = pytest.mark.browser


def no_raw_question(page: Page) -> list[str]:
    """What the browser itself asks, which is nothing."""
    asked: list[str] = []

    def hear(question: Any) -> None:
        asked.append(question.message)
        question.dismiss()

    page.on("dialog", hear)
    return asked


def test_before_an_act_the_house_s_own_dialog_asks(house: House, world: World) -> None:
    stay = world.intervention.memberships.get(user=world.maude)
    page = house.visit(world.odile)
    raw = no_raw_question(page)
    page.goto(reverse("admin:community_membership_change", args=(stay.pk,)))
    page.get_by_label("Motif").fill("Elle a changé de travail.")

    page.click("button[name=remove]")
    dialog = page.locator("dialog#ask[open]")
    expect(dialog).to_be_visible()
    assert check(page, "dialog[open]") == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    stay.refresh_from_db()
    assert stay.ended_at is None

    page.click("button[name=remove]")
    with page.expect_navigation():
        dialog.get_by_role("button").first.click()
    stay.refresh_from_db()
    assert stay.ended_at is not None
    assert raw == []


@pytest.mark.parametrize("js", [True, False])
def test_odile_puts_the_rest_off_and_sees_it_again(house: House, world: World, js: bool) -> None:
    thread = forums.create_thread(by=world.maude, space=world.common, text="Une question.")
    services.file_report(thread, by=world.real, reason="autre")
    page = house.visit(world.odile, js=js)
    page.goto("/admin/")
    shown = page.locator(".tasks > li").count()
    assert shown

    page.get_by_role("button", name="Reporter le reste à lundi").or_(
        page.get_by_role("button", name="Put the rest off until Monday")
    ).click()
    expect(page.locator(".tasks > li")).to_have_count(0)
    assert len(Postponement.objects.get(user=world.odile).keys) == shown
    if js:
        assert check(page) == []
    page.locator("form[action$='reprendre/'] button").click()
    expect(page.locator(".tasks > li")).to_have_count(shown)


def test_the_box_in_the_bar_finds_from_any_page(house: House, world: World) -> None:
    page = house.visit(world.odile)
    page.goto(reverse("admin:community_charter_changelist"))
    page.get_by_role("searchbox").first.fill("lavoie")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Réal Lavoie").click()
    page.wait_for_url(f"**{reverse('admin:accounts_user_change', args=(world.real.pk,))}")
    page.locator("nav.side a").first.click()
    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_lists_beside_the_page_are_reached_at_any_width(
    house: House, world: World, size: str
) -> None:
    page = house.visit(world.odile, size=size)
    page.goto("/admin/")
    last = page.locator("nav.side a").last
    last.scroll_into_view_if_needed()
    last.click()
    page.wait_for_url(f"**{reverse('admin:core_actionlog_changelist')}")
    assert page.locator("nav.side a[aria-current=page]").count() == 1


def test_long_names_and_addresses_fit_320_pixels(house: House, world: World) -> None:
    """WCAG 1.4.10, where what people typed has no space in which to break."""
    long = make_person(
        "Marie-Antoinette-Bernadette",
        "Larrivée-Beausoleil-Desrochers",
        organisation=world.relais,
        spaces=(world.common,),
        job_title="Coordonnatrice",
    )
    thread = forums.create_thread(
        by=long, space=world.common, title="Anticonstitutionnellement" * 4, text="É" * 400
    )
    report = services.file_report(thread, by=world.real, reason="autre", details="X" * 200)
    page = house.visit(world.odile, size="small")
    wide = {}
    for name, pk in (
        ("accounts_user_change", long.pk),
        ("moderation_report_change", report.pk),
        ("forums_thread_change", thread.pk),
        ("index", None),
    ):
        page.goto(reverse(f"admin:{name}", args=(pk,) if pk else ()))
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[name] = width
    assert wide == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_console_shows_its_numbers_to_every_reader(open_house: Opens, scheme: str) -> None:
    with open_house("staged") as house:
        page = house.visit(User.objects.get(email=scenes.ANIMATOR), scheme=scheme)
        page.goto("/admin/")
        page.locator(".fold > summary").first.click()
        expect(page.get_by_role("table").first).to_be_visible()
        assert check(page) == []
