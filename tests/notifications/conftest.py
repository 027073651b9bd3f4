"""Mails as they come in, and a thread in which they do."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from accounts.models import User
from forums import services
from forums.models import Post, Thread
from notifications.incoming.receiving import Outcome, receive
from tests.conftest import World

DOMAIN = "reponse.ancrage.test"
SERVER = "mx.ancrage.test"


@pytest.fixture
def mail_in(settings: Any) -> None:
    """An installation that receives mail."""
    settings.MAIL_DOMAIN = DOMAIN
    settings.MAIL_AUTHSERV = SERVER


@pytest.fixture
def asked(world: World, mail_in: None) -> Post:
    """Maude's question in the field workers' space: its opening message."""
    thread = services.create_thread(
        by=world.maude, space=world.intervention, title="Titre canari", text="Question canari"
    )
    return Post.objects.get(thread=thread, position=1)


@pytest.fixture
def secret(world: World, mail_in: None) -> Post:
    """Naïma's question in the confidential space."""
    thread: Thread = services.create_thread(
        by=world.naima, space=world.psychosocial, title="Titre perroquet", text="Perroquet"
    )
    return Post.objects.get(thread=thread, position=1)


def written(
    sender: User | str, to: str, text: str, *, proof: str = "", **headers: str
) -> EmailMessage:
    """A mail that `sender` writes; `proof` is what the server in front says of it."""
    mail = EmailMessage()
    address = sender if isinstance(sender, str) else sender.email
    if proof:
        domain = address.rpartition("@")[2]
        mail["Authentication-Results"] = f"{SERVER}; dmarc={proof} header.from={domain}"
    mail["From"] = address
    mail["To"] = to
    mail["Subject"] = headers.pop("subject", "Re: Titre canari")
    mail["Message-ID"] = headers.pop("message_id", f"<{abs(hash(text))}@poste.test>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def sent(mail: EmailMessage) -> Outcome:
    """What becomes of it; it has one address."""
    [outcome] = receive(mail.as_bytes())
    return outcome


Work = Callable[[], None]
