"""The life of a sheet: one page that says where it stands, and one address for each act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core import warning
from core.errors import NotAllowed, Refused
from core.pagination import by_cursor
from core.web import person
from practices import acts, looking, preparing
from practices.acts import Act
from practices.content import completeness
from practices.forms.life import BeginForm
from practices.home import for_rows
from practices.models import Sheet
from practices.permissions import Rights, may_begin, rights_of
from practices.services.common import working_content
from practices.services.writing import begin_sheet
from practices.views.common import of_members_sheet

AS_IS = "as-is"
SIZE = 20
Progress = Sheet.Progress


# ---------------------------------------------------------------------------------- beginning


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A title, and the sheet is begun: the rest is written section by section."""
    user = person(request)
    if not may_begin(user):
        return render(request, "practices/life/cannot_begin.html", {}, status=403)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and (replaced := data.get("replace")):
        _place, _colon, which = replaced.partition(":")
        data["title"] = warning.mended(data.get("title", ""), which or "all")
    form = BeginForm(data, user=user)
    part, status = None, 200
    if data is not None and not data.get("replace"):
        if not form.is_valid() or form.organisation is None:
            status = 400
        else:
            given = form.cleaned_data
            part = warning.part(str(form.fields["title"].label), "title", given["title"])
            if part is None or data.get("act") == AS_IS:
                sheet = begin_sheet(
                    by=user,
                    bearer=form.organisation,
                    title=given["title"],
                    submission=given["submission"],
                )
                return redirect("practices:write", pk=sheet.pk)
    context = {"form": form, "parts": [part] if part else []}
    return render(request, "practices/life/new.html", context, status=status)


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
    rows = for_rows(Sheet.objects.moderated_by(user).due())
    page = by_cursor(
        rows,
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
    context: dict[str, Any] = {
        "sheet": sheet,
        "rights": rights,
        "acts": acts.offered(sheet, rights, person(request)),
        "bearers": preparing.bearers_of(sheet),
        "steps": preparing.steps_of(sheet) if preparing.follows(sheet, rights) else [],
    }
    if rights.edit:
        content = working_content(sheet)
        context["complete"] = completeness(content)
        if sheet.current is not None and sheet.progress != Progress.NONE:
            context["changes"] = preparing.changes(sheet.content, content)
    return render(request, "practices/life/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_members_sheet
def act(request: HttpRequest, sheet: Sheet, act: str) -> HttpResponse:
    """One act: its own page when it asks for something, then the act."""
    rights = _rights(request, sheet)
    row = acts.BY_NAME.get(act)
    if row is None:
        raise Http404
    if request.method != "POST":
        if not row.asks or not row.offered(sheet, rights):
            return redirect("practices:life", pk=sheet.pk)
        return _ask(request, sheet, row, row.form(sheet=sheet))
    data = request.POST.copy()
    if replaced := data.get("replace"):
        asked, _colon, which = replaced.partition(":")
        for name in row.form.READ:
            if asked in ("all", name):
                data[name] = warning.mended(data.get(name, ""), which or "all")
    form = row.form(data, sheet=sheet)
    if replaced:
        return _ask(request, sheet, row, form)
    if not form.is_valid():
        return _ask(request, sheet, row, form, status=400)
    parts = form.noticed()
    if data.get("act") != AS_IS and (parts or (row.whole and _found(sheet))):
        return _ask(request, sheet, row, form, parts=parts, looked=True)
    return _done(request, sheet, row, form)


def _done(request: HttpRequest, sheet: Sheet, row: Act, form: Any) -> HttpResponse:
    try:
        row.run(sheet, by=person(request), **form.given())
    except Refused as refusal:
        if not row.asks:
            messages.error(request, str(refusal))
            return redirect("practices:life", pk=sheet.pk)
        form.add_error(None, str(refusal))
        return _ask(request, sheet, row, form, status=refusal.status)
    messages.success(request, str(row.done))
    if row.leaves:
        return redirect("practices:mine")
    return redirect("practices:life", pk=sheet.pk)


def _found(sheet: Sheet) -> list[Any]:
    """The sections of what is prepared in which something could identify somebody."""
    return looking.in_content(working_content(sheet))


def _ask(
    request: HttpRequest,
    sheet: Sheet,
    row: Act,
    form: Any,
    *,
    status: int = 200,
    parts: list[Any] | None = None,
    looked: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "sheet": sheet,
        "act": row,
        "form": form,
        "parts": parts or [],
        "looked": looked,
    }
    if row.whole:
        content = working_content(sheet)
        context["missing"] = completeness(content).missing
        context["found"] = looking.in_content(content)
        if sheet.current is not None:
            context["changes"] = preparing.changes(sheet.content, content)
    return render(request, "practices/life/act.html", context, status=status)
