"""What leaves the library: citations, feeds, tables."""

from __future__ import annotations

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.models import SubCommunity
from core.ratelimit import limited
from core.site import absolute, site
from core.web import no_store, person
from library import filters
from library.exchange import citations, feeds, tables
from library.exchange.record import record_of, with_words
from library.models import Document
from library.views import browse
from library.views.visitors import open_to_visitors

CONFIDENTIAL = Q(space__confidentiality=SubCommunity.Confidentiality.HIGH)


@open_to_visitors
@require_safe
def citation(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    """One document for a reference manager; `format` is the extension of the file."""
    if format not in citations.FORMATS:
        raise Http404
    document = get_object_or_404(with_words(Document.objects.readable_by(request.user)), pk=pk)
    kind = citations.FORMATS[format]
    response = HttpResponse(
        kind.write(record_of(document)),
        content_type=f"{kind.content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="document-{pk}.{format}"'},
    )
    if document.space is not None and document.space.confidential:
        return no_store(response)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@login_not_required  # visitors follow what is public
@require_safe
def feed(request: HttpRequest, format: str) -> HttpResponseBase:
    """The latest documents under the filters of the address, `rss` or `atom`, for whoever asks."""
    wanted = browse.asked(request).wanted
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    words = [_("Library"), *(str(chip.label) for chip in browse.chips(request, wanted))]
    body = feeds.draw(
        format,
        feeds.rows_for(wanted, request.user),
        title=f"{' · '.join(words)} – {site().name}",
        url=absolute(reverse("library:index") + query),
        feed_url=absolute(request.path + query),
    )
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        body, content_type=f"application/{format}+xml; charset=utf-8", headers={"ETag": etag}
    )
    patch_cache_control(response, private=True, no_cache=True)
    return response


@limited("library_table", limit=30, window=3600, methods=("GET",))
@require_safe
def table(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a CSV file. What is confidential leaves only from inside its space."""
    wanted = browse.asked(request).wanted
    rows = filters.apply(wanted, person(request))
    if wanted.space is None or not wanted.space.confidential:
        rows = rows.filter(Q(space=None) | ~CONFIDENTIAL)
    column, unique = filters.ORDERS[wanted.order]
    order = (column, unique) if wanted.order == "titre" else (f"-{column}", f"-{unique}")
    name = f"bibliotheque-{timezone.localdate().isoformat()}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    if request.method == "HEAD":
        return HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    return StreamingHttpResponse(
        tables.lines(rows.order_by(*order)),
        content_type="text/csv; charset=utf-8",
        headers=headers,
    )
