"""What brings mails: the sending service, the pipe, LMTP, a real Postfix, the demo's mailbox."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import shutil
import smtplib
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from config import environment
from core.mail import folder
from forums import services
from forums.models import Post
from notifications.incoming import lmtp
from notifications.incoming.addresses import reply_address
from notifications.incoming.errors import UnknownAddress
from notifications.incoming.receiving import receive
from tests.conftest import World
from tests.notifications.conftest import DOMAIN, SERVER, Work, written

As = Callable[[User | None], Client]
SECRET = "ancrage:vingt-caracteres-au-hasard"
db = pytest.mark.django_db


def replies(post: Post) -> list[str]:
    return list(
        post.thread.posts.filter(position__gt=1).order_by("position").values_list("text", flat=True)
    )


# --------------------------------------------------------------------------------- a service


@pytest.fixture
def postmark(settings: Any, mail_in: None) -> Callable[..., Any]:
    """Postmark calls with a raw mail."""
    settings.MAIL_WEBHOOK, settings.MAIL_WEBHOOK_SECRET = "postmark", SECRET

    def call(raw: bytes, to: str, secret: str = SECRET) -> Any:
        return Client().post(
            "/courriel/entrant/",
            json.dumps(
                {"RecordType": "Inbound", "OriginalRecipient": to, "RawEmail": raw.decode()}
            ),
            content_type="application/json",
            headers={"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"},
        )

    return call


@db
def test_a_service_brings_mails_with_its_secret(
    world: World, asked: Post, postmark: Callable[..., Any]
) -> None:
    address = reply_address(asked, to=world.maude)
    raw = written(world.maude, address, "Oui, mardi.").as_bytes()
    assert postmark(raw, address, "ancrage:mauvais").status_code == 404
    assert replies(asked) == []
    assert postmark(raw, address).status_code == 204
    assert postmark(raw, address).status_code == 204
    assert replies(asked) == ["Oui, mardi."]


@db
def test_the_webhook_is_not_there_unless_settings_name_a_service(
    world: World, asked: Post, postmark: Callable[..., Any], settings: Any
) -> None:
    settings.MAIL_WEBHOOK = ""
    address = reply_address(asked, to=world.maude)
    assert postmark(b"From: a@b.test\n\nx", address).status_code == 404


@db
def test_what_is_no_mail_is_a_bad_request(world: World, postmark: Callable[..., Any]) -> None:
    headers = {"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"}
    answer = Client().post(
        "/courriel/entrant/", "pas du JSON", content_type="application/json", headers=headers
    )
    assert answer.status_code == 400
    assert Client().head("/courriel/entrant/").status_code == 200


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ANCRAGE_MAIL_DOMAIN", "pas un domaine", "takes a domain"),
        ("ANCRAGE_MAIL_DOMAIN", "x@y.test", "takes a domain"),
        ("ANCRAGE_MAIL_WEBHOOK", "pigeon", "takes one of"),
        ("ANCRAGE_MAIL_WEBHOOK_SECRET", "court", "user:password"),
    ],
)
def test_settings_of_mail_are_refused_with_a_sentence(
    monkeypatch: Any, name: str, value: str, sentence: str
) -> None:
    given = {
        "ANCRAGE_MAIL_DOMAIN": DOMAIN,
        "ANCRAGE_MAIL_WEBHOOK": "postmark",
        "ANCRAGE_MAIL_WEBHOOK_SECRET": SECRET,
    }
    for key, said in (given | {name: value}).items():
        monkeypatch.setenv(key, said)
    with pytest.raises(ImproperlyConfigured, match=sentence):
        environment.mail_webhook(environment.host_name("ANCRAGE_MAIL_DOMAIN"))
    for key, said in given.items():
        monkeypatch.setenv(key, said)
    assert environment.mail_webhook(environment.host_name("ANCRAGE_MAIL_DOMAIN"))[0] == "postmark"


@pytest.mark.sqlite
def test_a_service_without_a_domain_is_refused(monkeypatch: Any) -> None:
    monkeypatch.setenv("ANCRAGE_MAIL_WEBHOOK", "postmark")
    with pytest.raises(ImproperlyConfigured, match="ANCRAGE_MAIL_DOMAIN"):
        environment.mail_webhook("")


# ------------------------------------------------------------------------------------ a pipe


def piped(monkeypatch: Any, raw: bytes, **options: Any) -> str:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    out = io.StringIO()
    call_command("receive_mail", stdout=out, **options)
    return out.getvalue()


@db
def test_the_pipe_takes_a_mail(world: World, asked: Post, monkeypatch: Any) -> None:
    address = reply_address(asked, to=world.maude)
    raw = written(world.maude, address, "Oui, mardi.").as_bytes()
    assert piped(monkeypatch, raw).startswith("taken")
    assert "AlreadyReceived" in piped(monkeypatch, raw)
    assert "AutomaticMail" in piped(monkeypatch, raw, sender="")
    assert replies(asked) == ["Oui, mardi."]


@db
def test_the_pipe_asks_to_try_again_when_the_database_is_away(
    mail_in: None, monkeypatch: Any
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr("notifications.management.commands.receive_mail.receive", away)
    with pytest.raises(CommandError) as refused:
        piped(monkeypatch, b"From: a@b.test\n\nx")
    assert refused.value.returncode == os.EX_TEMPFAIL


@pytest.mark.sqlite
@pytest.mark.parametrize("command", ["lmtp", "receive_mail"])
def test_without_a_domain_the_commands_say_what_is_missing(command: str, settings: Any) -> None:
    settings.MAIL_DOMAIN = ""
    with pytest.raises(CommandError, match="ANCRAGE_MAIL_DOMAIN"):
        call_command(command)


# -------------------------------------------------------------------------------------- LMTP


@pytest.fixture
def door(mail_in: None) -> Iterator[int]:
    """The LMTP server, in a thread, on a free port of loopback."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(lmtp.serve("127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_lmtp_takes_a_mail_for_each_recipient(
    world: World, asked: Post, door: int, caplog: Any
) -> None:
    address = reply_address(asked, to=world.maude)
    message = written(world.maude, address, "Oui, mardi.")
    with smtplib.LMTP("127.0.0.1", door) as client:
        refused = client.send_message(
            message, world.maude.email, [address, "personne@ailleurs.test"]
        )
    assert list(refused) == ["personne@ailleurs.test"]
    assert replies(asked) == ["Oui, mardi."]
    assert address.partition("@")[0] not in caplog.text


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_lmtp_asks_to_try_again_after_a_failure_of_ours(
    world: World, asked: Post, door: int, monkeypatch: Any
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    address = reply_address(asked, to=world.maude)
    message = written(world.maude, address, "Oui, mardi.")
    with monkeypatch.context() as broken:
        broken.setattr("notifications.incoming.lmtp.receive", away)
        with (
            smtplib.LMTP("127.0.0.1", door) as client,
            pytest.raises(smtplib.SMTPDataError) as later,
        ):
            client.send_message(message, world.maude.email, [address])
    assert later.value.smtp_code == 451
    with smtplib.LMTP("127.0.0.1", door) as client:
        client.send_message(message, world.maude.email, [address])
    assert replies(asked) == ["Oui, mardi."]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.fixture
def postfix(tmp_path_factory: Any, door: int) -> Iterator[int]:
    """Debian's Postfix, on a free port of loopback, which hands our domain's mail to LMTP."""
    program = shutil.which("postfix") or "/usr/sbin/postfix"
    if os.geteuid() != 0 or not Path(program).exists():
        pytest.skip("needs root and Postfix")
    home = Path("/var/tmp") / f"ancrage-postfix-{os.getpid()}"  # noqa: S108 (removed below)
    port = free_port()
    for name in ("etc", "queue", "data"):
        (home / name).mkdir(parents=True)
    home.chmod(0o755)
    shutil.chown(home / "data", "postfix")
    settings = {
        "compatibility_level": "3.6", "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4",
        "myhostname": SERVER, "mydestination": "", "alias_maps": "", "local_recipient_maps": "",
        "queue_directory": home / "queue", "data_directory": home / "data",
        "virtual_mailbox_domains": DOMAIN, "virtual_transport": f"lmtp:inet:127.0.0.1:{door}",
        "default_transport": "error:this server sends nothing away", "mynetworks": "127.0.0.0/8",
        "smtpd_peername_lookup": "no",
    }  # fmt: skip
    lines = [f"{name} = {value}" for name, value in settings.items()]
    (home / "etc/main.cf").write_text("\n".join(lines) + "\n")
    services_of = [
        f"127.0.0.1:{port} inet n - n - - smtpd", "pickup unix n - n 60 1 pickup",
        "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
        "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce",
        "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce",
        "verify unix - - n - 1 verify", "flush unix n - n 1000? 0 flush",
        "proxymap unix - - n - - proxymap", "error unix - - n - - error",
        "retry unix - - n - - error", "lmtp unix - - n - - lmtp", "anvil unix - - n - 1 anvil",
        "tlsmgr unix - - n 1000? 1 tlsmgr", "scache unix - - n - 1 scache",
    ]  # fmt: skip
    (home / "etc/master.cf").write_text("\n".join(services_of) + "\n")
    command = [program, "-c", str(home / "etc")]
    started = subprocess.run([*command, "start"], capture_output=True, text=True, timeout=60)
    try:
        assert started.returncode == 0, started.stderr
        _wait_for(port)
        yield port
    finally:
        subprocess.run([*command, "stop"], capture_output=True, timeout=60)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(port: int) -> None:
    for _try in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Postfix does not listen")


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_a_round_trip_through_postfix(
    world: World,
    asked: Post,
    postfix: int,
    settings: Any,
    tmp_path: Path,
    work: Work,
    monkeypatch: Any,
) -> None:
    """Odile replies on the site; Maude has it by mail, answers the address that it gives; the
    answer goes by SMTP to Postfix, which hands it to LMTP, and stands in the thread."""
    settings.EMAIL_BACKEND = "core.mail.folder.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    services.reply(asked.thread, by=world.odile, text="Combien serez-vous ?")
    work()
    [kept] = folder.kept(10)
    assert kept.mail["To"] == world.maude.email
    taken = threading.Event()

    def receive_and_tell(*args: Any, **kwargs: Any) -> Any:
        try:
            return receive(*args, **kwargs)
        finally:
            taken.set()

    monkeypatch.setattr(lmtp, "receive", receive_and_tell)
    answer = written(world.maude, str(kept.mail["Reply-To"]), "Nous serons douze.")
    with smtplib.SMTP("127.0.0.1", postfix) as client:
        client.send_message(answer, world.maude.email, [str(kept.mail["Reply-To"])])
    assert taken.wait(20)
    assert replies(asked) == ["Combien serez-vous ?", "Nous serons douze."]
    assert Post.objects.get(text="Nous serons douze.").author == world.maude


# --------------------------------------------------------------------------------- the demo


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path, world: World, asked: Post, work: Work) -> str:
    """The demo's mailbox with one mail in it, to Maude; its name."""
    settings.DEMO = True
    settings.EMAIL_BACKEND = "core.mail.folder.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    services.reply(asked.thread, by=world.odile, text="Combien serez-vous ?")
    work()
    [kept] = folder.kept(10)
    return kept.name


