"""A member's side of moderation: ask for a look, read the answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core import content
from core.web import person
from moderation import services
from moderation.forms import ReportForm
from moderation.models import Report


def report(request: HttpRequest) -> HttpResponse:
    """`/signaler/?genre=post&objet=12`: the form, then the report."""
    name = request.GET.get("genre", "")
    number = request.GET.get("objet", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    try:
        obj = content.find_readable(name, int(number), request.user)
    except ObjectDoesNotExist:
        raise Http404 from None
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.file_report(
            obj,
            by=person(request),
            reason=form.cleaned_data["reason"],
            details=form.cleaned_data["details"],
        )
        messages.success(
            request, _("Thank you. The animation team has been told and will answer you.")
        )
        return redirect(obj)
    kind = content.get(name)
    context = {
        "form": form,
        "obj": obj,
        "label": kind.label,
        "title": kind.title(obj, request.user),
        "space": kind.space(obj),
    }
    status = 422 if form.errors else 200
    return render(request, "moderation/report.html", context, status=status)


def followed_report(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a report, for the person who made it."""
    found = get_object_or_404(Report.objects.of(person(request)), pk=pk)
    return render(request, "moderation/followed_report.html", {"report": found})
