"""Logs and error reports that hold no text, no token and no identifier."""

import logging
import re
from contextvars import ContextVar

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# The two addresses of the product that hold a secret.
_TOKEN_PATH = re.compile(r"(/(?:adhesion/suivi|invitation|courriel/arret)/)[^/\s?]+")


def mask(text: str) -> str:
    """The same line without the tokens of its addresses."""
    return _TOKEN_PATH.sub(r"\1…", text)


class Scrub(logging.Filter):
    """Adds the request's identifier and masks tokens in every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.msg = mask(record.getMessage())
        record.args = ()
        return True


class QuietReporterFilter(SafeExceptionReporterFilter):
    """Error reports show neither what was posted nor local variables."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict:
        return {}
