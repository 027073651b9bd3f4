"""The history of a sheet: its versions, what differs between any two of them, bringing one back."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.pagination import by_cursor
from core.web import number_in, person
from practices.differences import between_contents
from practices.errors import NotABearer, WrongStage
from practices.models import Proposal, Sheet, Version
from practices.permissions import rights_of
from practices.sections import BY_NAME
from practices.services import writing
from practices.shown import shown
from practices.views.common import of_members_sheet

SIZE = 30


def _versions(request: HttpRequest, sheet: Sheet) -> QuerySet[Version]:
    """The versions of a sheet that she sees: reads, or moderates."""
    user = person(request)
    rows = Version.objects.readable_by(user) | Version.objects.moderated_by(user)
    return rows.filter(sheet=sheet).select_related("by", "restored_from")


def _proposals(request: HttpRequest, rows: Sequence[Version]) -> dict[int | None, Proposal]:
    """The improvements that these versions published, as far as she reads them. No query for those
    that published none."""
    made = [one for one in rows if one.cause == Version.Cause.PROPOSAL]
    found = Proposal.objects.readable_by(person(request)).filter(version__in=made)
    found = found.select_related("owner", "organisation").order_by("-answered_at", "-pk")
    return {one.version_id: one for one in found} if made else {}


@require_safe
@of_members_sheet
def versions(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Every version: when, by whom, what changed and why."""
    page = by_cursor(
        _versions(request, sheet).defer("content"),
        after=request.GET.get("apres", ""),
        size=SIZE,
        order=("number", "id"),
    )
    by_version = _proposals(request, page.rows)
    context = {
        "sheet": sheet,
        "rights": rights_of(person(request), sheet),
        "rows": [
            {
                "version": version,
                "sections": [BY_NAME[name] for name in version.changed if name in BY_NAME],
                "proposal": by_version.get(version.pk),
            }
            for version in page.rows
        ],
        "next_url": f"?apres={page.next}" if page.next else "",
    }
    return render(request, "practices/improving/versions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_members_sheet
def version(request: HttpRequest, sheet: Sheet, number: int) -> HttpResponse:
    """What a version said; with `?avec=`, what differs between another and it; with `?rendre=`,
    what bringing it back would change. Posting brings it back, as a new version."""
    if request.method == "POST":
        return _restore(request, sheet, number)
    if "rendre" in request.GET:
        return _ask(request, sheet, number)
    wanted = number_in(request.GET.get("avec"), digits=9)
    rows = _versions(request, sheet).filter(Q(number=number) | Q(number=wanted))
    found = {one.number: one for one in rows}
    if number not in found or (wanted and wanted not in found):
        raise Http404
    this, other = found[number], found.get(wanted)
    numbers = _versions(request, sheet).order_by("-number").values_list("number", flat=True)
    context = {
        "sheet": sheet,
        "rights": rights_of(person(request), sheet),
        "version": this,
        "proposal": _proposals(request, [this]).get(this.pk),
        "other": other,
        "numbers": list(numbers),
        "compared": between_contents(other.content, this.content) if other is not None else None,
        "sections": shown(this.content),
    }
    return render(request, "practices/improving/version.html", context)


def _ask(request: HttpRequest, sheet: Sheet, number: int, *, status: int = 200) -> HttpResponse:
    """What publishing this version again would change, before it does."""
    this = get_object_or_404(_versions(request, sheet), number=number)
    if not rights_of(person(request), sheet).edit:
        raise NotABearer
    context = {
        "sheet": sheet,
        "version": this,
        "compared": between_contents(sheet.content, this.content),
        "moved": status == WrongStage.status,
    }
    return render(request, "practices/improving/restore.html", context, status=status)


def _restore(request: HttpRequest, sheet: Sheet, number: int) -> HttpResponse:
    if request.POST.get("acte") != "restaurer":
        raise Http404
    seen = number_in(request.POST.get("vu"), digits=9)
    if seen and sheet.current is not None and seen != sheet.current.number:
        return _ask(request, sheet, number, status=WrongStage.status)
    this = get_object_or_404(_versions(request, sheet).select_related("sheet"), number=number)
    made = writing.restore_version(this, by=person(request))
    said = _("Version %(old)s is published again, as version %(new)s.")
    messages.success(request, said % {"old": this.number, "new": made.number})
    return redirect("practices:versions", pk=sheet.pk)
