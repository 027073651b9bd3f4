"""The trials of a sheet: all of them, by what became of them; setting one aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.audience import State
from core.errors import NotAllowed
from core.pagination import by_cursor
from core.web import person
from practices.models import Trial
from practices.panels.trials import drawn
from practices.permissions import rights_of
from practices.services import trials as services
from practices.views.common import of_members_sheet

if TYPE_CHECKING:
    from practices.models import Sheet
    from practices.querysets import TrialQuerySet

SIZE = 20


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_safe
@of_members_sheet
def page(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The newest first; `?resultat=` keeps one outcome."""
    user = person(request)
    asked = request.GET.get("resultat", "")
    outcome = asked if asked in Trial.Outcome.values else ""
    every = Trial.objects.readable_by(user).filter(sheet=sheet)
    rows = drawn(every.filter(outcome=outcome) if outcome else every, user)
    found = by_cursor(
        rows, after=request.GET.get("apres", ""), size=SIZE, order=("created_at", "id")
    )
    kept = {"resultat": outcome} if outcome else {}
    context: dict[str, Any] = {
        "sheet": sheet,
        "rights": rights_of(user, sheet),
        "trials": found.rows,
        "outcome": outcome,
        "outcomes": _outcomes(every),
        "abandoned": outcome == Trial.Outcome.ABANDONED,
        "next_url": f"?{urlencode(kept | {'apres': found.next})}" if found.next else "",
    }
    return render(request, "practices/trials.html", context)


def _outcomes(trials: TrialQuerySet) -> list[tuple[str, Any, int]]:
    """What may have become of them, each with its number; all of them first. One query."""
    told = dict(trials.order_by().values_list("outcome").annotate(number=Count("pk")))
    each = [(code, label, told.get(code, 0)) for code, label in Trial.Outcome.choices]
    return [("", _("All the trials"), sum(told.values())), *each]


@require_http_methods(["GET", "HEAD", "POST"])
@of_members_sheet
def set_aside(request: HttpRequest, sheet: Sheet, number: int) -> HttpResponse:
    """An animator sets a trial aside with a reason, or puts it back."""
    user = person(request)
    rows = Trial.objects.readable_by(user) | Trial.objects.moderated_by(user)
    trial = rows.filter(sheet=sheet, pk=number).first()
    if trial is None:
        raise Http404
    if not rights_of(user, sheet).moderates:
        raise NotAllowed
    if request.POST.get("acte") == "retablir":
        services.restore_trial(trial, by=user)
        messages.success(request, _("The trial is back."))
        return redirect(trial)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.hide_trial(trial, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The trial is set aside."))
        return redirect(reverse("practices:trials", args=(sheet.pk,)))
    hidden = trial.state == State.HIDDEN
    context = {"sheet": sheet, "trial": trial, "form": form, "hidden": hidden}
    return render(request, "practices/trial_aside.html", context)