@db
def test_the_demo_answers_its_own_mails_by_the_real_door(
    world: World, asked: Post, mailbox: str, as_: As
) -> None:
    browser = as_(world.eve)
    assert world.maude.email in browser.get("/dev/courriels/").content.decode()
    page = browser.get(f"/dev/courriels/{mailbox}/").content.decode()
    assert "Combien serez-vous ?" in page
    browser.post(f"/dev/courriels/{mailbox}/", {"text": "Nous serons douze."})
    assert replies(asked) == ["Combien serez-vous ?", "Nous serons douze."]
    assert Post.objects.get(text="Nous serons douze.").author == world.maude
    assert browser.get("/dev/courriels/20261125-090000-000000-abcdef/").status_code == 404


@db
def test_the_demo_draws_a_mail_as_a_mail_program_does_and_runs_nothing_of_it(
    world: World, mailbox: str, as_: As, settings: Any
) -> None:
    browser, path = as_(world.eve), f"/dev/courriels/{mailbox}/"
    page = browser.get(path).content.decode()
    assert 'src="?partie=html" sandbox ' in page
    drawn = browser.get(f"{path}?partie=html")
    assert "<style>" in drawn.content.decode() and "Combien serez-vous" in drawn.content.decode()
    policy = drawn.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and policy.endswith("sandbox")
    assert "script-src" not in policy
    settings.DEMO = False
    assert browser.get(f"{path}?partie=html").status_code == 404


