"""Depositing: files or a link, then the sheet of each, then what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core import composing
from core.pagination import by_cursor
from core.web import person
from core.writing import keeps_writing
from library.errors import NothingToDeposit
from library.extraction.errors import sentence
from library.models import Document, Version
from library.permissions import may_deposit
from library.views.batch import Batch, CardRefused

# What the buttons of the form ask for, besides showing it again.
DEPOSIT, AS_IS, REMOVE = "deposer", "as-is", "retirer:"
SIZE = 20
WAITING = (Version.Reading.WAITING, Version.Reading.RECOGNISING)


@keeps_writing(composing.keep)
def new(request: HttpRequest) -> HttpResponse:
    """One page from the first file to the deposit: it is shown again, with what it holds, until
    everything is there."""
    user = person(request)
    if not may_deposit(user):
        return render(request, "library/deposit/cannot.html", status=403)
    if request.method != "POST":
        data = composing.kept(request)
        wanted = request.GET.get("communaute", "")
        batch = Batch(
            data if data is not None else QueryDict(mutable=True), user=user, wanted=wanted
        )
        batch.take_attachment(request.GET.get("piece", ""), request.GET.get("a-propos", ""))
        batch.open()
        return _show(request, batch, came_back=data is not None)
    batch = _received(request)
    act = request.POST.get("act", "")
    goes_on = act in (DEPOSIT, AS_IS) and not request.POST.get("replace") and not _unsure(request)
    if not goes_on or batch.added or not batch.cards:
        return _show(request, batch, status=400 if batch.refused else 200)
    found = batch.look_for_identifiers()
    if not batch.is_valid() or batch.refused:
        return _show(request, batch, errors=True, status=400)
    if batch.waiting or (found and act != AS_IS):
        return _show(request, batch)
    return _deposit(request, batch)


def _unsure(request: HttpRequest) -> bool:
    return bool(getattr(request, "unsure", False))


def _received(request: HttpRequest) -> Batch:
    """The form as it was sent: words replaced, documents taken away and added."""
    batch = Batch(request.POST.copy(), user=person(request))
    act = request.POST.get("act", "")
    if place := request.POST.get("replace", ""):
        batch.replace(place)
    if act.startswith(REMOVE):
        batch.remove(act.removeprefix(REMOVE))
    batch.take_sent(request.POST.getlist("kept"))
    batch.take_files(request.FILES.getlist("files"))
    if address := request.POST.get("address", "").strip():
        batch.take_link(address)
    if not batch.prefixes() and not batch.refused:
        batch.refused.append(("", str(NothingToDeposit())))
    batch.open()
    return batch


def _deposit(request: HttpRequest, batch: Batch) -> HttpResponse:
    try:
        documents = batch.deposit()
    except CardRefused as refused:
        form = refused.card.form
        asked = batch.sharing if batch.sharing.takes(refused.refusal) else form
        asked.refuse(refused.refusal)
        return _show(request, batch, errors=True, status=refused.refusal.status)
    composing.forget(request)
    said = ngettext("The document is deposited.", "%(n)s documents are deposited.", len(documents))
    messages.success(request, said % {"n": len(documents)})
    return redirect("library:deposits")


def _show(
    request: HttpRequest,
    batch: Batch,
    *,
    errors: bool = False,
    came_back: bool = False,
    status: int = 200,
) -> HttpResponse:
    if not errors:
        batch.quiet()
    context = {
        "batch": batch,
        "summary": batch.summary() if errors else None,
        "found": batch.look_for_identifiers(),
        "address": batch.data.get("address", ""),
        "writer": batch.data.get("writer", ""),
        "came_back": came_back,
        "unsure": _unsure(request),
    }
    return render(request, "library/deposit/new.html", context, status=status)


# --------------------------------------------------------------------- what became of them


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Her deposits, the latest first: read or not, approved or not, and why.

    By htmx, the part of the page that changes while files are being read.
    """
    user = person(request)
    rows = Document.objects.readable_by(user).filter(owner_id=user.pk, replaced_by=None)
    rows = rows.select_related("space", "current__file").defer("abstract", "contributors")
    page = by_cursor(
        rows, after=request.GET.get("apres", ""), size=SIZE, order=("created_at", "id")
    )
    context: dict[str, Any] = {
        "documents": [_Deposit(document) for document in page.rows],
        "next_page": page.next,
        "reading": any(_is_read(document) for document in page.rows),
        "here": request.get_full_path(),
    }
    by_htmx = bool(getattr(request, "htmx", False))
    template = "library/deposit/parts/list.html" if by_htmx else "library/deposit/mine.html"
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_read(document: Document) -> bool:
    """Whether its file is still being read."""
    return document.current is not None and document.current.reading in WAITING


class _Deposit:
    """One row: the document, and what the reading of its file came to."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.being_read = _is_read(document)
        current = document.current
        self.trouble = sentence(current.failure) if current is not None else ""
        self.read = current is not None and current.reading == Version.Reading.DONE
