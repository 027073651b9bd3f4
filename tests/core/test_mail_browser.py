"""Mails in a real browser: readable by all, light and dark, and asking nothing of the network."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from core.mail.messages import Message
from core.mail.render import build
from tests.browser.house import CHROMIUM

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ADDRESS = "maude@exemple.test"
LONG = "https://ancrage.example/compte/mot-de-passe/" + "a" * 120 + "/"
MAILS: dict[str, dict[str, Any]] = {
    "account_login_code": {"code": "012345"},
    "account_password_reset_key": {"password_reset_url": LONG},
    "account_unknown_account": {"email": ADDRESS},
    "account_notice": {
        "title": "Votre mot de passe a changé",
        "sentence": "Le mot de passe de votre compte a été changé.",
        "at": timezone.now(),
        "ip": "192.0.2.1",
        "user_agent": "Firefox",
    },
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_accessible_and_asks_nothing(browser: Browser, name: str) -> None:
    message = Message(
        context=MAILS[name],
        why="Vous suivez ce fil.",
        unsubscribe_url="https://ancrage.example/courriel/arret/jeton/",
    )
    html = build(name, ADDRESS, message, language="fr-ca").alternatives[0][0]
    page = browser.new_page(viewport={"width": 320, "height": 640})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        assert found.violations_count == 0, found.generate_report()
    page.close()
    assert asked == []
