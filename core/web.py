"""What views share of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User


def person(request: HttpRequest) -> User:
    """Who is signed in, behind `LoginRequiredMiddleware`."""
    return cast("User", request.user)
