"""An administrator reads what members read; beyond, for 24 hours, with a reason, seen by all."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.services.people import set_administrator
from community import services
from community.audience import readers_of
from community.errors import ReasonRequired
from community.models import BreakGlassGrant, SubCommunity
from core.errors import NotAllowed
from core.events import drain
from core.models import ActionLog, OutgoingMail
from tests.conftest import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(world):
    return make_person(
        "Ada", organisation=world.federation, spaces=(world.common,), is_superuser=True
    )


def reads(user, space):
    return SubCommunity.objects.readable_by(user).filter(pk=space.pk).exists()


def test_an_administrator_reads_no_space_that_she_is_not_in(world, administrator):
    assert not reads(administrator, world.psychosocial)
    assert not reads(administrator, world.direction)


def test_she_opens_it_with_a_reason_and_it_closes_by_itself(world, administrator):
    with pytest.raises(ReasonRequired):
        services.break_glass(world.psychosocial, by=administrator, reason="")
    services.break_glass(world.psychosocial, by=administrator, reason="Plainte d’un parent.")
    assert reads(administrator, world.psychosocial)
    assert not reads(administrator, world.direction)
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert not reads(administrator, world.psychosocial)


def test_it_closes_at_once_when_she_is_no_longer_an_administrator(world, administrator):
    services.break_glass(world.psychosocial, by=administrator, reason="Une plainte à vérifier")
    assert administrator in readers_of(world.psychosocial)

    set_administrator(administrator, False, by=None)

    assert not reads(administrator, world.psychosocial)
    assert administrator not in readers_of(world.psychosocial)


def test_only_administrators_break_the_glass(world, odile, maude):
    for somebody in (odile, maude):
        with pytest.raises(NotAllowed):
            services.break_glass(world.direction, by=somebody, reason="Curiosité")


def test_it_is_written_down_and_the_animators_are_told(world, administrator, odile):
    services.break_glass(world.psychosocial, by=administrator, reason="Plainte d’un parent.")
    line = ActionLog.objects.get(verb="glass.broken")
    assert (line.actor, line.space, line.reason) == (
        administrator,
        world.psychosocial,
        "Plainte d’un parent.",
    )
    drain()
    told = OutgoingMail.objects.filter(name="glass_broken")
    assert [mail.recipient for mail in told] == [odile]


def test_asking_again_prolongs_nothing(world, administrator):
    first = services.break_glass(world.direction, by=administrator, reason="Une fois")
    assert services.break_glass(world.direction, by=administrator, reason="Deux fois") == first
    assert BreakGlassGrant.objects.count() == 1


def test_a_grant_is_never_changed(world, administrator):
    grant = services.break_glass(world.direction, by=administrator, reason="Une fois")
    grant.expires_at += timedelta(days=30)
    with pytest.raises(TypeError):
        grant.save()
