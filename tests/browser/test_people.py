"""Signing in, passkeys and the directories, in a real browser."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.accounts.people import PASSWORD, give_password, totp_code
from tests.browser.axe import check
from tests.browser.conftest import TOTP_SECRET
from tests.browser.house import House
from tests.conftest import World

pytestmark = pytest.mark.browser

SIGN_IN, SECURITY = "/compte/connexion/", "/compte/securite/"


def give_device(page: Page) -> None:
    """A telephone that recognises its owner: Chromium's virtual authenticator."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_in(page: Page, user: User) -> None:
    page.goto(SIGN_IN)
    page.get_by_label("Courriel").fill(user.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/compte/deconnexion/")
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("/")


def confirm_password(page: Page) -> None:
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()


def test_maude_signs_in_with_the_passkey_of_her_telephone(house: House, world: World) -> None:
    maude = give_password(world.maude)
    page = house.visit(size="phone")
    give_device(page)
    sign_in(page, maude)
    page.goto(SECURITY)
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    confirm_password(page)
    page.get_by_label("Nom de la clé d’accès").fill("Téléphone")
    assert check(page) == []
    page.get_by_role("button", name="Ajouter cet appareil").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de récupération")
    assert Authenticator.objects.filter(user=maude, type="webauthn").count() == 1

    sign_out(page)
    page.goto(f"{SIGN_IN}?next=/organismes/")
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Organismes")

    # With a password the passkey is the second factor.
    sign_out(page)
    sign_in(page, maude)
    expect(page.get_by_role("heading", level=1)).to_have_text("Une dernière étape")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url("/")

    page.goto(SECURITY)
    page.get_by_role("link", name="Retirer Téléphone").click()
    page.get_by_role("button", name="Utiliser une clé d’accès").or_(
        page.get_by_label("Mot de passe", exact=True)
    ).first.wait_for()
    if page.get_by_label("Mot de passe", exact=True).count():
        confirm_password(page)
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("La clé d’accès est retirée.")).to_be_visible()
    assert not Authenticator.objects.filter(user=maude).exists()


def test_a_passkey_that_is_not_used_is_said_so(house: House, world: World) -> None:
    page = house.visit()
    page.goto(SIGN_IN)
    page.evaluate(
        "() => { navigator.credentials.get = async () => { throw new DOMException(); }; }"
    )
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("n’a pas été utilisée")


@pytest.mark.parametrize("js", [True, False])
def test_odile_signs_in_with_her_application(house: House, world: World, js: bool) -> None:
    odile = give_password(world.odile)
    page = house.visit(js=js)
    sign_in(page, odile)
    page.get_by_label("Code de l’application").fill("000000")
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_text("Ce n’est pas le bon code").first).to_be_visible()
    page.get_by_label("Code de l’application").fill(totp_code(TOTP_SECRET))
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url("/")
    assert page.goto("/admin/").status == 200  # type: ignore[union-attr]


@pytest.mark.parametrize("js", [True, False])
def test_eve_signs_in_with_a_code_and_lands_where_she_was_going(
    house: House, world: World, js: bool
) -> None:
    page = house.visit(size="phone", js=js)
    page.goto("/membres/")
    page.get_by_label("Courriel").fill(world.eve.email)
    page.get_by_role("button", name="Recevoir un code par courriel").click()
    code = re.search(r"\b\d{6}\b", house.mailbox.last(world.eve.email).body)
    assert code
    page.get_by_label("Code reçu par courriel").fill(code.group())
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Membres")


def test_the_directory_narrows_while_maude_types(house: House, world: World) -> None:
    page = house.visit(world.maude)
    page.goto("/membres/")
    expect(page.get_by_role("link", name="Réal Lavoie")).to_be_visible()
    page.locator("main").get_by_role("searchbox").fill("NAIMA")
    expect(page.get_by_role("link", name="Réal Lavoie")).to_have_count(0)
    expect(page.get_by_role("link", name="Naïma Belkacem")).to_be_visible()
    expect(page).to_have_url(re.compile("q=NAIMA"))
    expect(page.locator("main").get_by_role("searchbox")).to_be_focused()
    page.locator("main").get_by_role("searchbox").fill("zzz")
    expect(page.get_by_text("Personne ne correspond")).to_be_visible()


def test_without_javascript_the_directory_narrows_by_its_button(house: House, world: World) -> None:
    page = house.visit(world.maude, js=False)
    page.goto("/membres/")
    page.locator("main").get_by_role("searchbox").fill("NAIMA")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.get_by_role("link", name="Naïma Belkacem")).to_be_visible()
    expect(page.get_by_role("link", name="Réal Lavoie")).to_have_count(0)


def test_maude_fills_in_her_organisation_a_section_at_a_time(house: House, world: World) -> None:
    page = house.visit(world.maude, size="phone")
    page.goto(world.relais.get_absolute_url())
    page.get_by_role("main").get_by_role("link", name="Compléter").first.click()
    page.get_by_role("textbox", name="Numéro d’entreprise du Québec (NEQ)").fill("12")
    page.get_by_role("textbox", name="Mission").fill("Accompagner les jeunes.")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("alert")).to_contain_text("commence par 11")
    expect(page.get_by_role("textbox", name="Mission")).to_have_value("Accompagner les jeunes.")
    assert check(page) == []
    page.get_by_role("textbox", name="Numéro d’entreprise du Québec (NEQ)").fill("1140000001")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("heading", name="Le territoire")).to_be_visible()
    world.relais.refresh_from_db()
    assert world.relais.mission == "Accompagner les jeunes."
