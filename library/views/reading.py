"""Reading a document in the page, and taking its file home."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import files
from library import formats
from library.counting import note_download
from library.extraction.errors import sentence
from library.extraction.pages import WIDTHS, render_page
from library.views.common import is_private, of_document

if TYPE_CHECKING:
    from library.models import Document, Version

logger = logging.getLogger(__name__)


def _number(value: str | None) -> int | None:
    good = value and value.isascii() and value.isdecimal() and len(value) < 10
    return int(value) if value and good else None


def _asked(request: HttpRequest, document: Document) -> Version:
    """The version that `?version=` names, or the current one."""
    if "version" not in request.GET:
        version = document.current
    else:
        number = _number(request.GET["version"])
        rows = document.versions.select_related("file")
        version = rows.filter(number=number).first() if number is not None else None
    if version is None:
        raise Http404
    version.document = document
    return version


@require_safe
@of_document
def download(request: HttpRequest, document: Document) -> HttpResponseBase:
    """The file of the current version, or of the one that is asked for."""
    version = _asked(request, document)
    stored: Any = version.file
    stored.target = version
    try:
        response = files.serve(request, stored, download=True)
    except FileNotFoundError:
        logger.error("the content of the file %s is missing", stored.pk)
        raise Http404 from None
    if response.status_code in (200, 302):
        note_download(request, document)
    return response


@require_safe
@of_document
def page_image(request: HttpRequest, document: Document, number: int) -> HttpResponseBase:
    """One page of a PDF as a picture; `?taille=2` is the larger one."""
    version = _asked(request, document)
    stored: Any = version.file
    stored.target = version
    width = WIDTHS[1] if request.GET.get("taille") == "2" else WIDTHS[0]

    def draw() -> bytes:
        return render_page(stored, number, width, keep=not is_private(document))

    return files.serve_picture(request, stored, f"{number}-{width}", draw)


@require_safe
@of_document
def read(request: HttpRequest, document: Document) -> HttpResponse:
    """One page of it: a picture with its text, a text, or the sound or the film that it is."""
    version = _asked(request, document)
    pages = max(version.page_count or 1, 1)
    number = min(max(_number(request.GET.get("page")) or 1, 1), pages)
    text = version.pages.filter(number=number).values_list("text", flat=True).first() or ""
    pinned = f"version={version.number}&" if version.pk != document.current_id else ""
    base = f"{reverse('library:read', args=(document.pk,))}?{pinned}page="

    def image(of: int) -> str:
        address = reverse("library:page_image", args=(document.pk, of))
        return f"{address}?{pinned.rstrip('&')}" if pinned else address

    context = {
        "layout": "base.html" if request.user.is_authenticated else "public.html",
        "document": document,
        "version": version,
        "pinned": pinned,
        "way": formats.way_to_read(version),
        "number": number,
        "pages": pages,
        "before": f"{base}{number - 1}" if number > 1 else "",
        "after": f"{base}{number + 1}" if number < pages else "",
        "first": f"{base}1",
        "last": f"{base}{pages}",
        "text": text,
        "image": image(number),
        "large": f"{image(number)}{'&' if pinned else '?'}taille=2",
        "widths": WIDTHS,
        # A page that may stay nowhere is not asked for before it is wanted.
        "next_image": image(number + 1) if number < pages and not is_private(document) else "",
        "failure": sentence(version.failure),
    }
    return render(request, "library/read.html", context)
