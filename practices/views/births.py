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
from practices.centre.births import MOST, answered_by, waiting_for
from practices.errors import GuestsRead, NotABearer, WrongStage
from practices.forms.births import BirthForm, Selection
from practices.models import Passage, Sheet
from practices.permissions import may_begin, rights_of
from practices.sections import BY_NAME
from practices.services import accords, births
from practices.services.births import THREAD
from practices.views.common import of_members_sheet

MEND, AS_IS, MAKE = "corriger", "tel-quel", "creer"
DROP, AGAIN, BACK = "retirer", "redemander", "remettre"


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
    """What awaits her answer, what she answered that she may still change, and the published sheets
    that quote her."""
    user = person(request)
    answered, given = answered_by(user), Passage.Consent.GIVEN
    published = Passage.objects.published_of(user).select_related("sheet__bearer")
    context = {
        "waiting": waiting_for(user),
        "given": [one for one in answered if one.consent == given],
        "refused": [one for one in answered if one.consent != given and not one.done_without],
        "without": [one for one in answered if one.done_without],
        "published": list(published.order_by("-sheet__published_at", "-pk")[:MOST]),
    }
    return no_store(render(request, "practices/consents.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Her words as they stand, or would stand, in the sheet; and her answer. Once the sheet is
    published: how they stand there, and what she can do."""
    user = person(request)
    sheets = ("sheet__owner", "sheet__bearer", "sheet__current")
    found = Passage.objects.of(user).select_related(*sheets).filter(pk=pk).first()
    published = Passage.objects.published_of(user).select_related(*sheets)
    passage = found or get_object_or_404(published, pk=pk)
    shown = accords.shown_to(passage, user)
    if shown is None:
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
    source = accords.passages_of([passage.object_id], user).get(passage.object_id)
    now = None
    if source is not None:
        now = accords.words_of(source.text, passage.paragraphs, mended=passage.mended)
    first = shown.entries[0] if shown.entries else None
    section = BY_NAME[first.section if first else passage.section]
    context = {
        "passage": passage,
        "sheet": passage.sheet,
        "shown": shown,
        "seen": accords.digest(shown.agreed),
        "changed": now is not None and now != shown.words,
        "section": section.label,
        "field": section.field(first.field if first else passage.field).label,
        "part": warning.part("", "", shown.agreed),
        "source": source,
        "refusal": refusal,
        "published": found is None,
        "may_agree": births.may_agree(passage, passage.sheet),
    }
    response = render(
        request, "practices/consent.html", context, status=refusal.status if refusal else 200
    )
    return no_store(response)


@require_POST
@of_members_sheet
def drop_passage(request: HttpRequest, sheet: Sheet, number: int) -> HttpResponse:
    """Who makes the sheet does without a passage, once she has read what that does; asks again
    about words that were changed; or puts words back."""
    rights = rights_of(request.user, sheet)
    if not rights.edit:
        raise NotABearer
    passage = get_object_or_404(Passage.objects.in_sheet(sheet), pk=number)
    act, user = request.POST.get("acte", ""), person(request)
    try:
        if act == AGAIN:
            asked = births.ask_again(passage, by=user).consent != passage.consent
            done = (
                _("Their writer is asked again.")
                if asked
                else _("Nothing was asked: these words stand as agreed to, or await their answer.")
            )
        elif act == BACK:
            done = _put_back(births.put_back(passage, by=user))
        elif act == DROP:
            births.drop(passage, by=user)
            done = _("These words are no longer in the sheet.")
        elif not births.may_change(sheet, rights):
            raise WrongStage
        else:
            return no_store(_before_dropping(request, sheet, passage))
    except Refused as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(f"{sheet.get_absolute_url()}#passages")


def _put_back(passage: Passage) -> str:
    """What became of the words that were put back."""
    if passage.consent != Passage.Consent.WAITING:
        return _("These words are in the sheet again.")
    if passage.text:
        return _("These words are in the sheet again: their writer is asked again.")
    return _("Their writer is asked again: these words come in once she has agreed.")


def _before_dropping(request: HttpRequest, sheet: Sheet, passage: Passage) -> HttpResponse:
    """The words, and what doing without them does."""
    source = accords.passages_of([passage.object_id], person(request)).get(passage.object_id)
    given = passage.consent == Passage.Consent.GIVEN
    context = {
        "sheet": sheet,
        "passage": passage,
        "section": BY_NAME[passage.section].label,
        "given": given,
        "words": passage.text if given or source is not None else "",
        "returns": source is not None,
    }
    return render(request, "practices/passage_without.html", context)
