"""From a thread to a draft, then the consent of who wrote in it, and the submission: on a phone,
with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from forums import services as forums
from forums.models import Thread
from practices.models import Passage, Sheet
from practices.services import births, life, writing
from practices.services.births import Chosen
from tests.browser import axe
from tests.browser.house import House, work
from tests.conftest import World
from tests.practices.conftest import make_published, make_terms, whole

pytestmark = pytest.mark.browser
FORM = "/pratiques/depuis-un-fil/"


@pytest.fixture
def thread(world: World) -> Thread:
    make_terms()
    found = forums.create_thread(
        by=world.maude,
        space=world.common,
        title="Un retour après suspension",
        text="Comment accueillir un jeune suspendu?\n\nSans le perdre en route.",
    )
    forums.reply(
        found, by=world.real, text="1. On appelle la veille\n2. On accueille à huit heures"
    )
    return found


def clean(page: Page) -> None:
    assert axe.check(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_thread_becomes_a_draft_and_is_submitted_once_its_writer_agrees(
    house: House, world: World, thread: Thread, js: bool
) -> None:
    maude = house.visit(world.maude, size="phone", js=js)
    maude.goto(thread.get_absolute_url())
    maude.locator(f"a[href='{FORM}?fil={thread.pk}']").click()
    maude.wait_for_url("**/depuis-un-fil/**")
    if js:
        clean(maude)
    answer = thread.posts.get(position=2)
    maude.locator(f"input[name=m][value='{answer.pk}']").check()
    maude.locator("button[value=creer]").last.click()
    maude.wait_for_url("**/pratiques/*-un-retour-*/")
    quoted = maude.locator("#passages li")
    expect(quoted).to_have_count(2)
    if js:
        clean(maude)
    work()

    sheet = Sheet.objects.get()
    real = house.visit(world.real, size="phone", js=js)
    real.goto("/pratiques/consentements/")
    if js:
        clean(real)
    real.locator("main .rows a.title").click()
    real.wait_for_url("**/consentements/*/")
    expect(real.locator("blockquote")).to_contain_text("huit heures")
    if js:
        clean(real)
    real.locator("button[value=nommee]").click()
    real.wait_for_url("**/consentements/")

    for name, values in whole().items():
        row = sheet.working_sections.filter(name=name).first()
        given = values | (row.values if row else {})
        writing.save_section(
            sheet, name, given, by=world.maude, revision=row.revision if row else 0
        )
    life.submit(sheet, by=world.maude)
    life.publish(sheet, by=world.odile)
    work()
    maude.goto(thread.get_absolute_url())
    expect(maude.locator("main .head .chip.ok").first).to_be_visible()
    real.goto(sheet.get_absolute_url())
    expect(real.locator(".born a")).to_have_attribute("href", thread.get_absolute_url())


def test_rewritten_words_are_judged_beside_ones_own_and_asked_again(
    house: House, world: World, thread: Thread
) -> None:
    answer = thread.posts.get(position=2)
    sheet = births.begin_from_thread(
        thread.pk, [Chosen(answer.pk, "lecons.success")], by=world.maude, bearer=world.relais
    )
    row = sheet.working_sections.get(name="lecons")
    said = {"success": ["On appelle la veille", "On n’accueille jamais avant huit heures"]}
    writing.save_section(sheet, "lecons", said, by=world.maude, revision=row.revision)
    real = house.visit(world.real, size="phone")
    real.goto("/pratiques/consentements/")
    real.locator("main .rows a.title").click()
    expect(real.locator("blockquote").first).to_contain_text("jamais avant")
    expect(real.locator("blockquote").last).to_contain_text("On accueille à huit heures")
    clean(real)
    real.locator("button[value=nommee]").click()
    real.wait_for_url("**/consentements/")
    clean(real)

    row.refresh_from_db()
    said = {"success": ["On appelle la veille"]}
    writing.save_section(sheet, "lecons", said, by=world.maude, revision=row.revision)
    maude = house.visit(world.maude, size="phone")
    maude.goto(sheet.get_absolute_url())
    expect(maude.locator("#passages .chip.danger")).to_have_count(1)
    clean(maude)
    maude.goto(f"/pratiques/{sheet.pk}/vie/soumettre/")
    expect(maude.locator("a[href$='#passages']")).to_have_count(1)
    clean(maude)
    maude.goto(sheet.get_absolute_url())
    maude.locator("button[value=redemander]").click()
    expect(maude.locator("#passages .chip.wait")).to_have_count(1)

    maude.locator("#passages form button").last.click()
    expect(maude.locator("main blockquote")).to_contain_text("On appelle la veille")
    clean(maude)
    maude.locator("button[value=retirer]").click()
    expect(maude.locator("#passages .chip.wait")).to_have_count(0)
    clean(maude)
    maude.locator("button[value=remettre]").click()
    expect(maude.locator("#passages .chip.wait")).to_have_count(1)
    clean(maude)


def test_a_warning_is_shown_before_the_draft(house: House, world: World, thread: Thread) -> None:
    forums.reply(thread, by=world.maude, text="Sa mère répond au 418-722-3344 le soir.")
    page = house.visit(world.maude, size="phone")
    page.goto(f"{FORM}?fil={thread.pk}")
    for box in page.locator("input[name=m]").all():
        box.check()
    page.locator("button[value=creer]").last.click()
    expect(page.locator("[data-errors] mark").first).to_be_visible()
    clean(page)
    page.locator("button[value=corriger]").click()
    page.wait_for_url("**/pratiques/*-un-retour-*/")
    assert not Passage.objects.filter(text__contains="722-3344").exists()


def test_what_goes_with_a_sheet_arrives_once_it_is_seen_and_is_tied_by_the_keyboard(
    house: House, world: World, thread: Thread
) -> None:
    sheet = make_published(world)
    page = house.visit(world.maude)
    page.goto(f"/pratiques/{sheet.pk}/lier/")
    page.locator("#q").fill("suspension")
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=suspension")
    page.locator("button[value=lier]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("button[value=delier]")).to_have_count(1)
    clean(page)

    page.goto(sheet.get_absolute_url())
    with page.expect_response(lambda answer: "/lies/" in answer.url):
        page.locator("[hx-get$='/lies/']").scroll_into_view_if_needed()
    expect(page.locator("#related")).to_be_visible()
    clean(page)
    page.goto(f"/pratiques/{sheet.pk}/lies/")
    clean(page)


def test_documents_are_chosen_for_a_collection_on_a_phone(house: House, world: World) -> None:
    from tests.library.conftest import make_document
    from tests.library.conftest import make_terms as library_terms

    library_terms()
    for number in range(3):
        make_document(world.maude, title=f"Guide {number}")
    page = house.visit(world.eve, size="phone")
    page.goto("/bibliotheque/")
    for box in page.locator("#documents input[name=document]").all()[:2]:
        box.check()
    clean(page)
    page.locator("#selection button").click()
    page.wait_for_url("**/collections/nouvelle/**")
    clean(page)
    page.locator("[name=title]").fill("Retour")
    page.locator("main form.fields button").click()
    page.wait_for_url("**/collections/*-retour/")
