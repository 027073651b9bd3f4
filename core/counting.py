"""Counting what is taken away without watching anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from django.http import HttpRequest

DAY = 24 * 3600


def first_today(request: HttpRequest, scope: str, what: str) -> bool:
    """Whether this session takes this for the first time today; a visitor, who has no session,
    never does: her browser is not marked.

    So that a reload counts once, the cache holds for a day a digest that leads back to nobody: of
    the session, the thing and the day, under the site's key.
    """
    if request.method != "GET" or not request.user.is_authenticated:
        return False
    said = f"{request.session.session_key}:{what}:{timezone.localdate()}"
    return cache.add(f"download:{salted_hmac(scope, said).hexdigest()}", 1, DAY)
