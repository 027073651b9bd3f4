"""The page of a document and those of its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.models import Reaction
from core import content, links
from core.audience import State
from core.web import person
from library import formats, schema, vocabularies
from library.exchange.record import record_of
from library.permissions import rights_of
from library.services.deposit import restore_version
from library.views.common import of_document

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from library.models import Document, Version

# Gesture → the column that counts it.
REACTIONS = {Reaction.Type.THANKS.value: "thanks_count", Reaction.Type.USEFUL.value: "useful_count"}
# The page shows the newest; the others are one click away.
VERSIONS_SHOWN = 4
SIMILAR = 4


@require_safe
@of_document
def page(request: HttpRequest, document: Document, slug: str = "") -> HttpResponse:
    """What is said of a document, the way to read it, and what became of it."""
    address = document.get_absolute_url()
    if slug and request.path != address:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)
    rights = rights_of(request.user, document)
    prefetch_related_objects([document], "terms", "tags")
    newest = list(document.versions.select_related("by", "file")[: VERSIONS_SHOWN + 1])
    context = {
        "rights": rights,
        "words": words_of(document),
        "versions": newest[:VERSIONS_SHOWN],
        "more_versions": len(newest) > VERSIONS_SHOWN,
        "readable": formats.can_be_read(document.current),
        "similar": content.knows_neighbours() and document.state == State.PUBLISHED,
        "schema": schema.script(record_of(document)) if document.is_public else "",
    }
    return _show(request, "library/document.html", document, context | _talk(request, document))


def _show(
    request: HttpRequest, template: str, document: Document, context: dict[str, Any]
) -> HttpResponse:
    """The page in the frame of a member, or in that of a visitor."""
    layout = "base.html" if request.user.is_authenticated else "public.html"
    return render(request, template, {"document": document, "layout": layout} | context)


def _talk(request: HttpRequest, document: Document) -> dict[str, Any]:
    """What members say and do about it; nothing of it is for visitors."""
    user = request.user
    if not user.is_authenticated or document.state != State.PUBLISHED:
        return {}
    mine = Reaction.objects.filter(user_id=user.pk).on("document", [document.pk])
    threads = links.others(document, user, kind="thread")
    discuss = ""
    if not user.is_guest:
        discuss = f"{reverse('forums:new')}?a-propos=document-{document.pk}"
        if document.space is not None:
            discuss += f"&communaute={document.space.slug}"
    pressed = set(mine.values_list("type", flat=True))
    return {
        "gestures": [
            {"type": type, "count": getattr(document, column), "stands": type in pressed}
            for type, column in REACTIONS.items()
        ],
        "mine": document.owner_id == user.pk,
        "threads": threads,
        "discuss": discuss,
    }


def words_of(document: Document) -> list[tuple[str | Promise, str, dict[str, str]]]:
    """The terms of a document: for each facet its label, its name in addresses, code → word."""
    found: dict[str, dict[str, str]] = {}
    for term in sorted(document.terms.all(), key=lambda one: (one.position, one.label)):
        facet = vocabularies.facet_of(term.scheme)
        if facet is not None:
            found.setdefault(facet, {})[term.code] = term.label
    return [
        (vocabularies.LABELS[name], name, found[name])
        for name in vocabularies.FACETS
        if name in found
    ]


@require_safe
@of_document
def similar(request: HttpRequest, document: Document) -> HttpResponse:
    """What resembles it: asked by the page once it is scrolled to, or a page of its own."""
    found = content.similar_to(document, request.user, SIMILAR)
    if request.headers.get("HX-Request"):
        return render(request, "library/parts/similar.html", {"similar": found})
    return _show(request, "library/similar.html", document, {"similar": found})


@require_safe
@of_document
def versions(request: HttpRequest, document: Document) -> HttpResponse:
    """Every file that it had: which, since when, by whom, and what changed."""
    rows = document.versions.select_related("by", "file", "restored_from")
    context = {"rights": rights_of(request.user, document), "versions": list(rows)}
    return _show(request, "library/versions.html", document, context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_document
def version(request: HttpRequest, document: Document, number: int) -> HttpResponse:
    """One version, whose address never shows another; its file may be made the current one."""
    rows = document.versions.select_related("by", "file", "restored_from")
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404
    found.document = document
    rights = rights_of(request.user, document)
    if request.method == "POST":
        return _restore(request, found)
    context = {"rights": rights, "version": found, "readable": formats.can_be_read(found)}
    return _show(request, "library/version.html", document, context)


def _restore(request: HttpRequest, version: Version) -> HttpResponse:
    if not request.user.is_authenticated or request.POST.get("acte") != "restaurer":
        return HttpResponseBadRequest()
    restored = restore_version(version, by=person(request))
    messages.success(
        request,
        _("Version %(old)s is the current one again, as version %(new)s.")
        % {"old": version.number, "new": restored.number},
    )
    return redirect("library:versions", pk=version.document_id)
