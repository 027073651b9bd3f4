"""Trials, kept sheets and evidence in a browser: phone, keyboard, without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core import links
from forums.models import Thread
from forums.services import create_thread, resolve
from practices.models import Evidence, Interest, Sheet, Trial
from practices.services import evidence, interest, trials
from tests.browser.axe import check
from tests.browser.house import House
from tests.conftest import World
from tests.practices.conftest import make_published

pytestmark = pytest.mark.browser
# The button that sends the form of the page.
SEND = "main form[data-guard] > .row > .btn:not(.quiet)"
SAID = {"period": "Automne 2025", "lesson": "Sans appel avant 10 h, la place reste vide."}


@pytest.fixture
def sheet(world: World) -> Sheet:
    return make_published(world)


@pytest.fixture
def tried(sheet: Sheet, world: World) -> Sheet:
    """Tried twice, once abandoned; its level of evidence has expired; Ève is asked about it."""
    more = {"changed": "Deux jours.", "faithful": "partie", "young_people": 12, "planned": "prevu"}
    trials.tell(sheet, by=world.real, outcome="mieux", **SAID, **more)
    trials.tell(sheet, by=world.eve, outcome="abandonnee", **SAID)
    evidence.decide(sheet, "2", by=world.maude, source="Registre", reason="Compté chaque mois")
    Evidence.objects.update(review_on=timezone.localdate() - timedelta(days=2))
    evidence.expire_evidence()
    evidence.ask_for(sheet, "3", by=world.maude, source="Étude comparée")
    interest.keep(sheet, by=world.naima)
    Interest.objects.update(asked_at=timezone.now())
    sheet.refresh_from_db()
    return sheet


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_field_worker_tells_a_trial_in_three_answers_on_her_phone(
    house: House, world: World, sheet: Sheet, js: bool
) -> None:
    page = house.visit(world.eve, size="phone", js=js)
    page.goto(sheet.get_absolute_url())
    page.locator(f"aside a[href='/pratiques/{sheet.pk}/essai/']").click()
    page.wait_for_url("**/essai/")
    assert fits(page)
    page.locator("input[name=period]").fill("Automne 2025")
    page.locator("input[name=outcome][value=abandonnee]").check()
    page.locator("textarea[name=lesson]").fill("Appeler le 418 555-2368 avant 10 h.")
    page.locator(SEND).click()
    # Something could identify a young person: nothing is published yet.
    page.locator("button[name=replace][value='lesson:0']").click()
    expect(page.locator("textarea[name=lesson]")).not_to_have_value("418 555-2368")
    assert fits(page) and not Trial.objects.exists()
    page.locator(SEND).click()
    page.wait_for_url(f"**/pratiques/{sheet.pk}/#essai-*")
    expect(page.locator(".trial")).to_contain_text("avant 10 h.")
    assert Trial.objects.get().outcome == "abandonnee"


def test_by_the_keyboard_alone(house: House, world: World, sheet: Sheet) -> None:
    page = house.visit(world.eve)
    page.goto(f"/pratiques/{sheet.pk}/essai/")
    page.locator("input[name=period]").focus()
    page.keyboard.type("Hiver 2026")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Commencer petit.")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the essential components were kept
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # unfolds the rest
    expect(page.locator("textarea[name=changed]")).to_be_visible()
    page.locator(SEND).press("Enter")
    page.wait_for_url(f"**/pratiques/{sheet.pk}/#essai-*")
    trial = Trial.objects.get()
    assert (trial.outcome, trial.faithful) == ("mieux", "oui")


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_she_keeps_a_sheet_and_finds_it_again(
    house: House, world: World, sheet: Sheet, js: bool
) -> None:
    page = house.visit(world.eve, size="phone", js=js)
    page.goto(sheet.get_absolute_url())
    page.locator(f"#keep-{sheet.pk}-do").click()
    expect(page.locator(f"#keep-{sheet.pk}-do")).to_have_attribute("aria-pressed", "true")
    page.locator("a[href='/pratiques/gardees/']").click()
    page.wait_for_url("**/gardees/")
    expect(page.locator("#kept li")).to_have_count(1)
    assert fits(page)


def thread_of(world: World, sheet: Sheet) -> Thread:
    thread = create_thread(by=world.maude, space=world.common, title="Retour", text="Comment?")
    resolve(thread, by=world.maude)
    links.link(sheet, thread, by=world.maude)
    return thread


def test_these_pages_are_accessible_in_light_and_in_dark(
    house: House, world: World, tried: Sheet
) -> None:
    base, found = f"/pratiques/{tried.pk}/", []
    trial = Trial.objects.get(owner=world.eve)
    page = house.visit(world.eve)
    for path in (
        tried.get_absolute_url(),
        f"{base}essai/",
        f"{base}essais/",
        f"{base}essais/?resultat=pire",
        f"{base}essais/{trial.pk}/modifier/",
        f"{base}preuve/",
        "/pratiques/gardees/",
    ):
        page.goto(path)
        assert page.locator("h1").count() == 1 and fits(page)
        found += check(page)
    # What is wrong, and what could identify somebody.
    page.goto(f"{base}essai/")
    page.locator(SEND).click()
    expect(page.locator(".sum")).to_be_focused()
    found += check(page)
    page.locator("input[name=period]").fill("Hiver")
    page.locator("input[name=outcome][value=pire]").check()
    page.locator("textarea[name=lesson]").fill("Appeler le 418 555-2368.")
    page.locator(SEND).click()
    expect(page.locator("mark").first).to_be_visible()
    found += check(page)
    assert found == []


def test_the_pages_of_those_who_decide_and_of_who_is_asked_are_accessible(
    house: House, world: World, tried: Sheet
) -> None:
    base, found = f"/pratiques/{tried.pk}/", []
    trial = Trial.objects.get(owner=world.eve)
    thread = thread_of(world, tried)
    for person, paths in (
        (world.odile, (f"{base}preuve/", f"{base}essai/", f"{base}essais/{trial.pk}/ecarter/")),
        (world.naima, (f"{base}essayee/?reponse=non", "/pratiques/gardees/", "/avis/")),
        (world.maude, (f"{base}preuve/", f"/discussions/{thread.pk}/suites/")),
    ):
        page = house.visit(person, size="phone")
        for path in paths:
            page.goto(path)
            assert page.locator("h1").count() == 1 and fits(page)
            found += check(page)
    page.locator("input[name=outcome][value=mieux]").check()
    page.locator("textarea[name=text]").fill("Il revient.")
    page.locator(SEND).click()
    page.wait_for_url("**/suites/?message=*")
    found += check(page)
    page.locator(f"main a[href^='/pratiques/{tried.pk}/essai/']").click()
    expect(page.locator("textarea[name=lesson]")).to_have_value(re.compile(r"Il revient\.$"))
    assert found == []


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_marks_of_an_expired_level_are_hollow(
    house: House, world: World, signed_in: bool
) -> None:
    public = make_published(world, public=True)
    evidence.decide(public, "2", by=world.maude, source="Registre")
    Sheet.objects.filter(pk=public.pk).update(evidence_expiry="date")
    page = house.visit(world.eve if signed_in else None)
    page.goto(public.get_absolute_url() if signed_in else "/pratiques/")
    mark = page.locator(".meter.faded i.on").first
    assert mark.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert mark.evaluate("e => getComputedStyle(e).boxShadow") != "none"
