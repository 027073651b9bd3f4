"""What goes with a sheet: documents, threads, other sheets; tied and untied from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import content, links
from core.web import number_in, person
from practices.errors import NotABearer
from practices.models import Sheet
from practices.permissions import rights_of
from practices.services import ties
from practices.services.ties import KINDS
from practices.views.common import of_members_sheet

if TYPE_CHECKING:
    from core.audience import Viewer

# Of each kind, what a search by title shows.
FOUND = 8
MOST_LETTERS = 160


@dataclass(frozen=True)
class Group:
    """The objects of one kind, each with the way it is named (`document-12`)."""

    label: Any
    icon: str
    rows: list[tuple[str, str, str]]


def groups_of(objects: list[Any], viewer: Viewer) -> list[Group]:
    """Objects by kind, in the order of `KINDS`."""
    found: list[Group] = []
    for name in KINDS:
        kind = content.get(name)
        mine: list[Any] = [one for one in objects if type(one) is kind.model]
        rows = [
            (f"{name}-{one.pk}", kind.title(one, viewer), one.get_absolute_url()) for one in mine
        ]
        if rows:
            found.append(Group(kind.plural, kind.icon, rows))
    return found


@require_safe
@of_members_sheet
def related(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """What is tied to it and that she reads: asked by the page once it is scrolled to, or a page
    of its own."""
    user = person(request)
    rights = rights_of(user, sheet)
    context = {
        "sheet": sheet,
        "rights": rights,
        "groups": groups_of(links.others(sheet, user), user),
        "discuss": rights.propose,
    }
    by_htmx = bool(request.headers.get("HX-Request"))
    template = "practices/parts/related_list.html" if by_htmx else "practices/related.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_members_sheet
def tie(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Look for what goes with it, by its address or by words of its title; tie it, or untie it."""
    user = person(request)
    rights = rights_of(user, sheet)
    if not rights.edit:
        raise NotABearer
    if request.method == "POST":
        return _carry_out(request, sheet)
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    tied = links.others(sheet, user)
    already = {(type(one), one.pk) for one in (*tied, sheet)}
    found = [one for one in _look_for(text, user) if (type(one), one.pk) not in already]
    context = {
        "sheet": sheet,
        "text": text,
        "found": groups_of(found, user),
        "tied": groups_of(tied, user),
    }
    return render(request, "practices/tie.html", context)


def _carry_out(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    user = person(request)
    other = _named(request.POST.get("quoi", ""), user)
    act = request.POST.get("acte")
    if act not in ("lier", "delier"):
        return HttpResponseBadRequest()
    if act == "lier":
        ties.tie(sheet, other, by=user)
        messages.success(request, _("It goes with this practice now."))
    else:
        ties.untie(sheet, other, by=user)
        messages.success(request, _("It no longer goes with this practice."))
    return redirect("practices:tie", pk=sheet.pk)


def _named(value: str, user: Viewer) -> Any:
    """The object that `document-12` names, if she reads it."""
    name, _dash, pk = value.rpartition("-")
    try:
        return content.find_readable(name if name in KINDS else "", number_in(pk), user)
    except ObjectDoesNotExist:
        raise Http404 from None


def _look_for(text: str, user: Viewer) -> list[Any]:
    """What an address leads to, or what has these words in its title."""
    if not text:
        return []
    if "/" in text:
        return _at(text, user)
    found: list[Any] = []
    for name in KINDS:
        kind = content.get(name)
        rows = kind.for_rows(kind.readable_by(user).filter(title__icontains=text))
        found += rows.order_by("-pk")[:FOUND]
    return found


def _at(address: str, user: Viewer) -> list[Any]:
    try:
        match = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return []
    names = {f"{room}:{name}": name for name, room in KINDS.items()}
    name, pk = names.get(match.view_name), match.kwargs.get("pk", 0)
    if name is None:
        return []
    kind = content.get(name)
    return list(kind.for_rows(kind.readable_by(user).filter(pk=pk)))
