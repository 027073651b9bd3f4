"""What views share of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from accounts.models import User


def person(request: HttpRequest) -> User:
    """Who is signed in, behind `LoginRequiredMiddleware`."""
    return cast("User", request.user)


def no_store(response: HttpResponse) -> HttpResponse:
    """A page that shows what somebody has not published stays in no cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


def numbers_in(values: Iterable[str], digits: int = 18) -> list[int]:
    """The numbers among what an address or a form carries, none longer than `digits`."""
    good = (one for one in values if one.isascii() and one.isdecimal() and len(one) <= digits)
    return [int(one) for one in good]


def number_in(text: str | None, digits: int = 18) -> int:
    """The number that an address or a form carries; 0 for anything else."""
    return sum(numbers_in([text or ""], digits))
