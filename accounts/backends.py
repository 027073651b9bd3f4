"""Who somebody is: by e-mail and password, and in the demonstration by its public password."""

import functools
import ipaddress
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.models.user import normalise_address

DEMO_PASSWORD = "ancrage-demo"  # noqa: S105 (public by design: loopback and demo flag only)
DEMO_DOMAIN = "@courriel.example"


@functools.cache
def _people() -> QuerySet[User]:
    """Each with her organisation, and whether she has a second factor (`has_second_factor`): the
    question of every request, put together once."""
    factor = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    people = User.objects.select_related("organisation")
    return people.annotate(has_second_factor=Exists(factor)).order_by()


def load(user_id: Any) -> User | None:
    """The signed-in person, in one query. None when her account may not act now."""
    found = list(_people().filter(pk=user_id))
    return found[0] if found and found[0].is_current else None


def _near(request: HttpRequest) -> bool:
    """Whether the request comes from this very machine (or through its own socket)."""
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1").is_loopback
    except ValueError:
        return False


class AccountBackend(AuthenticationBackend):
    """allauth's backend, which knows that a guest's access ends."""

    def get_user(self, user_id: Any) -> User | None:
        return load(user_id)


class DemoBackend(ModelBackend):
    """Accepts the public password for the accounts of the demonstration, and only there."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        address = normalise_address(credentials.get("email") or username or "")
        if not settings.DEMO or not address.endswith(DEMO_DOMAIN) or not password:
            return None
        if not constant_time_compare(password, DEMO_PASSWORD):
            return None
        # A server may be told on its command line to listen more widely than settings know.
        if request is not None and not _near(request):
            return None
        user = User.objects.filter(email=address).first()
        return user if user is not None and user.is_current else None

    def get_user(self, user_id: Any) -> User | None:
        return load(user_id) if settings.DEMO else None
