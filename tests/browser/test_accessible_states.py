"""WCAG 2.2 AA where pages change: errors, warnings, menus, dialogs, refusals, small screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import MembershipRequest, User
from accounts.services import invitations, joining
from community.models import CharterAcceptance, SubCommunity
from forums.models import Post, Thread
from forums.services import keep_draft, reply
from moderation.models import Report
from notifications.models import Delivery
from notifications.services import set_mail
from tests.accounts.people import give_password as set_password
from tests.browser import practice_pages, scenes
from tests.browser.acts import BOX, agree, give_password, publish, says, write
from tests.browser.axe import check
from tests.browser.conftest import Opens
from tests.browser.house import House, path_of, work
from tests.browser.practice_pages import DRAFT, to
from tests.browser.scenes import person

pytestmark = pytest.mark.browser

# What an open menu lies over is examined on its own, where it is whole.
MENU = "details.menu[open]"
IDENTIFIERS = "Son NAS est le 046 454 286, son téléphone le 418 555-0199."


@pytest.fixture
def house(open_house: Opens) -> Iterator[House]:
    with open_house("staged") as house:
        yield house


class Look:
    """Examines a page again and again, and says everything at the end."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []

    def __call__(self, state: str, within: str = "html") -> None:
        self.found += [f"[{state}] {one}" for one in check(self.page, within)]

    def errors(self, path: str, form: str = "main form[method=post]", **typed: str) -> None:
        """Send a form as it is, browser's own checks aside: its page must say what is wrong."""
        self.page.goto(path)
        for name, value in typed.items():
            self.page.fill(f"{form} [name={name}]", value)
        with self.page.expect_navigation():
            self.page.locator(form).first.evaluate(
                "form => { form.noValidate = true; "
                "form.requestSubmit(form.querySelector('button:not([type=button])')); }"
            )
        expect(self.page.locator("[data-errors]").first).to_be_visible()
        self(f"errors of {path}")


def test_errors_of_a_visitor(house: House) -> None:
    page = house.visit()
    look = Look(page)
    look.errors("/compte/connexion/", login="personne@exemple.test", password="faux mot de passe")
    look.errors("/compte/connexion/code/")
    look.errors("/compte/mot-de-passe/oublie/")
    look.errors("/adhesion/", neq="12")
    look.errors("/adhesion/suivi/")
    more = MembershipRequest.objects.get(state="more", email__endswith="passerelle.example")
    look.errors(f"/adhesion/suivi/{joining.link_token(more)}/", mission="")
    invitation = invitations.pending(person(scenes.MEMBER).organisation)  # type: ignore[arg-type]
    sent = next(one for one in invitation if one.first_name == "sent")
    link = f"/invitation/{invitations.link_token(sent)}/"
    look.errors(link, first_name="", password="court")
    assert look.found == []


def test_signing_in_step_by_step(house: House) -> None:
    animator, member = set_password(person(scenes.ANIMATOR)), person(scenes.COLLEAGUE)
    page = house.visit(size="phone")
    look = Look(page)
    page.goto("/compte/connexion/")
    give_password(page, animator)
    page.wait_for_url("**/second-facteur/")
    look("second factor")
    page.get_by_label("Code de l’application").fill("000000")
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.locator("[data-errors]")).to_be_visible()
    look("wrong code of the application")
    page = house.visit()
    look.page = page
    page.goto("/compte/connexion/")
    page.get_by_label("Courriel").fill(member.email)
    page.get_by_role("button", name="Recevoir un code par courriel").click()
    page.wait_for_url("**/confirmer/")
    look("code by mail")
    page.locator("main input[name=code]").fill("000000")
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.locator("[data-errors]")).to_be_visible()
    look("wrong code by mail")
    page.goto("/compte/mot-de-passe/oublie/")
    page.get_by_label("Courriel").fill(animator.email)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/envoye/")
    page.goto(house.mailbox.link(animator.email, "/nouveau/"))
    look("new password")
    assert look.found == []


