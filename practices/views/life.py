"""The life of a sheet: one page that says where it stands, and one address for each act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import composing
from core.composing import Again
from core.errors import NotAllowed, Refused
from core.pagination import by_cursor
from core.ratelimit import limited
from core.templatetags.ui import day
from core.web import person
from practices import acts, foreseen, looking, preparing
from practices.acts import Act
from practices.content import completeness
from practices.differences import between_contents
from practices.forms.life import ActForm, BeginForm
from practices.home import for_rows
from practices.models import Sheet
from practices.permissions import Rights, may_begin, rights_of
from practices.querysets import bearers_of, is_borne
from practices.sections import BY_NAME, Section
from practices.services.accords import held
from practices.services.common import working_content
from practices.services.writing import begin_sheet
from practices.views.common import of_members_sheet

SIZE = 20
Progress = Sheet.Progress


# ---------------------------------------------------------------------------------- beginning


@limited("practices_sheets", limit=60, window=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A title, and the sheet is begun: the rest is written section by section. The address may say
    what it is to be about: a box of what is missing, filters that found nothing."""
    user = person(request)
    if not may_begin(user):
        return render(request, "practices/life/cannot_begin.html", {}, status=403)
    data = request.POST.copy() if request.method == "POST" else None
    form = BeginForm(data, user=user)
    about = foreseen.read(data if data is not None else request.GET)
    again = composing.look(request, form, data)
    bearer = form.organisation if again is None else None
    if bearer is None:
        again = again or Again(status=400)
        context = {
            "form": form,
            "about": foreseen.labels(about),
            "kept": foreseen.pairs(about),
        }
        return composing.show(request, "practices/life/new.html", context, data, again)
    given = form.cleaned_data
    submission = given["submission"]
    sheet = begin_sheet(
        by=user, bearer=bearer, title=given["title"], foreseen=about, submission=submission
    )
    return redirect("practices:write", pk=sheet.pk)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Her sheets: what awaits her, what she prepares, what the animators have, what she bears."""
    user = person(request)
    if not may_begin(user):
        return render(request, "practices/life/cannot_begin.html", {}, status=403)
    context = {"groups": preparing.groups_of(user), "animates": user.is_animator}
    return render(request, "practices/life/mine.html", context)


@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """For animators: the sheets whose day of review has come, the longest due first."""
    user = person(request)
    if not user.is_animator:
        raise NotAllowed
    rows = Sheet.objects.moderated_by(user).due().annotate(borne=is_borne("pk"))
    page = by_cursor(
        for_rows(rows),
        after=request.GET.get("apres", ""),
        size=SIZE,
        order=("review_on", "id"),
        ascending=True,
    )
    next_url = f"?apres={page.next}" if page.next else ""
    return render(request, "practices/life/due.html", {"sheets": page.rows, "next_url": next_url})


# ----------------------------------------------------------------------------------- its life


def _rights(request: HttpRequest, sheet: Sheet) -> Rights:
    """Her rights, if the life of the sheet is any of her business."""
    rights = rights_of(person(request), sheet)
    if not (rights.edit or rights.consent):
        raise NotAllowed
    return rights


@require_safe
@of_members_sheet
def page(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Where it stands, what can be done, what changes, and the steps that it went through."""
    rights = _rights(request, sheet)
    found = acts.offered(sheet, rights, person(request))
    first, groups = acts.grouped(found)
    context: dict[str, Any] = {
        "sheet": sheet,
        "rights": rights,
        "acts": found,
        "first": first,
        "groups": groups,
        "answer": preparing.last_answer(sheet) if preparing.follows(rights) else None,
        "bearers": list(bearers_of(sheet.pk)),
        "steps": preparing.steps_of(sheet) if preparing.follows(rights) else [],
    }
    if rights.edit:
        content = working_content(sheet)
        context["complete"] = completeness(content)
        if sheet.current is not None and sheet.progress != Progress.NONE:
            context["changes"] = between_contents(sheet.content, content)
    return render(request, "practices/life/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_members_sheet
def act(request: HttpRequest, sheet: Sheet, act: str) -> HttpResponse:
    """One act: its own page when it asks for something, then the act."""
    rights = _rights(request, sheet)
    row = acts.named(act, sheet, rights)
    if row is None:
        raise Http404
    if request.method != "POST":
        if not row.asks or not row.offered(sheet, rights):
            return redirect("practices:life", pk=sheet.pk)
        return _ask(request, sheet, row, row.form(sheet=sheet), Again())
    data = request.POST.copy()
    form = row.form(data, sheet=sheet)
    again = composing.look(request, form, data)
    if again is not None:
        return _ask(request, sheet, row, form, again, looked=bool(again.parts))
    if row.whole and data.get("act") != composing.AS_IS and _found(sheet):
        return _ask(request, sheet, row, form, Again(), looked=True)
    return _done(request, sheet, row, form)


def _done(request: HttpRequest, sheet: Sheet, row: Act, form: ActForm) -> HttpResponse:
    try:
        row.run(sheet, by=person(request), **form.given())
    except Refused as refusal:
        if not row.asks:
            messages.error(request, str(refusal))
            return redirect("practices:life", pk=sheet.pk)
        return _ask(request, sheet, row, form, composing.refused(form, refusal))
    messages.success(request, str(row.done))
    if form.given().get("reviewed") is False:
        messages.info(request, _still_to_review(sheet))
    if row.leaves:
        return redirect("practices:mine")
    return redirect("practices:life", pk=sheet.pk)


def _still_to_review(sheet: Sheet) -> SafeString:
    """What was published was not read again in full: where to say that it was."""
    said = _("The sheet is still to be looked at again on %(day)s.")
    if sheet.is_due:
        said = _("The sheet has been due for another look since %(day)s.")
    confirm = reverse("practices:act", args=(sheet.pk, "confirmer"))
    words = said % {"day": day(sheet.review_on)}
    return format_html('{} <a href="{}">{}</a>', words, confirm, _("It still holds…"))


def _found(sheet: Sheet) -> list[Section]:
    """The sections of what is prepared in which something could identify somebody."""
    return looking.in_content(working_content(sheet))


def _ask(
    request: HttpRequest,
    sheet: Sheet,
    row: Act,
    form: ActForm,
    again: Again,
    *,
    looked: bool = False,
) -> HttpResponse:
    if form.is_bound and again.status == 200:
        form.quiet()
    context: dict[str, Any] = {
        "sheet": sheet,
        "act": row,
        "form": form,
        "parts": again.parts,
        "looked": looked,
    }
    if row.whole:
        content = working_content(sheet)
        context["missing"] = completeness(content).missing
        context["held"] = [(BY_NAME[one.section].label, why.label) for one, why in held(sheet)]
        context["found"] = looking.in_content(content)
        if sheet.current is not None:
            context["changes"] = between_contents(sheet.content, content)
    return render(request, "practices/life/act.html", context, status=again.status)
