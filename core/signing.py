"""Links that prove by themselves what they allow: signed, dated, bound to one purpose.

Nothing is stored, so nothing can be stolen from the database; and a token is never logged.
"""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from core.errors import Refused


class TokenInvalid(Refused):
    """Not a token of ours, or made for something else: like an address that does not exist."""

    message = _("This link is not valid. Check that it is whole.")
    status = 404


class TokenExpired(Refused):
    """A token of ours, too old."""

    message = _("This link has expired. Ask for a new one.")
    status = 410


def make_token(purpose: str, /, **ids: Any) -> str:
    """A token which says `ids` (numbers, short codes) for that purpose and for no other."""
    return signing.dumps(ids, salt=f"ancrage.{purpose}")


def read_token(purpose: str, token: str, max_age: timedelta | None = None) -> dict[str, Any]:
    """What `make_token` was given. Raises `TokenInvalid`, or `TokenExpired` past `max_age`."""
    try:
        ids: dict[str, Any] = signing.loads(token, salt=f"ancrage.{purpose}", max_age=max_age)
    except signing.SignatureExpired:
        raise TokenExpired from None
    except (signing.BadSignature, ValueError):
        raise TokenInvalid from None
    return ids
