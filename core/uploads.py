"""The tus protocol, version 1.0.0: https://tus.io/protocols/resumable-upload

The core, and its extensions creation, termination and expiration, over `core.files.resumable`.
Beside the protocol: `Upload-File` carries the identifier of the file once it is whole, and a
refusal its sentence in JSON. Every request but OPTIONS carries our protection token as a header.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import Invalid, Refused
from core.files import resumable
from core.models import ResumableUpload
from core.web import no_store, person

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PIECE_TYPE = "application/offset+octet-stream"
CHUNK = 1 << 16

View = Callable[..., HttpResponse]


class NotUnderstood(Invalid):
    """A header is missing or makes no sense; no person wrote it."""


class OtherVersion(NotUnderstood):
    status = 412


class NotAPiece(NotUnderstood):
    status = 415


@require_http_methods(["OPTIONS", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """What is spoken here, and the announcement of a file."""
    return _answered(request, {"OPTIONS": _options, "POST": _begin})


@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE", "POST"])
def upload(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Where an upload stands, its next piece, its end."""
    acts: dict[str, View] = {
        "OPTIONS": _options, "HEAD": _where, "PATCH": _append, "DELETE": _cancel,
    }  # fmt: skip
    return _answered(request, acts, upload_id=upload_id)


def _answered(request: HttpRequest, acts: dict[str, View], **place: uuid.UUID) -> HttpResponse:
    try:
        response = _act(request, acts)(request, **place)
    except ResumableUpload.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        response = JsonResponse({"error": {"message": str(refusal)}}, status=refusal.status)
        if isinstance(refusal, OtherVersion):
            response.headers["Tus-Version"] = VERSION
        if isinstance(refusal, resumable.WrongOffset):
            response.headers["Upload-Offset"] = str(refusal.offset)
    response.headers["Tus-Resumable"] = VERSION
    return no_store(response)


def _act(request: HttpRequest, acts: dict[str, View]) -> View:
    """What is asked. Networks that know only POST have their say in a header, as tus wants."""
    method = request.method or ""
    if method == "POST":
        method = request.headers.get("X-HTTP-Method-Override", method).upper()
    if method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion
    if method not in acts:
        raise NotUnderstood
    return acts[method]


def _options(request: HttpRequest, **place: uuid.UUID) -> HttpResponse:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
    }
    return HttpResponse(status=204, headers=headers)


def _begin(request: HttpRequest) -> HttpResponse:
    name = _metadata(request.headers.get("Upload-Metadata", "")).get("filename", "")
    found = resumable.begin(by=person(request), name=name, length=_number(request, "Upload-Length"))
    response = HttpResponse(status=201)
    response.headers["Location"] = reverse("core:resumable", args=(found.pk,))
    return _standing(response, found)


def _where(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    found = resumable.find(upload_id, by=person(request))
    response = HttpResponse()
    response.headers["Upload-Length"] = str(found.length)
    name = base64.b64encode(found.name.encode()).decode()
    response.headers["Upload-Metadata"] = f"filename {name}"
    return _standing(response, found)


def _append(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    if request.content_type != PIECE_TYPE:
        raise NotAPiece
    found = resumable.find(upload_id, by=person(request))
    offset = _number(request, "Upload-Offset")
    found = resumable.append(found, offset, _received(request), by=person(request))
    return _standing(HttpResponse(status=204), found)


def _cancel(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    found = ResumableUpload.objects.get(pk=upload_id, user_id=person(request).pk)
    resumable.cancel(found, by=person(request))
    return HttpResponse(status=204)


def _standing(response: HttpResponse, upload: ResumableUpload) -> HttpResponse:
    response.headers["Upload-Offset"] = str(upload.offset)
    response.headers["Upload-Expires"] = http_date(resumable.expires_at(upload).timestamp())
    if upload.stored_id is not None:
        response.headers["Upload-File"] = str(upload.stored_id)
    return response


def _received(request: HttpRequest) -> bytes:
    """The piece, or as much of it as came before the network went away."""
    received = bytearray()
    try:
        while len(received) <= resumable.MAX_PIECE and (chunk := request.read(CHUNK)):
            received += chunk
    except UnreadablePostError:
        pass
    return bytes(received)


def _number(request: HttpRequest, header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise NotUnderstood(_("The header %(name)s is missing or wrong.") % {"name": header})
    return int(value)


def _metadata(header: str) -> dict[str, str]:
    """The pairs of `Upload-Metadata`: a name, and its value in base64."""
    found = {}
    for pair in header.split(","):
        name, _space, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise NotUnderstood from None
    return found
