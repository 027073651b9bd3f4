"""Twenty at once: any double act gives one outcome, on a real database with real threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.models import Invitation, MembershipRequest, Organisation, User
from accounts.services import invitations, joining
from core.models import OutgoingMail
from tests.accounts.joining import ANSWERS, posted
from tests.conftest import World

State = MembershipRequest.State


def at_once(act: Callable[[], Any], times: int = 20) -> list[Any]:
    """What each of many simultaneous acts answered, or the error it met."""

    def once(_n: int) -> Any:
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    # An in-memory SQLite belongs to one thread: there, one after the other.
    if connection.vendor == "sqlite":
        return [_alone(act) for _n in range(times)]
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(once, range(times)))


def _alone(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:
        return error


@pytest.mark.django_db(transaction=True)
def test_twenty_identical_submissions_at_once_make_one_request() -> None:
    answers = at_once(lambda: Client().post("/adhesion/", posted()))
    assert {getattr(one, "status_code", one) for one in answers} == {302}
    assert {one["Location"] for one in answers} == {"/adhesion/recue/"}
    assert MembershipRequest.objects.count() == 1
    assert OutgoingMail.objects.filter(name="request_received").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_identical_drafts_at_once_make_one() -> None:
    data = {"act": "save", "email": ANSWERS["email"], "mission": "Écouter"}
    answers = at_once(lambda: Client().post("/adhesion/", data))
    assert {getattr(one, "status_code", one) for one in answers} == {302}
    assert MembershipRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_animators_approving_at_once_make_one_organisation(world: World) -> None:
    request = joining.submit_request(ANSWERS)
    before = Organisation.objects.count()
    answers = at_once(lambda: joining.approve_request(request, by=world.odile), times=10)
    assert sum(isinstance(one, Invitation) for one in answers) == 1
    assert sum(isinstance(one, joining.AlreadyDecided) for one in answers) == 9
    assert Organisation.objects.count() == before + 1
    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_approving_and_refusing_at_once_have_one_outcome(world: World) -> None:
    request = joining.submit_request(ANSWERS)
    turns = iter(range(10))

    def decide() -> Any:
        if next(turns) % 2:
            return joining.approve_request(request, by=world.odile)
        return joining.refuse_request(request, by=world.odile, reason="Non.")

    answers = at_once(decide, times=10)
    assert sum(isinstance(one, joining.AlreadyDecided) for one in answers) == 9
    request.refresh_from_db()
    assert Invitation.objects.count() == (request.state == State.APPROVED)


@pytest.mark.django_db(transaction=True)
def test_a_link_opened_ten_times_at_once_makes_one_account(world: World) -> None:
    invitation = invitations.invite_person(
        world.relais, by=world.odile, email="nouvelle@exemple.test"
    )
    answers = at_once(
        lambda: invitations.accept_invitation(
            invitation, serial=1, first_name="Nour", last_name="Côté"
        ),
        times=10,
    )
    assert sum(isinstance(one, User) for one in answers) == 1
    assert sum(isinstance(one, invitations.InvitationClosed) for one in answers) == 9
    assert User.objects.filter(email="nouvelle@exemple.test").count() == 1


@pytest.mark.django_db(transaction=True)
def test_inviting_the_same_person_ten_times_at_once_is_one_invitation(world: World) -> None:
    answers = at_once(
        lambda: invitations.invite_person(
            world.relais, by=world.odile, email="nouvelle@exemple.test"
        ),
        times=10,
    )
    assert sum(isinstance(one, Invitation) for one in answers) == 1
    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_organisations_invitations_accepted_at_once_make_one_account(world: World) -> None:
    links = [
        invitations.invite_person(organisation, by=world.odile, email="ines@exemple.test")
        for organisation in (world.relais, world.phare)
    ] * 5

    def accept() -> Any:
        one = links.pop()
        return invitations.accept_invitation(one, serial=1, first_name="Inès", last_name="B")

    answers = at_once(accept, 10)
    assert sum(isinstance(one, User) for one in answers) == 1
    others = [one for one in answers if not isinstance(one, User)]
    assert all(isinstance(one, invitations.InvitationClosed) for one in others)
