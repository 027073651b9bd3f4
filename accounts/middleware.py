"""Ends at once the session of an account that may no longer act."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse


class CurrentAccountMiddleware:
    """A deactivated person, or a guest past her date, is signed out at her next request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.user.is_current:
            logout(request)
        return self.get_response(request)
