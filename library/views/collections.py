"""Collections and reading lists: their pages, and what their owner does to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.models import Reaction
from core.audience import Level, State
from core.errors import Refused
from core.pagination import by_cursor
from core.ratelimit import limited
from core.site import absolute
from core.warning import found_in
from core.web import no_store, person
from library.counting import note_archive
from library.errors import GuestsFollow, NotYourCollection
from library.exchange import archive
from library.exchange.archive import Piece
from library.exchange.citations import sentence
from library.exchange.record import clean, record_of, with_words
from library.models import Collection, CollectionItem, Document
from library.permissions import may_deposit
from library.services import collections as services
from library.services.collections import PRIVATE
from library.views.collection_forms import IN_SPACE, CollectForm, CollectionForm
from library.views.visitors import open_to_visitors

SIZE = 30
MINE = 100
# From the list of documents, at once.
MOST_CHOSEN = 100


@login_not_required  # visitors see what is public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Her own collections, then those that others share with her, the latest first."""
    user = request.user
    rows = Collection.objects.readable_by(user).select_related("space", "owner")
    mine = rows.of(user).order_by("-updated_at", "-pk")[:MINE] if user.is_authenticated else ()
    others = rows.exclude(owner_id=user.pk or 0).published()
    page = by_cursor(
        others, after=request.GET.get("apres", ""), size=SIZE, order=("updated_at", "id")
    )
    context = {
        "mine": list(mine),
        "others": page.rows,
        "next_url": f"?apres={page.next}" if page.next else "",
        "may_make": user.is_authenticated and may_deposit(user),
    }
    return _show(request, "library/collections/index.html", context)


@open_to_visitors
@require_safe
def page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """A collection: of its documents, those that its reader may read, in its order."""
    collection = _found(request, pk)
    address = collection.get_absolute_url()
    if slug and request.path != address:
        return redirect(address)
    if "impression" in request.GET:
        return _printed(request, collection)
    rows = _items(request, collection).select_related("document__space", "document__current__file")
    items = list(rows.order_by("position", "pk"))
    own = request.user.is_authenticated and collection.owner_id == request.user.pk
    sizes = [one.document.current.file.size for one in items if one.document.current]
    context = {
        "collection": collection,
        "items": items,
        "own": own,
        "weight": sum(sizes),
        "files": len(sizes),
        "thanked": _thanked(request, collection),
    }
    return _private(collection, _show(request, "library/collections/page.html", context))


def _printed(request: HttpRequest, collection: Collection) -> HttpResponse:
    """The collection on paper: how to cite each document, where it is, and the word on it."""
    pieces = _pieces(request, collection)
    lines = [
        {
            "citation": sentence(piece.record, address=False),
            "note": piece.note,
            "url": piece.record.doi_address or piece.record.url,
        }
        for piece in pieces
    ]
    context = {"collection": collection, "lines": lines, "today": timezone.localdate()}
    return _private(collection, render(request, "library/collections/print.html", context))


@limited("library_zip", limit=20, window=3600, methods=("GET",))
@open_to_visitors
@require_safe
def zip_archive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The files of a collection that its reader may read, in one archive."""
    collection = _found(request, pk)
    pieces = _pieces(request, collection)
    archive.weight(pieces)
    headers = {
        "Content-Disposition": f'attachment; filename="collection-{pk}.zip"',
        "Cache-Control": "no-store" if _is_confidential(collection) else "private, no-cache",
    }
    # Files are compressed already: tell the compressing middleware to leave them alone.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip", headers=headers)
    note_archive(request, pk, [one.record.number for one in pieces if one.file is not None])
    content = archive.stream(
        clean(collection.title),
        clean(collection.purpose),
        absolute(collection.get_absolute_url()),
        pieces,
    )
    return StreamingHttpResponse(content, content_type="application/zip", headers=headers)


# ------------------------------------------------------------------------------------ her own


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not may_deposit(user):
        raise GuestsFollow
    documents = _chosen(request)
    initial = {"title": request.GET.get("titre", "")[:160]}
    form = CollectionForm(request.POST or None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_collection_of(documents, by=user, **form.given())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _said_of(documents))
            _warn(request, made.title, made.purpose)
            return redirect(made.get_absolute_url())
    context = {"form": form, "documents": documents}
    response = _show(request, "library/collections/edit.html", context)
    inside = any(one.space is not None and one.space.confidential for one in documents)
    return no_store(response) if inside else response


def _chosen(request: HttpRequest) -> list[Document]:
    """The documents that were chosen in the list, in the order in which they stood there."""
    asked = (request.POST or request.GET).getlist("document")
    numbers = list(dict.fromkeys(filter(None, map(_number, asked))))[:MOST_CHOSEN]
    if not numbers:
        return []
    rows = Document.objects.readable_by(request.user).filter(pk__in=numbers, replaced_by=None)
    found = {one.pk: one for one in rows.select_related("space")}
    return [found[number] for number in numbers if number in found]


def _said_of(documents: list[Document]) -> str:
    if not documents:
        return _("The collection is made: add documents from their page.")
    count = len(documents)
    return ngettext(
        "The collection is made, with one document.",
        "The collection is made, with %(n)s documents.",
        count,
    ) % {"n": count}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its title, what it is for, and who reads it; or take it away."""
    user = person(request)
    collection = _owned(request, pk)
    if request.POST.get("acte") == "supprimer":
        services.remove_collection(collection, by=user)
        messages.success(request, _("The collection is removed. Its documents stay."))
        return redirect("library:collections")
    form = CollectionForm(request.POST or None, initial=_initial(collection), user=user)
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.edit_collection(collection, by=user, **form.given())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The collection is saved."))
            _warn(request, kept.title, kept.purpose)
            return redirect(kept.get_absolute_url())
    context = {"form": form, "collection": collection}
    return _private(collection, _show(request, "library/collections/edit.html", context))


