from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def versions(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def version(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
