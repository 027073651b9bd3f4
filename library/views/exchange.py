"""What leaves the library: citations, feeds, tables."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from core.web import no_store
from library.exchange import citations
from library.exchange.record import record_of, with_words
from library.models import Document
from library.views.visitors import open_to_visitors


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
