"""Gives files out: to whom may read what they belong to, and in a form that cannot run."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from core import content
from core.files.errors import Infected, Withheld
from core.files.types import INLINE, WEBP
from core.models import StoredFile

if TYPE_CHECKING:
    from core.audience import Viewer

# One range, as players ask for it.
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
# A sent file is a stranger's: it may neither run, load, nor speak to our pages.
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def find_readable(file_id: uuid.UUID, viewer: Viewer) -> StoredFile:
    """The file, if `viewer` reads or moderates what it belongs to, or sent it and it belongs to
    nothing.

    Raises `ObjectDoesNotExist` alike for what is missing and for what is not hers to see. The
    object it belongs to, if any, comes along as `stored.target`.
    """
    stored: Any = StoredFile.objects.get(pk=file_id)
    stored.target = None
    if stored.kind:
        stored.target = content.find_seen(stored.kind, stored.object_id, viewer)
    elif viewer.pk is None or stored.uploaded_by_id != viewer.pk:
        raise StoredFile.DoesNotExist
    found: StoredFile = stored
    return found


def serve(request: HttpRequest, stored: StoredFile, *, download: bool = False) -> HttpResponseBase:
    """The response that gives a file found by `find_readable`, or whose `target` the caller found.

    Images are shown, unless it is a `download`; the rest is downloaded, by parts if the browser
    asks for one: a recording is listened to from its middle. Behind a proxy the content is the
    proxy's to send (`ACCEL_PREFIX`); from S3, a download is a redirection to an address signed for
    a minute. Raises `Withheld` while the antivirus has not answered, `Infected` when it found a
    danger.
    """
    if stored.state == StoredFile.State.WITHHELD:
        raise Withheld
    if stored.state == StoredFile.State.INFECTED:
        raise Infected
    inline = stored.content_type in INLINE and not download
    disposition = content_disposition_header(not inline, stored.name) or "inline"
    storage = storages["private"]
    if not inline and _is_on_s3(storage):
        return _elsewhere(storage, stored, disposition)
    etag = f'"{stored.sha256}"'
    response = get_conditional_response(request, etag=etag) or _with_content(request, stored, etag)
    response.headers["Content-Disposition"] = disposition
    return _guarded(request, response, stored, etag)


def serve_picture(
    request: HttpRequest, stored: StoredFile, name: str, draw: Callable[[], bytes]
) -> HttpResponseBase:
    """The response that shows a picture in WebP of a part of a file, which `draw` makes when the
    browser does not have it; `name` tells the parts of a file from one another. Raises what `draw`
    raises."""
    etag = f'"{stored.sha256[:32]}-{name}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(draw(), content_type=WEBP.content_type)
    response.headers["Content-Disposition"] = "inline"
    return _guarded(request, response, stored, etag)


def _guarded(
    request: HttpRequest, response: HttpResponseBase, stored: StoredFile, etag: str
) -> HttpResponseBase:
    """With the headers of a stranger's file."""
    headers = {
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


def _with_content(request: HttpRequest, stored: StoredFile, etag: str) -> HttpResponseBase:
    content_type = stored.content_type
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    name = stored.file.name or ""
    if settings.ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response.headers["X-Accel-Redirect"] = settings.ACCEL_PREFIX + quote(name)
        return response
    part = _part(request, stored, etag)
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    elif part is None:
        response = FileResponse(storages["private"].open(name), content_type=content_type)
    elif not part:
        headers = {"Content-Range": f"bytes */{stored.size}"}
        return HttpResponse(status=416, headers=headers)
    else:
        opened = Part(storages["private"].open(name), part)
        response = FileResponse(opened, status=206, content_type=content_type)
        response.headers["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{stored.size}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(stored.size if part is None else len(part))
    return response


def _part(request: HttpRequest, stored: StoredFile, etag: str) -> range | None:
    """The bytes that the browser asks for; empty when there are none, None for the whole."""
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.method != "GET" or asked[0] == "bytes=-":
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        return range(max(stored.size - int(last), 0), stored.size)
    return range(int(first), min(int(last) + 1, stored.size) if last else stored.size)


class Part:
    """Some bytes of an open file, read as a file."""

    def __init__(self, opened: Any, part: range) -> None:
        self.opened = opened
        self.left = len(part)
        opened.seek(part.start)

    def read(self, size: int = -1) -> bytes:
        size = self.left if size < 0 else min(size, self.left)
        found: bytes = self.opened.read(size) if size else b""
        self.left -= len(found)
        return found

    def close(self) -> None:
        self.opened.close()


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
