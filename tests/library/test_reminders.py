"""Reviews and permissions: who is reminded, when, and when it stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from core.mail import deliver
from core.models import OutgoingMail
from library.models import Document
from library.services import reminders
from library.services.deposit import edit_document
from library.services.withdrawal import withdraw_document
from tests.library.conftest import make_document

START = datetime(2026, 3, 2, 15, tzinfo=UTC)


def on_day(day: int, *, send: bool = False) -> None:
    """Run the duties on that day, and perhaps send what they asked for."""
    with time_machine.travel(START + timedelta(days=day), tick=False):
        reminders.remind_reviews()
        reminders.remind_permissions()
        if send:
            deliver()


def asked(name: str) -> list[User | None]:
    rows = OutgoingMail.objects.filter(name=name).select_related("recipient").order_by("pk")
    return [row.recipient for row in rows]


def sent() -> list[tuple[list[str], str]]:
    return [(one.to, one.subject) for one in mail.outbox]


def deposited(by: User, **words: Any) -> Document:
    with time_machine.travel(START, tick=False):
        return make_document(by, **words)


# ------------------------------------------------------------------------------------- reviews


@pytest.fixture
def to_review(library) -> Document:
    day = timezone.localdate(START + timedelta(days=10))
    return deposited(library.maude, title="Guide daté", review_on=day)


def test_a_review_is_reminded_once_to_its_depositor_on_its_day(to_review, library) -> None:
    on_day(9)
    assert asked("document_review") == []
    for day in (10, 11, 23):
        on_day(day)

    assert asked("document_review") == [library.maude]


def test_two_weeks_later_the_animators_are_told_and_then_there_is_silence(
    to_review, library
) -> None:
    for day in (10, 24, 25, 37, 38, 60, 400):
        on_day(day)

    assert asked("document_review") == [library.maude, library.odile]


def test_a_depositor_who_is_not_there_any_more_is_replaced_at_once(to_review, library) -> None:
    User.objects.filter(pk=library.maude.pk).update(is_active=False)
    on_day(10)

    assert asked("document_review") == [library.odile]


def test_a_depositor_who_left_the_space_is_told_nothing(library) -> None:
    day = timezone.localdate(START + timedelta(days=10))
    deposited(library.maude, level="sous-communaute", space=library.intervention, review_on=day)
    Membership.objects.filter(user=library.maude, space=library.intervention).delete()
    on_day(10)

    assert asked("document_review") == [library.odile]


def test_the_mail_says_which_document_and_leads_to_it(to_review, library) -> None:
    on_day(10, send=True)

    (one,) = mail.outbox
    assert one.to == [library.maude.email]
    assert "Guide daté" in one.subject
    assert f"/bibliotheque/{to_review.pk}/" in one.body


def test_what_was_reviewed_before_the_mail_left_sends_none(to_review, library) -> None:
    on_day(10)
    later = timezone.localdate(START + timedelta(days=300))
    edit_document(to_review, by=library.maude, review_on=later)
    with time_machine.travel(START + timedelta(days=10), tick=False):
        deliver()
    assert sent() == []

    on_day(300)
    assert asked("document_review") == [library.maude, library.maude]


def test_what_was_withdrawn_is_not_reviewed(to_review, library) -> None:
    withdraw_document(to_review, by=library.maude, reason="Périmé")
    on_day(10)

    assert asked("document_review") == []


def test_mails_about_a_confidential_space_say_nothing(library) -> None:
    day = timezone.localdate(START + timedelta(days=10))
    deposited(
        library.naima, title="Canari violet", level="sous-communaute",
        space=library.psychosocial, review_on=day, licence="inconnue",
    )  # fmt: skip
    for number in (10, 14, 24):
        on_day(number, send=True)

    assert {one.to[0] for one in mail.outbox} == {library.naima.email, library.odile.email}
    assert len(mail.outbox) == 3
    assert not any("anari" in str(one.message()) for one in mail.outbox)


# --------------------------------------------------------------------------------- permissions


@pytest.fixture
def unknown(library) -> Document:
    return deposited(library.maude, title="Guide photocopié", licence="inconnue")


def test_a_permission_is_asked_about_after_two_weeks_then_each_month_six_times(
    unknown, library
) -> None:
    days: dict[int, int] = {}
    for day in (0, 13, 14, 15, 43, 44, 73, 74, 103, 104, 133, 134, 163, 164, 193, 194, 224, 400):
        on_day(day)
        days.setdefault(len(asked("document_permission")), day)

    assert days == {0: 0, 1: 14, 2: 44, 3: 74, 4: 104, 5: 134, 6: 164}
    assert set(asked("document_permission")) == {library.maude}


def test_it_stops_once_the_licence_is_known(unknown, library) -> None:
    on_day(14)
    edit_document(unknown, by=library.maude, licence="communaute")
    with time_machine.travel(START + timedelta(days=14), tick=False):
        deliver()
    on_day(44)

    assert sent() == []
    assert len(asked("document_permission")) == 1


def test_the_mail_names_the_document(unknown, library) -> None:
    on_day(14, send=True)

    (one,) = mail.outbox
    assert one.to == [library.maude.email]
    assert "Guide photocopié" in one.subject


def test_what_may_be_shared_reminds_of_nothing(library) -> None:
    deposited(library.maude)
    for day in (14, 44):
        on_day(day)

    assert OutgoingMail.objects.count() == 0
