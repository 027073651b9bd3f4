"""The language of each page, and the code of conduct before the first one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from home import conduct

# In the session: the language of the person's account, since her sign-in.
LANGUAGE = "language"

# What somebody may open before she accepts, besides the public pages.
FREE_NAMES = frozenset(
    {"home:conduct", "set_language", "accounts:security", "core:file", "core:health"}
)
FREE_PREFIXES = ("account_", "mfa_", "usersessions_")


class LanguageMiddleware:
    """French, unless the person chose English by the button (a cookie) or for her account.

    The browser's own preference is left aside: an English browser is common among people who
    work in French.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen is None and settings.SESSION_COOKIE_NAME in request.COOKIES:
            chosen = request.session.get(LANGUAGE)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response


def _speak_her_language(request: HttpRequest | None, user: Any, **_also: Any) -> None:
    if request is not None and hasattr(request, "session"):
        request.session[LANGUAGE] = user.language


user_logged_in.connect(_speak_her_language, dispatch_uid="language.session")


class ConductMiddleware:
    """Leads whoever has not accepted the code of conduct in force to it, before anything else.

    What she was writing when a new version came is not lost: her POST passes, and the next page
    that she opens asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or self._is_free(request, view):
            return None
        if conduct.has_accepted(request):
            return None
        if request.method not in ("GET", "HEAD") and conduct.accepted_before(request.user):
            return None
        there = reverse("home:conduct")
        if request.method == "GET":
            there = f"{there}?{urlencode({'next': request.get_full_path()})}"
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(reverse("home:conduct"))
        return HttpResponseRedirect(there)

    def _is_free(self, request: HttpRequest, view: Any) -> bool:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name == "home:landing":
            return False
        if name in FREE_NAMES or name.startswith(FREE_PREFIXES):
            return True
        return not getattr(view, "login_required", True)
