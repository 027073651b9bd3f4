"""Mail has one door: what leaves, for whom, in which language, and what never does."""

import email
import email.policy
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import RequestFactory
from django.utils import timezone, translation

from accounts.models import User
from core import leases, mail
from core.mail import messages as register
from core.mail import outbox
from core.mail.adapter import NOTICES, MailDoorAdapterMixin
from core.mail.render import one_line
from core.models import OutgoingMail, Schedule

pytestmark = pytest.mark.django_db
State = OutgoingMail.State


@pytest.fixture(autouse=True)
def only_ours(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A register and templates for the test: `essai` says what its data say."""
    renderers = dict(register._renderers)
    folder = tmp_path / "templates" / "emails" / "essai"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ title }}")
    (folder / "body.txt").write_text(
        '{% extends "emails/layout.txt" %}{% block content %}{{ title }}\n\n\n\n\nfin{% endblock %}'
    )
    (folder / "body.html").write_text(
        '{% extends "emails/layout.html" %}{% block content %}<h1>{{ title }}</h1>{% endblock %}'
    )
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path / "templates"]}
    ]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    leases.stopping.clear()
    yield
    leases.stopping.clear()
    register._renderers.clear()
    register._renderers.update(renderers)


@pytest.fixture
def essai() -> Callable[[Callable[[OutgoingMail], mail.Message | None]], None]:
    def install(renderer: Callable[[OutgoingMail], mail.Message | None]) -> None:
        mail.message("essai")(renderer)

    install(lambda row: mail.Message(context={"title": row.data.get("title", "Bonjour")}))
    return install


def sent() -> list[Any]:
    return django_mail.outbox


def make_due() -> None:
    OutgoingMail.objects.update(not_before=timezone.now(), leased_until=None)


def test_maude_receives_what_was_queued_for_her(maude: User, essai: Any) -> None:
    row = mail.queue("essai", to=maude, data={"title": "L’été à Québec"})
    assert sent() == []
    assert mail.deliver() == 1

    message = sent()[0]
    assert message.to == [maude.email]
    assert message.subject == "L’été à Québec"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.extra_headers["Content-Language"] == "fr-CA"
    assert "List-Unsubscribe" not in message.extra_headers
    assert message.body.startswith("L’été à Québec\n\nfin\n\n-- \n")
    assert "la communauté de pratique animée par le ROCQLD" in message.body
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert '<html lang="fr-CA">' in html
    assert "<img" not in html
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == (State.SENT, 1, "")
    assert row.sent_at is not None
    assert row.message_id == message.extra_headers["Message-ID"]
    assert row.message_id.endswith("@localhost>")


def test_the_row_holds_no_content(maude: User, essai: Any) -> None:
    row = mail.queue("essai", to=maude, about=maude)
    mail.deliver()
    row.refresh_from_db()
    assert (row.kind, row.object_id, row.data) == ("user", maude.pk, {})


def test_an_applicant_without_account_is_written_to_in_french(essai: Any) -> None:
    mail.queue("essai", to="demande@exemple.test")
    with translation.override("en"):
        mail.deliver()
    assert sent()[0].to == ["demande@exemple.test"]
    assert sent()[0].extra_headers["Content-Language"] == "fr-CA"


def test_each_person_reads_her_own_language(maude: User, essai: Any) -> None:
    maude.language = "en"
    maude.save()
    seen: list[str | None] = []

    def look(row: OutgoingMail) -> mail.Message:
        seen.append(translation.get_language())
        return mail.Message(context={"title": "Hello"})

    essai(look)
    mail.queue("essai", to=maude)
    mail.deliver()
    assert seen == ["en"]
    assert "Sent by Ancrage" in sent()[0].body
    assert '<html lang="en">' in sent()[0].alternatives[0][0]


def test_what_she_may_no_longer_have_is_cancelled(maude: User, essai: Any) -> None:
    essai(lambda row: None)
    row = mail.queue("essai", to=maude)
    assert mail.deliver() == 1
    row.refresh_from_db()
    assert row.state == State.CANCELLED
    assert sent() == []


def test_a_deactivated_person_receives_nothing(maude: User, essai: Any) -> None:
    row = mail.queue("essai", to=maude)
    maude.is_active = False
    maude.save()
    mail.deliver()
    row.refresh_from_db()
    assert row.state == State.CANCELLED


def test_asking_twice_writes_once(maude: User, eve: User, essai: Any) -> None:
    first = mail.queue("essai", to=maude, dedupe="reply:1:2")
    again = mail.queue("essai", to=maude, dedupe="reply:1:2")
    assert first.pk == again.pk
    mail.queue_many("essai", to=[maude, eve], dedupe="reply:9")
    mail.queue_many("essai", to=[maude, eve], dedupe="reply:9")
    assert mail.deliver() == 3
    assert sorted(message.to[0] for message in sent()) == sorted(
        [maude.email, maude.email, eve.email]
    )


def test_many_people_cost_a_few_statements(
    maude: User, django_assert_max_num_queries: Callable[..., Any], essai: Any
) -> None:
    addresses = [f"personne{number}@exemple.test" for number in range(1000)]
    # PostgreSQL takes 500 rows a statement; SQLite allows 999 values, so 66 rows.
    with django_assert_max_num_queries(18):
        mail.queue_many("essai", to=addresses, dedupe="annonce:1")
    assert OutgoingMail.objects.count() == 1000


def test_a_mail_for_later_waits_for_its_moment(maude: User, essai: Any) -> None:
    mail.queue("essai", to=maude, not_before=timezone.now() + timedelta(hours=1))
    assert mail.deliver() == 0
    make_due()
    assert mail.deliver() == 1


@pytest.mark.parametrize(
    "title",
    [
        "Bonjour\r\nBcc: tous@exemple.test",
        "Bonjour\nBcc: tous@exemple.test",
        "Bonjour\u2028Bcc: tous@exemple.test",
        "Bonjour\x0b\x0c\x85\0Bcc: tous@exemple.test",
    ],
)
def test_a_title_cannot_begin_another_header(maude: User, essai: Any, title: str) -> None:
    mail.queue("essai", to=maude, data={"title": title.replace("\0", "")})
    mail.deliver()
    raw = email.message_from_bytes(sent()[0].message().as_bytes(), policy=email.policy.default)
    assert raw["Bcc"] is None
    assert raw["Subject"] == "Bonjour Bcc: tous@exemple.test"


def test_other_headers_cannot_be_split_either(maude: User, essai: Any) -> None:
    essai(
        lambda row: mail.Message(
            context={"title": "x"},
            headers={"List-Id": "a\r\nBcc: b@c.test"},
            references=("<a>\n<b>",),
        )
    )
    mail.queue("essai", to=maude)
    mail.deliver()
    raw = email.message_from_bytes(sent()[0].message().as_bytes())
    assert raw["Bcc"] is None
    assert one_line("a\u00a0b\tc") == "a\u00a0b c"


def test_a_long_title_is_shortened_and_html_is_escaped(maude: User, essai: Any) -> None:
    mail.queue(
        "essai",
        to=maude,
        data={"title": "<script>alert(1)</script> & «\u00a0oui\u00a0» " + "é" * 300},
    )
    mail.deliver()
    message = sent()[0]
    assert len(message.subject) == 150
    assert message.subject.startswith("<script>alert(1)</script> & «\u00a0oui\u00a0» éé")
    assert "<script>" not in message.alternatives[0][0]
    assert "&lt;script&gt;" in message.alternatives[0][0]
    assert "<script>" in message.body, "plain text is not escaped"


def test_a_mail_that_can_be_stopped_says_how(maude: User, essai: Any) -> None:
    url = "https://ancrage.example/courriel/arret/jeton/"
    essai(
        lambda row: mail.Message(
            context={"title": "x"},
            why="Vous suivez ce fil.",
            unsubscribe_url=url,
            references=("<1@x>", "<2@x>"),
        )
    )
    mail.queue("essai", to=maude)
    mail.deliver()
    message = sent()[0]
    assert message.extra_headers["List-Unsubscribe"] == f"<{url}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["In-Reply-To"] == "<2@x>"
    assert message.extra_headers["References"] == "<1@x> <2@x>"
    assert "Vous suivez ce fil." in message.body
    assert url in message.body
    assert url in message.alternatives[0][0]
    assert "ne pas répondre" in message.body


def test_a_mail_that_can_be_answered_does_not_say_otherwise(maude: User, essai: Any) -> None:
    headers = {"Reply-To": "fil+12@ancrage.example"}
    essai(lambda row: mail.Message(context={"title": "x"}, headers=headers))
    mail.queue("essai", to=maude)
    mail.deliver()
    assert "ne pas répondre" not in sent()[0].body


def test_a_renderer_that_fails_is_tried_again_and_quotes_nobody(
    maude: User, essai: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(row: OutgoingMail) -> mail.Message:
        raise ValueError("Une phrase de Maude")

    essai(broken)
    row = mail.queue("essai", to=maude)
    for attempt in range(1, 7):
        make_due()
        mail.deliver()
        row.refresh_from_db()
        assert row.attempts == attempt
    assert row.state == State.FAILED
    assert row.last_error == "builtins.ValueError"
    assert "Une phrase" not in caplog.text


def test_a_message_that_nobody_registered_is_given_up_in_the_end(maude: User) -> None:
    row = mail.queue("inconnu", to=maude)
    mail.deliver()
    row.refresh_from_db()
    assert row.last_error == "core.mail.messages.UnknownMessage"


def test_while_the_server_is_away_the_queue_waits_whole(
    maude: User, eve: User, essai: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Any) -> None:
        raise ConnectionRefusedError("10.0.0.1")

    opened = "django.core.mail.backends.locmem.EmailBackend.open"
    monkeypatch.setattr(opened, away)
    mail.queue_many("essai", to=[maude, eve], dedupe="a")
    assert mail.deliver() == 1
    assert mail.deliver() == 0, "a pause, so as not to hammer"
    assert [row.state for row in OutgoingMail.objects.all()] == [State.WAITING] * 2
    assert sum(row.attempts for row in OutgoingMail.objects.all()) == 0
    server = Schedule.objects.get(name=outbox.SERVER)
    assert server.last_error == "builtins.ConnectionRefusedError"

    # An hour of it costs no attempt.
    for _ in range(60):
        Schedule.objects.update(leased_until=timezone.now())
        mail.deliver()
    assert sum(row.attempts for row in OutgoingMail.objects.all()) == 0

    monkeypatch.setattr(opened, lambda self: None)
    Schedule.objects.update(leased_until=timezone.now())
    assert mail.deliver() == 2
    assert len(sent()) == 2


def test_a_mail_that_waited_for_days_is_given_up(maude: User, essai: Any) -> None:
    row = mail.queue("essai", to=maude)
    OutgoingMail.objects.update(not_before=timezone.now() - timedelta(days=6))
    mail.deliver()
    row.refresh_from_db()
    assert (row.state, row.last_error) == (State.FAILED, "TooOld")


def test_a_worker_killed_before_sending_loses_nothing(maude: User, essai: Any) -> None:
    mail.queue("essai", to=maude)
    assert leases.take_one(outbox.waiting()) is not None
    assert mail.deliver() == 0
    OutgoingMail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert mail.deliver() == 1


def test_a_worker_killed_after_sending_sends_the_same_mail_again(
    maude: User, essai: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy has the same Message-ID: mail programs show one."""
    mail.queue("essai", to=maude)

    def killed(*args: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_mark_sent", killed)
        with pytest.raises(SystemExit):
            mail.deliver()
    assert mail.deliver() == 0, "held by the dead worker's lease"
    OutgoingMail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert mail.deliver() == 1
    assert len(sent()) == 2
    assert sent()[0].extra_headers["Message-ID"] == sent()[1].extra_headers["Message-ID"]


def test_a_database_that_goes_away_leaves_the_mail_to_its_lease(maude: User, essai: Any) -> None:
    def away(row: OutgoingMail) -> mail.Message:
        raise OperationalError

    essai(away)
    row = mail.queue("essai", to=maude)
    with pytest.raises(OperationalError):
        mail.deliver()
    row.refresh_from_db()
    assert row.state == State.WAITING
    assert row.leased_until is not None


@pytest.mark.django_db(transaction=True)
def test_marking_as_sent_insists_when_the_database_blinks(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def write() -> None:
        calls.append(1)
        if len(calls) < 3:
            raise OperationalError

    monkeypatch.setattr("time.sleep", lambda seconds: None)
    outbox._insist(write)
    assert len(calls) == 3


# ---------------------------------------------------------------- at once


def test_a_code_leaves_at_once_and_is_kept_nowhere() -> None:
    mail.send_now("account_login_code", "maude@exemple.test", {"code": "123456"}, language="fr-ca")
    message = sent()[0]
    assert "123456" in message.body
    assert "123456" not in message.subject, "the screen of a locked phone shows subjects"
    assert "personne ne peut se connecter" in message.body
    assert not OutgoingMail.objects.exists()


def test_when_the_server_is_away_the_person_reads_it_and_the_log_holds_no_code(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(self: Any) -> None:
        raise TimeoutError("vers maude@exemple.test")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
    with translation.override("fr-ca"), pytest.raises(mail.MailServerAway) as refusal:
        mail.send_now("account_login_code", "maude@exemple.test", {"code": "123456"})
    with translation.override("fr-ca"):
        assert "serveur de courriel ne répond pas" in str(refusal.value)
    assert refusal.value.status == 503
    assert "TimeoutError" in caplog.text
    assert "maude@" not in caplog.text
    assert "123456" not in caplog.text


class Adapter(MailDoorAdapterMixin):
    def __init__(self, request: Any) -> None:
        self.request = request


@pytest.fixture
def adapter(rf: RequestFactory) -> Iterator[Adapter]:
    request = rf.get("/")
    request._messages = Shown()  # type: ignore[attr-defined]
    with translation.override("fr-ca"):
        yield Adapter(request)


class Shown(list):
    def add(self, level: int, message: str, extra_tags: str = "") -> None:
        self.append(str(message))


@pytest.mark.parametrize(
    ("prefix", "context", "words"),
    [
        ("account/email/login_code", {"code": "012345"}, "012345"),
        ("account/email/password_reset_code", {"code": "012345"}, "012345"),
        (
            "account/email/password_reset_key",
            {"password_reset_url": "https://x.test/r/k/"},
            "/r/k/",
        ),
        ("account/email/unknown_account", {"signup_url": "/"}, "aucun compte à cette adresse"),
        (
            "account/email/account_already_exists",
            {"password_reset_url": "https://x.test/r/"},
            "/r/",
        ),
        ("account/email/email_confirmation", {"activate_url": "https://x.test/c/"}, "/c/"),
        ("account/email/email_confirmation", {"code": "012345"}, "012345"),
    ],
)
def test_allauths_mails_pass_by_the_door_in_french(
    adapter: Adapter, prefix: str, context: dict[str, Any], words: str
) -> None:
    adapter.send_mail(prefix, "maude@exemple.test", {"email": "maude@exemple.test", **context})
    message = sent()[0]
    assert words in message.body
    assert words in message.alternatives[0][0]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "Sent by" not in message.body
    assert not OutgoingMail.objects.exists()


def test_the_page_says_that_the_mail_server_is_away(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
    adapter.send_mail("account/email/login_code", "maude@exemple.test", {"code": "1"})
    assert "serveur de courriel" in adapter.request._messages[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize("prefix", NOTICES)
def test_a_change_in_the_account_is_told_through_the_queue(adapter: Adapter, prefix: str) -> None:
    facts = {
        "from_email": "avant@exemple.test",
        "to_email": "apres@exemple.test",
        "deleted_email": "ancien@exemple.test",
        "ip": "192.0.2.1",
        "user_agent": "Firefox <b>",
        "request": object(),
        "timestamp": timezone.now(),
    }
    adapter.send_mail(prefix, "maude@exemple.test", facts)
    assert sent() == []
    assert mail.deliver() == 1
    message = sent()[0]
    assert "192.0.2.1" in message.body
    assert "%(" not in message.body
    assert "Firefox &lt;b&gt;" in message.alternatives[0][0]
    assert "vous recevez ce courriel" in message.body.lower()


# ---------------------------------------------------------------- commands and the folder


def test_the_folder_keeps_mails_that_a_mail_program_opens(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "core.mail.folder.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    call_command("send_test_mail", "odile@exemple.test")
    (path,) = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o077 == 0
    raw = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert raw["Subject"] == "Essai du courriel sortant"
    assert raw["To"] == "odile@exemple.test"
    text = raw.get_body(("plain",))
    assert text is not None
    assert "« » – …" in text.get_content()
    assert "The mail left" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_a_server_that_is_away(
    settings: Any, tmp_path: Path, maude: User, essai: Any
) -> None:
    (tmp_path / "plein").write_text("not a folder")
    settings.EMAIL_BACKEND = "core.mail.folder.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "plein")
    row = mail.queue("essai", to=maude)
    mail.deliver()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.WAITING, 0)
    with pytest.raises(CommandError, match="did not leave: FileExistsError"):
        call_command("send_test_mail", "odile@exemple.test")


def test_the_test_mail_wants_an_address() -> None:
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("send_test_mail", "odile")


def test_what_was_given_up_can_be_given_another_chance(
    maude: User, essai: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    row = mail.queue("essai", to=maude)
    OutgoingMail.objects.update(state=State.FAILED, attempts=6)
    call_command("retry_failed")
    assert "0 events and 1 mails" in capsys.readouterr().out
    assert mail.deliver() == 1
    row.refresh_from_db()
    assert row.state == State.SENT


def test_old_rows_are_forgotten(maude: User, essai: Any) -> None:
    from core.tasks import prune

    for age, state in ((31, State.SENT), (29, State.SENT), (31, State.FAILED), (91, State.FAILED)):
        row = mail.queue("essai", to=maude)
        moment = timezone.now() - timedelta(days=age)
        OutgoingMail.objects.filter(pk=row.pk).update(state=state, not_before=moment)
    prune()
    assert sorted(OutgoingMail.objects.values_list("state", flat=True)) == ["failed", "sent"]


def test_a_guest_past_her_date_gets_no_mail() -> None:
    guest = User.objects.create_user(
        "solange@exemple.test",
        first_name="Solange",
        last_name="H",
        role=User.Role.GUEST,
        access_until=timezone.now() + timedelta(minutes=5),
    )
    mail.queue("essai", to=guest, data={"title": "Bonjour"})
    User.objects.filter(pk=guest.pk).update(access_until=timezone.now())

    outbox.deliver(limit=10)

    assert django_mail.outbox == []
    assert OutgoingMail.objects.get().state == State.CANCELLED
