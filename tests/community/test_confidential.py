"""A confidential space always keeps an animator who is its member."""

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from accounts.services import people
from community import services
from community.errors import LastAnimator
from community.models import Membership, SubCommunity
from tests.conftest import make_person

pytestmark = pytest.mark.django_db


def is_in(user, space):
    return Membership.objects.current().filter(user=user, space=space).exists()


def test_odile_the_last_animator_does_not_leave(world, odile):
    with pytest.raises(LastAnimator):
        services.leave(world.psychosocial, by=odile)
    assert is_in(odile, world.psychosocial)


def test_she_leaves_once_another_animates(world, odile, naima, settings):
    settings.COANIMATION = True
    services.set_role(naima, world.psychosocial, Membership.Role.COANIMATION, by=odile)
    services.leave(world.psychosocial, by=odile)
    assert not is_in(odile, world.psychosocial)


def test_a_co_animator_counts_only_where_the_setting_lets_her_moderate(
    world, odile, naima, settings
):
    settings.COANIMATION = False
    services.set_role(naima, world.psychosocial, Membership.Role.COANIMATION, by=odile)
    with pytest.raises(LastAnimator):
        services.leave(world.psychosocial, by=odile)


def test_the_last_animator_is_not_removed_nor_her_role_taken(world, odile, naima, settings):
    settings.COANIMATION = True
    services.set_role(naima, world.psychosocial, Membership.Role.COANIMATION, by=odile)
    services.leave(world.psychosocial, by=odile)
    with pytest.raises(LastAnimator):
        services.remove(naima, world.psychosocial, by=None, reason="Essai")
    with pytest.raises(LastAnimator):
        services.set_role(naima, world.psychosocial, Membership.Role.MEMBER, by=None)


def test_her_account_is_not_ended_before_another_is_named(world, odile):
    with pytest.raises(LastAnimator):
        people.deactivate(odile, by=None)
    odile.refresh_from_db()
    assert odile.is_active


def test_she_does_not_stop_being_an_animator_before_another_is_named(world, odile):
    with pytest.raises(LastAnimator):
        people.set_role(odile, "membre", by=None)
    odile.refresh_from_db()
    assert odile.is_animator


def test_an_ordinary_member_leaves_freely(world, naima):
    services.leave(world.psychosocial, by=naima)
    assert not is_in(naima, world.psychosocial)


def test_a_space_without_any_animator_does_not_hold_its_members_back(world, naima, odile):
    Membership.objects.filter(user=odile, space=world.psychosocial).delete()
    services.leave(world.psychosocial, by=naima)
    assert not is_in(naima, world.psychosocial)


def test_a_space_becomes_confidential_only_with_an_animator_inside(world, odile):
    with pytest.raises(LastAnimator):
        services.update_space(world.direction, by=odile, confidentiality="elevee")
    services.enrol(odile, world.direction, by=odile)
    space = services.update_space(world.direction, by=odile, confidentiality="elevee")
    assert (space.content_in_mail, space.in_global_search) == (False, False)


def test_whoever_creates_a_confidential_space_is_in_it(world, odile):
    space = services.create_space(
        by=odile, name="Deuil", purpose="En parler.", confidentiality="elevee"
    )
    assert is_in(odile, space)


def test_another_animator_sees_nothing_of_it_unless_she_is_a_member(world):
    karim = make_person("Karim", role="animation", spaces=(world.common,))
    readable = SubCommunity.objects.readable_by(karim)
    assert world.psychosocial not in readable
    assert world.direction in readable


def test_the_database_check_names_the_space_that_lost_its_animator(world, odile):
    assert not run_checks(tags=[Tags.database], databases=["default"])
    Membership.objects.filter(user=odile, space=world.psychosocial).delete()
    found = run_checks(tags=[Tags.database], databases=["default"])
    assert [error.id for error in found] == ["community.E001"]
    assert "suivis-psychosociaux" in found[0].msg
    with pytest.raises(SystemCheckError, match="psychosociaux"):
        call_command("check", databases=["default"], tags=["database"])
