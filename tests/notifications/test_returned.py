"""Mails of ours that could not be delivered: counted once each, and nobody can pretend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.utils import timezone

from accounts.models import Bounce, User
from core.events import drain
from forums import services
from forums.models import Thread
from notifications.incoming.receiving import receive
from notifications.services import follow
from tests.conftest import World

pytestmark = pytest.mark.django_db
Work = Callable[[], None]


@pytest.fixture(autouse=True)
def returns(settings: Any) -> None:
    settings.MAIL_DOMAIN, settings.MAIL_RETURNS = "reponse.ancrage.test", True


@pytest.fixture
def thread(world: World) -> Thread:
    thread = services.create_thread(by=world.maude, space=world.intervention, text="Qui vient?")
    follow(thread, by=world.maude)
    return thread


def sent(world: World, thread: Thread, work: Work) -> Any:
    """One more mail to Maude."""
    outbox.outbox.clear()
    services.reply(thread, by=world.odile, text="Moi.")
    work()
    (message,) = outbox.outbox
    return message


def report(status: str = "5.1.1", action: str = "failed", kind: str = "delivery-status") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.exemple.test\nTo: someone\nSubject: Undelivered Mail\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nNon remis.\n"
        f"--b\nContent-Type: message/{kind}\n\nReporting-MTA: dns; mx.exemple.test\n\n"
        f"Final-Recipient: rfc822; maude\nAction: {action}\nStatus: {status}\n\n--b--\n"
    ).encode()


def comes_back(message: Any, raw: bytes) -> None:
    assert receive(raw, to=message.from_email, envelope_sender="") == []
    while drain():
        pass


def points() -> list[int]:
    return list(Bounce.objects.order_by("pk").values_list("points", flat=True))


def test_the_envelope_says_which_mail_it_was_and_the_reader_sees_the_house(
    world: World, thread: Thread, work: Work, settings: Any
) -> None:
    message = sent(world, thread, work)
    assert message.from_email.startswith("retour-")
    assert message.from_email.endswith("@reponse.ancrage.test")
    assert str(message.message()["From"]) == settings.DEFAULT_FROM_EMAIL
    settings.MAIL_RETURNS = False
    assert sent(world, thread, work).from_email == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize(
    ("raw", "counted"),
    [
        (report(), [2]),
        (report("5.2.2"), [1]),
        (report("4.4.1"), [1]),
        (report("4.4.1", "delayed"), []),
        (report("2.0.0", "delivered"), []),
        (report("5.1.1", kind="disposition-notification"), []),
        (b"From: maude@exemple.test\nSubject: Absente\n\nStatus: 5.1.1\n", []),
        (b"\xff\xfe", []),
    ],
)
def test_what_the_report_says_is_what_counts(
    world: World, thread: Thread, work: Work, raw: bytes, counted: list[int]
) -> None:
    comes_back(sent(world, thread, work), raw)
    assert points() == counted


def test_two_mails_that_come_back_leave_the_address_alone_and_one_twice_does_not(
    world: World, thread: Thread, work: Work
) -> None:
    first = sent(world, thread, work)
    comes_back(first, report())
    comes_back(first, report())
    assert points() == [2]
    comes_back(sent(world, thread, work), report())
    world.maude.refresh_from_db()
    assert world.maude.mail_stopped_at is not None
    assert User.objects.filter(mail_stopped_at__isnull=False).count() == 1


@pytest.mark.parametrize("at", range(0, 32, 5))
def test_a_forged_return_counts_for_nobody(
    world: World, thread: Thread, work: Work, at: int
) -> None:
    message = sent(world, thread, work)
    local, _at, host = message.from_email.removeprefix("retour-").partition("@")
    letter = "a" if local[at] != "a" else "b"
    message.from_email = f"retour-{local[:at]}{letter}{local[at + 1 :]}@{host}"
    receive(report(), to=message.from_email, envelope_sender="")
    while drain():
        pass
    assert points() == [] and not outbox.outbox[1:]


def test_after_a_month_it_no_longer_counts(world: World, thread: Thread, work: Work) -> None:
    comes_back(sent(world, thread, work), report())
    Bounce.objects.update(at=timezone.now() - timedelta(days=31))
    comes_back(sent(world, thread, work), report())
    world.maude.refresh_from_db()
    assert world.maude.mail_stopped_at is None
