"""Gives files out: to whom may read what they belong to, and in a form that cannot run."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from core import content
from core.files.errors import Withheld
from core.files.types import INLINE
from core.models import StoredFile

if TYPE_CHECKING:
    from core.audience import Viewer

# A sent file is a stranger's: it may neither run, load, nor speak to our pages.
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def find_readable(file_id: uuid.UUID, viewer: Viewer) -> StoredFile:
    """The file, if `viewer` may read what it belongs to, or sent it and it belongs to nothing.

    Raises `ObjectDoesNotExist` alike for what is missing and for what is not hers to read. The
    object it belongs to, if any, comes along as `stored.target`.
    """
    stored: Any = StoredFile.objects.get(pk=file_id)
    stored.target = None
    if stored.kind:
        stored.target = content.find_readable(stored.kind, stored.object_id, viewer)
    elif viewer.pk is None or stored.uploaded_by_id != viewer.pk:
        raise StoredFile.DoesNotExist
    found: StoredFile = stored
    return found


def serve(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """The response that gives a file found by `find_readable`.

    Images are shown, the rest is downloaded. Behind a proxy the content is the proxy's to send
    (`ACCEL_PREFIX`); from S3, a download is a redirection to an address signed for a minute.
    Raises `Withheld` while the antivirus has not answered.
    """
    if stored.state == StoredFile.State.WITHHELD:
        raise Withheld
    inline = stored.content_type in INLINE
    disposition = content_disposition_header(not inline, stored.name) or "inline"
    storage = storages["private"]
    if not inline and _is_on_s3(storage):
        return _elsewhere(storage, stored, disposition)
    etag = f'"{stored.sha256}"'
    response = get_conditional_response(request, etag=etag) or _with_content(request, stored)
    headers = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": _caching(request, stored),
        "ETag": etag,
    }
    for name, value in headers.items():
        response.headers[name] = value
    # The formats are compressed already: tell the compressing middleware to leave them alone.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    return response


def _with_content(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    content_type = stored.content_type
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    name = stored.file.name or ""
    if settings.ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response.headers["X-Accel-Redirect"] = settings.ACCEL_PREFIX + quote(name)
        return response
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        response = FileResponse(storages["private"].open(name), content_type=content_type)
    response.headers["Content-Length"] = str(stored.size)
    return response


def _caching(request: HttpRequest, stored: StoredFile) -> str:
    """A browser may keep a file, but asks each time whether it may still show it; except the
    photo beside every message, which may stay an hour."""
    space = _space_of(stored)
    if request.session.get("shared_computer") or getattr(space, "confidential", False):
        return "no-store"
    if stored.kind == "member":
        return "private, max-age=3600"
    return "private, no-cache"


def _space_of(stored: StoredFile) -> Any:
    target = getattr(stored, "target", None)
    return content.get(stored.kind).space(target) if target is not None else None


def _is_on_s3(storage: Storage) -> bool:
    return bool(getattr(storage, "bucket_name", ""))


def _elsewhere(storage: Any, stored: StoredFile, disposition: str) -> HttpResponse:
    address = storage.url(
        stored.file.name,
        parameters={
            "ResponseContentDisposition": disposition,
            "ResponseContentType": stored.content_type,
        },
        expire=60,
    )
    return HttpResponse(
        status=302,
        headers={
            "Location": address,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        },
    )
