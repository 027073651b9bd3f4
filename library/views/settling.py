from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def withdraw(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def merge(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
