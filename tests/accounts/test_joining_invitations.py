"""Single-use links: one address, one person, one account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Consent, Invitation, User
from accounts.services import invitations, joining, people
from core.errors import NotAllowed
from tests.accounts.joining import ANSWERS, body, letters, link_in, queries
from tests.conftest import World

pytestmark = pytest.mark.django_db
SHE = {"first_name": "Josiane", "last_name": "Coteau", "job_title": "Direction"}
NEW = "colleague@exemple.test"


@pytest.fixture
def world(world: World) -> World:
    """Maude speaks for Racines et Relais."""
    world.relais.contact = world.maude
    world.relais.save()
    return world


def invited(world: World, **changes: Any) -> tuple[Invitation, str]:
    """An invitation to Maude's organisation and the link that arrived."""
    values = {"by": world.maude, "email": NEW} | changes
    invitation = invitations.invite_person(world.relais, **values)
    (letter,) = letters()
    return invitation, link_in(letter, "/invitation/")


def guest(world: World, **changes: Any) -> tuple[Invitation, str]:
    until = timezone.now() + timedelta(days=60)
    values = {"by": world.odile, "role": User.Role.GUEST, "access_until": until}
    return invited(world, **(values | {"spaces": [world.intervention]} | changes))


# ------------------------------------------------------------------ opening the account


def test_the_first_member_of_a_new_organisation_comes_in(world: World) -> None:
    request = joining.submit_request(ANSWERS | {"newsletter": True})
    joining.approve_request(request, by=world.odile)
    link = link_in([one for one in letters() if one.to == [ANSWERS["email"]]][-1], "/invitation/")
    browser = Client()

    assert ANSWERS["email"] in browser.get(link).content.decode()
    answer = browser.post(link, SHE)

    josiane = User.objects.get(email=ANSWERS["email"])
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(josiane.pk)
    assert josiane.organisation is not None
    assert josiane.organisation.contact == josiane
    assert not josiane.has_usable_password()
    assert josiane.memberships.filter(space=world.common, ended_at=None).exists()
    consent = Consent.objects.get(user=josiane)
    assert consent.given_at == request.consented_at


def test_a_password_is_optional_and_weak_ones_are_refused(world: World) -> None:
    _invitation, link = invited(world)
    page = Client().post(link, SHE | {"password": "court"})
    assert page.context["form"].errors["password"]
    assert not User.objects.filter(email=NEW).exists()
    Client().post(link, SHE | {"password": "une phrase assez longue"})
    assert User.objects.get(email=NEW).check_password("une phrase assez longue")


def test_opening_the_link_consumes_nothing(world: World) -> None:
    """Mail scanners follow links."""
    invitation, link = invited(world)
    for method in ("get", "head", "options"):
        getattr(Client(), method)(link)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.SENT
    assert Client().get(link).status_code == 200


def test_the_address_is_that_of_the_invitation(world: World) -> None:
    _invitation, link = invited(world)
    Client().post(link, SHE | {"email": "autre@exemple.test", "role": "animation"})
    assert not User.objects.filter(email="autre@exemple.test").exists()
    assert User.objects.get(email=NEW).role == User.Role.MEMBER


def test_names_are_needed_and_what_was_typed_is_kept(world: World) -> None:
    _invitation, link = invited(world)
    page = Client().post(link, SHE | {"last_name": ""})
    assert page.context["form"].errors["last_name"]
    assert 'value="Josiane"' in page.content.decode()


# ------------------------------------------------------------------ a link that opens nothing


def test_a_link_used_twice_makes_one_account_and_says_what_to_do(world: World) -> None:
    _invitation, link = invited(world)
    Client().post(link, SHE)
    again = Client().post(link, SHE | {"first_name": "Voleuse"})
    assert again.status_code == 410
    assert reverse("account_login") in again.content.decode()
    assert User.objects.get(email=NEW).first_name == "Josiane"


