"""The mail door before a real mail server on loopback: what it says, and what we make of it."""

import email
import email.policy
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import leases, mail
from core.mail import messages as register
from core.mail import outbox
from core.models import OutgoingMail, Schedule

pytestmark = [pytest.mark.django_db, pytest.mark.server]
State = OutgoingMail.State


class Office:
    """A mail server that keeps what it accepts and refuses as it is told."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.rcpt: dict[str, str] = {}
        self.data = "250 OK"
        self.mail = "250 OK"
        self.drop_after: int | None = None

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data.startswith("250"):
            self.kept.append(envelope)
        if self.drop_after is not None and len(self.kept) > self.drop_after:
            self.drop_after = None
            self.kept.pop()
            assert server.transport is not None
            server.transport.abort()
        return self.data


@pytest.fixture(autouse=True)
def only_ours(settings: Any) -> Iterator[None]:
    renderers = dict(register._renderers)
    mail.message("test")(lambda row: mail.Message(context={"at": timezone.now()}))
    leases.stopping.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 1
    settings.DEFAULT_FROM_EMAIL = "Ancrage <ancrage@exemple.test>"
    yield
    register._renderers.clear()
    register._renderers.update(renderers)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def office(settings: Any) -> Iterator[Office]:
    handler = Office()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_PORT = controller.port
    yield handler
    controller.stop()


def queue(*addresses: str) -> None:
    for address in addresses:
        mail.queue("test", to=address)


def states() -> dict[str, str]:
    return dict(OutgoingMail.objects.values_list("address", "state"))


def test_mails_arrive_whole(office: Office) -> None:
    queue("maude@exemple.test", "eve@exemple.test")
    assert mail.deliver() == 2
    assert [envelope.rcpt_tos for envelope in office.kept] == [
        ["maude@exemple.test"],
        ["eve@exemple.test"],
    ]
    assert office.kept[0].mail_from == "ancrage@exemple.test"
    content = office.kept[0].content
    assert isinstance(content, bytes)
    raw = email.message_from_bytes(content, policy=email.policy.default)
    assert raw["Subject"] == "Essai du courriel sortant"
    assert raw["From"] == "Ancrage <ancrage@exemple.test>"
    assert raw["Message-ID"].endswith("@exemple.test>")
    plain = raw.get_body(("plain",))
    assert plain is not None
    assert "(é è ç œ)" in plain.get_content()
    assert plain.get_content().replace("\r", "").count("\n-- \n") == 1


def test_an_address_refused_for_good_is_given_up_and_the_others_go_on(office: Office) -> None:
    office.rcpt["parti@exemple.test"] = "550 no such user Maude Tremblay"
    queue("parti@exemple.test", "eve@exemple.test")
    mail.deliver()
    assert states() == {"parti@exemple.test": State.FAILED, "eve@exemple.test": State.SENT}
    row = OutgoingMail.objects.get(address="parti@exemple.test")
    assert row.last_error == "smtplib.SMTPRecipientsRefused"


def test_an_address_refused_for_now_is_tried_later(office: Office) -> None:
    office.rcpt["lente@exemple.test"] = "451 greylisted, come back"
    queue("lente@exemple.test", "eve@exemple.test")
    mail.deliver()
    assert states() == {"lente@exemple.test": State.WAITING, "eve@exemple.test": State.SENT}
    row = OutgoingMail.objects.get(address="lente@exemple.test")
    assert row.attempts == 1
    assert row.not_before > timezone.now()

    office.rcpt.clear()
    OutgoingMail.objects.update(not_before=timezone.now())
    mail.deliver()
    assert set(states().values()) == {State.SENT}


def test_a_text_refused_for_good_is_given_up(office: Office) -> None:
    office.data = "554 looks like spam"
    queue("eve@exemple.test")
    mail.deliver()
    assert states() == {"eve@exemple.test": State.FAILED}


def test_a_sender_refused_concerns_every_mail_and_waits(office: Office) -> None:
    office.mail = "550 relay denied"
    queue("maude@exemple.test", "eve@exemple.test")
    assert mail.deliver() == 1
    assert set(states().values()) == {State.WAITING}
    assert OutgoingMail.objects.filter(attempts=0).count() == 2


def test_a_connection_cut_in_the_middle_costs_one_retry(office: Office) -> None:
    office.drop_after = 1
    queue("a@exemple.test", "b@exemple.test", "c@exemple.test")
    assert mail.deliver() == 3
    assert states() == {
        "a@exemple.test": State.SENT,
        "b@exemple.test": State.WAITING,
        "c@exemple.test": State.SENT,
    }
    OutgoingMail.objects.update(not_before=timezone.now())
    mail.deliver()
    assert set(states().values()) == {State.SENT}
    assert len(office.kept) == 3


def test_a_server_that_is_down_for_an_hour_finds_the_whole_queue(settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    queue("maude@exemple.test", "eve@exemple.test")
    mail.deliver()
    assert set(states().values()) == {State.WAITING}

    handler = Office()
    controller = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    try:
        Schedule.objects.filter(name=outbox.SERVER).update(leased_until=timezone.now())
        assert mail.deliver() == 2
    finally:
        controller.stop()
    assert len(handler.kept) == 2


def test_a_server_that_never_answers_is_left_after_the_limit(settings: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_PORT = silent.getsockname()[1]
        queue("maude@exemple.test")
        before = timezone.now()
        mail.deliver()
        assert (timezone.now() - before).total_seconds() < 3
    assert set(states().values()) == {State.WAITING}


def test_the_command_repeats_what_the_server_said(office: Office) -> None:
    call_command("send_test_mail", "odile@exemple.test")
    assert len(office.kept) == 1
    office.mail = "550 relay denied for this network"
    with pytest.raises(CommandError, match="relay denied for this network"):
        call_command("send_test_mail", "odile@exemple.test")
