"""How allauth behaves in the house."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.user import normalise_address
from core.mail.adapter import MailDoorAdapterMixin
from core.site import absolute

# A shared computer keeps its session this long at most, and never after the browser is closed.
SHARED_COMPUTER = "shared_computer"
SHARED_SECONDS = 2 * 60 * 60
SEALED = "sealed:"


def display(user: User) -> str:
    return user.full_name


class AccountAdapter(MailDoorAdapterMixin, DefaultAccountAdapter):
    """Sign-in by address only, closed sign-up, one answer whether the account exists or not."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The current password is not right."),
        "incorrect_code": _("This code is not right. Check it, or ask for another."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then start again."),
        "rate_limited": _("Too many tries. Wait a few minutes, then start again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from approvals and invitations only."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """After sign-in one goes to a page of this very site, and to nothing else."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """An account that may not act now is told so, once it has proven who it is."""
        if user.is_active and not user.is_current:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        if request.session.get(SHARED_COMPUTER):
            request.session.set_expiry(0)
            request.session["ends_at"] = timezone.now().timestamp() + SHARED_SECONDS

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_inactive"))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail names our own address, whatever Host the request claimed."""
        user, token = key.split("-", 1)
        return absolute(reverse("account_reset_password_from_key", args=(user, token)))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:security")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One mailbox, one count: neither its spelling nor the Host header starts it anew."""
        return normalise_address(credentials.get("email") or credentials.get("username") or "")


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: secrets are sealed in the database, the last one of an animator stays."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Check it, or ask for another."),
        "cannot_delete_authenticator": _(
            "Your role requires a second factor: add another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return SEALED + _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; what was written before it was sealed passes as it is."""
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        try:
            return _box().decrypt(encrypted_text.removeprefix(SEALED).encode()).decode()
        except InvalidToken:
            return ""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        if not needs_second_factor(user):
            return True
        others = factors().filter(user=user).exclude(pk=authenticator.pk)
        return others.exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.SITE_NAME}


def needs_second_factor(user: Any) -> bool:
    """Animators and administrators, wherever the rule is not waived (demonstration)."""
    return bool(settings.SECOND_FACTOR_REQUIRED and (user.is_animator or user.is_superuser))


def factors() -> Any:
    """Second factors by themselves: recovery codes only stand in for one."""
    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)


def _box() -> MultiFernet:
    """The seal, from SECRET_KEY; former keys still open."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (
        salted_hmac("accounts.second_factor", "seal", secret=key, algorithm="sha256").digest()
        for key in keys
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
