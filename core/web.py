"""What views share of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User


def person(request: HttpRequest) -> User:
    """Who is signed in, behind `LoginRequiredMiddleware`."""
    return cast("User", request.user)


def no_store(response: HttpResponse) -> HttpResponse:
    """A page that shows what somebody has not published stays in no cache."""
    response.headers["Cache-Control"] = "no-store"
    return response
