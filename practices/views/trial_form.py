"""Telling a trial, and telling it otherwise."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import content
from core.errors import Refused
from core.ratelimit import limited
from core.web import person
from core.writing import keeps_writing, writer_token
from practices.errors import GuestsRead, NotYourTrial, WrongStage
from practices.forms.trials import LOOKED_IN, TrialForm, initial_of
from practices.models import Trial
from practices.permissions import rights_of
from practices.services import trials as services
from practices.views import typed
from practices.views.common import of_members_sheet

if TYPE_CHECKING:
    from practices.models import Sheet


@limited("practices_trials", limit=60, window=3600)
@keeps_writing(typed.keep)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Three answers are enough."""
    return cast(HttpResponse, _new(request, pk=pk))


@of_members_sheet
def _new(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    user = person(request)
    rights = rights_of(user, sheet)
    if not rights.writes:
        raise GuestsRead
    if not rights.propose:
        raise WrongStage
    data = typed.data_of(request, LOOKED_IN)
    said = _said_before(request)
    initial = {"submission": uuid.uuid4(), "writer": writer_token(user)} | said
    form = TrialForm(data, by=user, moderates=rights.moderates, initial=initial)
    again = _shown_again(request, form, data)
    if again is not None:
        return _show(request, sheet, form, data, quoted=bool(said), **again)
    given = form.given()
    try:
        trial = services.tell(sheet, by=user, submission=form.cleaned_data["submission"], **given)
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, sheet, form, data, errors=True, status=refusal.status)
    typed.forget(request)
    if trial.outcome == Trial.Outcome.ABANDONED:
        messages.success(request, _("Thank you for saying it: others will lose less time."))
    else:
        messages.success(request, _("Thank you: your trial is on the sheet."))
    return redirect(trial)


def _said_before(request: HttpRequest) -> dict[str, Any]:
    """What she wrote in one of her own messages (`?message=`), for her to take up here."""
    number = request.GET.get("message", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return {}
    user = person(request)
    try:
        post = content.find_readable("post", int(number), user)
    except ObjectDoesNotExist:
        return {}
    kind = content.get("post")
    if kind.writer(post) != user.pk:
        return {}
    outcome = request.GET.get("resultat", "")
    found = {"lesson": kind.snapshot(post)["text"]}
    return found | ({"outcome": outcome} if outcome in Trial.Outcome.values else {})


@keeps_writing(typed.keep)
def change(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Hers, whoever she is: nobody else changes the words of a trial."""
    return cast(HttpResponse, _change(request, pk=pk, number=number))


@of_members_sheet
def _change(request: HttpRequest, sheet: Sheet, number: int) -> HttpResponse:
    user = person(request)
    trial = Trial.objects.readable_by(user).filter(sheet=sheet, pk=number).first()
    if trial is None:
        raise Http404
    if trial.owner_id != user.pk:
        raise NotYourTrial
    data = typed.data_of(request, LOOKED_IN)
    initial = initial_of(trial) | {"writer": writer_token(user)}
    form = TrialForm(data, by=user, moderates=False, trial=trial, initial=initial)
    again = _shown_again(request, form, data)
    if again is not None:
        return _show(request, sheet, form, data, trial=trial, **again)
    try:
        services.change(trial, by=user, **form.given())
    except Refused as refusal:
        form.refuse(refusal)
        status = refusal.status
        return _show(request, sheet, form, data, trial=trial, errors=True, status=status)
    typed.forget(request)
    messages.success(request, _("Your trial is saved."))
    return redirect(trial)


def _shown_again(
    request: HttpRequest, form: TrialForm, data: QueryDict | None
) -> dict[str, Any] | None:
    """How the form is to be shown, when it is not to be carried out."""
    if not typed.goes_on(request):
        return {}
    if not form.is_valid():
        return {"errors": True, "status": 400}
    if typed.parts(form, data, LOOKED_IN) and request.POST.get("act") != typed.AS_IS:
        return {}
    return None


def _show(
    request: HttpRequest,
    sheet: Sheet,
    form: TrialForm,
    data: QueryDict | None,
    *,
    trial: Trial | None = None,
    quoted: bool = False,
    errors: bool = False,
    status: int = 200,
) -> HttpResponse:
    if data is not None and not errors:
        form.quiet()
    parts = typed.parts(form, data, LOOKED_IN)
    context = {
        "sheet": sheet,
        "form": form,
        "trial": trial,
        "essential": sheet.content.get("composantes", {}).get("essential", []),
        "groups": [{"parts": parts}] if parts else [],
        "came_back": data is not None and request.method == "GET",
        "unsure": getattr(request, "unsure", False),
        "quoted": quoted,
    }
    return render(request, "practices/trial_form.html", context, status=status)