def test_an_expired_link_is_sent_again_to_the_same_address(world: World) -> None:
    invitation, link = invited(world)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        expired = Client().get(link)
        assert expired.status_code == 410
        assert 'value="again"' in expired.content.decode()
        Client().post(link, {"act": "again"})
        (letter,) = letters()
        assert letter.to == [NEW]
        assert Client().get(link).status_code == 410
        assert Client().get(link_in(letter, "/invitation/")).status_code == 200
    invitation.refresh_from_db()
    assert invitation.serial == 2


def test_a_link_that_still_works_is_not_renewed_by_whoever_posts(world: World) -> None:
    invitation, link = invited(world)
    Client().post(link, {"act": "again"})
    assert not letters()
    invitation.refresh_from_db()
    assert invitation.serial == 1


def test_a_withdrawn_invitation_opens_nothing_and_is_not_renewed(world: World) -> None:
    invitation, link = invited(world)
    invitations.revoke_invitation(invitation, by=world.maude)
    assert Client().post(link, SHE).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        Client().post(link, {"act": "again"})
    assert not letters()
    assert not User.objects.filter(email=NEW).exists()


def test_the_former_link_dies_when_another_is_sent(world: World) -> None:
    invitation, link = invited(world)
    invitations.resend_invitation(invitation, by=world.maude)
    assert Client().post(link, SHE).status_code == 410


@pytest.mark.parametrize("token", ["nothing", "eyJpZCI6MX0:1abcde:signature"])
def test_a_made_up_link_is_missing(world: World, token: str) -> None:
    assert Client().get(f"/invitation/{token}/").status_code == 404


def test_closed_links_reveal_nothing_of_who_invited_nor_where(world: World) -> None:
    invitation, link = invited(world, message="Bienvenue chez nous")
    invitations.revoke_invitation(invitation, by=world.maude)
    page = Client().get(link).content.decode()
    for secret in (NEW, world.relais.name, world.maude.full_name, "Bienvenue chez nous"):
        assert secret not in page


def test_somebody_signed_in_does_not_open_another_account_by_mistake(
    world: World, as_: Callable[[User | None], Client]
) -> None:
    _invitation, link = invited(world)
    page = as_(world.real).post(link, SHE)
    assert world.real.full_name in page.content.decode()
    assert not User.objects.filter(email=NEW).exists()


def test_an_account_made_in_the_meantime_wins(world: World) -> None:
    _invitation, link = invited(world)
    people.create_account(
        email=NEW, first_name="A", last_name="B", organisation=world.phare, by=world.odile
    )
    page = Client().post(link, SHE)
    assert page.status_code == 410
    assert reverse("account_login") in page.content.decode()


# ------------------------------------------------------------------ who invites whom


def test_the_contact_person_invites_into_her_organisation_and_no_other(world: World) -> None:
    with pytest.raises(NotAllowed):
        invitations.invite_person(world.phare, by=world.maude, email=NEW)
    with pytest.raises(NotAllowed):
        invitations.invite_person(world.relais, by=world.naima, email=NEW)
    with pytest.raises(NotAllowed):
        guest(world, by=world.maude)
    with pytest.raises(NotAllowed):
        invited(world, by=world.odile, role=User.Role.ANIMATION)
    assert not Invitation.objects.exists()


def test_inviting_twice_is_one_invitation(world: World) -> None:
    invited(world)
    with pytest.raises(invitations.AlreadyInvited):
        invitations.invite_person(world.relais, by=world.maude, email="COLLEAGUE@exemple.test")
    assert Invitation.objects.count() == 1


def test_nobody_learns_that_an_address_has_an_account_elsewhere(
    world: World, as_: Callable[[User | None], Client]
) -> None:
    """Maude invites Réal and a stranger: the same answer; Réal is told by mail, she is not."""
    address = reverse("accounts:team_invite", args=(world.relais.pk, world.relais.slug))
    answers = [
        as_(world.maude).post(address, {"email": email}, follow=True)
        for email in (world.real.email, NEW)
    ]
    pages = [body(one) for one in answers]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert pages[0].count("<li") == pages[1].count("<li") - 1
    to_real, to_stranger = sorted(letters(), key=lambda one: one.to != [world.real.email])
    assert "/invitation/" in to_stranger.body
    assert "/invitation/" not in to_real.body and world.relais.name in to_real.body


