"""How people enter and leave spaces, and that everything is effective at once."""

import pytest

from accounts.services.people import create_account, deactivate
from community import services
from community.errors import (
    AlreadyDecided,
    AlreadyMember,
    CharterNotAccepted,
    CharterReplaced,
    CommonSpace,
    InvitationOnly,
    NotOpen,
    ReasonRequired,
    SpaceClosed,
)
from community.models import JoinRequest, Membership, SubCommunity
from core.errors import NotAllowed
from core.models import ActionLog, OutboxEvent

pytestmark = pytest.mark.django_db


def reads(user, space):
    return SubCommunity.objects.readable_by(user).filter(pk=space.pk).exists()


def with_charter(space):
    return services.publish_charter(space, [{"title": "", "text": "On se respecte."}], by=None)


def test_eve_enters_an_open_space_at_once_and_leaves_it_at_once(world, eve):
    assert not reads(eve, world.intervention)
    services.join(world.intervention, by=eve)
    assert reads(eve, world.intervention)
    services.leave(world.intervention, by=eve)
    assert not reads(eve, world.intervention)


def test_the_charter_is_accepted_before_entering(world, eve):
    charter = with_charter(world.intervention)
    with pytest.raises(CharterNotAccepted):
        services.join(world.intervention, by=eve)
    services.accept_charter(charter, by=eve)
    assert services.join(world.intervention, by=eve).user == eve


def test_a_charter_that_was_replaced_meanwhile_is_not_accepted(world, eve):
    first = with_charter(world.intervention)
    services.publish_charter(world.intervention, [{"text": "Autre chose."}], by=world.odile)
    with pytest.raises(CharterReplaced):
        services.accept_charter(first, by=eve)


def test_the_same_charter_published_twice_is_one_version(world, odile):
    articles = [{"title": "Respect", "text": "On se respecte."}]
    first = services.publish_charter(world.direction, articles, by=odile)
    assert services.publish_charter(world.direction, articles, by=odile) == first
    second = services.publish_charter(world.direction, [{"text": "Plus court."}], by=odile)
    assert (first.version, second.version) == (1, 2)


def test_maude_does_not_publish_a_charter(world, maude):
    with pytest.raises(NotAllowed):
        services.publish_charter(world.intervention, [{"text": "La mienne."}], by=maude)
    with pytest.raises(NotAllowed):
        services.publish_charter(None, [{"text": "La mienne."}], by=maude)


def test_nobody_walks_into_a_space_on_request(world, eve):
    with pytest.raises(NotOpen):
        services.join(world.direction, by=eve)
    assert not reads(eve, world.direction)


def test_eve_asks_odile_accepts_and_eve_reads(world, eve, odile):
    request = services.ask_to_join(world.direction, by=eve, message="Je deviens directrice.")
    assert not reads(eve, world.direction)
    services.decide_join(request, accept=True, by=odile, answer="Bienvenue!")
    assert reads(eve, world.direction)
    request.refresh_from_db()
    assert (request.state, request.answer) == (JoinRequest.State.ACCEPTED, "Bienvenue!")


def test_a_refusal_opens_nothing_and_says_why(world, eve, odile):
    request = services.ask_to_join(world.direction, by=eve)
    services.decide_join(request, accept=False, by=odile, answer="Pas encore.")
    assert not reads(eve, world.direction)
    assert services.ask_to_join(world.direction, by=eve) != request


def test_two_animators_at_once_make_one_outcome(world, eve, odile):
    request = services.ask_to_join(world.direction, by=eve)
    services.decide_join(request, accept=True, by=odile)
    with pytest.raises(AlreadyDecided):
        services.decide_join(request, accept=False, by=odile)
    assert reads(eve, world.direction)


def test_asking_twice_is_one_request(world, eve):
    first = services.ask_to_join(world.direction, by=eve, message="Un")
    assert services.ask_to_join(world.direction, by=eve, message="Deux") == first
    assert JoinRequest.objects.count() == 1


def test_eve_withdraws_and_nobody_else_withdraws_for_her(world, eve, maude):
    request = services.ask_to_join(world.direction, by=eve)
    with pytest.raises(NotAllowed):
        services.withdraw(request, by=maude)
    services.withdraw(request, by=eve)
    with pytest.raises(AlreadyDecided):
        services.withdraw(request, by=eve)


def test_members_do_not_decide(world, eve, real):
    request = services.ask_to_join(world.direction, by=eve)
    with pytest.raises(NotAllowed):
        services.decide_join(request, accept=True, by=real)
    assert not reads(eve, world.direction)


