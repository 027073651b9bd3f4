"""The whole life of one sheet, by the pages: from a thread of the demonstration to the showcase, an
improvement, two trials, an adaptation, and the review of the next year."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from forums.models import Thread
from practices.models import Sheet
from practices.services.reminders import remind_reviews
from tests.browser.acts import says
from tests.browser.conftest import Opens, accept_everything
from tests.browser.house import House, path_of, work

pytestmark = pytest.mark.browser

THREAD_TITLE = "Motivation en 5e secondaire"
TITLE = "La carte des semaines"
SUMMARY = "Une carte de la semaine, remplie avec le jeune: travail, sommeil, école, le reste."
CONTEXT = "Ils ont lâché dans leur tête, mais ils viennent encore."
COMPONENTS = ("La remplir avec le jeune", "La revoir chaque mois")
CORRECTION = "Dites qui remplit la carte avec le jeune."
MISTAKE = "Remplir la carte à sa place"
SECOND = "Montrer la carte aux parents sans le dire au jeune"
AMENDED = "Montrer la carte à qui que ce soit sans le dire au jeune"
REPLY = "Merci! Une nuance: cela vaut pour tout le monde."
LESSON = "Deux jeunes sur cinq ont réduit leurs heures de travail."
ABANDONED = "Sans quelqu’un le soir, la carte reste vide: nous avons arrêté."
ADAPTED = "La carte des semaines, entre amis"
INSTEAD = "La remplir avec un ami"
# The button of a page that asks once more: it says its act, or that she looked.
CONFIRM = "main form[data-guard] > .row > button.btn"


@pytest.fixture
def house(open_house: Opens) -> Iterator[House]:
    with open_house("demonstration") as house:
        yield house


@pytest.mark.parametrize(
    ("size", "js"),
    [("phone", True), ("desktop", False)],
    ids=["phone", "without JavaScript"],
)
def test_the_whole_life_of_a_sheet(house: House, size: str, js: bool) -> None:
    def visit(name: str) -> Page:
        return house.visit(member(name), size=size, js=js)

    # Tristan makes a draft of a thread: the answers of two others, and his own question.
    tristan = visit("tristan.marecourt")
    make_draft(tristan)
    sheet = Sheet.objects.get(title=TITLE)
    here = path_of(sheet.get_absolute_url())
    for outsider in (house.visit(size=size, js=js), visit("nadia.quaivert")):
        assert_absent(outsider, here)
    work()

    # Each is asked in a mail of his own, which leads to his words alone; each answers.
    edouard, ludovic = visit("edouard.melezin"), visit("ludovic.givrois")
    consent(edouard, house, "edouard.melezin", "un projet réel", "Oui, et me nommer")

    # Meanwhile he completes what is asked for, section by section; an answer is still awaited.
    complete(tristan, sheet)
    open_act(tristan, sheet, "Soumettre à la révision")
    says(tristan, "n’a pas encore répondu")
    expect(tristan.locator(CONFIRM)).to_have_count(0)
    consent(ludovic, house, "ludovic.givrois", "fatigue", "Oui, sans mon nom")
    submit(tristan, sheet, "Voici notre première fiche.")
    work()

    # Odile takes it, asks for a correction; he makes it, and she publishes.
    odile = visit("odile.larivage")
    claim(odile, sheet)
    act(odile, sheet, "Demander des corrections", "#id_words", CORRECTION)
    says(odile, "Les corrections sont demandées")
    work()
    correct(tristan, house, sheet)
    # It comes back to her who asked: there is nothing to take again.
    act(odile, sheet, "Publier", "#id_words", "Merci, c’est clair.")
    says(odile, "La fiche est publiée.")
    work()
    told = house.mailbox.last(member("tristan.marecourt").email)
    assert "est publiée" in told.body
    tristan.goto(house.mailbox.link(member("tristan.marecourt").email, "/pratiques/"))
    says(tristan, "Version 1")
    expect(tristan.locator(".credits")).to_contain_text("Édouard Mélèzin")
    expect(tristan.locator(".credits")).not_to_contain_text("Ludovic")
    assert_thread_tells(tristan, sheet)

    # The référente of his organisation consents, Odile opens: visitors find it, and not before.
    visitor = house.visit(size=size, js=js)
    assert_absent(visitor, here)
    mireille = visit("mireille.brumelac")
    act(mireille, sheet, "Consentir à la vitrine publique")
    says(mireille, "Le consentement est noté.")
    assert_absent(visitor, here)
    act(odile, sheet, "L’ouvrir au public")
    says(odile, "La fiche est dans la vitrine publique.")
    read_as_visitor(visitor)

    # Delphine proposes an improvement; Tristan takes it up with a change, and both are thanked.
    delphine = visit("delphine.cormorel")
    propose(delphine, sheet)
    work()
    settle(tristan, house, sheet)
    work()
    told = house.mailbox.last(member("delphine.cormorel").email)
    assert REPLY in told.body
    delphine.goto(house.mailbox.link(member("delphine.cormorel").email, "/bonifications/"))
    says(delphine, REPLY)
    delphine.goto(here)
    says(delphine, "Version 2")
    expect(delphine.locator("#lecons")).to_contain_text(AMENDED)
    expect(delphine.locator(".credits")).to_contain_text("Cap sur l’Anse")

    # Two organisations tell what became of it; giving up is told as openly.
    tell(visit("catou.sablonnet"), sheet, "mieux", LESSON)
    tell(visit("fabiola.coteclair"), sheet, "abandonnee", ABANDONED)
    tristan.goto(here)
    expect(tristan.locator(".trial")).to_have_count(2)
    says(tristan, ABANDONED)
    tristan.goto("/pratiques/?essai=abandonnee")
    expect(tristan.locator("#list")).to_contain_text(TITLE)

    # A third one adapts it, says what differs, and Odile publishes.
    kim = visit("kim.saulaie")
    adaptation = adapt(kim, sheet)
    submit(kim, adaptation)
    claim(odile, adaptation)
    act(odile, adaptation, "Publier")
    work()
    tristan.goto(here)
    expect(tristan.get_by_role("main")).to_contain_text(ADAPTED)
    kim.goto(f"/pratiques/{sheet.pk}/arbre/")
    expect(kim.get_by_role("main")).to_contain_text(ADAPTED)
    kim.goto(path_of(adaptation.get_absolute_url()))
    expect(kim.locator(".differs")).to_contain_text(INSTEAD)

    # What the visitor reads now: the improvement; not the trials, nor the people, nor a draft.
    visitor.goto(here)
    expect(visitor.locator("#lecons")).to_contain_text(AMENDED)
    for kept in (ABANDONED, LESSON, ADAPTED, "Delphine", "Tristan", "Édouard", THREAD_TITLE):
        assert kept not in visitor.content()

    # A year later its review is due: Tristan is told, confirms, and it holds for another year.
    a_year_passes(sheet)
    work()
    told = house.mailbox.last(member("tristan.marecourt").email)
    assert TITLE in told.body
    odile.goto("/pratiques/a-revoir/")
    expect(odile.get_by_role("main")).to_contain_text(TITLE)
    tristan.goto(path_of(house.mailbox.link(member("tristan.marecourt").email, "/pratiques/")))
    says(tristan, "À revoir")
    act(tristan, sheet, "Elle tient toujours", "#id_words", "Relue en équipe.")
    says(tristan, "La fiche tient pour douze autres mois.")
    says(tristan, "Relue en équipe.")
    tristan.goto(here)
    expect(tristan.locator("main .head .chip", has_text="À revoir")).to_have_count(0)
    odile.goto("/pratiques/a-revoir/")
    expect(odile.get_by_role("main")).not_to_contain_text(TITLE)
    sheet.refresh_from_db()
    assert sheet.review_on is not None and sheet.review_on > timezone.localdate()
    assert sheet.versions.count() == 2, "confirming is not a new version"


# ------------------------------------------------------------------------------------- the acts


def member(name: str) -> User:
    """Somebody of the demonstration, who has agreed to the charters of her spaces."""
    found = User.objects.get(email=f"{name}@courriel.example")
    accept_everything(found)
    return found


def press(page: Page, name: str) -> None:
    """The button or the link of the page that begins with these words."""
    here, starts = page.locator("main, aside"), re.compile(f"^{re.escape(name)}")
    found = here.get_by_role("button", name=starts).or_(here.get_by_role("link", name=starts))
    # Not the hidden one that the Enter key presses.
    found.and_(page.locator(":not(.sr)")).first.click()


def assert_absent(page: Page, path: str) -> None:
    """For her it does not exist: not at its address, nor in a list."""
    page.goto(path)
    assert TITLE not in page.content()
    page.goto("/pratiques/")
    assert TITLE not in page.content()


def make_draft(page: Page) -> None:
    thread = Thread.objects.get(title__startswith=THREAD_TITLE)
    page.goto(thread.get_absolute_url())
    page.get_by_role("link", name="En faire une fiche-pratique").first.click()
    page.wait_for_url("**/depuis-un-fil/**")
    page.get_by_label("Titre").fill(TITLE)
    messages = page.locator(".births-list > li")
    for said, target in (
        ("un projet réel", "besoin.objectives"),
        (TITLE.lower(), "besoin.context"),
    ):
        message = messages.filter(has_text=said).first
        message.locator("[name=m]").check()
        message.get_by_role("combobox").select_option(target)
    page.get_by_role("button", name="Créer le brouillon").last.click()
    page.wait_for_url("**/pratiques/*-la-carte-des-semaines/")
    says(page, "C’est un brouillon")


def consent(page: Page, house: House, name: str, words: str, answer: str) -> None:
    page.goto(house.mailbox.link(member(name).email, "/consentements/"))
    if page.locator("main blockquote").count() == 0:
        page.get_by_role("main").get_by_role("link", name=TITLE).click()
    expect(page.locator("main blockquote")).to_contain_text(words)
    press(page, answer)
    page.wait_for_url("**/consentements/")


def complete(page: Page, sheet: Sheet) -> None:
    """What its list says is needed, one section after the other."""
    page.goto(path_of(sheet.get_absolute_url()))
    press(page, "Continuer à rédiger")
    for label, act in {
        "Identité": lambda: page.fill("[name=summary]", SUMMARY),
        "Contexte et besoin": lambda: add(page.locator("[name=context]"), CONTEXT),
        "Jeunes visés": lambda: tick(page, "levels", 0),
        "Ce sur quoi elle agit": lambda: tick(page, "determinants", 0),
        "Composantes": lambda: page.fill("[name=essential]", "\n".join(COMPONENTS)),
        "Déroulement": lambda: describe_step(page),
        "Ce que nous avons appris": lambda: page.fill("[name=mistakes]", MISTAKE),
        "Éthique": lambda: page.check("[name=nobody]"),
    }.items():
        page.get_by_role("navigation", name="Sections").get_by_role("link", name=label).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(label)
        act()
        save(page)
    says(page, "Tout le nécessaire y est.")


def add(box: Locator, text: str) -> None:
    """After what is there already."""
    box.fill(f"{box.input_value()}\n\n{text}")


def tick(page: Page, name: str, number: int) -> None:
    """One word of a list, which the section folds."""
    box = page.locator(f"[name={name}]").nth(number)
    box.wait_for(state="attached")
    if not box.is_visible():
        page.locator("details", has=box).locator("summary").first.click()
    box.check()


def describe_step(page: Page) -> None:
    """After the one that the thread gave: its words are not his to rewrite."""
    page.locator("[name=step][value='steps:add']").click()
    page.locator("#id_steps_title_1").fill("Remplir la carte")
    page.locator("#id_steps_text_1").fill("Une heure, avec le jeune.")


def save(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).last.click()
    page.wait_for_url("**/rediger/")


def act(page: Page, sheet: Sheet, label: str, box: str = "", words: str = "") -> None:
    """The act of this name, and the words that it asks for."""
    open_act(page, sheet, label)
    if box:
        page.fill(box, words)
    confirm(page)


def open_act(page: Page, sheet: Sheet, label: str) -> None:
    """From the page of its life, the page of the act of this name."""
    page.goto(f"/pratiques/{sheet.pk}/vie/")
    press(page, label)
    page.wait_for_url("**/vie/*/")


def confirm(page: Page) -> None:
    page.locator(CONFIRM).click()


def submit(page: Page, sheet: Sheet, words: str = "") -> None:
    act(page, sheet, "Soumettre à la révision", "#id_words", words)
    says(page, "La fiche est soumise")


def claim(page: Page, sheet: Sheet) -> None:
    """From the list of what awaits the animators."""
    page.goto("/pratiques/")
    press(page, "Soumise")
    page.get_by_role("main").get_by_role("link", name=sheet.title).first.click()
    press(page, "Vie de la fiche")
    press(page, "La prendre en révision")
    says(page, "Vous révisez cette fiche")


def correct(page: Page, house: House, sheet: Sheet) -> None:
    """His mail leads to the sheet, which says what is to be corrected and leads to it."""
    address = member("tristan.marecourt").email
    page.goto(house.mailbox.link(address, "/pratiques/"))
    says(page, CORRECTION)
    press(page, "Corriger la fiche")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Déroulement").click()
    page.locator("#id_steps_text_1").fill("Une heure, entre l’intervenant et le jeune.")
    save(page)
    submit(page, sheet)


def assert_thread_tells(page: Page, sheet: Sheet) -> None:
    """Linked both ways, and the thread is marked."""
    page.goto(path_of(sheet.get_absolute_url()))
    page.locator(".born a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(THREAD_TITLE)
    says(page, "A donné une fiche")
    expect(page.locator(f"a[href='{path_of(sheet.get_absolute_url())}']").first).to_be_attached()


def read_as_visitor(page: Page) -> None:
    """From the landing page to the showcase, to the sheet; nothing of the people comes with it."""
    page.goto("/")
    page.locator("main a[href='/pratiques/']").first.click()
    page.fill("#filters [name=q]", "carte")
    page.locator("#filters").get_by_role("button", name="Chercher").click()
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    says(page, SUMMARY)
    says(page, CONTEXT)
    for kept in ("Tristan", "Édouard", "Ludovic", THREAD_TITLE, CORRECTION, "première fiche"):
        assert kept not in page.content()


def propose(page: Page, sheet: Sheet) -> None:
    page.goto(path_of(sheet.get_absolute_url()))
    page.locator("#lecons").get_by_role("link", name=re.compile("Proposer")).click()
    box = page.locator("[name=mistakes]")
    box.fill(f"{box.input_value()}\n{SECOND}")
    page.fill("[name=why]", "Un jeune nous l’a reproché, avec raison.")
    press(page, "Proposer")
    page.wait_for_url("**/bonifications/*/")
    expect(page.locator(".diff ins").first).to_be_visible()


def settle(page: Page, house: House, sheet: Sheet) -> None:
    """His mail leads to the words that would change; he takes them, otherwise said."""
    address = member("tristan.marecourt").email
    page.goto(house.mailbox.link(address, "/bonifications/"))
    expect(page.locator(".diff ins").first).to_contain_text("Montrer la carte")
    press(page, "Accepter avec des changements")
    box = page.locator("[name=mistakes]")
    expect(box).to_have_value(f"{MISTAKE}\n{SECOND}")
    box.fill(f"{MISTAKE}\n{AMENDED}")
    page.fill("[name=reply]", REPLY)
    press(page, "Publier ce texte")
    says(page, REPLY)


def tell(page: Page, sheet: Sheet, outcome: str, lesson: str) -> None:
    page.goto(path_of(sheet.get_absolute_url()))
    press(page, "J’ai essayé")
    page.fill("[name=period]", "Hiver 2027")
    page.check(f"[name=outcome][value={outcome}]")
    page.fill("[name=lesson]", lesson)
    press(page, "Publier mon essai")
    says(page, lesson)


def adapt(page: Page, sheet: Sheet) -> Sheet:
    """One component is kept, the other replaced."""
    page.goto(path_of(sheet.get_absolute_url()))
    press(page, "Adapter cette pratique")
    page.get_by_label("Titre").fill(ADAPTED)
    page.get_by_label(COMPONENTS[0]).fill(INSTEAD)
    press(page, "Commencer l’adaptation")
    says(page, "C’est un brouillon")
    press(page, "Continuer à rédiger")
    sections = page.get_by_role("navigation", name="Sections")
    sections.get_by_role("link", name="Contexte et besoin").click()
    page.locator("[name=context]").fill("Chez nous, les semaines se ressemblaient.")
    save(page)
    sections.get_by_role("link", name="Éthique").click()
    page.check("[name=nobody]")
    save(page)
    return Sheet.objects.get(derived_from=sheet)


def a_year_passes(sheet: Sheet) -> None:
    """The only act without a page: its review falls due, and the clock strikes seven."""
    Sheet.objects.filter(pk=sheet.pk).update(review_on=timezone.localdate())
    remind_reviews()
