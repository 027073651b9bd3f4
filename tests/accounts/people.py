"""What the tests of accounts share: signing in as people do, and the codes that they are sent."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from accounts.models import User

PASSWORD = "une phrase que je retiens"
SIGN_IN = "/compte/connexion/"


def give_password(user: User, password: str = PASSWORD) -> User:
    user.set_password(password)
    user.save()
    return user


def sign_in(
    client: Client, email: str, password: str = PASSWORD, *, next: str = "", **more: Any
) -> HttpResponse:
    data = {"login": email, "password": password, **more}
    if next:
        data["next"] = next
    return client.post(SIGN_IN, data)


def code_in_mail() -> str:
    """The six digits of the last mail."""
    found = re.search(r"^\s*(\d{6})\s*$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found.group(1)


def totp_code(secret: str, *, later: int = 0) -> str:
    """What an authentication application shows for this secret, `later` steps from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
