"""Stops writing an upload once it is too large, so that nobody can fill the disk with it."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUploadHandler(FileUploadHandler):
    """First of the handlers: lets the limit pass, and a little more, so that `accept` sees that
    the limit was passed; the rest of the file goes nowhere."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None if start > settings.UPLOAD_MAX_BYTES else raw_data

    def file_complete(self, file_size: int) -> Any:
        return None
