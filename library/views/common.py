"""How every page of a document begins: the document if it exists for the viewer, or what is said
in its place."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.audience import State
from core.web import no_store
from library.models import Document

if TYPE_CHECKING:
    from core.audience import Viewer

View = Callable[..., HttpResponseBase]
# Pages of the current version, or of the one that `?version=` names.
SAME = ("download", "read")
# What the rights and the pages read of a document, in its own query.
WITH = ("space", "owner__organisation", "publisher", "organisation", "current__file")


def of_document(view: View) -> View:
    """Decorate a view that takes the document, with the viewer's rights, in place of `pk`.

    It is the one that she reads, or moderates in whatever state. Failing that: the document that
    took its place, its tombstone, the sign-in page of a visitor, or the same 404 as for a number
    that was never used. What not everybody reads stays in no cache.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        rows = Document.objects.seen_by(user).with_rights(user).select_related(*WITH)
        document = rows.exclude(state=State.REMOVED).with_pk(pk)
        if document is None:
            return _absent(request, pk, kwargs)
        response = view(request, document, **kwargs)
        if is_private(document):
            response.headers["Cache-Control"] = "no-store"
        return response

    return login_not_required(wrapped)


def is_private(document: Document) -> bool:
    """Whether a page about it may stay nowhere: of a confidential space, or not published."""
    space = document.space
    return document.state != State.PUBLISHED or (space is not None and space.confidential)


def _absent(request: HttpRequest, pk: int, kwargs: dict[str, Any]) -> HttpResponse:
    user = request.user
    gone = Document.objects.gone_for(user).select_related("replaced_by__space", "space")
    document = gone.with_pk(pk)
    if document is not None and request.method in ("GET", "HEAD"):
        heir = document.replaced_by
        if heir is None:
            return no_store(render(request, "library/gone.html", _tomb(document, user), status=410))
        if heir.can_be_read_by(user):
            return redirect(_moved(request, document, heir, kwargs))
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    raise Http404


def _tomb(document: Document, user: Viewer) -> dict[str, Any]:
    layout = "base.html" if user.is_authenticated else "public.html"
    return {"document": document, "layout": layout}


def _moved(request: HttpRequest, old: Document, heir: Document, kwargs: dict[str, Any]) -> str:
    """Where an address of a merged document leads now: the same page of the one that took its
    place. Its versions took numbers after those that were there (`merged_after`)."""
    match = request.resolver_match
    name = match.url_name if match is not None else ""
    if name == "versions":
        return reverse("library:versions", args=(heir.pk,))
    asked = str(kwargs.get("number", "")) if name == "version" else request.GET.get("version", "")
    if name not in ("version", *SAME) or (asked and old.merged_after is None):
        return heir.get_absolute_url()
    same = reverse(f"library:{name}", args=(heir.pk,)) if name in SAME else ""
    if not (asked.isascii() and asked.isdecimal()):
        return same
    number = int(asked[:9]) + (old.merged_after or 0)
    return (
        f"{same}?version={number}" if same else reverse("library:version", args=(heir.pk, number))
    )
