"""Changing a document: what is said of it, and its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core import composing, files, warning
from core.composing import Refusing
from core.errors import Refused
from core.models import StoredFile
from core.warning import Part
from core.web import person
from core.writing import keeps_writing, writer_token
from library import looking
from library.errors import NotYours, Withdrawn
from library.forms import SharingForm, SheetForm, VersionForm
from library.forms import sharing as sharings
from library.forms import sheet as sheets
from library.models import Document
from library.permissions import rights_of
from library.sent import loose
from library.services.deposit import add_version, edit_document
from library.views.summary import Several

if TYPE_CHECKING:
    from library.services.metadata import Metadata

LOOKED_IN = ("title", "alternative", "abstract", "source")
VERSION_WORDS = ("label", "note")


@dataclass(frozen=True)
class Found:
    """What in one form could identify a young person, as the page shows it."""

    parts: list[Part] = field(default_factory=list)
    title: str = ""


def _editable(request: HttpRequest, pk: int) -> Document:
    """The document, if she may change it: missing and invisible are the same 404."""
    user = person(request)
    rows = Document.objects.seen_by(user).with_rights(user)
    rows = rows.select_related("space", "publisher", "organisation", "current__file")
    document: Document = get_object_or_404(rows, pk=pk)
    rights = rights_of(user, document)
    if not rights.alive:
        raise Withdrawn
    if not rights.edit:
        raise NotYours
    return document


def _sent(request: HttpRequest, looked_in: tuple[str, ...]) -> QueryDict | None:
    """The form as it is shown again: what was sent, or what was kept when her session ended."""
    data = request.POST.copy() if request.method == "POST" else composing.kept(request)
    if data is None:
        return None
    place, _colon, which = request.POST.get("replace", "").partition(":")
    for name in looked_in if place == "all" else [one for one in looked_in if one == place]:
        data[name] = warning.mended(data.get(name, "")[: looking.MOST], which or "all")
    data["writer"] = writer_token(person(request))
    return data


def _goes_on(request: HttpRequest) -> bool:
    """Whether the form is to be carried out, and not only shown again."""
    unsure = getattr(request, "unsure", False)
    return request.method == "POST" and not request.POST.get("replace") and not unsure


# ----------------------------------------------------------------------------------- the sheet


@keeps_writing(composing.keep)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is said of it and whom it is shared with."""
    document, user = _editable(request, pk), person(request)
    data = _sent(request, LOOKED_IN)
    forms: tuple[SheetForm, SharingForm] = (
        SheetForm(data, document=document, initial=sheets.initial_of(document)),
        SharingForm(data, user=user, document=document, initial=sharings.initial_of(document)),
    )
    if not _goes_on(request) or data is None:
        return _show_edit(request, document, forms, data)
    wrong = [form for form in forms if not form.is_valid()]
    if wrong:
        return _show_edit(request, document, forms, data, errors=True, status=400)
    if _parts(forms[0], data) and request.POST.get("act") != composing.AS_IS:
        return _show_edit(request, document, forms, data)
    sheet, sharing = forms
    try:
        words = cast("Metadata", {**sheet.given(), **sharing.given()})
        edit_document(document, by=user, link=sheet.cleaned_data["link"], **words)
    except Refused as refusal:
        (sharing if sharing.takes(refusal) else sheet).refuse(refusal)
        return _show_edit(request, document, forms, data, errors=True, status=refusal.status)
    composing.forget(request)
    messages.success(request, _("The sheet is saved."))
    document.refresh_from_db()
    return redirect(document.get_absolute_url())


def _parts(sheet: SheetForm, data: QueryDict) -> list[Part]:
    fields = {name: (str(sheet.fields[name].label), data.get(name, "")) for name in LOOKED_IN}
    return looking.in_words(fields)


