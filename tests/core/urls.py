"""Addresses for the tests of what surrounds a request: each misbehaves in its own way."""

from typing import Any

from allauth.core.ratelimit import respond_429
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import path

from core import health
from core.errors import Refused
from core.ratelimit import limited
from core.signing import TokenExpired


def answering(act: Any) -> Any:
    @login_not_required
    def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        result = act(request)
        if isinstance(result, Exception):
            raise result
        return result if isinstance(result, HttpResponse) else HttpResponse(result)

    return view


class ThreadClosed(Refused):
    message = "Ce fil est fermé."


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


@login_not_required
@limited("essai", limit=2, window=60)
def narrow(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("bien/", answering(lambda request: "bien")),
    path("lu/", answering(lambda request: str(request.user))),
    path("ferme/", answering(lambda request: ThreadClosed())),
    path("perime/", answering(lambda request: TokenExpired())),
    path("defendu/", answering(lambda request: PermissionDenied())),
    path("absent/", answering(lambda request: Http404())),
    path("casse/", answering(lambda request: ValueError(request.POST.get("texte", "rien")))),
    path("base/", answering(lambda request: OperationalError("server closed the connection"))),
    path("adhesion/suivi/<str:token>/", answering(lambda request: HttpResponseNotFound())),
    path("prive/", private),
    path("etroit/", narrow),
    path("etroit/allauth/", answering(respond_429)),
    path("sante/", health.view),
    path("compte/connexion/", answering(lambda request: "connexion"), name="account_login"),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler429 = "core.views.too_many"
handler500 = "core.views.server_error"
