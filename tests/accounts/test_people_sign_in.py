"""How people sign in, and what others may not learn from it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as project
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.backends import DEMO_PASSWORD, DemoBackend
from accounts.models import User
from accounts.services import people
from tests.accounts.people import (
    PASSWORD,
    SIGN_IN,
    code_in_mail,
    give_password,
    is_signed_in,
    sign_in,
)
from tests.conftest import World

CODE, CONFIRM = "/compte/connexion/code/", "/compte/connexion/code/confirmer/"


def test_maude_signs_in_with_her_password(maude: User, client: Client) -> None:
    give_password(maude)
    answer = sign_in(client, "  MAUDE.tremblay@exemple.test ")
    assert answer.status_code == 302
    assert is_signed_in(client)


def test_maude_signs_in_with_six_digits_and_no_password(maude: User, client: Client) -> None:
    answer = client.post(CODE, {"email": maude.email})
    assert answer["Location"] == CONFIRM
    code = code_in_mail()
    client.post(CONFIRM, {"code": code, "action": "verify"})
    assert is_signed_in(client)


def test_the_button_of_the_sign_in_form_sends_a_code_to_the_address_typed_there(
    maude: User, client: Client
) -> None:
    client.post(CODE, {"login": maude.email, "password": "", "shared": "on"})
    assert mail.outbox[-1].to == [maude.email]


def test_a_code_serves_once_and_three_wrong_ones_end_the_attempt(
    maude: User, client: Client
) -> None:
    client.post(CODE, {"email": maude.email})
    code = code_in_mail()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(3):
        client.post(CONFIRM, {"code": wrong})
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_nobody_learns_whether_an_address_has_an_account(maude: User) -> None:
    give_password(maude)
    for path, data in (
        (SIGN_IN, {"login": "{}", "password": "pas le bon du tout"}),
        (CODE, {"email": "{}"}),
        ("/compte/mot-de-passe/oublie/", {"email": "{}"}),
    ):
        answers = []
        for address in (maude.email, "qui.donc@exemple.test"):
            client = Client()
            filled = {key: value.format(address) for key, value in data.items()}
            answer = client.post(path, filled, follow=True)
            text = answer.content.decode().replace(address, "ADRESSE")
            answers.append((answer.redirect_chain, re.sub(r'value="\w{64}"', "", text)))
        assert answers[0] == answers[1], path
    # As many mails leave in one case as in the other, so that the time tells nothing either.
    assert len([m for m in mail.outbox if m.to == [maude.email]]) == 2
    assert len([m for m in mail.outbox if m.to == ["qui.donc@exemple.test"]]) == 2


def test_after_sign_in_maude_is_where_she_was_going(maude: User, world: World) -> None:
    give_password(maude)
    there = "/discussions/nouveau/?espace=intervention"
    client = Client()
    assert sign_in(client, maude.email, next=there)["Location"] == there

    client = Client()
    answer = client.post(CODE, {"email": maude.email, "next": there})
    assert "next=" in answer["Location"]
    answer = client.post(CONFIRM, {"code": code_in_mail(), "next": there})
    assert answer["Location"] == there


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://voleur.example/",
        "//voleur.example/x",
        "https:/voleur.example",
        "javascript:alert(1)",
    ],
)
def test_sign_in_leads_to_no_other_site(maude: User, client: Client, elsewhere: str) -> None:
    give_password(maude)
    assert sign_in(client, maude.email, next=elsewhere)["Location"] == "/"


def test_on_a_shared_computer_nothing_lasts(maude: User, client: Client) -> None:
    give_password(maude)
    answer = sign_in(client, maude.email, shared="on")
    assert answer.cookies[project.SESSION_COOKIE_NAME]["max-age"] == ""
    page = client.get("/compte/securite/")
    assert "no-store" in page["Cache-Control"]
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1), tick=False):
        assert client.get("/compte/securite/").status_code == 302
    assert not is_signed_in(client)


def test_the_shared_computer_is_remembered_through_the_code(maude: User, client: Client) -> None:
    client.post(CODE, {"email": maude.email, "shared": "on"})
    answer = client.post(CONFIRM, {"code": code_in_mail()})
    assert answer.cookies[project.SESSION_COOKIE_NAME]["max-age"] == ""
    assert "no-store" in client.get("/compte/securite/")["Cache-Control"]


def test_at_home_the_session_lasts_a_month(maude: User, client: Client) -> None:
    give_password(maude)
    answer = sign_in(client, maude.email)
    assert answer.cookies[project.SESSION_COOKIE_NAME]["max-age"] == 30 * 24 * 3600


def test_five_wrong_passwords_close_the_door_however_the_address_is_spelt(maude: User) -> None:
    give_password(maude)
    spellings = [
        maude.email,
        maude.email.upper(),
        f"  {maude.email} ",
        maude.email.replace("m", "\uff4d"),
        maude.email.title(),
    ]
    for number, spelling in enumerate(spellings):
        client = Client(headers={"x-forwarded-for": f"203.0.113.{number}", "host": "localhost"})
        sign_in(client, spelling, "pas le bon du tout")
    client = Client(headers={"x-forwarded-for": "203.0.113.77", "host": "127.0.0.1"})
    sign_in(client, maude.email)
    assert not is_signed_in(client)


def test_a_forged_header_does_not_start_the_count_of_a_machine_anew(
    world: World, settings: Any
) -> None:
    def knock(count: int) -> int:
        status = 0
        for number in range(count):
            client = Client(headers={"x-forwarded-for": f"198.51.100.{number}"})
            status = sign_in(client, f"p{number}@exemple.test", "pas le bon").status_code
        return status

    assert knock(31) == 429


def test_a_guest_past_her_date_is_told_that_her_access_is_over(maude: User, client: Client) -> None:
    give_password(maude)
    maude.role = User.Role.GUEST
    maude.access_until = timezone.now() - timedelta(minutes=1)
    maude.save()
    assert sign_in(client, maude.email)["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)


def test_a_guest_is_out_at_the_minute_her_access_ends(as_: Any, maude: User) -> None:
    maude.role, maude.access_until = User.Role.GUEST, timezone.now() + timedelta(hours=1)
    maude.save()
    browser = as_(maude)
    assert browser.get("/compte/securite/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1), tick=False):
        assert browser.get("/compte/securite/").status_code == 302


def test_closing_an_account_ends_its_sessions(maude: User, odile: User, client: Client) -> None:
    give_password(maude)
    sign_in(client, maude.email)
    people.deactivate(maude, by=odile)
    assert client.get("/compte/securite/").status_code == 302
    assert not UserSession.objects.filter(user=maude).exists()


def test_changing_her_password_ends_her_other_sessions_and_keeps_this_one(maude: User) -> None:
    give_password(maude)
    here, elsewhere = Client(), Client()
    sign_in(here, maude.email)
    sign_in(elsewhere, maude.email)
    new = "une tout autre phrase"
    here.post("/compte/mot-de-passe/changer/", {"oldpassword": PASSWORD, "password1": new})
    assert here.get("/compte/securite/").status_code == 200
    assert elsewhere.get("/compte/securite/").status_code == 302
    client = Client()
    sign_in(client, maude.email, new)
    assert is_signed_in(client)


def test_maude_ends_her_other_sessions_by_one_button(maude: User) -> None:
    give_password(maude)
    here, elsewhere = Client(), Client()
    sign_in(here, maude.email)
    sign_in(elsewhere, maude.email)
    assert here.get("/compte/securite/").content.decode().count("127.0.0.1") == 2
    here.post("/compte/securite/sessions/")
    assert here.get("/compte/securite/").status_code == 200
    assert elsewhere.get("/compte/securite/").status_code == 302


def test_a_long_password_counts_whole_and_a_common_one_is_refused(as_: Any, maude: User) -> None:
    browser = as_(maude)
    choose = "/compte/mot-de-passe/choisir/"
    long = "é" * 40 + " " + "à" * 40
    for refused in ("motdepasse", "password1234", "maude tremblay", "123456789012"):
        assert browser.post(choose, {"password1": refused}).status_code == 200, refused
    assert browser.post(choose, {"password1": long}).status_code == 302
    client = Client()
    sign_in(client, maude.email, long[:72])
    assert not is_signed_in(client)
    sign_in(client, maude.email, long)
    assert is_signed_in(client)


def test_a_forgotten_password_is_replaced_by_the_link_once(maude: User) -> None:
    give_password(maude)
    elsewhere = Client()
    sign_in(elsewhere, maude.email)
    client = Client()
    client.post("/compte/mot-de-passe/oublie/", {"email": maude.email})
    link = re.search(r"(/compte/mot-de-passe/nouveau/\S+)", mail.outbox[-1].body)
    assert link, mail.outbox[-1].body
    assert f"{project.BASE_URL}{link.group(1)}" in mail.outbox[-1].body
    page = client.get(link.group(1), follow=True)
    form = page.redirect_chain[-1][0]
    done = client.post(form, {"password1": "ma nouvelle phrase"}, follow=True)
    assert done.status_code == 200
    assert elsewhere.get("/compte/securite/").status_code == 302
    again = Client().get(link.group(1), follow=True)
    assert again.context["token_fail"]
    client = Client()
    sign_in(client, maude.email, "ma nouvelle phrase")
    assert is_signed_in(client)


def test_nobody_opens_an_account_alone(client: Client, db: None) -> None:
    page = client.get("/compte/inscription/")
    assert page.status_code == 200
    client.post("/compte/inscription/", {"email": "eve@exemple.test", "password1": PASSWORD})
    assert not User.objects.filter(email="eve@exemple.test").exists()


def test_the_demonstration_opens_its_own_accounts_and_nothing_else(
    maude: User, settings: Any
) -> None:
    demo = User.objects.create_user(
        "tristan@courriel.example", None, first_name="Tristan", last_name="Marécourt"
    )
    door = DemoBackend()
    settings.DEMO = False
    assert door.authenticate(None, email=demo.email, password=DEMO_PASSWORD) is None
    assert door.get_user(demo.pk) is None
    settings.DEMO = True
    assert door.authenticate(None, email=demo.email, password=DEMO_PASSWORD) == demo
    assert door.authenticate(None, email=demo.email, password="autre chose") is None
    assert door.authenticate(None, email=demo.email, password="") is None
    assert door.authenticate(None, email=maude.email, password=DEMO_PASSWORD) is None
    demo.is_active = False
    demo.save()
    assert door.authenticate(None, email=demo.email, password=DEMO_PASSWORD) is None


@pytest.mark.parametrize(
    ("address", "opens"),
    [("127.0.0.1", True), ("::1", True), ("192.168.1.20", False), ("", True), ("nowhere", False)],
)
def test_the_demonstration_opens_to_this_machine_alone(
    settings: Any, rf: Any, db: None, address: str, opens: bool
) -> None:
    settings.DEMO = True
    demo = User.objects.create_user(
        "tristan@courriel.example", None, first_name="Tristan", last_name="Marécourt"
    )
    request = rf.post("/compte/connexion/", REMOTE_ADDR=address)
    found = DemoBackend().authenticate(request, email=demo.email, password=DEMO_PASSWORD)
    assert (found == demo) is opens


def test_without_the_flag_the_demonstration_has_no_door() -> None:
    assert "accounts.backends.DemoBackend" not in project.AUTHENTICATION_BACKENDS


def test_the_admin_has_no_door_of_its_own(client: Client, maude: User, as_: Any) -> None:
    answer = client.get("/admin/")
    assert answer.status_code == 302
    assert "/compte/connexion/" in client.get(answer["Location"], follow=True).request["PATH_INFO"]
    assert as_(maude).get("/admin/", follow=True).status_code == 404
