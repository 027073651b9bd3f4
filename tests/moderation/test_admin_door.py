"""The way into the admin of somebody signed out: one sign-in, then the page she asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.people import PASSWORD, SIGN_IN, give_password, is_signed_in, sign_in, totp_code
from tests.conftest import World

SECRET = "JBSWY3DPEHPK3PXP"
SECURITY = "/compte/securite/"
FACTOR_FIRST = "add a second factor first"
DEEP = ("/admin/", "/admin/moderation/report/?etat=clos", "/admin/accounts/user/")


def asked_for(client: Client, path: str) -> tuple[str, str]:
    """Ask for a page of the admin; answers the sign-in page met and the place it leads to."""
    answer = client.get(path, follow=True)
    page, _question, query = answer.redirect_chain[-1][0].partition("?")
    assert query, answer.redirect_chain
    return page, answer.context["redirect_field_value"]


@pytest.mark.parametrize("path", DEEP)
def test_odile_signs_in_with_her_factor_and_opens_what_she_asked_for(
    world: World, path: str
) -> None:
    give_password(world.odile)
    client = Client()
    page, target = asked_for(client, path)
    assert (page, target) == (SIGN_IN, path)

    sign_in(client, world.odile.email, next=target)
    answer = client.post(
        reverse("mfa_authenticate"), {"code": totp_code(SECRET), "next": target}, follow=True
    )

    assert is_signed_in(client)
    assert answer.redirect_chain[-1][0] == path
    assert answer.status_code == 200
    assert FACTOR_FIRST not in answer.content.decode()


@pytest.mark.parametrize("path", DEEP)
def test_in_the_demonstration_one_password_is_enough(
    world: World, settings: Any, path: str
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = True
    world.odile.authenticator_set.all().delete()
    give_password(world.odile)
    client = Client()
    _page, target = asked_for(client, path)

    answer = client.post(
        SIGN_IN,
        {"login": world.odile.email, "password": PASSWORD, "next": target},
        follow=True,
    )

    assert [where for where, _status in answer.redirect_chain] == [path]
    assert answer.status_code == 200


def test_the_door_of_the_admin_itself_leads_on(world: World, as_: Any) -> None:
    """Whoever is already signed in, in another window, goes where she was going."""
    door = reverse("admin:login")
    browser = as_(world.odile)

    assert browser.get(f"{door}?next=/admin/forums/thread/")["Location"] == "/admin/forums/thread/"
    assert browser.get(door)["Location"] == "/admin/"
    for elsewhere in ("https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)"):
        assert browser.get(door, {"next": elsewhere})["Location"] == "/admin/"
        signed_out = Client().get(door, {"next": elsewhere})
        assert "ailleurs" not in signed_out["Location"]
        assert "javascript" not in signed_out["Location"]


def test_an_animator_without_a_factor_is_led_to_it_once(world: World) -> None:
    world.odile.authenticator_set.all().delete()
    give_password(world.odile)
    client = Client()
    _page, target = asked_for(client, "/admin/")

    answer = client.post(
        SIGN_IN,
        {"login": world.odile.email, "password": PASSWORD, "next": target},
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == SECURITY
    assert len(list(answer.context["messages"])) == 1


@pytest.mark.parametrize("door", ["/admin/", "/admin/login/?next=/admin/"])
def test_a_member_who_signs_in_from_there_gets_the_usual_answer(
    world: World, as_: Any, door: str
) -> None:
    give_password(world.maude)
    client = Client()
    _page, target = asked_for(client, door)

    answer = client.post(
        SIGN_IN,
        {"login": world.maude.email, "password": PASSWORD, "next": target},
        follow=True,
    )

    assert answer.status_code == 404
    missing = client.get("/nulle-part/")
    assert "console" not in answer.content.decode().lower()
    assert answer.templates[0].name == missing.templates[0].name
