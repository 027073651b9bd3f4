"""The links of mails that stop them: they prove by themselves whose and which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from core.signing import make_token
from core.site import absolute

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "stop"


def stop_url(user: User, kind: str, object_id: int) -> str:
    """The full address where `user`, signed in or not, stops following one thing."""
    token = make_token(PURPOSE, user=user.pk, kind=kind, id=object_id)
    return absolute(reverse("notifications:stop", args=(token,)))
