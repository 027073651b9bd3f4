"""The link of a mail that stops it: it proves by itself whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from core.signing import make_token
from core.site import absolute

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "stop saved searches"


def stop_url(user: User) -> str:
    """The full address where `user`, signed in or not, stops the mail of her saved searches."""
    return absolute(reverse("search:stop", args=(make_token(PURPOSE, user=user.pk),)))