def test_errors_of_a_member(house: House, tmp_path: Path) -> None:
    member = set_password(person(scenes.MEMBER))
    organisation = member.organisation
    assert organisation is not None
    page = house.visit(member)
    look = Look(page)
    team = (organisation.pk, organisation.slug)
    mine = Post.objects.filter(thread__title=scenes.LONG, author=member, position=4).get()
    other = Post.objects.filter(thread__title=scenes.LONG, position=7).get()
    report = f"{reverse('moderation:file_report')}?genre=post&objet={other.pk}"
    look.errors(report)
    look.errors(reverse("accounts:team", args=team), "main form.card")
    look.errors(reverse("forums:edit", args=(mine.pk,)), "#compose, main form.card", text=" ")
    look.errors(reverse("account_change_password"), oldpassword="faux")
    look.errors(reverse("account_reauthenticate"), password="faux")
    look.errors(reverse("mfa_reauthenticate"), code="000000")
    look.errors("/communautes/direction-administration/joindre/")
    page.goto("/compte/profil/")
    page.locator("main input[type=file]").first.set_input_files(a_file(tmp_path, "photo.png"))
    page.get_by_role("main").get_by_role("button", name="Enregistrer").first.click()
    expect(page.locator("[data-errors]").first).to_be_visible()
    look("a photo that is none")
    assert look.found == []


def a_file(folder: Path, name: str) -> str:
    path = folder / name
    path.write_bytes(b"<!doctype html><html></html>")
    return str(path)


def test_the_composer_in_all_its_states(house: House, tmp_path: Path) -> None:
    member = person(scenes.MEMBER)
    thread = Thread.objects.get(title=scenes.LONG)
    keep_draft(by=member, thread=None, title="Un titre", text="Un texte gardé.")
    page = house.visit(member)
    look = Look(page)
    page.goto("/discussions/nouveau/?brouillon=1")
    says(page, "Un texte gardé.")
    look("kept draft")
    page.goto("/discussions/nouveau/")
    page.locator("main summary").first.click()
    write(page, IDENTIFIERS)
    look("the editor")
    page.get_by_role("button", name="Lien").first.click()
    look("the editor, its form of a link")
    page.keyboard.press("Escape")
    page.set_input_files("input[name=files]", a_file(tmp_path, "Dossier 123456 de Léa.txt"))
    publish(page)
    says(page, "Ce texte pourrait identifier un jeune")
    look("warning of a thread")
    page.goto(f"{thread.get_absolute_url()}?page=1")
    write(page, IDENTIFIERS)
    publish(page)
    says(page, "Ce texte pourrait identifier un jeune")
    look("warning of a reply")
    # axe itself needs JavaScript: the pages' own is what does not come.
    plain = house.visit(member)
    plain.route("**/*.js", lambda route: route.abort())
    plain.goto(thread.get_absolute_url())
    plain.locator(BOX).fill("Un texte.")
    plain.set_input_files("input[name=files]", a_file(tmp_path, "page.pdf"))
    publish(plain)
    says(plain, "Le contenu de ce fichier n’est pas ce que dit son nom.")
    look.page = plain
    look("a refused file, without our scripts")
    assert look.found == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_menus_and_dialogs_open(house: House, size: str) -> None:
    thread = Thread.objects.get(title=scenes.LONG)
    page = house.visit(person(scenes.ANIMATOR), size=size)
    look = Look(page)
    page.goto("/")
    page.locator("summary.me").click()
    look("the menu of the person", MENU)
    page.goto(thread.get_absolute_url() + "?page=1")
    page.get_by_text("Animer", exact=True).first.click()
    look("the menu of the thread", MENU)
    page.locator("#follow-now").click()
    look("what she is told of", MENU)
    page.locator("#follow-silence").click()
    chosen = page.locator("#follow-silence[aria-pressed=true]")
    expect(chosen).to_be_focused()
    look("silence", MENU)
    page.locator("article details.menu summary").first.click()
    look("the menu of a message", MENU)
    member = house.visit(person(scenes.MEMBER), size=size)
    look.page = member
    member.goto("/communautes/intervention/")
    member.locator("main summary, aside summary").last.click()
    member.locator("form[data-confirm] button").last.click()
    expect(member.locator("dialog[open]")).to_be_visible()
    look("a question before an act")
    member.goto("/aide/")
    member.goto("/adhesion/")
    look("the form of a request, signed in")
    assert look.found == []


@pytest.mark.parametrize("path", ["/", "/discussions/", "long", "/discussions/nouveau/",
                                  "/membres/", "/compte/profil/", "/admin/", "report"])  # fmt: skip
