"""The door of every composer: nothing that somebody typed is lost, and nothing is posted for her.

A form carries a token that says whose it is. When it comes back without a session (it expired),
or with somebody else's, its text becomes a draft of the person who wrote it, shown to her alone
once she has signed in again. When it comes back with the right person but an old protection token
(she signed in again in another window), it is shown again, unposted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from core.errors import Refused
from core.signing import make_token, read_token
from core.views import csrf_failure
from core.web import no_store

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "writer"
# As long as a session can be.
AGE = timedelta(days=30)

Keep = Callable[..., str]
View = Callable[..., HttpResponse]


def writer_token(user: User) -> str:
    return make_token(PURPOSE, user=user.pk)


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _protected(request: HttpRequest) -> bool:
    """Whether the request carries Django's protection token, which these views check themselves."""
    check = _CsrfCheck(lambda request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda request: HttpResponse(), (), {}) is None


def _writer(request: HttpRequest) -> User | None:
    """Whose form this is, while her account is good."""
    try:
        ids = read_token(PURPOSE, request.POST.get("writer", ""), AGE)
    except Refused:
        return None
    user: User | None = get_user_model().objects.filter(pk=ids.get("user", 0)).first()
    return user if user is not None and user.is_current else None


def keeps_writing(keep: Keep) -> Callable[[View], View]:
    """Decorate a composer's view.

    `keep(request, writer, **url)` keeps what was typed as a draft of `writer` and answers the
    address that shows it again. The view gets `request.unsure`, true when it must show the form
    again instead of publishing.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.unsure = False  # type: ignore[attr-defined]
            if request.method != "POST":
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                return no_store(view(request, *args, **kwargs))
            writer = _writer(request)
            if not request.user.is_authenticated or (writer and writer.pk != request.user.pk):
                return no_store(_set_aside(request, writer, keep, kwargs))
            if not _protected(request):
                if writer is None:
                    return csrf_failure(request, reason="")
                request.unsure = True  # type: ignore[attr-defined]
            return no_store(view(request, *args, **kwargs))

        guarded: View = sensitive_post_parameters()(wrapped)
        guarded = csrf_exempt(login_not_required(guarded))
        return guarded

    return decorate


def saves_writing(view: View) -> View:
    """Decorate the address to which a page sends what is being typed, every few seconds.

    The view gets the person whose form it is, also once her session has ended; it may only keep
    the text for her. The form's own token, which nobody else knows, protects it. Without a good
    one: the sign-in page for a visitor, 403 otherwise.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        writer = _writer(request) if request.method == "POST" else None
        if writer is None and not request.user.is_authenticated:
            return redirect_to_login("/")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if writer is None:
            raise PermissionDenied
        return no_store(view(request, writer, *args, **kwargs))

    guarded: View = sensitive_post_parameters()(wrapped)
    guarded = csrf_exempt(login_not_required(guarded))
    return guarded


def _set_aside(
    request: HttpRequest, writer: User | None, keep: Keep, url: dict[str, Any]
) -> HttpResponse:
    if writer is None:
        return redirect_to_login(request.path)
    again = keep(request, writer, **url)
    if request.user.is_authenticated:
        messages.warning(
            request,
            _(
                "This text was begun under another account. It is kept for that account alone, and "
                "was not published."
            ),
        )
        return redirect("home:landing")
    messages.info(
        request,
        _(
            "Your session had ended. Your text is kept: sign in to find it again. It is not "
            "published yet."
        ),
    )
    return redirect_to_login(again)
