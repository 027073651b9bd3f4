"""What would suit: a practice where we are, practices for a funding call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation
from accounts.permissions import can_edit_organisation
from core.web import no_store, person
from practices.finding import matching
from practices.forms.call import CallForm
from practices.permissions import may_write
from practices.views.common import of_members_sheet

if TYPE_CHECKING:
    from practices.models import Sheet


@require_safe
@of_members_sheet
def where_we_are(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """A sheet beside what the viewer's organisation says of itself, point by point."""
    if not sheet.is_published:
        raise Http404
    user = person(request)
    rows = Organisation.objects.readable_by(user).select_related("contact")
    ours = rows.filter(pk=user.organisation_id or 0).first()
    context: dict[str, Any] = {"sheet": sheet, "organisation": ours}
    if ours is not None:
        facts = matching.facts_of(ours, user)
        context |= {
            "points": matching.points(sheet.content, sheet.cost_band, facts),
            "alike": matching.trials_like_ours(sheet, facts, user),
            "may_edit": can_edit_organisation(user, ours),
        }
    return render(request, "practices/match.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def for_call(request: HttpRequest) -> HttpResponse:
    """The practices that go with the text of a funding call, each with why; the text is not
    kept. For members: guests read sheets, and no more."""
    if not may_write(person(request)):
        raise Http404
    form = CallForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        context["going"] = matching.for_text(text, person(request), form.criteria)
    return no_store(render(request, "practices/for_call.html", context))
