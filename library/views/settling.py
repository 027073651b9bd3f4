"""Deciding about a document: its approval, its withdrawal, its merge into another."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.errors import NotAllowed, Refused
from core.web import person
from library.errors import UnknownDocument
from library.models import Document
from library.permissions import rights_of
from library.services.approval import approve, refuse
from library.services.merging import merge_documents
from library.services.withdrawal import withdraw_document
from library.views.common import of_document

if TYPE_CHECKING:
    from accounts.models import User

# A whole address, the end of one, or a number.
NUMBER = re.compile(r"(?:.*/bibliotheque/)?(\d{1,18})(?:[-/?#].*)?")
read_and_write = require_http_methods(["GET", "HEAD", "POST"])


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MergeForm(forms.Form):
    into = forms.CharField(
        label=gettext_lazy("The document to keep"),
        help_text=gettext_lazy("Its address, or its number."),
        max_length=600,
    )


def _attempted(form: forms.Form, field: str, act: Callable[[], Any]) -> bool:
    """Do `act` with a valid form; a refusal is said beside `field`."""
    try:
        act()
    except Refused as refusal:
        form.add_error(field, str(refusal))
        return False
    return True


@read_and_write
@login_required
@of_document
def decide(request: HttpRequest, document: Document) -> HttpResponse:
    """Approve what awaits it, or refuse it with a word to its depositor."""
    user = person(request)
    if not rights_of(user, document).decide:
        raise NotAllowed
    if request.method == "POST" and request.POST.get("acte") == "approuver":
        approve(document, by=user)
        messages.success(request, _("The document is approved: its readers read it."))
        return redirect(document)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _attempted(form, "reason", lambda: refuse(document, by=user, reason=reason)):
            messages.success(request, _("The document is refused, and its depositor told why."))
            return redirect(document)
    return render(request, "library/decide.html", {"document": document, "form": form})


@read_and_write
@login_required
@of_document
def withdraw(request: HttpRequest, document: Document) -> HttpResponse:
    """Take it away, leaving at its address its title and a reason."""
    user = person(request)
    if not rights_of(user, document).edit:
        raise NotAllowed
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _attempted(form, "reason", lambda: withdraw_document(document, by=user, reason=reason)):
            messages.success(request, _("The document is withdrawn."))
            return redirect("library:index")
    return render(request, "library/withdraw.html", {"document": document, "form": form})


@read_and_write
@login_required
@of_document
def merge(request: HttpRequest, document: Document) -> HttpResponse:
    """This one is a double: the other takes its place. Two steps: which one, then yes."""
    user = person(request)
    if not rights_of(user, document).edit:
        raise NotAllowed
    form = MergeForm(request.POST or None)
    heir = None
    if request.method == "POST" and form.is_valid():
        heir = _editable(form.cleaned_data["into"], user)
        if heir is None:
            form.add_error("into", str(UnknownDocument()))
        elif request.POST.get("acte") == "fusionner" and _attempted(
            form, "into", lambda: merge_documents(document, into=heir, by=user)
        ):
            messages.success(request, _("The two documents are one."))
            return HttpResponseRedirect(heir.get_absolute_url())
    context = {"document": document, "form": form, "heir": None if form.errors else heir}
    return render(request, "library/merge.html", context)


def _editable(address: str, user: User) -> Document | None:
    """The document that an address or a number names, if she may change it."""
    found = NUMBER.fullmatch(address.strip())
    if found is None:
        return None
    rows = Document.objects.seen_by(user).with_rights(user)
    rows = rows.select_related("space", "publisher", "organisation")
    document = rows.filter(pk=int(found[1])).first()
    return document if document is not None and rights_of(user, document).edit else None
