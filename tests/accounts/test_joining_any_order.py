"""Whatever people do, in whatever order and however often, a request has one outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Invitation, MembershipRequest, Organisation, User
from accounts.services import invitations, joining
from core.errors import Refused
from core.models import ActionLog
from tests.accounts.joining import ANSWERS
from tests.conftest import World

pytestmark = pytest.mark.django_db
State = MembershipRequest.State
CLOSED = {State.APPROVED, State.REFUSED, State.WITHDRAWN}


def acts(world: World, request: MembershipRequest) -> dict[str, Callable[[], Any]]:
    def accept() -> Any:
        invitation = Invitation.objects.get()
        return invitations.accept_invitation(
            invitation, serial=invitation.serial, first_name="Josiane", last_name="Coteau"
        )

    return {
        "submit again": lambda: joining.submit_request(ANSWERS),
        "complete": lambda: joining.complete_request(request, ANSWERS, send=True, reply="Oui."),
        "withdraw": lambda: joining.withdraw_request(request),
        "approve": lambda: joining.approve_request(request, by=world.odile),
        "refuse": lambda: joining.refuse_request(request, by=world.odile, reason="Non."),
        "ask": lambda: joining.ask_more(request, by=world.odile, message="Qui?"),
        "accept": accept,
        "resend": lambda: invitations.resend_invitation(Invitation.objects.get(), by=world.odile),
        "revoke": lambda: invitations.revoke_invitation(Invitation.objects.get(), by=world.odile),
    }


ACTS = (
    "submit again", "complete", "withdraw", "approve", "refuse", "ask",
    "accept", "resend", "revoke",
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.lists(st.sampled_from(ACTS), max_size=14))
def test_any_order_of_acts_leaves_one_outcome(world: World, order: list[str]) -> None:
    with transaction.atomic():
        request = joining.submit_request(ANSWERS)
        before = Organisation.objects.count()
        outcomes = []
        for name in order:
            try:
                with transaction.atomic():
                    acts(world, request)[name]()
            except (Refused, Invitation.DoesNotExist):
                continue
            request.refresh_from_db()
            if request.state in CLOSED:
                outcomes.append(request.state)

        assert len(set(outcomes)) <= 1, "what is decided stays decided"
        approved = request.state == State.APPROVED
        assert Organisation.objects.count() == before + approved
        assert Invitation.objects.count() == approved
        assert User.objects.filter(email=ANSWERS["email"]).count() <= 1
        decided = ("request.approved", "request.refused", "request.withdrawn")
        mine = ActionLog.objects.filter(
            verb__in=decided, kind="membershiprequest", object_id=request.pk
        )
        assert mine.count() == (request.state in CLOSED)
        transaction.set_rollback(True)
