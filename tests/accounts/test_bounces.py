"""Mails that come back: counted, then the address is left alone until its owner says so."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from accounts.models import Bounce, User
from accounts.services import people
from accounts.services.bounces import note_bounce, purge, try_again
from core import events, mail
from core.models import OutgoingMail
from tests.conftest import World

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
BACKEND = "django.core.mail.backends.locmem.EmailBackend.send_messages"


def stopped(user: User) -> bool:
    return User.objects.get(pk=user.pk).mail_stopped_at is not None


@pytest.mark.parametrize(
    ("hard", "enough"), [([True], False), ([True, False], False), ([True, True], True)]
)
def test_two_hard_ones_are_enough(world: World, hard: list[bool], enough: bool) -> None:
    for one in hard:
        note_bounce(world.maude, hard=one)
    assert stopped(world.maude) == enough


def test_four_soft_ones_within_thirty_days(world: World) -> None:
    for _ in range(3):
        note_bounce(world.maude, hard=False)
    Bounce.objects.update(at=timezone.now() - timedelta(days=31))
    note_bounce(world.maude, hard=False)
    assert not stopped(world.maude)
    purge()
    assert Bounce.objects.count() == 1
    for _ in range(3):
        note_bounce(world.maude, hard=False)
    assert stopped(world.maude)


def refused(*codes: int) -> Callable[..., Any]:
    answers = iter(codes)

    def send(self: Any, messages: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (next(answers), b"no")})

    return send


def told(user: User) -> OutgoingMail:
    return mail.queue("digest_goodbye", to=user)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.mail import messages as register

    anything = register.Message(template="test", context={"at": timezone.now()})
    monkeypatch.setitem(register._renderers, "digest_goodbye", lambda row: anything)


def test_what_the_server_refuses_for_good_counts_twice(
    world: World, always: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BACKEND, refused(550, 550))
    for _ in range(2):
        told(world.maude)
        mail.deliver()
        while events.drain():
            pass
    assert stopped(world.maude)
    monkeypatch.undo()


def test_a_mailbox_that_stays_full_counts_once_when_it_is_given_up(
    world: World, always: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BACKEND, refused(*[452] * 6))
    told(world.maude)
    for _ in range(6):
        OutgoingMail.objects.update(not_before=timezone.now(), leased_until=None)
        mail.deliver()
        while events.drain():
            pass
    assert [one.points for one in Bounce.objects.all()] == [1]


def test_the_same_mail_counts_once(world: World) -> None:
    row = mail.queue("digest_goodbye", to=world.maude)
    for _ in range(3):
        note_bounce(world.maude, hard=True, mail=row)
    assert Bounce.objects.count() == 1


def test_a_stopped_address_is_left_alone_and_the_page_says_so(
    world: World, always: None, as_: As
) -> None:
    for _ in range(2):
        note_bounce(world.maude, hard=True)
    row = told(world.maude)
    mail.deliver()
    row.refresh_from_db()
    assert (row.state, row.last_error) == ("cancelled", "AddressStopped")
    assert outbox.outbox == []
    maude = as_(world.maude)
    assert "/compte/avis/" in maude.get("/discussions/").content.decode()
    assert "/compte/avis/reprendre/" in maude.get("/compte/avis/").content.decode()
    assert maude.post("/compte/avis/reprendre/").status_code == 302
    assert not stopped(world.maude)
    assert "/compte/avis/reprendre/" not in maude.get("/compte/avis/").content.decode()
    told(world.maude)
    mail.deliver()
    assert len(outbox.outbox) == 1


def test_another_address_begins_anew(world: World) -> None:
    for _ in range(2):
        note_bounce(world.maude, hard=True)
    people.change_address(world.maude, "neuve@exemple.test", by=world.odile)
    assert not stopped(world.maude)
    note_bounce(world.maude, hard=True)
    try_again(by=world.maude)
    assert not Bounce.objects.exists()
