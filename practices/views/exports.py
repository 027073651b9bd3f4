"""The list of sheets, to take away as a table or for a program."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.ratelimit import limited
from core.web import person
from practices.exchange import record, tables
from practices.finding import filters

limit_exports = limited("practices_export", limit=30, window=3600, methods=("GET",))


def chosen(request: HttpRequest) -> Any:
    """The sheets that she reads under the filters of the address, improved last first."""
    user = person(request)
    return filters.apply(filters.read(request.GET, user), user).published().improved_first()


@limit_exports
@require_safe
def table(request: HttpRequest) -> HttpResponseBase:
    """The list as a CSV file, a column for each field."""
    return _file(request, tables.lines(chosen(request)), "text/csv", "csv")


@limit_exports
@require_safe
def json_list(request: HttpRequest) -> HttpResponseBase:
    """The list, whole, in JSON."""
    return _file(request, record.lines(chosen(request)), "application/json", "json")


def _file(request: HttpRequest, lines: Any, content_type: str, extension: str) -> HttpResponseBase:
    content_type = f"{content_type}; charset=utf-8"
    name = f"pratiques-{timezone.localdate().isoformat()}.{extension}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)