def test_a_co_animator_decides_for_her_space_only_when_the_setting_allows(
    world, eve, real, settings
):
    services.set_role(real, world.direction, Membership.Role.COANIMATION, by=world.odile)
    request = services.ask_to_join(world.direction, by=eve)
    settings.COANIMATION = False
    with pytest.raises(NotAllowed):
        services.decide_join(request, accept=True, by=real)
    settings.COANIMATION = True
    elsewhere = services.ask_to_join(world.psychosocial, by=eve)
    with pytest.raises(NotAllowed):
        services.decide_join(elsewhere, accept=True, by=real)
    services.decide_join(request, accept=True, by=real)
    assert reads(eve, world.direction)


def test_an_invitation_opens_what_a_request_cannot(world, eve, odile):
    services.update_space(
        world.direction, by=odile, join_policy=SubCommunity.JoinPolicy.INVITATION, listed=False
    )
    assert not SubCommunity.objects.listed_to(eve).filter(pk=world.direction.pk).exists()
    with pytest.raises(NotAllowed):
        services.ask_to_join(world.direction, by=eve)
    services.invite_in(eve, world.direction, by=odile)
    assert not reads(eve, world.direction)
    services.join(world.direction, by=eve)
    assert reads(eve, world.direction)


def test_a_listed_space_by_invitation_says_so(world, eve, odile):
    services.update_space(world.direction, by=odile, join_policy=SubCommunity.JoinPolicy.INVITATION)
    with pytest.raises(InvitationOnly):
        services.ask_to_join(world.direction, by=eve)


def test_inviting_somebody_who_asked_lets_her_in(world, eve, odile):
    services.ask_to_join(world.direction, by=eve)
    services.invite_in(eve, world.direction, by=odile, message="Avec plaisir.")
    assert reads(eve, world.direction)


def test_nobody_invites_a_member_again(world, real, odile):
    with pytest.raises(AlreadyMember):
        services.invite_in(real, world.direction, by=odile)


def test_odile_removes_real_with_a_reason_that_the_journal_keeps(world, real, odile):
    with pytest.raises(ReasonRequired):
        services.remove(real, world.direction, by=odile, reason=" ")
    services.remove(real, world.direction, by=odile, reason="A changé de poste.")
    assert not reads(real, world.direction)
    line = ActionLog.objects.get(verb="membership.removed")
    assert (line.reason, line.actor, line.space) == ("A changé de poste.", odile, world.direction)


def test_a_removal_never_takes_a_member_s_past_stay_for_a_present_one(world, real, odile):
    services.remove(real, world.direction, by=odile, reason="Essai")
    services.enrol(real, world.direction, by=odile)
    assert Membership.objects.filter(user=real, space=world.direction).count() == 2
    assert reads(real, world.direction)


def test_nobody_leaves_the_common_space(world, maude):
    with pytest.raises(CommonSpace):
        services.leave(world.common, by=maude)


def test_an_archived_space_is_read_by_its_members_and_joined_by_nobody(world, real, eve, odile):
    services.archive(world.intervention, by=odile)
    assert reads(world.maude, world.intervention)
    assert not SubCommunity.objects.listed_to(eve).filter(pk=world.intervention.pk).exists()
    with pytest.raises((SpaceClosed, NotAllowed)):
        services.join(world.intervention, by=eve)
    services.reopen(world.intervention, by=odile)
    services.join(world.intervention, by=eve)


def test_enrolling_twice_is_one_stay_and_one_event(world, eve, odile):
    first = services.enrol(eve, world.direction, by=odile)
    assert services.enrol(eve, world.direction, by=odile) == first
    assert OutboxEvent.objects.filter(name="membership.started").count() == 1


def test_a_new_member_is_in_the_common_space_and_a_guest_is_not(world, odile):
    from datetime import timedelta

    from django.utils import timezone

    member = create_account(
        email="neuve@exemple.test",
        first_name="Nora",
        last_name="Neuve",
        organisation=world.relais,
        by=odile,
    )
    guest = create_account(
        email="invitee@exemple.test",
        first_name="Irma",
        last_name="Invitée",
        organisation=None,
        role="invite",
        access_until=timezone.now() + timedelta(days=30),
        by=odile,
    )
    assert reads(member, world.common)
    assert not reads(guest, world.common)


def test_whoever_loses_her_account_is_out_of_every_space(world, maude, odile):
    request = services.ask_to_join(world.direction, by=maude)
    deactivate(maude, by=odile)
    assert not Membership.objects.current().filter(user=maude).exists()
    request.refresh_from_db()
    assert request.state == JoinRequest.State.WITHDRAWN


def test_a_space_cannot_take_an_address_of_the_platform(world, odile):
    from core.errors import Invalid

    with pytest.raises(Invalid):
        services.create_space(by=odile, name="Réagir", slug="reagir", purpose="Non.")


def test_fields_that_are_nobody_s_to_choose_are_refused(world, odile):
    with pytest.raises(TypeError):
        services.update_space(world.direction, by=odile, is_common=True)