def _show_edit(
    request: HttpRequest,
    document: Document,
    forms: tuple[SheetForm, SharingForm],
    data: QueryDict | None,
    *,
    errors: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = _context(request, document, list(forms), errors=errors, bound=data is not None)
    parts = _parts(forms[0], data) if data is not None else []
    context |= {"sheet": forms[0], "sharing": forms[1], "groups": [Found(parts)] if parts else []}
    return render(request, "library/deposit/edit.html", context, status=status)


def _context(
    request: HttpRequest, document: Document, forms: list[Refusing], *, errors: bool, bound: bool
) -> dict[str, Any]:
    """What both pages show; a form that is shown again in silence says nothing of its gaps."""
    if bound and not errors:
        for form in forms:
            form.quiet()
    return {
        "document": document,
        "summary": Several(forms) if errors else None,
        "writer": writer_token(person(request)),
        "came_back": bound and request.method == "GET",
        "unsure": getattr(request, "unsure", False),
    }


# ------------------------------------------------------------------------------ a new version


@keeps_writing(composing.keep)
def new_version(request: HttpRequest, pk: int) -> HttpResponse:
    """A new file of the document; the earlier ones stay at their own addresses."""
    document, user = _editable(request, pk), person(request)
    data = _sent(request, VERSION_WORDS)
    refusal, stored = None, None
    if data is not None:
        try:
            stored = _file(request, data)
        except Refused as refused:
            refusal = refused
    form = VersionForm(data)
    found = _look(form, data, stored) if data is not None else Found()
    if not _goes_on(request) or data is None:
        return _show_version(request, document, form, stored, found, data)
    form.full_clean()
    if refusal is not None:
        form.add_error("file", str(refusal))
    elif stored is None:
        form.add_error("file", _("Choose a file."))
    if form.errors or stored is None:
        return _show_version(request, document, form, stored, found, data, status=400)
    if found.parts and request.POST.get("act") != composing.AS_IS:
        return _show_version(request, document, form, stored, found, data)
    words = {name: form.cleaned_data[name] for name in VERSION_WORDS}
    try:
        version = add_version(document, by=user, file=stored, **words)
    except Refused as refused:
        form.refuse(refused)
        status = refused.status
        return _show_version(request, document, form, stored, found, data, status=status)
    composing.forget(request)
    if version.file_id == stored.pk:
        messages.success(request, _("The new version is deposited."))
    else:
        messages.info(request, _("This file is the current version already: nothing changed."))
    return redirect(document.get_absolute_url())


def _file(request: HttpRequest, data: QueryDict) -> StoredFile | None:
    """The file of the form: sent with it, or before it. Raises the refusals of `core.files`."""
    user = person(request)
    sent = request.FILES.get("file")
    if sent is not None:
        stored = files.accept(sent, by=user)
    else:
        waiting = [one for one in (loose(one, user) for one in data.getlist("kept")) if one]
        if not waiting:
            data.setlist("kept", [])
            return None
        stored = waiting[-1]
    data.setlist("kept", [str(stored.pk)])
    return stored


def _look(form: VersionForm, data: QueryDict, stored: StoredFile | None) -> Found:
    fields = {
        name: (str(form.fields[name].label), data.get(name, "")) for name in ("label", "note")
    }
    parts = looking.in_words(fields)
    if stored is None:
        return Found(parts)
    parts += looking.in_words({"": (_("In the name of a file"), stored.name)})
    if looking.said(stored, data.get("looked", "")) is not False:
        look = looking.look_into(stored)
        data["looked"] = looking.word(stored, found=look.found)
        parts += [look.part] if look.part is not None else []
    return Found(parts)


def _show_version(
    request: HttpRequest,
    document: Document,
    form: VersionForm,
    stored: StoredFile | None,
    found: Found,
    data: QueryDict | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = _context(request, document, [form], errors=status != 200, bound=data is not None)
    context |= {"form": form, "stored": stored, "groups": [found] if found.parts else []}
    return render(request, "library/deposit/version.html", context, status=status)
