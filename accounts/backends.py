"""Who somebody is: by e-mail and password, and in the demonstration by its public password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.models.user import normalise_address

DEMO_PASSWORD = "ancrage-demo"  # noqa: S105 (public by design: loopback and demo flag only)
DEMO_DOMAIN = "@courriel.example"


class AccountBackend(AuthenticationBackend):
    """allauth's backend, loading the person with her organisation in one query."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("organisation").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class DemoBackend(ModelBackend):
    """Accepts the public password for the accounts of the demonstration, and only there."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        address = normalise_address(credentials.get("email") or username or "")
        if not settings.DEMO or not address.endswith(DEMO_DOMAIN) or not password:
            return None
        if not constant_time_compare(password, DEMO_PASSWORD):
            return None
        user = User.objects.filter(email=address).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_user(self, user_id: Any) -> User | None:
        return AccountBackend().get_user(user_id)
