"""How accounts begin, change and end, whoever asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Invitation, Profile, User
from accounts.notices import remind_of_guests
from accounts.services import people
from community.models import Membership
from core import mail
from core.errors import NotAllowed
from core.models import ActionLog, OutgoingMail
from tests.conftest import World, make_person


def new(world: World, **changes: object) -> User:
    fields = {
        "email": " Josee.GAGNON@Exemple.test ",
        "first_name": "Josée",
        "last_name": "Gagnon",
        "organisation": world.relais,
        "by": world.odile,
    } | changes
    return people.create_account(**fields)  # type: ignore[arg-type]


def test_josee_arrives_with_a_profile_in_the_common_space(world: World) -> None:
    josee = new(world)
    assert josee.email == "josee.gagnon@exemple.test"
    assert not josee.has_usable_password()
    assert Profile.objects.readable_by(world.maude).filter(owner=josee).exists()
    assert Membership.objects.current().filter(user=josee, space=world.common).exists()


def test_an_address_has_one_account_however_it_is_written(world: World) -> None:
    new(world)
    for spelling in ("josee.gagnon@exemple.test", "JOSEE.GAGNON@EXEMPLE.TEST"):
        with pytest.raises(people.AddressTaken):
            new(world, email=spelling)


def test_a_guest_has_an_end_and_no_common_space(world: World) -> None:
    with pytest.raises(people.GuestWithoutEnd):
        new(world, role="invite")
    guest = new(world, role="invite", access_until=timezone.now() + timedelta(days=10))
    assert not Membership.objects.current().filter(user=guest).exists()


def test_only_an_administrator_makes_an_animator(world: World) -> None:
    with pytest.raises(NotAllowed):
        new(world, role="animation")
    with pytest.raises(NotAllowed):
        people.set_role(world.maude, "animation", by=world.odile)
    with pytest.raises(NotAllowed):
        people.set_administrator(world.odile, True, by=world.odile)
    world.real.is_superuser = True
    world.real.save()
    people.set_role(world.maude, "animation", by=world.real)
    assert User.objects.get(pk=world.maude.pk).is_animator
    people.set_administrator(world.maude, True, by=world.real)
    with pytest.raises(NotAllowed):
        people.set_administrator(world.real, False, by=world.real)


def test_closing_an_account_ends_what_it_gave(world: World) -> None:
    world.relais.contact = world.maude
    world.relais.save()
    people.deactivate(world.maude, by=world.odile, reason="Départ")
    assert not Membership.objects.current().filter(user=world.maude).exists()
    world.relais.refresh_from_db()
    assert world.relais.contact is None
    assert ActionLog.objects.get(verb="account.ended").reason == "Départ"


def test_who_may_close_an_account(world: World) -> None:
    world.relais.contact = world.maude
    world.relais.save()
    for by, of in (
        (world.naima, world.maude),
        (world.maude, world.real),
        (world.maude, world.maude),
        (world.odile, world.odile),
        (world.real, world.odile),
    ):
        with pytest.raises(NotAllowed):
            people.deactivate(of, by=by)
    people.deactivate(world.naima, by=world.maude)
    assert not User.objects.get(pk=world.naima.pk).is_active


def test_an_account_opened_again_finds_the_common_space(world: World) -> None:
    people.deactivate(world.maude, by=world.odile)
    people.reactivate(world.maude, by=world.odile)
    assert Membership.objects.current().filter(user=world.maude, space=world.common).exists()


def test_the_contact_person_does_not_change_organisation_unnoticed(world: World) -> None:
    world.relais.contact = world.maude
    world.relais.save()
    with pytest.raises(people.StillContact):
        people.set_organisation(world.maude, world.phare, by=world.odile)
    people.set_organisation(world.naima, world.phare, by=world.odile)
    assert Profile.objects.get(owner=world.naima).organisation == world.phare


def test_a_changed_address_is_told_to_both_and_opens_alone(world: World) -> None:
    former = world.maude.email
    people.change_address(world.maude, "nouvelle@exemple.test", by=world.odile)
    told = set(
        OutgoingMail.objects.filter(name="address_changed").values_list("address", flat=True)
    )
    assert told == {former, "nouvelle@exemple.test"}
    with pytest.raises(people.AddressTaken):
        people.change_address(world.naima, "NOUVELLE@exemple.test", by=world.odile)
    with pytest.raises(NotAllowed):
        people.change_address(world.naima, "x@exemple.test", by=world.naima)


def test_the_inviter_learns_once_that_a_guest_leaves_in_a_week(
    world: World, mailoutbox: list
) -> None:
    soon = timezone.now() + timedelta(days=6)
    solange = make_person("Solange", role=User.Role.GUEST, access_until=soon)
    later = timezone.now() + timedelta(days=30)
    make_person("Plus", role=User.Role.GUEST, access_until=later)
    Invitation.objects.create(
        email=solange.email,
        role="invite",
        access_until=soon,
        invited_by=world.odile,
        accepted_by=solange,
        state=Invitation.State.ACCEPTED,
        expires_at=soon,
    )
    remind_of_guests()
    remind_of_guests()
    row = OutgoingMail.objects.get(name="guest_leaving")
    assert row.recipient == world.odile
    mail.deliver()
    assert "Solange" in mailoutbox[-1].subject
    assert f"/admin/accounts/user/{solange.pk}/" in mailoutbox[-1].body


def test_a_guest_who_got_more_time_is_not_written_about(world: World, mailoutbox: list) -> None:
    solange = make_person(
        "Solange", role=User.Role.GUEST, access_until=timezone.now() + timedelta(days=6)
    )
    remind_of_guests()
    User.objects.filter(pk=solange.pk).update(access_until=timezone.now() + timedelta(days=60))
    mail.deliver()
    assert not mailoutbox


@pytest.mark.django_db
def test_two_administrators_who_end_each_other_leave_one(world: World) -> None:
    ada = make_person("Ada", is_superuser=True)
    zoe = make_person("Zoé", is_superuser=True)
    as_read_before = User.objects.get(pk=ada.pk)
    people.set_administrator(ada, False, by=zoe)
    with pytest.raises(NotAllowed):
        people.set_administrator(zoe, False, by=as_read_before)
    with pytest.raises(NotAllowed):
        people.deactivate(zoe, by=as_read_before)
    zoe.refresh_from_db()
    assert zoe.is_superuser
    assert zoe.is_active
