"""What a session may still do: it ends with its account, and waits for a second factor."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.adapter import needs_second_factor
from accounts.models import User

SEEN_EVERY = timedelta(minutes=10)

Answer = Callable[[HttpRequest], HttpResponse]


class CurrentAccountMiddleware:
    """Signs out a session whose account may no longer act, or whose two hours are over on a
    shared computer; notes now and then that the person was here (last visit, list of sessions).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            ends_at = request.session.get("ends_at")
            if not user.is_current or (ends_at and ends_at < timezone.now().timestamp()):
                logout(request)
            else:
                note_visit(request, user)
        return self.get_response(request)


def note_visit(request: HttpRequest, user: User) -> None:
    """Write that this person, and this session of hers, was seen: at most once in ten minutes in
    each process, so that pages do not pay for it."""
    key = f"seen:{request.session.session_key}"
    if not caches["local"].add(key, True, SEEN_EVERY.total_seconds()):
        return
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(last_seen_at=now)
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


class SecondFactorMiddleware:
    """Leads an animator or an administrator without a second factor to set one up: until then
    she opens nothing but the pages for that, and signs out."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            not user.is_authenticated
            or not needs_second_factor(user)
            or getattr(user, "has_second_factor", False)
            or self.is_open(request.path)
        ):
            return self.get_response(request)
        messages.warning(
            request, _("Your role gives access to what others confide: add a second factor first.")
        )
        return redirect("accounts:security")

    def is_open(self, path: str) -> bool:
        security = reverse("accounts:security")
        allowed = (security, settings.STATIC_URL, reverse("account_logout"))
        return path.startswith(allowed) or path == reverse("set_language")
