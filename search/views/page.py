"""The search page, and what its box suggests. Nothing here writes down what was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.ratelimit import limited
from core.web import person
from search import finding, shown
from search.errors import NoSuchSpace
from search.forms import LONGEST, SaveForm, SearchForm, indexed
from search.models import SavedSearch
from search.wanted import Wanted, spaces_of

if TYPE_CHECKING:
    from community.models import SubCommunity

RECENT = 6
READ = ("GET", "HEAD")


@require_safe
@limited("search", limit=60, window=60, methods=READ)
def page(request: HttpRequest) -> HttpResponse:
    """One box for every kind; all of the search is in the address."""
    user = person(request)
    spaces = spaces_of(user)
    try:
        wanted = Wanted.read(request.GET, spaces)
    except NoSuchSpace:
        raise Http404 from None
    context: dict[str, Any] = {
        "form": SearchForm(initial=wanted.values(), spaces=spaces),
        "wanted": wanted,
        "chips": shown.chips(wanted),
        "doors": shown.doors(wanted, spaces),
        "everywhere": shown.address(replace(wanted, space=None)),
    }
    if wanted.query:
        results = wanted.find(user, after=request.GET.get("suite", ""))
        context |= _found(wanted, results, spaces)
        if not results.count:
            context["begun"] = _begun(wanted, user)
    else:
        saved = SavedSearch.objects.filter(user=user).order_by("-created_at")
        context |= {"kinds": indexed(), "recent": saved[:RECENT]}
    return render(request, "search/page.html", context)


def _found(wanted: Wanted, results: finding.Results, spaces: list[SubCommunity]) -> dict[str, Any]:
    """What the page says of results."""
    return {
        "results": results,
        "count": shown.counted(results.count, capped=results.capped),
        "facets": shown.facets(wanted, results, spaces),
        "by_relevance": shown.address(replace(wanted, order="relevance")),
        "by_date": shown.address(replace(wanted, order="date")),
        "next_url": shown.address(wanted, suite=results.next) if results.next else "",
        "correction_url": shown.corrected(wanted, results) if results.correction else "",
        "save_form": SaveForm(initial={"name": shown.name_of(wanted)}),
        "to_save": wanted.address(),
    }


def _begun(wanted: Wanted, user: Any) -> list[tuple[str, str]]:
    """For who typed half a word, on a phone: how it may end, each with the address that asks it."""
    query = wanted.query
    offered = finding.suggest(" ".join(query.words), user=user, inside=wanted.inside)
    return [
        (text, shown.address(replace(wanted, query=replace(query, words=tuple(text.split())))))
        for text in (one.text for one in offered if not one.url)
    ]


@require_safe
@limited("suggestions", limit=240, window=60, methods=READ)
def suggestions(request: HttpRequest) -> HttpResponse:
    """What the box may go on with, as JSON: words to search, titles that lead to their page."""
    user = person(request)
    slug = request.GET.get("communaute", "")
    inside = _space_or_404(slug, spaces_of(user)) if slug else None
    asked = request.GET.get("q", "")[:LONGEST]
    found = [_suggested(one) for one in finding.suggest(asked, user=user, inside=inside)]
    said = ngettext("%(n)s suggestion", "%(n)s suggestions", len(found)) % {"n": len(found)}
    response = JsonResponse({"suggestions": found, "said": said})
    response.headers["Cache-Control"] = "no-store"
    return response


def _space_or_404(slug: str, spaces: list[SubCommunity]) -> SubCommunity:
    space = next((one for one in spaces if one.slug == slug), None)
    if space is None:
        raise Http404
    return space


def _suggested(one: finding.Suggestion) -> dict[str, str]:
    kind = one.kind
    return {
        "text": one.text,
        "url": one.url,
        "icon": kind.icon if kind else "search",
        "about": capfirst(str(kind.label)) if kind else "",
    }
