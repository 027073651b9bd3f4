"""How often one person, address or key may do something: fixed windows in the shared cache.

allauth limits what is its own (sign-in, codes, resets); this is for the rest: search, uploads,
requests to join, reports. (Its helper lives in an internal module and keeps its keys as typed.)
"""

import functools
import ipaddress
import logging
import time
import unicodedata
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.leases import error_name

logger = logging.getLogger(__name__)
Response = TypeVar("Response", bound=HttpResponseBase)


class TooMany(Refused):
    """The limit is reached; `retry_after` is in seconds."""

    message = _("That is a lot at once. Please wait a few minutes, then try again.")
    status = 429

    def __init__(self, retry_after: int = 60) -> None:
        super().__init__()
        self.retry_after = retry_after


def client_address(request: HttpRequest) -> str:
    """The address of the person's machine.

    `X-Forwarded-For` is believed only for as many proxies as `TRUSTED_PROXIES` says: what stands
    further left was written by the client.
    """
    count = settings.TRUSTED_PROXIES
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    claimed = chain[-count] if 0 < count <= len(chain) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(claimed))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 (an address that is no address: a unix socket)


def network(address: str) -> str:
    """The address, or for IPv6 the /64 of one subscriber, who owns all of it."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def canonical(key: str) -> str:
    """The key without what a person may vary at will: case, spaces, invisible signs, forms."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())
    return "".join(
        char
        for char in folded
        if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf", "Mn")
    )


def hit(scope: str, key: str, limit: int, window: int) -> bool:
    """Count one act; True while at most `limit` were done in this window of `window` seconds.

    The key is kept hashed. A cache that is away limits nothing: the site goes on, and the health
    page says so. A database that is too busy to count is what limits are for.
    """
    now = time.time()
    digest = salted_hmac("core.ratelimit", f"{scope}\0{canonical(key)}").hexdigest()
    name = f"limit:{digest}:{int(now // window)}"
    try:
        return _take_place(name, limit, window)
    except Exception as error:
        logger.warning("the limit %s was not counted: %s", scope, error_name(error))
        return not isinstance(error, DatabaseError)


def _take_place(name: str, limit: int, window: int) -> bool:
    """Count one act of this window; True while there was a place left for it."""
    backend: Any = type(cache._connections[cache._alias])  # type: ignore[attr-defined]
    if backend.incr is BaseCache.incr:
        return _take_row(name, limit, window)
    cache.add(name, 0, timeout=window)
    try:
        count: int = cache.incr(name)
    except ValueError:
        # It expired in between: this is the first of the next window.
        count = 1
    return count <= limit


def _take_row(name: str, limit: int, window: int) -> bool:
    """The same for a cache that adds one in two steps (the database's).

    Each act has a row of its own, which its key makes unique: two at once cannot take the same
    one, and a row that could not be written lets nobody through. The counter only says where to
    begin, so it may come late, or not at all.
    """
    for place in range(int(cache.get(name, 0)) + 1, limit + 1):
        if cache.add(f"{name}:{place}", 1, timeout=window):
            cache.set(name, place, timeout=window)
            return True
    return False


def by_address(request: HttpRequest) -> str:
    return network(client_address(request))


def by_person(request: HttpRequest) -> str:
    """The account when there is one, the address otherwise."""
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    return by_address(request)


def limited(
    scope: str,
    *,
    limit: int,
    window: int,
    key: Callable[[HttpRequest], str] = by_person,
    methods: Collection[str] = ("POST",),
    when: Callable[[HttpRequest], bool] = lambda request: True,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Decorate a view: past `limit` requests in `window` seconds it answers a page, status 429.
    Only the requests of these `methods`, and of which `when` is true, are counted."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
            counts = request.method in methods and when(request)
            if counts and not hit(scope, key(request), limit, window):
                raise TooMany(retry_after=window - int(time.time()) % window)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
