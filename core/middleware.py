"""What surrounds every request: an identifier for the logs, quiet headers, refusals as pages."""

import uuid
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import health
from core.errors import Refused
from core.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]

# Nothing here uses them; an injected script may not either.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class RequestContextMiddleware:
    """Numbers the request for the logs and adds the headers that Django does not know.

    The number comes back in `X-Request-Id`, for whoever reports a problem.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request.id = uuid.uuid4().hex[:8]  # type: ignore[attr-defined]
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers["X-Request-Id"] = number
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if _on_shared_computer(request):
            response.headers["Cache-Control"] = "no-store"
        return response


def _on_shared_computer(request: HttpRequest) -> bool:
    """Whether the person said so at sign-in.

    Looks only at a session that the page has read: asking would cost a query to pages that do
    not depend on who reads them, and would fail with the database.
    """
    read = getattr(getattr(request, "session", None), "_session_cache", {})
    return bool(read.get("shared_computer"))


class HealthMiddleware:
    """Answers `/sante/` before sessions, cache and accounts are asked anything: they may be what
    is broken."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/sante/":
            return health.view(request)
        return self.get_response(request)


class RefusalMiddleware:
    """A refusal that no view turned into something better becomes a page with its sentence.

    A NUL in a query is refused at once: no person types one, and PostgreSQL takes none.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        template = "errors/403.html" if error.status == 403 else "errors/refused.html"
        response = render(request, template, {"sentence": str(error)}, status=error.status)
        if retry_after := getattr(error, "retry_after", None):
            response.headers["Retry-After"] = str(retry_after)
        return response
