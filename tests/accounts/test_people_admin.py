"""What animators do of accounts and organisations in the admin, and what they may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import Consent, Organisation, User
from accounts.services.people import set_consent
from core.models import ActionLog, Term
from tests.conftest import World, make_person

USERS = "/admin/accounts/user/"


@pytest.fixture
def admin(world: World) -> User:
    """Jacinthe administers the site; she is not an animator."""
    jacinthe = make_person("Jacinthe", is_superuser=True)
    Authenticator.objects.create(user=jacinthe, type="totp", data={"secret": "A"})
    return jacinthe


def identity(user: User, **changes: Any) -> dict[str, Any]:
    values = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "job_title": user.job_title,
        "organisation": user.organisation_id or "",
        "role": user.role,
    } | changes
    return {f"identity-{name}": value for name, value in values.items()} | {"act": "identity"}


def page_of(user: User) -> str:
    return f"{USERS}{user.pk}/change/"


def test_odile_finds_an_account_and_mends_it(as_: Any, world: World) -> None:
    browser = as_(world.odile)
    assert "Maude Tremblay" in browser.get(USERS, {"q": "trembl"}).content.decode()
    answer = browser.post(
        page_of(world.maude),
        identity(world.maude, job_title="Coordination", organisation=world.phare.pk),
    )
    assert answer.status_code == 302
    world.maude.refresh_from_db()
    assert (world.maude.job_title, world.maude.organisation) == ("Coordination", world.phare)


def test_odile_makes_no_animator_and_touches_none(as_: Any, world: World) -> None:
    browser = as_(world.odile)
    for sent in (
        identity(world.maude, role="animation"),
        identity(world.maude, administrator="on"),
    ):
        browser.post(page_of(world.maude), sent)
    world.maude.refresh_from_db()
    assert (world.maude.role, world.maude.is_superuser) == ("membre", False)
    karim = make_person("Karim", role=User.Role.ANIMATION)
    browser.post(page_of(karim), identity(karim, role="membre"))
    browser.post(page_of(karim), {"act": "close", "close-reason": "Ha."})
    browser.post(page_of(karim), {"act": "factor"})
    karim.refresh_from_db()
    assert (karim.role, karim.is_active) == ("animation", True)


def test_an_administrator_does(as_: Any, world: World, admin: User) -> None:
    browser = as_(admin)
    browser.post(page_of(world.maude), identity(world.maude, role="animation"))
    world.maude.refresh_from_db()
    assert world.maude.is_animator
    assert browser.get("/admin/accounts/organisation/").status_code == 403


def test_odile_closes_and_reopens_an_account(as_: Any, world: World) -> None:
    browser = as_(world.odile)
    assert browser.post(page_of(world.maude), {"act": "close"}).status_code == 200
    world.maude.refresh_from_db()
    assert world.maude.is_active
    browser.post(page_of(world.maude), {"act": "close", "close-reason": "Départ"})
    world.maude.refresh_from_db()
    assert not world.maude.is_active
    browser.post(page_of(world.maude), {"act": "reopen"})
    world.maude.refresh_from_db()
    assert world.maude.is_active


def test_odile_changes_an_address_and_removes_a_lost_factor(as_: Any, world: World) -> None:
    Authenticator.objects.create(user=world.maude, type="totp", data={"secret": "A"})
    browser = as_(world.odile)
    browser.post(page_of(world.maude), {"act": "address", "address-email": "m@exemple.test"})
    browser.post(page_of(world.maude), {"act": "factor"})
    world.maude.refresh_from_db()
    assert world.maude.email == "m@exemple.test"
    assert not Authenticator.objects.filter(user=world.maude).exists()
    assert ActionLog.objects.filter(actor=world.odile, object_id=world.maude.pk).count() >= 2


def test_closing_many_leaves_animators(as_: Any, world: World) -> None:
    chosen = [world.maude.pk, world.real.pk, world.odile.pk]
    as_(world.odile).post(USERS, {"action": "close_selected", "_selected_action": chosen})
    assert set(User.objects.filter(pk__in=chosen, is_active=True)) == {world.odile}


def test_a_coanimator_sees_no_account(as_: Any, world: World, settings: Any) -> None:
    settings.COANIMATION = True
    world.real.memberships.filter(space=world.direction).update(role="coanimation")
    Authenticator.objects.create(user=world.real, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    browser = as_(world.real)
    assert browser.get("/admin/").status_code == 200
    for path in (USERS, page_of(world.maude), "/admin/accounts/organisation/", "/admin/core/term/"):
        assert browser.get(path).status_code in (403, 404), path


def test_odile_completes_an_organisation_and_reads_its_history(as_: Any, world: World) -> None:
    browser = as_(world.odile)
    path = f"/admin/accounts/organisation/{world.relais.pk}/change/"
    page = browser.get(path)
    form = page.context["adminform"].form
    data = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])
    }
    data |= {"contact": world.maude.pk, "twin": world.phare.pk, "mission": "Accompagner."}
    assert browser.post(path, data).status_code == 302
    world.relais.refresh_from_db()
    assert (world.relais.contact, world.relais.twin) == (world.maude, world.phare)
    history = browser.get(f"/admin/accounts/organisation/{world.relais.pk}/history/")
    assert "Mission" in history.content.decode()
    assert "Odile Larivage" in history.content.decode()


def test_the_contact_person_is_of_the_organisation(as_: Any, world: World) -> None:
    browser = as_(world.odile)
    path = f"/admin/accounts/organisation/{world.relais.pk}/change/"
    choices = browser.get(path).context["adminform"].form.fields["contact"].queryset
    assert set(choices) == {world.maude, world.naima}


def test_odile_adds_a_partner(as_: Any, world: World) -> None:
    answer = as_(world.odile).post(
        "/admin/accounts/organisation/add/", {"name": "CTREQ", "category": "partenaire"}
    )
    assert answer.status_code == 302
    assert Organisation.objects.get(name="CTREQ").slug == "ctreq"


def test_a_term_changes_its_words_and_keeps_its_code(as_: Any, world: World) -> None:
    term = Term.objects.get(scheme="regions", code="01")
    as_(world.odile).post(
        f"/admin/core/term/{term.pk}/change/",
        {"label": "Bas-du-Fleuve", "code": "99", "scheme": "autre", "position": "3"},
    )
    term.refresh_from_db()
    assert (term.label, term.code, term.scheme) == ("Bas-du-Fleuve", "01", "regions")
    assert as_(world.odile).post(f"/admin/core/term/{term.pk}/delete/").status_code == 403


def test_odile_exports_the_addresses_of_those_who_agree_and_of_nobody_else(
    world: World, as_: Callable[[User | None], Client]
) -> None:
    for user in (world.maude, world.real, world.eve):
        set_consent(user, Consent.Purpose.NEWSLETTER, True, by=user)
    set_consent(world.real, Consent.Purpose.NEWSLETTER, False, by=world.real)
    User.objects.filter(pk=world.eve.pk).update(is_active=False)
    odile = as_(world.odile)
    listed = odile.get("/admin/accounts/user/?infolettre=1").content.decode()
    assert world.maude.email in listed and world.real.email not in listed
    everybody = list(User.objects.values_list("pk", flat=True))
    form = {"action": "export_newsletter", "_selected_action": everybody}
    lines = odile.post("/admin/accounts/user/", form).content.decode("utf-8-sig").splitlines()
    assert [line for line in lines[1:] if line] == [
        f"Maude Tremblay;{world.maude.email};Racines et Relais"
    ]
    assert ActionLog.objects.filter(verb="newsletter.exported", actor=world.odile).exists()
