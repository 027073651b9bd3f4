"""Making a sheet of a thread, and the answers of those whose words it quotes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import content, warning
from core.errors import Refused
from core.ratelimit import limited
from core.web import no_store, number_in, person
from practices import laying
from practices.centre.births import waiting_for
from practices.errors import GuestsRead, NotABearer
from practices.forms.births import BirthForm, Selection
from practices.models import Passage, Sheet
from practices.permissions import may_begin, rights_of
from practices.sections import BY_NAME
from practices.services import births
from practices.services.births import THREAD
from practices.views.common import of_members_sheet

MEND, AS_IS, MAKE = "corriger", "tel-quel", "creer"


@limited("practices_births", limit=120, window=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def from_thread(request: HttpRequest) -> HttpResponse:
    """The messages of a thread: which ones, where each goes, and the draft that they make."""
    user = person(request)
    data = request.POST if request.method == "POST" else request.GET
    try:
        thread = content.find_readable(THREAD, number_in(data.get("fil", "")), user)
    except ObjectDoesNotExist:
        raise Http404 from None
    if not may_begin(user):
        raise GuestsRead
    kind = content.get(THREAD)
    space = kind.space(thread)
    if request.method != "POST":
        # Of a confidential space, the title does not leave it by itself.
        title = "" if space is not None and space.confidential else kind.title(thread, user)
        form = BirthForm(initial={"title": title}, user=user)
        return no_store(_show(request, thread, form, None))
    form, selection = BirthForm(request.POST, user=user), Selection.of(request.POST)
    act = request.POST.get("act", "")
    if act.startswith("page:"):
        form = BirthForm(initial=request.POST.dict(), user=user)
        return no_store(_show(request, thread, form, selection, page=number_in(act[5:])))
    return no_store(_make(request, thread, form, selection, act))


def _make(
    request: HttpRequest, thread: Any, form: BirthForm, selection: Selection, act: str
) -> HttpResponse:
    user = person(request)
    if not form.is_valid() or (bearer := form.organisation) is None:
        return _show(request, thread, form, selection, status=400)
    title = form.cleaned_data["title"]
    parts = selection.identifying(title, user)
    if parts and act not in (MEND, AS_IS):
        return _show(request, thread, form, selection, parts=parts)
    try:
        sheet = births.begin_from_thread(
            thread.pk,
            selection.resolved(user)[0],
            by=user,
            bearer=bearer,
            title=warning.mended(title, "all") if act == MEND else title,
            mended=act == MEND,
            submission=form.cleaned_data["submission"],
        )
    except Refused as refusal:
        form.add_error(None, _said(refusal))
        return _show(request, thread, form, selection, status=refusal.status)
    messages.success(
        request,
        _("The draft is begun. Those whose words it quotes are asked, one by one."),
    )
    return redirect(sheet.get_absolute_url())


def _said(refusal: Refused) -> str:
    """The refusal, with the field that cannot take so much."""
    name = getattr(refusal, "field", "")
    fields = (one for section in BY_NAME.values() for one in section.fields if one.name == name)
    field = next(fields, None)
    if field is None:
        return str(refusal)
    return f"{field.label}{pgettext('before an error', ': ')}{refusal}"


def _show(
    request: HttpRequest,
    thread: Any,
    form: BirthForm,
    selection: Selection | None,
    *,
    page: int = 0,
    parts: list[warning.Part] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    kind = content.get(THREAD)
    page = page or number_in((request.POST or request.GET).get("page", "")) or 1
    found = births.passages_in(thread, user, page)
    selection = selection or Selection.proposed(found.rows)
    space = kind.space(thread)
    context = {
        "thread": thread,
        "thread_title": kind.title(thread, user),
        "space": space,
        "form": form,
        "lines": selection.lines(found.rows, user),
        "elsewhere": selection.elsewhere(one.object_id for one in found.rows),
        "page": found.page,
        "pages": found.pages,
        "targets": laying.targets(),
        "rules": [(one.proposal.because, _where(one.proposal.target)) for one in laying.RULES],
        "parts": parts,
    }
    return render(request, "practices/from_thread.html", context, status=status)


def _where(target: str) -> str:
    section, _dot, field = target.partition(".")
    return f"{BY_NAME[section].label}, {BY_NAME[section].field(field).label}"


# ------------------------------------------------------------------------------------- consent


@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """What awaits her answer, and what she agreed to that she may still take back."""
    user = person(request)
    given = Passage.objects.of(user).filter(consent=Passage.Consent.GIVEN)
    context = {
        "waiting": waiting_for(user),
        "given": list(given.select_related("sheet__bearer").order_by("-answered_at", "-pk")[:50]),
    }
    return no_store(render(request, "practices/consents.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Her words as they stand, or would stand, in the sheet; and her answer."""
    user = person(request)
    rows = Passage.objects.of(user).select_related("sheet__owner", "sheet__bearer")
    passage = get_object_or_404(rows, pk=pk)
    words = births.words_for(passage, user)
    if words is None:
        raise Http404
    refusal = None
    if request.method == "POST":
        said = request.POST.get("reponse")
        if said not in ("nommee", "sans-nom", "non"):
            return HttpResponseBadRequest()
        try:
            seen = request.POST.get("vu", "")
            births.answer(passage, by=user, yes=said != "non", named=said == "nommee", seen=seen)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("Thank you: your answer is kept."))
            return redirect("practices:consents")
    section = BY_NAME[passage.section]
    source = births.passages_of([passage.object_id], user).get(passage.object_id)
    now = None
    if source is not None:
        now = births.words_of(source.text, passage.paragraphs, mended=passage.mended)
    context = {
        "passage": passage,
        "sheet": passage.sheet,
        "words": words,
        "seen": births.digest(words),
        "changed": now is not None and now != words,
        "section": section.label,
        "field": section.field(passage.field).label,
        "part": warning.part("", "", words),
        "source": source,
        "refusal": refusal,
    }
    response = render(
        request, "practices/consent.html", context, status=refusal.status if refusal else 200
    )
    return no_store(response)


@require_POST
@of_members_sheet
def drop_passage(request: HttpRequest, sheet: Sheet, number: int) -> HttpResponse:
    """Who makes the sheet does without a passage."""
    if not rights_of(request.user, sheet).edit:
        raise NotABearer
    passage = get_object_or_404(Passage.objects.in_sheet(sheet), pk=number)
    try:
        births.drop(passage, by=person(request))
    except Refused as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("These words are no longer in the sheet."))
    return redirect(f"{sheet.get_absolute_url()}#passages")
