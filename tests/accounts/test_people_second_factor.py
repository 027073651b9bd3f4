"""Second factors: offered to all, required for those who see what others confide."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.adapter import SEALED
from accounts.models import User
from accounts.services import people
from core.errors import NotAllowed
from core.models import ActionLog, OutgoingMail
from tests.accounts.people import PASSWORD, give_password, is_signed_in, sign_in, totp_code

CONFIRM, APPLICATION = "/compte/securite/confirmer/", "/compte/securite/application/"
SECOND = "/compte/connexion/second-facteur/"


def signed_in(user: User) -> Client:
    give_password(user)
    client = Client()
    sign_in(client, user.email)
    return client


def add_application(client: Client) -> str:
    """Add an authentication application as a person does; answers its secret."""
    page = client.get(APPLICATION)
    if page.status_code == 302:
        client.post(CONFIRM, {"password": PASSWORD})
        page = client.get(APPLICATION)
    secret: str = page.context["form"].secret
    answer = client.post(APPLICATION, {"code": totp_code(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret


def test_maude_adds_an_application_and_then_needs_its_code(maude: User) -> None:
    client = signed_in(maude)
    secret = add_application(client)
    assert "10" in client.get("/compte/securite/codes/").content.decode()
    client = Client()
    assert sign_in(client, maude.email, next="/membres/")["Location"] == SECOND
    assert not is_signed_in(client)
    assert client.get("/membres/").status_code == 302
    client.post(SECOND, {"code": "000000"})
    assert not is_signed_in(client)
    answer = client.post(SECOND, {"code": totp_code(secret, later=1)})
    assert is_signed_in(client)
    assert answer["Location"] == "/membres/"


def test_a_code_of_the_application_serves_once(maude: User) -> None:
    secret = add_application(signed_in(maude))
    code = totp_code(secret, later=1)
    for expected in (True, False):
        client = Client()
        sign_in(client, maude.email)
        client.post(SECOND, {"code": code})
        assert is_signed_in(client) is expected


def test_a_recovery_code_opens_once(maude: User) -> None:
    client = signed_in(maude)
    add_application(client)
    codes = client.get("/compte/securite/codes/").context["unused_codes"]
    assert len(codes) == 10
    for expected in (True, False):
        client = Client()
        sign_in(client, maude.email)
        client.post(SECOND, {"code": codes[0]})
        assert is_signed_in(client) is expected


def test_the_secret_is_sealed_in_the_database(maude: User) -> None:
    secret = add_application(signed_in(maude))
    stored = Authenticator.objects.get(user=maude, type=Authenticator.Type.TOTP).data["secret"]
    assert stored.startswith(SEALED)
    assert secret not in stored


def test_adding_a_factor_asks_for_the_password_again(maude: User) -> None:
    client = signed_in(maude)
    assert client.get(APPLICATION)["Location"].startswith(CONFIRM)


def test_an_animator_without_a_second_factor_sets_one_up_before_anything_else(
    odile: User,
) -> None:
    Authenticator.objects.filter(user=odile).delete()
    client = signed_in(odile)
    for path in ("/admin/", "/", "/membres/", "/compte/profil/", "/compte/mot-de-passe/changer/"):
        assert client.get(path)["Location"] == "/compte/securite/", path
    assert client.get("/compte/securite/").status_code == 200
    add_application(client)
    assert client.get("/membres/").status_code == 200


def test_an_administrator_needs_one_too_and_the_demonstration_waives_it(
    maude: User, as_: Any, settings: Any
) -> None:
    maude.is_superuser = True
    maude.save()
    assert as_(maude).get("/membres/")["Location"] == "/compte/securite/"
    settings.SECOND_FACTOR_REQUIRED = False
    assert as_(maude).get("/membres/").status_code == 200


def test_an_animator_keeps_her_last_factor(odile: User) -> None:
    Authenticator.objects.filter(user=odile).delete()
    client = signed_in(odile)
    add_application(client)
    client.post("/compte/securite/application/retirer/")
    assert Authenticator.objects.filter(user=odile, type="totp").exists()


def test_maude_may_remove_hers_and_its_recovery_codes_go_with_it(maude: User) -> None:
    client = signed_in(maude)
    add_application(client)
    client.post(CONFIRM, {"password": PASSWORD})
    client.post("/compte/securite/application/retirer/")
    assert not Authenticator.objects.filter(user=maude).exists()


def test_odile_removes_the_lost_factor_of_maude_who_is_told(maude: User, odile: User) -> None:
    client = signed_in(maude)
    add_application(client)
    assert people.reset_second_factor(maude, by=odile) == 2
    assert client.get("/compte/securite/").status_code == 302
    assert ActionLog.objects.filter(verb="account.second_factor_reset", actor=odile).exists()
    assert OutgoingMail.objects.filter(name="second_factor_reset", recipient=maude).exists()


def test_nobody_else_may(maude: User, real: User, odile: User) -> None:
    for by, of in ((real, maude), (maude, maude), (odile, odile), (real, odile)):
        with pytest.raises(NotAllowed):
            people.reset_second_factor(of, by=by)


def test_the_last_administrator_has_a_command(odile: User, capsys: Any) -> None:
    call_command("reset_second_factor", " ODILE.larivage@exemple.test ")
    assert not Authenticator.objects.filter(user=odile).exists()
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "personne@exemple.test")
