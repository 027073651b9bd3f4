"""The audience rule, on the columns themselves."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Organisation, Profile, User
from community.models import BreakGlassGrant, Membership, SubCommunity
from core.audience import Level, State
from forums.models import Post, Thread
from tests.conftest import World, make_organisation, make_person


def thread_in(space: SubCommunity, owner: User, **fields: object) -> Thread:
    return Thread.objects.create(
        **({"title": "Un fil", "space": space, "owner": owner, "level": Level.SPACE} | fields)
    )


def reads(user: User | AnonymousUser, thread: Thread) -> bool:
    """The list and the single check must say the same."""
    listed = Thread.objects.readable_by(user).filter(pk=thread.pk).exists()
    assert listed == thread.can_be_read_by(user)
    return listed


def test_maude_reads_her_space_and_real_does_not(world: World) -> None:
    thread = thread_in(world.intervention, world.maude)

    assert reads(world.maude, thread)
    assert not reads(world.real, thread)
    assert not reads(AnonymousUser(), thread)


def test_an_open_space_is_read_only_once_joined(world: World) -> None:
    thread = thread_in(world.intervention, world.maude)
    assert not reads(world.eve, thread)

    Membership.objects.create(user=world.eve, space=world.intervention)

    assert reads(world.eve, thread)


def test_who_leaves_reads_nothing_of_what_she_left_not_even_her_own(world: World) -> None:
    thread = thread_in(world.intervention, world.maude)
    pending = thread_in(world.intervention, world.maude, state=State.PENDING)

    Membership.objects.filter(user=world.maude, space=world.intervention).update(
        ended_at=timezone.now()
    )

    assert not reads(world.maude, thread)
    assert not reads(world.maude, pending)


def test_a_user_object_loaded_before_deactivation_gives_nothing_away(world: World) -> None:
    thread = thread_in(world.intervention, world.maude)
    stale = User.objects.get(pk=world.maude.pk)

    User.objects.filter(pk=world.maude.pk).update(is_active=False)

    assert not reads(stale, thread)


def test_the_animator_reads_every_space_but_a_confidential_one_she_is_not_in(world: World) -> None:
    karim = make_person("Karim", organisation=world.federation, role=User.Role.ANIMATION)
    ordinary = thread_in(world.direction, world.real)
    confidential = thread_in(world.psychosocial, world.naima)

    assert reads(karim, ordinary)
    assert not reads(karim, confidential)
    assert reads(world.odile, confidential)


def test_an_administrator_reads_as_a_member_until_she_breaks_the_glass(world: World) -> None:
    admin = make_person("Admin", is_superuser=True, spaces=(world.common,))
    thread = thread_in(world.psychosocial, world.naima)
    assert not reads(admin, thread)

    grant = BreakGlassGrant.objects.create(
        user=admin,
        space=world.psychosocial,
        reason="Incident",
        expires_at=timezone.now() + timedelta(hours=1),
    )
    assert reads(admin, thread)

    BreakGlassGrant.objects.filter(pk=grant.pk).update(expires_at=timezone.now())
    assert not reads(admin, thread)


def test_a_guest_reads_until_her_date_and_never_the_members_directory(world: World) -> None:
    guest = make_person(
        "Solange",
        role=User.Role.GUEST,
        access_until=timezone.now() + timedelta(days=1),
        spaces=(world.common,),
    )
    thread = thread_in(world.common, world.maude)
    assert reads(guest, thread)
    assert not Profile.objects.readable_by(guest).exclude(owner=guest).exists()
    assert Profile.objects.readable_by(guest).filter(owner=guest).exists()

    User.objects.filter(pk=guest.pk).update(access_until=timezone.now())
    assert not reads(guest, thread)


def test_what_is_for_one_organisation_stays_in_it(world: World) -> None:
    inside = make_organisation("Réservé", level=Level.ORGANISATION, organisation=world.relais)

    assert Organisation.objects.readable_by(world.maude).filter(pk=inside.pk).exists()
    assert not Organisation.objects.readable_by(world.real).filter(pk=inside.pk).exists()


@pytest.mark.parametrize("state", [State.DRAFT, State.PENDING, State.HIDDEN, State.REMOVED])
def test_what_is_not_published_is_not_read_by_colleagues(world: World, state: State) -> None:
    thread = thread_in(world.intervention, world.maude, state=state)
    colleague = make_person("Simon", spaces=(world.intervention,))

    assert not reads(colleague, thread)
    assert reads(world.maude, thread) == (state in (State.DRAFT, State.PENDING))


def test_a_post_set_aside_is_gone_while_its_thread_stays(world: World) -> None:
    thread = thread_in(world.intervention, world.maude)
    kept = Post.objects.create(thread=thread, position=1, author=world.maude)
    gone = Post.objects.create(thread=thread, position=2, author=world.maude, state=State.HIDDEN)

    read = Post.objects.readable_by(world.maude)

    assert list(read) == [kept]
    assert not gone.can_be_read_by(world.maude)


def test_coanimation_moderates_only_where_the_setting_allows(world: World, settings) -> None:
    Membership.objects.filter(user=world.maude, space=world.intervention).update(role="coanimation")
    thread = thread_in(world.intervention, world.real)
    elsewhere = thread_in(world.direction, world.real)

    settings.COANIMATION = False
    assert not thread.can_be_moderated_by(world.maude)

    settings.COANIMATION = True
    assert thread.can_be_moderated_by(world.maude)
    assert not elsewhere.can_be_moderated_by(world.maude)


def test_an_unlisted_space_is_known_to_its_members_only(world: World) -> None:
    SubCommunity.objects.filter(pk=world.direction.pk).update(listed=False)

    assert world.direction in SubCommunity.objects.listed_to(world.real)
    assert world.direction not in SubCommunity.objects.listed_to(world.eve)
    assert world.psychosocial in SubCommunity.objects.listed_to(world.eve)
    assert world.psychosocial not in SubCommunity.objects.readable_by(world.eve)
    assert not SubCommunity.objects.listed_to(AnonymousUser()).exists()