@db
def test_the_demo_leads_to_its_mailbox_and_dates_its_mails(
    world: World, mailbox: str, as_: As, settings: Any
) -> None:
    browser = as_(world.eve)
    link = 'href="/dev/courriels/"'
    assert link in browser.get("/aide/").content.decode()
    assert f'<time datetime="{timezone.localdate():%Y-%m-%d}' in (
        browser.get("/dev/courriels/").content.decode()
    )
    settings.DEMO = False
    assert link not in browser.get("/aide/").content.decode()


@db
def test_a_refusal_of_the_demo_says_its_sentence(
    world: World, asked: Post, mailbox: str, as_: As
) -> None:
    Membership.objects.filter(user=world.maude, space=asked.thread.space).update(
        ended_at=timezone.now()
    )
    page = f"/dev/courriels/{mailbox}/"
    answer = as_(world.eve).post(page, {"text": "Nous serons douze."}, follow=True)
    [said] = answer.context["messages"]
    assert str(UnknownAddress.message) in str(said) and "UnknownAddress" not in str(said)


@db
def test_outside_the_demo_there_is_no_mailbox(
    world: World, mailbox: str, as_: As, settings: Any
) -> None:
    settings.DEMO = False
    for path in ("/dev/courriels/", f"/dev/courriels/{mailbox}/"):
        assert as_(world.odile).get(path).status_code == 404
