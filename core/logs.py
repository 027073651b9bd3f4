"""Logs and error reports that hold no text, no token and no identifier."""

import logging
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from types import FrameType, TracebackType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.views.debug import SafeExceptionReporterFilter

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_SECRETS = (
    # The addresses of the product that hold a secret.
    (re.compile(r"(/(?:adhesion/suivi|invitation|courriel/arret)/)[^/\s?\"']+"), r"\1…"),
    (re.compile(r"(/recherche/(?:flux|arret)/)[^/\s?\"']+"), r"\1…"),
    # What `core.signing` makes, wherever it stands, and Django's password reset keys.
    (re.compile(r"[\w-]{4,}:[\w-]{4,}:[\w-]{20,}"), "…"),
    (re.compile(r"\b[0-9A-Za-z]{1,13}-[0-9a-z]{6,7}-[0-9a-f]{32}\b"), "…"),
    # A query may hold words that a person searched for.
    (re.compile(r"(/[^\s?\"']*)\?[^\s\"']+"), r"\1?…"),
)

# Errors whose message speaks of the program. Any other may quote what a person typed.
_ABOUT_THE_PROGRAM = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    InterfaceError,
    NameError,
    OperationalError,
    ProgrammingError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    TypeError,
)
ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


def mask(text: str) -> str:
    """The same line without the tokens and the queries of its addresses."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class Scrub(logging.Filter):
    """Adds the request's identifier and masks tokens in every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django's own line about an answer comes once the request is over.
        over = getattr(getattr(record, "request", None), "id", "-")
        record.request_id = request_id.get() if request_id.get() != "-" else over
        record.msg = mask(record.getMessage())
        record.args = ()
        return True


class Line(logging.Formatter):
    """Writes an error as its class and its lines of code, without the values it met."""

    def formatException(self, ei: ErrorInfo) -> str:
        return "\n".join(describe(error) for error in _chain(ei[1]))


def describe(error: BaseException) -> str:
    """The traceback of one error, its message only when it cannot quote a person."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, _ABOUT_THE_PROGRAM):
        name += f": {mask(str(error).partition(chr(10))[0])}"
    return frames + name


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from, the first cause first."""
    links: list[BaseException] = []
    while error is not None and error not in links:
        links.append(error)
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)
    return reversed(links)


class QuietReporterFilter(SafeExceptionReporterFilter):
    """Error reports show neither what was posted, nor cookies, nor local variables."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> Any:
        if not settings.DEBUG:
            return []
        return super().get_traceback_frame_variables(request, tb_frame)
