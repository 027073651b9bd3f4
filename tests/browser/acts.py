"""What people do on the pages, said once for all the stories."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from tests.accounts.people import PASSWORD, totp_code
from tests.browser.conftest import TOTP_SECRET
from tests.browser.house import PATIENCE

EDITOR = ".ck-editor__editable"
BOX = "textarea[name=text]"


def sign_in(page: Page, user: User) -> None:
    """With the password and, for an animator, the code of her application."""
    page.goto("/compte/connexion/")
    give_password(page, user)
    if user.is_animator:
        page.get_by_label("Code de l’application").fill(totp_code(TOTP_SECRET))
        page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "/compte/connexion/" not in url)


def give_password(page: Page, user: User) -> None:
    """Fill in the sign-in page on which she is."""
    page.get_by_label("Courriel").fill(user.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()


def write(page: Page, text: str, *, js: bool = True) -> None:
    """Type in the composer: in the editor, which comes at the first focus, or in the plain box."""
    box = page.locator(BOX)
    if not js:
        box.fill(text)
        return
    editor = page.locator(EDITOR)
    # The page may still be on its way: whether the box is seen is asked once it has come.
    editor.or_(box).filter(visible=True).first.wait_for()
    if box.is_visible():
        box.click()
    editor.click()
    page.keyboard.type(text)


def publish(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Publier", exact=True).click()


def agree(page: Page) -> None:
    """Answer yes to the question before an act."""
    page.locator("dialog[open] button[value=yes]").click()


def soon(page: Page, reached: Callable[[], bool], what: str) -> None:
    """Wait for what no locator can say; what happens in the page goes on meanwhile."""
    end = time.monotonic() + PATIENCE / 1000
    while not reached():
        assert time.monotonic() < end, what
        page.wait_for_timeout(20)


def says(page: Page, text: str) -> None:
    """The page shows this, to everybody who looks at it."""
    expect(page.get_by_text(text).first).to_be_visible()
