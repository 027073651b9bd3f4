"""Telling a trial, and telling it otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core import composing, content
from core.errors import Refused
from core.ratelimit import limited
from core.web import number_in, person
from practices.errors import NotYourTrial
from practices.forms.trials import TrialForm, initial_of
from practices.models import Trial
from practices.permissions import rights_of
from practices.services import trials as services
from practices.services.common import require_propose
from practices.views.common import composer

if TYPE_CHECKING:
    from practices.models import Sheet

PAGE = "practices/trial_form.html"


@limited("practices_trials", limit=60, window=3600)
@composer
def new(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Three answers are enough."""
    user = person(request)
    rights = rights_of(user, sheet)
    require_propose(rights)
    data = composing.sent(request)
    said = _said_before(request)
    form = TrialForm(data, by=user, moderates=rights.moderates, initial=said)
    mine = Trial.objects.readable_by(user).filter(sheet=sheet, owner=user)
    told = mine.order_by("-created_at").first() if request.method != "POST" else None
    context = _context(sheet, form) | {"quoted": bool(said.get("lesson")), "told": told}
    again = composing.look(request, form, data)
    if again is not None:
        return composing.show(request, PAGE, context, data, again)
    submission = composing.submission_of(data)
    try:
        trial = services.tell(sheet, by=user, submission=submission, **form.given())
    except Refused as refusal:
        again = composing.refused(form, refusal)
        return composing.show(request, PAGE, context, data, again)
    composing.forget(request)
    if trial.outcome == Trial.Outcome.ABANDONED:
        messages.success(request, _("Thank you for saying it: others will lose less time."))
    else:
        messages.success(request, _("Thank you: your trial is on the sheet."))
    return redirect(trial)


def _said_before(request: HttpRequest) -> dict[str, Any]:
    """What she wrote in one of her own messages (`?message=`), for her to take up here."""
    user = person(request)
    try:
        post = content.find_readable("post", number_in(request.GET.get("message")), user)
    except ObjectDoesNotExist:
        return {}
    kind = content.get("post")
    if kind.writer(post) != user.pk:
        return {}
    outcome = request.GET.get("resultat", "")
    words = kind.own_words or (lambda obj: kind.snapshot(obj)["text"])
    found = {"lesson": words(post)}
    return found | ({"outcome": outcome} if outcome in Trial.Outcome.values else {})


@composer
def change(request: HttpRequest, sheet: Sheet, number: int) -> HttpResponse:
    """Hers, whoever she is: nobody else changes the words of a trial."""
    user = person(request)
    trial = Trial.objects.readable_by(user).filter(sheet=sheet, pk=number).first()
    if trial is None:
        raise Http404
    if trial.owner_id != user.pk:
        raise NotYourTrial
    data = composing.sent(request)
    form = TrialForm(data, by=user, moderates=False, trial=trial, initial=initial_of(trial))
    context = _context(sheet, form) | {"trial": trial}
    again = composing.look(request, form, data)
    if again is not None:
        return composing.show(request, PAGE, context, data, again)
    try:
        services.change(trial, by=user, **form.given())
    except Refused as refusal:
        again = composing.refused(form, refusal)
        return composing.show(request, PAGE, context, data, again)
    composing.forget(request)
    messages.success(request, _("Your trial is saved."))
    return redirect(trial)


def _context(sheet: Sheet, form: TrialForm) -> dict[str, Any]:
    essential = sheet.content.get("composantes", {}).get("essential", [])
    return {"sheet": sheet, "form": form, "essential": essential}
