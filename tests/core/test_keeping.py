"""A session that ends while a form is being filled in: nothing typed is lost, nothing is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.keeping import COOKIE, Filler, forget_kept_forms
from core.models import KeptForm
from moderation.models import Report
from tests.conftest import World

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
PAGE = "/communautes/suivis-psychosociaux/joindre/"
WORDS = "Je suis des jeunes & leurs « familles »."


def expire(browser: Client) -> None:
    """Her session ends; the rest of what her browser knows stays."""
    del browser.cookies[settings.SESSION_COOKIE_NAME]


def sign_in(browser: Client, user: User) -> None:
    browser.force_login(user, backend="accounts.backends.AccountBackend")


def test_maude_finds_her_request_again_and_it_was_not_sent(world: World, as_: As) -> None:
    maude = as_(world.maude)
    maude.get(PAGE)
    expire(maude)
    sent = maude.post(PAGE, {"message": WORDS}, headers={"Referer": f"http://testserver{PAGE}"})
    assert sent.headers["Location"].startswith("/compte/connexion/?next=")
    there = sent.headers["Location"].partition("next=")[2].replace("%3F", "?").replace("%3D", "=")
    assert there == f"{PAGE}?repris=1"
    assert len(maude.get(sent.headers["Location"]).context["messages"]) == 1
    sign_in(maude, world.maude)
    page = maude.get(there).content.decode()
    assert "Je suis des jeunes &amp; leurs « familles ».</textarea>" in page
    assert not world.psychosocial.join_requests.exists()
    assert maude.post(PAGE, {"message": WORDS}).status_code == 302
    assert world.psychosocial.join_requests.get().message == WORDS
    assert not KeptForm.objects.exists(), "what has served is not kept"


def test_nobody_else_finds_it(world: World, as_: As) -> None:
    maude = as_(world.maude)
    maude.get(PAGE)
    expire(maude)
    maude.post(PAGE, {"message": WORDS})
    assert KeptForm.objects.get().user == world.maude
    sign_in(maude, world.eve)
    assert "Je suis des jeunes" not in maude.get(f"{PAGE}?repris=1").content.decode()


def test_a_report_on_one_message_comes_back_on_that_message(world: World, as_: As) -> None:
    eve = as_(world.eve)
    page = f"/signaler/?genre=organisation&objet={world.relais.pk}"
    eve.get(page)
    expire(eve)
    sent = {"genre": "organisation", "objet": world.relais.pk, "reason": "autre", "details": WORDS}
    eve.post("/signaler/", sent, headers={"Referer": f"http://testserver{page}"})
    sign_in(eve, world.eve)
    again = eve.get(f"{page}&repris=1").content.decode()
    assert "&amp; leurs" in again
    assert re.search(r'<input[^>]*value="autre"[^>]* checked>', again)
    assert not Report.objects.exists()


def test_a_stranger_s_form_is_not_kept(world: World, as_: As) -> None:
    stranger = as_(None)
    stranger.cookies[COOKIE] = "forged"
    assert "repris" not in stranger.post(PAGE, {"message": WORDS}).headers["Location"]
    assert not KeptForm.objects.exists()


def test_after_signing_out_the_browser_is_nobody_s(world: World, as_: As) -> None:
    maude = as_(world.maude)
    maude.get(PAGE)
    assert maude.cookies[COOKIE].value
    maude.post("/compte/deconnexion/")
    assert not maude.cookies[COOKIE].value


def test_secrets_are_not_kept(world: World, as_: As) -> None:
    maude = as_(world.maude)
    maude.get(PAGE)
    expire(maude)
    maude.post(PAGE, {"message": "Bonjour", "password": "quatre mots", "otp_code": "123456"})
    assert set(KeptForm.objects.get().fields) == {"message"}


def test_what_nobody_came_back_for_is_erased_after_a_month(world: World) -> None:
    for days, page in ((29, "/a/"), (31, "/b/")):
        KeptForm.objects.create(user=world.maude, page=page, action=page, fields={})
        at = timezone.now() - timedelta(days=days)
        KeptForm.objects.filter(page=page).update(kept_at=at)
    forget_kept_forms()
    assert KeptForm.objects.get().page == "/a/"


def test_a_page_is_written_again_with_its_form_filled_in_and_nothing_else_changed() -> None:
    page = (
        '<!doctype html><p>a &amp; b &#39;</p><script>if (a < b) "</p>"</script>'
        '<form action="/autre/"><input name="nom" value="x"></form>'
        '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t">'
        '<input name="nom" value="avant" required><input type=checkbox name=cases value=1 checked>'
        '<input type=checkbox name=cases value=2><input type="password" name="mot">'
        '<select name="ou"><option value="a" selected>A</option><option value="b">B</option>'
        "</select>"
        "<textarea name=texte>\nancien</textarea></form><!-- fin -->"
    )
    fields = {"nom": ['"É"'], "cases": ["2"], "ou": ["b"], "texte": ["<b>"], "mot": ["secret"]}
    assert Filler(fields, action="/ici/", page="/ici/").filled(page) == (
        '<!doctype html><p>a &amp; b &#39;</p><script>if (a < b) "</p>"</script>'
        '<form action="/autre/"><input name="nom" value="x"></form>'
        '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t">'
        '<input name="nom" required value="&quot;É&quot;">'
        '<input type="checkbox" name="cases" value="1">'
        '<input type="checkbox" name="cases" value="2" checked><input type="password" name="mot">'
        '<select name="ou"><option value="a">A</option><option value="b" selected>B</option>'
        "</select>"
        "<textarea name=texte>\n&lt;b&gt;</textarea></form><!-- fin -->"
    )