def test_on_a_telephone(house: House, path: str) -> None:
    page = house.visit(person(scenes.ANIMATOR), size="phone")
    look = Look(page)
    if path == "long":
        path = Thread.objects.get(title=scenes.LONG).get_absolute_url() + "?page=3"
    elif path == "report":
        report = Report.objects.filter(closed_at=None)[0]
        path = reverse("admin:moderation_report_change", args=(report.pk,))
    page.goto(path)
    look(path)
    assert look.found == []


def test_the_gate_and_the_refusals(house: House) -> None:
    newcomer = person(scenes.NEWCOMER)
    CharterAcceptance.objects.filter(user=newcomer, charter__space=None).delete()
    page = house.visit(newcomer)
    look = Look(page)
    page.goto("/discussions/")
    says(page, "Avant d’entrer")
    look("the gate")
    look.errors("/compte/code-de-conduite/", "main form.card")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Accepter et entrer").click()
    page.wait_for_url(re.compile(r"/$"))

    other = person(scenes.MEMBER).organisation
    assert other is not None
    for path, status in (
        (reverse("accounts:team", args=(other.pk, other.slug)), 403),
        ("/discussions/9999/", 404),
    ):
        answer = page.goto(path)
        assert answer is not None and answer.status == status
        look(str(status))
    page.goto("/invitation/faux/")
    look("a link that is none, signed in")
    assert look.found == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "500", "503", "refused"])
