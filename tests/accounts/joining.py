"""What the tests of joining share: an organisation's answers, and how to read its mails."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import events
from core import mail as door
from tests.conftest import make_person

ANSWERS: dict[str, Any] = {
    "organisation_name": "Le Relais des Coteaux",
    "neq": "1143920118",
    "mission": "Accompagner les 12 à 17 ans en dehors des heures d’école.",
    "against_dropout": "Aide aux devoirs et suivis individuels, avec deux écoles.",
    "non_profit": True,
    "federated": "non",
    "first_name": "Josiane",
    "last_name": "Coteau",
    "email": "direction@relais-coteaux.example",
    "hopes": "Des idées pour le transport.",
    "newsletter": False,
}


def posted(**changes: Any) -> dict[str, Any]:
    """The form as a browser sends it, consent given."""
    data = ANSWERS | {"consent": "on", "act": "send"} | changes
    return {name: "on" if value is True else value for name, value in data.items() if value}


def make_animator(first_name: str) -> User:
    """Another animator, with the second factor that animators need."""
    person = make_person(first_name, "Animateur", role=User.Role.ANIMATION)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "A"})
    return person


def letters() -> list[Any]:
    """Everything that waits is handled and leaves; answers the mails that left just now."""
    events.drain()
    before = len(mail.outbox)
    door.deliver()
    return mail.outbox[before:]


def link_in(letter: Any, path: str) -> str:
    """The address below `path` that a mail carries, without its host."""
    found = re.search(rf"https?://[^/\s]+({path}[^\s]+)", letter.body)
    assert found, letter.body
    return found[1]


def queries(browser: Client, path: str) -> int:
    """How many statements a page costs."""
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def body(response: Any) -> str:
    """A page without the token that differs at each answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
