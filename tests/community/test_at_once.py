"""Many at once, on PostgreSQL: one person is in a space once, and thanks once."""

import contextlib

import pytest
from django.db import connection

from community import services
from community.errors import AlreadyMember
from community.models import JoinRequest, Membership, Reaction
from forums.services import create_thread, reply
from tests.conftest import make_person
from tests.forums.test_concurrency import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs row locks"),
]


def test_twenty_clicks_at_once_are_one_thank_you(world, maude):
    thread = create_thread(by=maude, space=world.intervention, text="Une question toute simple?")
    helper = make_person("Tristan", spaces=(world.intervention,))
    answer = reply(thread, by=helper, text="Voici comment nous faisons.")
    at_once(20, lambda _n: services.react(answer, "merci", by=maude, wanted=True))
    answer.refresh_from_db()
    assert (answer.thanks_count, Reaction.objects.count()) == (1, 1)


def test_twenty_joins_at_once_are_one_stay(world, eve):
    def join(_number):
        with contextlib.suppress(AlreadyMember):
            services.join(world.intervention, by=eve)

    at_once(20, join)
    assert Membership.objects.current().filter(user=eve, space=world.intervention).count() == 1


def test_twenty_requests_at_once_are_one_request(world, eve):
    at_once(20, lambda _n: services.ask_to_join(world.direction, by=eve).pk)
    assert JoinRequest.objects.count() == 1


def test_two_last_animators_leaving_at_once_do_not_both_leave(world, odile):
    karim = make_person("Karim", role="animation", spaces=(world.psychosocial,))

    def leave(number):
        with contextlib.suppress(Exception):
            services.leave(world.psychosocial, by=(odile, karim)[number])

    at_once(2, leave)
    animators = Membership.objects.current().filter(
        space=world.psychosocial, user__role="animation"
    )
    assert animators.count() == 1