def test_pages_of_trouble(house: House, name: str) -> None:
    """As they stand when nothing else does."""
    page = house.visit(size="phone")
    body = render_to_string(f"errors/{name}.html", {"sentence": "Ce fil est verrouillé."})
    page.route("**/panne/", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto("/panne/")
    assert page.locator("h1").count() == 1
    assert check(page) == []


CSV = "organisme;prénom;nom;courriel\nLa Ruche;Ana;Roy;ana@ruche.example\nSans courriel;;;faux\n"


def test_the_work_of_an_animator(house: House, tmp_path: Path) -> None:
    page = house.visit(person(scenes.ANIMATOR))
    look = Look(page)
    # The import: a wrong file, the preview with its wrong lines, the report.
    page.goto(reverse("admin:accounts_invitation_import"))
    page.set_input_files("input[type=file]", a_file(tmp_path, "page.csv"))
    page.get_by_role("button", name="Prévisualiser").or_(
        page.get_by_role("button", name="Aperçu")
    ).first.click()
    expect(page.locator("[data-errors]")).to_be_visible()
    look("import refused")
    good = tmp_path / "liste.csv"
    good.write_text(CSV)
    page.set_input_files("input[type=file]", str(good))
    page.locator("main button.btn").last.click()
    page.wait_for_selector("button[value=confirm]")
    look("preview of the import")
    page.click("button[value=confirm]")
    agree(page)
    page.wait_for_selector(".note.ok")
    look("report of the import")
    # Answers that lack a word.
    waiting = MembershipRequest.objects.filter(state="submitted")[0]
    page.goto(reverse("admin:accounts_membershiprequest_change", args=(waiting.pk,)))
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    look("all the answers open")
    page.click("button[value=refuse]")
    agree(page)
    expect(page.locator("[data-errors]").first).to_be_visible()
    look("a refusal without a reason")
    report = Report.objects.filter(closed_at=None)[0]
    page.goto(reverse("admin:moderation_report_change", args=(report.pk,)))
    page.get_by_label("Mis de côté").check()
    page.get_by_role("button", name="Décider").click()
    expect(page.locator("[data-errors]")).to_be_visible()
    look("set aside without a reason")
    # Django's own forms, wrong; its lists, after an act.
    space = SubCommunity.objects.get(slug=scenes.EMPTY)
    page.goto(reverse("admin:community_subcommunity_change", args=(space.pk,)))
    page.fill("#id_name", "")
    page.locator("#id_name").evaluate("field => { field.form.noValidate = true; }")
    page.click("[name=_save]")
    expect(page.locator(".errornote")).to_be_visible()
    look("a wrong form of the admin")
    page.goto(reverse("admin:accounts_user_changelist") + "?q=personne-de-ce-nom")
    look("an empty list")
    assert look.found == []


def test_errors_in_the_directory_of_practices(house: House) -> None:
    one, draft = practice_pages.sheet(practice_pages.PUBLIC), practice_pages.sheet(DRAFT)
    waiting = practice_pages.sheet(practice_pages.SUBMITTED)
    thread = Thread.objects.get(title=scenes.LONG)
    page = house.visit(person(scenes.MEMBER))
    look = Look(page)
    look.errors(to("new"))
    look.errors(to("new"), title=IDENTIFIERS)
    look.errors(to("write_section", draft.pk, "identite"), title="Un titre " * 30)
    look.errors(to("write_section", draft.pk, "besoin"), context=IDENTIFIERS)
    look.errors(to("from_thread", fil=str(thread.pk)), title="")
    look.errors(to("propose", one.pk, "besoin"), context="", why="")
    look.errors(to("propose", one.pk, "besoin"), why=IDENTIFIERS)
    look.errors(to("adapt", one.pk), title="")
    look.errors(to("try", one.pk))
    look.errors(to("try", one.pk), lesson=IDENTIFIERS)
    look.errors(to("for_call"))
    look.errors(to("act", draft.pk, "retirer"))
    page.goto(to("new_booklet"))
    page.locator("main form[method=post] > .row .btn").first.click()
    expect(page.locator("[data-errors]")).to_be_focused()
    look("a booklet of nothing")
    look.page = house.visit(person(scenes.ANIMATOR), size="phone")
    look.errors(to("act", waiting.pk, "corriger"))
    look.errors(to("act", waiting.pk, "refuser"), words=IDENTIFIERS)
    look.errors(to("evidence", one.pk), source_url="nulle part")
    assert look.found == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_before_a_thread_goes_to_another_space(house: House, size: str) -> None:
    page = house.visit(person(scenes.ANIMATOR), size=size)
    look = Look(page)
    thread = Thread.objects.get(title=scenes.LONG)
    page.goto(reverse("forums:move", args=(thread.pk,)))
    page.locator("[name=space]").select_option(index=1)
    page.locator("main form button").first.click()
    expect(page.locator("[data-errors]")).to_be_focused()
    look("who would read it")
    page.goto(reverse("forums:move_post", args=(thread.posts.get(position=4).pk,)))
    page.locator("main form button").first.click()
    expect(page.locator("[data-errors]")).to_be_focused()
    look("no place chosen")
    page.goto("/")
    assert look.found == []


def test_an_animator_with_nothing_to_do(open_house: Opens) -> None:
    with open_house("founded") as house:
        User.objects.exclude(role=User.Role.ANIMATION).update(is_active=False)
        page = house.visit(User.objects.get(role=User.Role.ANIMATION))
        page.goto("/admin/")
        says(page, "Rien ne vous attend")
        assert check(page) == []


def test_what_htmx_brings_in(house: House) -> None:
    page = house.visit(person(scenes.MEMBER), size="phone")
    look = Look(page)
    page.goto(Thread.objects.get(title=scenes.LONG).get_absolute_url() + "?page=1")
    page.locator("form[id^=reactions-] button").first.click()
    page.wait_for_selector("form[id^=reactions-] button[aria-pressed=true]")
    look("thanked")
    page.goto("/membres/")
    page.locator("main").get_by_role("searchbox").fill("zzz")
    says(page, "Personne ne correspond")
    look("nobody by this name")
    assert look.found == []


def test_the_mailbox_of_the_demo(house: House, settings: Any, tmp_path: Path) -> None:
    """Its list, a mail, an answer sent empty, and the message that came by mail in its thread."""
    settings.DEMO, settings.MAIL_DOMAIN = True, "reponse.ancrage.test"
    settings.EMAIL_BACKEND = "core.mail.folder.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    thread = Thread.objects.get(title=scenes.LONG)
    set_mail(thread, Delivery.EACH, by=person(scenes.MEMBER))
    reply(thread, by=person(scenes.COLLEAGUE), text="Qui peut venir mardi?")
    work()
    page = house.visit(person(scenes.MEMBER))
    look = Look(page)
    page.goto("/dev/courriels/")
    look("its list")
    page.locator("main a", has_text=scenes.LONG).first.click()
    look("a mail")
    look.errors(path_of(page.url))
    page.fill("main textarea", "Moi.\n\n-- \nTristan")
    page.locator("main form button").first.click()
    expect(page.locator("[role=status]").first).to_be_visible()
    look("answered")
    page.goto(f"{thread.get_absolute_url()}?page=4")
    page.locator("details", has_text="courriel").last.evaluate("one => one.open = true")
    look("a message that came by mail")
    assert look.found == []
