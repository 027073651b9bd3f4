"""The référente's page: colleagues, invitations, and what happens when somebody leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.services import invitations, team
from core import content
from core.errors import NotAllowed
from tests.accounts.joining import queries
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]


@pytest.fixture
def world(world: World) -> World:
    """Maude speaks for Racines et Relais, where Naïma works too."""
    world.relais.contact = world.maude
    world.relais.save()
    return world


def at(organisation: Organisation, name: str = "team", *args: int) -> str:
    return reverse(f"accounts:{name}", args=(organisation.pk, organisation.slug, *args))


# ------------------------------------------------------------------ who sees the page


def test_maude_sees_her_team_and_its_invitations(world: World, as_: Browser) -> None:
    invitations.invite_person(world.relais, by=world.maude, email="nouvelle@exemple.test")
    page = as_(world.maude).get(at(world.relais)).content.decode()
    assert world.naima.full_name in page and "nouvelle@exemple.test" in page
    assert world.real.full_name not in page


def test_her_colleague_and_other_members_see_the_organisation_but_not_its_team(
    world: World, as_: Browser
) -> None:
    invitations.invite_person(world.relais, by=world.maude, email="nouvelle@exemple.test")
    for person in (world.naima, world.real, world.eve):
        page = as_(person).get(at(world.relais))
        assert page.status_code == 403
        assert "nouvelle@exemple.test" not in page.content.decode()


def test_an_animator_looks_after_any_team(world: World, as_: Browser) -> None:
    assert as_(world.odile).get(at(world.relais)).status_code == 200


def test_a_visitor_is_asked_to_sign_in(world: World, as_: Browser) -> None:
    page = as_(None).get(at(world.relais))
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_login"))


def test_an_organisation_that_is_not_visible_is_missing(world: World, as_: Browser) -> None:
    Organisation.objects.filter(pk=world.relais.pk).update(state="hidden")
    for person in (world.real, world.maude):
        assert as_(person).get(at(world.relais)).status_code == 404


def test_a_wrong_slug_leads_to_the_right_one_for_those_who_may(world: World, as_: Browser) -> None:
    wrong = reverse("accounts:team", args=(world.relais.pk, "autre"))
    assert as_(world.maude).get(wrong)["Location"] == at(world.relais)
    assert as_(world.eve).get(wrong).status_code == 403


@pytest.mark.parametrize("name", ["team_invite", "team_invitation", "team_leaving"])
def test_others_can_do_nothing_to_the_team(world: World, as_: Browser, name: str) -> None:
    invitation = invitations.invite_person(world.relais, by=world.maude, email="n@exemple.test")
    last = {"team_invitation": (invitation.pk,), "team_leaving": (world.maude.pk,)}.get(name, ())
    data = {"email": "x@exemple.test", "act": "revoke"}
    for person in (world.naima, world.real):
        assert as_(person).post(at(world.relais, name, *last), data).status_code == 403
    invitation.refresh_from_db()
    assert invitation.state == "sent"
    world.maude.refresh_from_db()
    assert world.maude.is_active


def test_she_cannot_touch_the_invitation_of_another_organisation(
    world: World, as_: Browser
) -> None:
    other = invitations.invite_person(world.phare, by=world.odile, email="n@exemple.test")
    page = as_(world.maude).post(at(world.relais, "team_invitation", other.pk), {"act": "revoke"})
    assert page.status_code == 404
    other.refresh_from_db()
    assert other.state == "sent"


# ------------------------------------------------------------------ inviting


def test_maude_invites_a_colleague_and_sends_again(world: World, as_: Browser) -> None:
    maude = as_(world.maude)
    maude.post(at(world.relais, "team_invite"), {"email": "n@exemple.test", "first_name": "Nour"})
    (invitation,) = invitations.pending(world.relais)
    maude.post(at(world.relais, "team_invitation", invitation.pk), {"act": "resend"})
    invitation.refresh_from_db()
    assert invitation.serial == 2
    maude.post(at(world.relais, "team_invitation", invitation.pk), {"act": "revoke"})
    assert not list(invitations.pending(world.relais))


def test_inviting_a_colleague_who_is_there_says_so_and_keeps_the_text(
    world: World, as_: Browser
) -> None:
    data = {"email": world.naima.email, "message": "Viens nous rejoindre"}
    page = as_(world.maude).post(at(world.relais, "team_invite"), data)
    assert page.context["form"].errors["email"]
    assert "Viens nous rejoindre" in page.content.decode()


# ------------------------------------------------------------------ leaving


def test_when_naima_leaves_her_account_is_closed(world: World, as_: Browser) -> None:
    naima = as_(world.naima)
    page = as_(world.maude).get(at(world.relais, "team_leaving", world.naima.pk))
    assert page.status_code == 200
    world.naima.refresh_from_db()
    assert world.naima.is_active, "reading the page closes nothing"
    as_(world.maude).post(at(world.relais, "team_leaving", world.naima.pk))
    world.naima.refresh_from_db()
    assert not world.naima.is_active
    assert not world.naima.memberships.filter(ended_at=None).exists()
    assert naima.get(reverse("accounts:members")).status_code == 302


def test_when_the_contact_person_leaves_she_names_who_takes_over(
    world: World, as_: Browser
) -> None:
    here = at(world.relais, "team_leaving", world.maude.pk)
    maude = as_(world.maude)
    page = maude.post(here)
    assert page.context["form"].errors["successor"]
    world.maude.refresh_from_db()
    assert world.maude.is_active

    maude.post(here, {"successor": str(world.naima.pk)})

    world.relais.refresh_from_db()
    world.maude.refresh_from_db()
    assert world.relais.contact == world.naima
    assert not world.maude.is_active
    assert as_(world.naima).get(at(world.relais)).status_code == 200


def test_nobody_from_elsewhere_takes_over(world: World, as_: Browser) -> None:
    here = at(world.relais, "team_leaving", world.maude.pk)
    as_(world.maude).post(here, {"successor": str(world.real.pk)})
    world.relais.refresh_from_db()
    assert world.relais.contact == world.maude
    with pytest.raises(team.NotInTheTeam):
        team.hand_over(world.relais, world.real, by=world.maude)


def test_a_guest_never_takes_over(world: World) -> None:
    from django.utils import timezone

    guest = make_person(
        "Gisèle", role="invite", organisation=world.relais, access_until=timezone.now()
    )
    with pytest.raises(team.NotInTheTeam):
        team.hand_over(world.relais, guest, by=world.maude)


def test_somebody_alone_may_leave_and_the_organisation_waits(world: World) -> None:
    world.phare.contact = world.real
    world.phare.save()
    team.see_off(world.phare, world.eve, by=world.real)
    team.see_off(world.phare, world.real, by=world.real)
    world.phare.refresh_from_db()
    assert world.phare.contact is None


def test_closing_twice_is_closing_once(world: World) -> None:
    from core.models import ActionLog

    for _time in range(2):
        team.see_off(world.relais, world.naima, by=world.maude)
    assert ActionLog.objects.filter(verb="account.ended").count() == 1


def test_a_colleague_cannot_see_off_anybody(world: World) -> None:
    for person in (world.maude, world.naima):
        with pytest.raises(NotAllowed):
            team.see_off(world.relais, person, by=world.naima)


def test_the_contact_person_cannot_close_an_animator_s_account(world: World) -> None:
    animator = make_person("Anne", role="animation", organisation=world.relais)
    with pytest.raises(NotAllowed):
        team.see_off(world.relais, animator, by=world.maude)


def test_what_is_left_open_is_what_the_viewer_may_see(world: World, monkeypatch: Any) -> None:
    """Each kind answers for the viewer; a kind that has nothing to say is absent."""

    class Told:
        plural, icon = "Fils", "chat"

        @staticmethod
        def open_items(user: User, viewer: User) -> list[content.OpenItem]:
            assert (user, viewer) == (world.naima, world.maude)
            return [content.OpenItem("Ma question", "/discussions/1/")]

    class Silent:
        plural, icon, open_items = "Rien", "leaf", None

    monkeypatch.setattr(content, "kinds", lambda: [Told, Silent])
    (group,) = team.open_items(world.naima, world.maude)
    assert [item.title for item in group.items] == ["Ma question"]


def test_maude_hands_over_and_stays(world: World, as_: Browser) -> None:
    as_(world.maude).post(at(world.relais, "team_hand_over"), {"successor": str(world.naima.pk)})
    world.relais.refresh_from_db()
    world.maude.refresh_from_db()
    assert world.relais.contact == world.naima
    assert world.maude.is_active
    assert as_(world.maude).get(at(world.relais)).status_code == 403


def test_the_team_page_asks_as_much_of_three_colleagues_as_of_thirty(
    world: World, as_: Browser
) -> None:
    counts = []
    for number in (3, 30):
        for n in range(number):
            make_person(f"P{number}n{n}", organisation=world.relais)
            invitations.invite_person(
                world.relais, by=world.maude, email=f"{number}-{n}@exemple.test"
            )
        browser = as_(world.maude)
        browser.get(at(world.relais))
        counts.append(queries(browser, at(world.relais)))
    assert counts[0] == counts[1]
