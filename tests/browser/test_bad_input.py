"""What goes wrong on people's screens: each time a clear sentence, and nothing typed is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.services import invitations
from core.models import StoredFile
from forums.models import Draft, Post, Thread
from forums.services import create_thread, lock
from tests.accounts.people import PASSWORD
from tests.accounts.people import give_password as set_password
from tests.browser.acts import BOX, EDITOR, give_password, publish, says, write
from tests.browser.house import House
from tests.conftest import World

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("js", [True, False], ids=["js", "without JavaScript"])
TEXT = "Trois lignes que je ne veux pas retaper."
# Luhn adds up: a social insurance number, as one might paste it.
IDENTIFIER = "Son NAS est le 046 454 286."


@pytest.fixture
def thread(world: World) -> Thread:
    return create_thread(by=world.maude, space=world.common, text="Par où reprendre le lien?")


def typed(page: Page) -> str:
    """What the composer holds, editor or plain box."""
    box = page.locator(BOX)
    if page.locator(EDITOR).count():
        return page.locator(EDITOR).inner_text()
    return box.input_value()


def replies() -> int:
    return Post.objects.filter(position__gt=1).count()


# ------------------------------------------------------------------------------------- files


def a_file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


@BOTH
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "budget.pdf",
            b"<!doctype html><html><script>alert(1)</script></html>",
            "n’est pas ce que",
        ),
        ("lourd.pdf", b"%PDF-1.4\n" + b"0" * 60_000, "trop volumineux : au plus 50 ko"),
        ("vide.pdf", b"", "vide"),
    ],
    ids=["a page called pdf", "too large", "empty"],
)
def test_a_bad_file_is_said_and_the_text_stays(
    house: House, world: World, thread: Thread, settings: Any, tmp_path: Path,
    js: bool, name: str, content: bytes, sentence: str,
) -> None:  # fmt: skip
    settings.UPLOAD_MAX_BYTES = 50_000
    page = house.visit(world.eve, js=js)
    page.goto(thread.get_absolute_url())
    write(page, TEXT, js=js)
    page.set_input_files("input[name=files]", a_file(tmp_path, name, content))
    publish(page)
    page.wait_for_selector("[data-errors]")
    expect(page.locator("[data-errors]")).to_contain_text(sentence)
    assert TEXT in typed(page)
    assert replies() == 0
    # Without the file, the same text is published.
    page.set_input_files("input[name=files]", [])
    publish(page)
    page.wait_for_url("**#message-2")
    says(page, TEXT)


def test_a_full_quota_is_said_and_the_text_stays(
    house: House, world: World, thread: Thread, settings: Any, tmp_path: Path
) -> None:
    settings.UPLOAD_QUOTA_BYTES = 1_000
    StoredFile.objects.create(uploaded_by=world.eve, name="x.pdf", size=990, kind="post",
                              object_id=1, file="x/x", content_type="application/pdf")  # fmt: skip
    page = house.visit(world.eve, size="phone")
    page.goto(thread.get_absolute_url())
    write(page, TEXT)
    page.set_input_files(
        "input[name=files]", a_file(tmp_path, "note.txt", b"Une note assez longue." * 9)
    )
    publish(page)
    expect(page.locator("[data-errors]")).to_contain_text("occupent tout l’espace")
    assert TEXT in typed(page)
    assert replies() == 0


@BOTH
def test_good_files_are_kept_while_the_text_is_mended(
    house: House, world: World, thread: Thread, tmp_path: Path, js: bool
) -> None:
    page = house.visit(world.eve, js=js)
    page.goto(thread.get_absolute_url())
    write(page, IDENTIFIER, js=js)
    page.set_input_files("input[name=files]", a_file(tmp_path, "note.txt", b"Une note."))
    publish(page)
    says(page, "Ce texte pourrait identifier un jeune")
    expect(page.get_by_label("note.txt")).to_be_checked()
    page.get_by_role("button", name="Tout remplacer").click()
    page.wait_for_load_state()
    assert "046" not in typed(page)
    page.get_by_role("button", name="Publier", exact=True).click()
    page.wait_for_url("**#message-2")
    assert "046 454 286" not in page.content()
    says(page, "note.txt")


# ------------------------------------------------------------------------------------ the text


@BOTH
def test_an_empty_reply_is_said(house: House, world: World, thread: Thread, js: bool) -> None:
    page = house.visit(world.eve, js=js)
    page.goto(thread.get_absolute_url())
    # Spaces only: the browser's own check lets them pass.
    write(page, "   ", js=js)
    publish(page)
    expect(page.locator("[data-errors]")).to_contain_text("le message est vide")
    assert replies() == 0
    write(page, TEXT, js=js)
    publish(page)
    page.wait_for_url("**#message-2")


@BOTH
def test_a_thread_locked_while_eve_wrote_keeps_her_text(
    house: House, world: World, thread: Thread, js: bool
) -> None:
    page = house.visit(world.eve, js=js)
    page.goto(thread.get_absolute_url())
    write(page, TEXT, js=js)
    lock(thread, by=world.odile)
    publish(page)
    expect(page.locator("[data-errors]")).to_contain_text("Ce fil est verrouillé")
    assert TEXT in typed(page)
    assert replies() == 0


@BOTH
def test_the_warning_is_followed_as_it_is_or_corrected(
    house: House, world: World, thread: Thread, js: bool
) -> None:
    page = house.visit(world.eve, js=js)
    page.goto(thread.get_absolute_url())
    write(page, IDENTIFIER, js=js)
    publish(page)
    says(page, "Ce texte pourrait identifier un jeune")
    expect(page.locator("mark").first).to_have_text("046 454 286")
    assert replies() == 0
    page.get_by_role("button", name="Publier tel quel").click()
    page.wait_for_url("**#message-2")
    assert "046 454 286" in Post.objects.get(position=2).text

    page.goto(thread.get_absolute_url())
    write(page, IDENTIFIER, js=js)
    publish(page)
    says(page, "Ce texte pourrait identifier un jeune")
    page.get_by_role("button", name=re.compile("^Remplacer par")).first.click()
    expect(page.locator("mark")).to_have_count(0)
    publish(page)
    page.wait_for_url("**#message-3")
    assert "046" not in Post.objects.get(position=3).text


@BOTH
@pytest.mark.parametrize("path", ["reply", "thread"])
def test_a_double_click_publishes_once(
    house: House, world: World, thread: Thread, js: bool, path: str
) -> None:
    before = Post.objects.count()
    page = house.visit(world.eve, size="phone", js=js)
    page.goto(thread.get_absolute_url() if path == "reply" else "/discussions/nouveau/")
    write(page, TEXT, js=js)
    page.get_by_role("main").get_by_role("button", name="Publier", exact=True).dblclick()
    page.wait_for_url("**#message-2" if path == "reply" else re.compile(r"/discussions/\d+-"))
    says(page, TEXT)
    assert Post.objects.count() == before + 1


# ----------------------------------------------------------------- a session that ends meanwhile


@BOTH
@pytest.mark.parametrize("place", ["reply", "thread"])
def test_a_session_that_ends_while_eve_writes_loses_nothing(
    house: House, world: World, thread: Thread, js: bool, place: str
) -> None:
    set_password(world.eve)
    page = house.visit(world.eve, js=js)
    page.goto(thread.get_absolute_url() if place == "reply" else "/discussions/nouveau/")
    write(page, TEXT, js=js)
    if place == "thread":
        page.locator("summary", has_text="Préciser").click()
        page.get_by_label("Titre").fill("Un titre à moi")
    page.context.clear_cookies(name="ancrage")
    publish(page)
    says(page, "Votre texte est gardé")
    assert TEXT not in page.content()
    give_password(page, world.eve)
    page.wait_for_url("**brouillon=1**")
    says(page, "Il n’est pas publié.")
    assert TEXT in typed(page)
    assert Post.objects.count() == 1
    if place == "thread":
        expect(page.get_by_label("Titre")).to_have_value("Un titre à moi")
    publish(page)
    page.wait_for_url("**#message-2" if place == "reply" else re.compile(r"/discussions/\d+-"))
    says(page, TEXT)
    assert not Draft.objects.exists()


def test_the_text_comes_back_to_whoever_wrote_it_and_to_nobody_else(
    house: House, world: World, thread: Thread
) -> None:
    """Réal signs in on the computer where Ève's session ended."""
    for person in (world.real, world.eve):
        set_password(person)
    page = house.visit(world.eve)
    page.goto(thread.get_absolute_url())
    write(page, TEXT)
    page.context.clear_cookies(name="ancrage")
    publish(page)
    says(page, "Votre texte est gardé")
    give_password(page, world.real)
    page.wait_for_url("**brouillon=1**")
    assert TEXT not in page.content() and TEXT not in typed(page)
    later = house.visit(world.eve)
    later.goto(f"{thread.get_absolute_url()}?brouillon=1")
    assert TEXT in typed(later)


