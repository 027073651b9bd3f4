"""The sheets that a person keeps, and the question that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pagination import by_cursor
from core.web import person
from practices.models import Interest
from practices.services import interest as services
from practices.views.common import of_members_sheet

if TYPE_CHECKING:
    from practices.models import Sheet

SIZE = 20
Answer = Interest.Answer
# “No” after “not yet”: the words of the buttons, in their order.
ANSWERS = (Answer.NOT_YET, Answer.NO)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What she keeps and still reads, the last kept first."""
    rows = Interest.objects.of(person(request)).kept().select_related("sheet__bearer")
    found = by_cursor(rows, after=request.GET.get("apres", ""), size=SIZE, order=("saved_at", "id"))
    next_url = f"?apres={found.next}" if found.next else ""
    return render(request, "practices/kept.html", {"kept": found.rows, "next_url": next_url})


@require_POST
@of_members_sheet
def keep(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Keep a sheet, or (`wanted=0`) keep it no more; the button answers by itself under htmx."""
    user = person(request)
    wanted = request.POST.get("wanted") != "0"
    if wanted:
        services.keep(sheet, by=user)
    else:
        services.let_go(sheet, by=user)
    if request.headers.get("HX-Request"):
        context = {"sheet": sheet, "kept": wanted, "said": True}
        return render(request, "practices/parts/act_keep.html", context)
    said = _("You keep this sheet.") if wanted else _("You no longer keep this sheet.")
    messages.success(request, said)
    back = request.POST.get("next") == "gardees"
    return redirect(reverse("practices:kept") if back else sheet.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@of_members_sheet
def asked(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """“Have you tried it?”: the page to which the mail leads. Looking at it changes nothing."""
    user = person(request)
    row = Interest.objects.of(user).filter(sheet=sheet, asked_at__isnull=False).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        said = request.POST.get("reponse", "")
        if said not in ANSWERS:
            return HttpResponseBadRequest()
        services.answer(sheet, said, by=user)
        messages.success(request, _("Thank you. You will not be asked again about this sheet."))
        return redirect(sheet)
    context = {"sheet": sheet, "row": row, "meant": request.GET.get("reponse", "")}
    return render(request, "practices/asked.html", context)