def test_an_invitation_taken_back_before_it_leaves_does_not_leave(world: World) -> None:
    invitation = invitations.invite_person(world.relais, by=world.maude, email=NEW)
    invitations.revoke_invitation(invitation, by=world.maude)
    assert not letters()


# ------------------------------------------------------------------ guests


def test_a_guest_enters_her_spaces_until_her_date_and_nothing_else(world: World) -> None:
    _invitation, link = guest(world)
    browser = Client()
    browser.post(link, SHE)
    she = User.objects.get(email=NEW)
    assert she.is_guest and she.access_until is not None
    spaces = {m.space for m in she.memberships.filter(ended_at=None).select_related("space")}
    assert spaces == {world.intervention}
    with time_machine.travel(timezone.now() + timedelta(days=61), tick=False):
        assert "_auth_user_id" not in (browser.get("/membres/").wsgi_request.session or {})


def test_a_guest_needs_a_date_to_come(world: World) -> None:
    for until in (None, timezone.now() - timedelta(days=1)):
        with pytest.raises(invitations.GuestNeedsDate):
            guest(world, access_until=until)


def test_odile_invites_a_guest_from_the_admin(
    world: World, as_: Callable[[User | None], Client]
) -> None:
    here = reverse("admin:accounts_invitation_add")
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    data = {"role": "invite", "email": NEW, "access_until": until}
    data |= {"spaces": [str(world.intervention.pk)]}
    as_(world.odile).post(here, data)
    invitation = Invitation.objects.get()
    assert list(invitation.spaces.all()) == [world.intervention]
    assert invitation.access_until is not None
    assert timezone.localtime(invitation.access_until).isoformat().startswith(until)


def test_a_member_needs_an_organisation_and_a_guest_a_date(
    world: World, as_: Callable[[User | None], Client]
) -> None:
    here = reverse("admin:accounts_invitation_add")
    member = as_(world.odile).post(here, {"role": "membre", "email": NEW})
    somebody = as_(world.odile).post(here, {"role": "invite", "email": NEW})
    assert list(member.context["form"].errors) == ["organisation"]
    assert list(somebody.context["form"].errors) == ["access_until"]
    assert not Invitation.objects.exists()


def test_the_admin_sends_again_and_withdraws(
    world: World, as_: Callable[[User | None], Client]
) -> None:
    invitation, _link = invited(world)
    browser = as_(world.odile)
    page = reverse("admin:accounts_invitation_change", args=(invitation.pk,))
    browser.post(page, {"act": "resend"})
    assert len(letters()) == 1
    rows = {"action": "revoke_selected", "_selected_action": [str(invitation.pk)]}
    browser.post(reverse("admin:accounts_invitation_changelist"), rows)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.REVOKED
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("who", ["maude", "eve"])
def test_members_see_no_invitation_in_the_admin(
    world: World, as_: Callable[[User | None], Client], who: str
) -> None:
    invitation, _link = invited(world)
    for name, args in (
        ("changelist", ()),
        ("add", ()),
        ("import", ()),
        ("change", (invitation.pk,)),
    ):
        page = as_(getattr(world, who)).get(reverse(f"admin:accounts_invitation_{name}", args=args))
        assert page.status_code in (302, 404)
        assert NEW not in page.content.decode()


def test_the_list_of_invitations_asks_as_much_of_three_as_of_thirty(
    world: World, as_: Callable[[User | None], Client]
) -> None:
    odile = as_(world.odile)
    here = reverse("admin:accounts_invitation_changelist")
    counts = []
    for number in (3, 30):
        for n in range(number):
            email = f"{number}-{n}@exemple.test"
            invitations.invite_person(world.relais, by=world.maude, email=email)
        odile.get(here)
        counts.append(queries(odile, here))
    assert counts[0] == counts[1]


def test_invitations_that_came_to_nothing_are_erased_after_a_year(world: World) -> None:
    invited(world)
    assert invitations.purge(timezone.now() + timedelta(days=364)) == 0
    assert invitations.purge(timezone.now() + timedelta(days=366)) == 1