# ----------------------------------------------------------------------------- links used twice


def test_an_invitation_opens_one_account(house: House, world: World) -> None:
    invitation = invitations.invite_person(
        world.relais, by=world.maude, email="neuve@exemple.test", first_name="Neuve"
    )
    link = f"/invitation/{invitations.link_token(invitation)}/"
    first, second = house.visit(size="phone"), house.visit(size="phone")
    for page in (first, second):
        page.goto(link)
        page.fill("#id_first_name", "Neuve")
        page.fill("#id_last_name", "Personne")
        page.fill("#id_password", PASSWORD)
    first.get_by_role("button", name="Ouvrir mon compte").click()
    first.wait_for_url("**/compte/code-de-conduite/**")
    second.get_by_role("button", name="Ouvrir mon compte").click()
    says(second, "Ce lien a déjà servi.")
    expect(second.get_by_role("main").get_by_role("link", name="Se connecter")).to_be_visible()


def test_a_password_link_serves_once(house: House, world: World) -> None:
    page = house.visit()
    page.goto("/compte/mot-de-passe/oublie/")
    page.get_by_label("Courriel").fill(set_password(world.eve).email)
    page.get_by_role("main").get_by_role("button").first.click()
    link = house.mailbox.link(world.eve.email, "/mot-de-passe/nouveau/")
    page.goto(link)
    for field in page.locator("main input[type=password]").all():
        field.fill("une autre phrase que je retiens")
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(lambda url: "/nouveau/" not in url or "/fait/" in url)
    again = house.visit()
    again.goto(link)
    assert again.locator("main input[type=password]").count() == 0
    says(again, "lien")