def _initial(collection: Collection) -> dict[str, str]:
    audience = collection.level
    if collection.state == State.DRAFT:
        audience = PRIVATE
    elif collection.level == Level.SPACE and collection.space is not None:
        audience = IN_SPACE + collection.space.slug
    return {"title": collection.title, "purpose": collection.purpose, "audience": audience}


@require_POST
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """What is done to one document of the list, by one button."""
    user = person(request)
    collection = _owned(request, pk)
    number = request.POST.get("place", "")
    rows = _items(request, collection)
    found = get_object_or_404(
        rows, pk=int(number) if number.isdecimal() and len(number) < 18 else 0
    )
    found.collection = collection
    act = request.POST.get("acte")
    if act in ("monter", "descendre"):
        services.move_item(found, by=user, up=act == "monter")
    elif act == "retirer":
        services.take_out(found, by=user)
        messages.success(request, _("The document is no longer in this collection."))
    elif act == "noter":
        noted = services.annotate(found, by=user, note=request.POST.get("note", ""))
        messages.success(request, _("Your word is saved."))
        _warn(request, noted.note)
    else:
        return HttpResponseBadRequest()
    return redirect(f"{collection.get_absolute_url()}#document-{found.document_id}")


@require_http_methods(["GET", "HEAD", "POST"])
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a document into one of her collections, or into a new one, hers alone at first."""
    user = person(request)
    rows = Document.objects.readable_by(user).select_related("space")
    document = get_object_or_404(rows, pk=pk)
    if not may_deposit(user):
        raise GuestsFollow
    inside = document.space if document.space and document.space.confidential else None
    mine = Collection.objects.of(user).readable_by(user).order_by("-updated_at", "-pk")
    if inside is not None:
        mine = mine.filter(space=inside)
    form = CollectForm(request.POST or None, mine=list(mine[:MINE]))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            chosen = data["chosen"] or services.make_collection(
                by=user, title=data["title"], space=inside
            )
            services.add_document(chosen, document, by=user, note=data["note"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The document is in “%(title)s”.") % {"title": chosen.title}
            )
            _warn(request, data["title"], data["note"])
            return redirect(document.get_absolute_url())
    response = _show(
        request, "library/collections/collect.html", {"form": form, "document": document}
    )
    return no_store(response) if inside is not None else response


# ------------------------------------------------------------------------------------- common


def _warn(request: HttpRequest, *texts: str) -> None:
    """Say that somebody may be recognised in what she wrote; she decides."""
    if any(found_in(text) for text in texts):
        messages.warning(request, _("What you wrote could identify a young person: reread it."))


def _found(request: HttpRequest, pk: int) -> Collection:
    rows = Collection.objects.readable_by(request.user)
    return get_object_or_404(rows.select_related("space", "owner__organisation"), pk=pk)


def _owned(request: HttpRequest, pk: int) -> Collection:
    collection = _found(request, pk)
    if collection.owner_id != request.user.pk:
        raise NotYourCollection
    return collection


def _number(text: str) -> int:
    """A number of a form; 0, which is nothing's, for what is none."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else 0


def _items(request: HttpRequest, collection: Collection) -> Any:
    return CollectionItem.objects.shown_to(request.user, collection)


def _pieces(request: HttpRequest, collection: Collection) -> list[Piece]:
    """The documents and the words on them, in order, as exports write them; four queries."""
    rows = _items(request, collection).order_by("position", "pk")
    places = list(rows.values_list("document_id", "note"))
    found = with_words(Document.objects.readable_by(request.user).filter(pk__in=dict(places)))
    documents = {document.pk: document for document in found}
    return [Piece(record_of(documents[pk]), note) for pk, note in places if pk in documents]


def _thanked(request: HttpRequest, collection: Collection) -> bool | None:
    """Whether she thanked for it; None for who is not offered to."""
    user = request.user
    shared = collection.state == State.PUBLISHED
    if not user.is_authenticated or collection.owner_id == user.pk or not shared:
        return None
    mine = Reaction.objects.filter(user_id=user.pk, type=Reaction.Type.THANKS)
    return bool(mine.on("collection", [collection.pk]).exists())


def _is_confidential(collection: Collection) -> bool:
    return collection.space is not None and collection.space.confidential


def _private(collection: Collection, response: HttpResponse) -> HttpResponse:
    """What is hers alone, or confidential, stays in no cache."""
    alone = collection.state != State.PUBLISHED
    return no_store(response) if alone or _is_confidential(collection) else response


def _show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    layout = "base.html" if request.user.is_authenticated else "public.html"
    return render(request, template, {"layout": layout} | context)
