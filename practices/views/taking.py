"""What one takes away of a sheet: a page to print, a PDF, its content for machines, a picture."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import files
from core.ratelimit import limited
from core.site import absolute
from core.web import no_store
from practices.counting import note_downloads
from practices.errors import PrinterMissing
from practices.exchange import pages, picture, printing, qr, record
from practices.exchange.paper import paper_of
from practices.views.common import layout_of, of_sheet

if TYPE_CHECKING:
    from practices.models import Sheet

MONTH = 30 * 24 * 3600


def _require_published(sheet: Sheet) -> None:
    """Nothing is taken away of what has no version yet."""
    if sheet.current is None:
        raise Http404


def _led_to_its_page(response: HttpResponse, sheet: Sheet) -> HttpResponse:
    """Another form of a page: what finds it is led to the page, and asks again before it shows a
    copy."""
    response.headers["Link"] = f'<{absolute(sheet.get_absolute_url())}>; rel="canonical"'
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
@of_sheet
def print_page(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """One page for a volunteer: what it is, for whom, the steps, what not to change, what not to
    do, whom to ask. No download is noted: whether it was printed or looked at, nobody knows."""
    _require_published(sheet)
    paper = paper_of(sheet, request.user)
    label = _("QR code that leads to %(address)s") % {"address": paper.url}
    context = {"sheet": sheet, "paper": paper, "code": qr.inline(paper.url, label)}
    return _led_to_its_page(render(request, "practices/print.html", context), sheet)


@limited("practices_pdf", limit=60, window=3600, methods=("GET",))
@require_safe
@of_sheet
def pdf(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The sheet as a PDF; made once, as long as nothing of it changes."""
    _require_published(sheet)
    paper = paper_of(sheet, request.user)
    page = pages.sheet_page(paper)
    digest = hashlib.sha256(page.encode()).hexdigest()[:32]
    response = get_conditional_response(request, etag=f'"{digest}"')
    if response is None:
        try:
            content = files.made_once(
                f"sheet-{sheet.pk}",
                f"{digest}.pdf",
                lambda: printing.print_here(page, pages.things([paper])),
            )
        except PrinterMissing as refusal:
            context = {"layout": layout_of(request), "sheet": sheet, "sentence": str(refusal)}
            return no_store(render(request, "practices/no_pdf.html", context, status=404))
        note_downloads(request, [sheet.pk])
        name = f"fiche-{sheet.pk}-{sheet.slug}".strip("-")
        response = as_pdf(request, content, f"{name}.pdf")
    response.headers["ETag"] = f'"{digest}"'
    return _led_to_its_page(response, sheet)


def as_pdf(request: HttpRequest, content: bytes, name: str) -> HttpResponse:
    """A PDF to keep. It is compressed already: the compressing middleware leaves it alone."""
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
@of_sheet
def json_record(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The published content and its words, for a program; a file to keep, as the PDF is."""
    _require_published(sheet)
    said = record.described(sheet, paper_of(sheet, request.user).credits)
    options = {"ensure_ascii": False, "indent": 1}
    response = JsonResponse(said, json_dumps_params=options)
    response.headers["Content-Disposition"] = f'inline; filename="fiche-{sheet.pk}.json"'
    response.headers["X-Robots-Tag"] = "noindex"
    note_downloads(request, [sheet.pk])
    return _led_to_its_page(response, sheet)


@require_safe
@of_sheet
def image(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The picture of a public sheet, under the name of what it shows; kept for a month by whoever
    asks under that name."""
    if not sheet.is_public:
        raise Http404
    name = picture.name_of(sheet.title, sheet.bearer.name)
    if request.GET.get("v") != name:
        return redirect(f"{reverse('practices:picture', args=(sheet.pk,))}?v={name}")
    content = files.made_once(
        f"sheet-{sheet.pk}", f"{name}.png", lambda: picture.drawn(sheet.title, sheet.bearer.name)
    )
    return as_picture(request, content)


def as_picture(request: HttpRequest, content: bytes) -> HttpResponse:
    """A picture whose address changes with what it shows; compressed already, as a PDF is."""
    response = HttpResponse(content, content_type="image/png")
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    response.headers["Cache-Control"] = f"public, max-age={MONTH}"
    return response
