"""The security page: password, second factor, passkeys, recovery codes, sessions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.adapter import needs_second_factor

# The first that matches names the device: Edge and Chrome also say Safari, Android says Linux.
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Firefox", r"(Firefox|FxiOS)/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Opera", r"OPR/"),
    ("Chrome", r"(Chrome|CriOS|HeadlessChrome)/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)


@dataclass(frozen=True)
class Device:
    """One open session, as its owner may recognise it."""

    name: str
    ip: str
    since: datetime
    seen: datetime
    current: bool


def device_name(user_agent: str) -> str:
    """“Firefox, Windows”, from what the browser says of itself."""
    known = [
        next((name for name, pattern in table if re.search(pattern, user_agent)), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in known if name) or _("Unknown device")


def sessions_of(request: HttpRequest) -> list[Device]:
    """The open sessions of the person, this one first, then the last seen."""
    here = request.session.session_key
    devices = [
        Device(
            name=device_name(session.user_agent),
            ip=session.ip,
            since=session.created_at,
            seen=session.last_seen_at,
            current=session.session_key == here,
        )
        for session in UserSession.objects.purge_and_list(request.user)
    ]
    return sorted(devices, key=lambda device: (not device.current, -device.seen.timestamp()))


def overview(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    authenticators = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    by_type = {kind: [a for a in authenticators if a.type == kind] for kind in Authenticator.Type}
    codes = by_type[Authenticator.Type.RECOVERY_CODES]
    return render(
        request,
        "accounts/people/security.html",
        {
            "has_password": user.has_usable_password(),
            "totp": next(iter(by_type[Authenticator.Type.TOTP]), None),
            "passkeys": by_type[Authenticator.Type.WEBAUTHN],
            "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
            "protected": len(authenticators) > len(codes),
            "required": needs_second_factor(user),
            "sessions": sessions_of(request),
        },
    )
