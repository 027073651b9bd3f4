"""Booklets: choosing sheets, waiting for the PDF, taking it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from core import files
from core.errors import Invalid
from core.facets import line_of
from core.ratelimit import limited
from core.text import fold
from core.web import no_store, numbers_in, person
from practices import booklets
from practices.counting import note_downloads
from practices.exchange import printing
from practices.models import Booklet, Sheet
from practices.services.taking import MOST_SHEETS, TITLE_LENGTH, ask_booklet
from practices.views.taking import as_pdf

# As many are proposed at once; words narrow them.
PROPOSED = 60


def _asked(values: list[str]) -> list[int]:
    """The numbers of sheets in an address or a form, each once, what is no number left out."""
    return list(dict.fromkeys(numbers_in(values)))


@limited("practices_booklets", limit=120, window=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose sheets for a booklet; `?fiche=` are chosen already, `?mot=` narrows the others."""
    user = person(request)
    given = request.POST if request.method == "POST" else request.GET
    wanted = _asked(given.getlist("fiche"))
    title, words = given.get("titre", "")[:TITLE_LENGTH], line_of(given.get("mot", ""))
    refusal = None
    if request.method == "POST" and request.POST.get("acte") != "chercher":
        try:
            booklet = ask_booklet(wanted, title=title, by=user)
        except Invalid as error:
            refusal = error
        else:
            return redirect("practices:booklet", booklet=booklet.pk)
    context = {
        **_choices(user, wanted[: 2 * MOST_SHEETS], words),
        "title": title,
        "words": words,
        "refusal": refusal,
        "most": MOST_SHEETS,
        "mine": list(Booklet.objects.of(user).order_by("-created_at")[:5]),
        "printer": printing.is_ready(),
    }
    return render(
        request, "practices/booklets/choose.html", context, status=422 if refusal else 200
    )


def _choices(user: Any, wanted: list[int], words: str) -> dict[str, Any]:
    """The sheets that are chosen, then those that may be. Two queries."""
    rows = Sheet.objects.readable_by(user).published().select_related("bearer")
    found = {sheet.pk: sheet for sheet in rows.filter(pk__in=wanted)}
    others = rows.filter(archived_at=None).exclude(pk__in=found)
    for word in fold(words).split()[:6]:
        others = others.filter(title_key__contains=word)
    return {
        "chosen": [found[pk] for pk in wanted if pk in found],
        "others": list(others.improved_first()[: PROPOSED + 1]),
        "shown": PROPOSED,
    }


def _mine(request: HttpRequest, number: int) -> Booklet:
    return get_object_or_404(Booklet.objects.of(person(request)), pk=number)


@require_safe
def page(request: HttpRequest, booklet: int) -> HttpResponse:
    """Where the making of a booklet of hers stands; htmx asks again for that part alone."""
    found = _mine(request, booklet)
    if request.headers.get("HX-Request"):
        if found.state == Booklet.State.WAITING:
            return no_store(HttpResponse(status=204))
        return no_store(render(request, "practices/parts/booklet_state.html", {"booklet": found}))
    context = {"booklet": found, "sheets": booklets.readable(found, person(request))}
    return no_store(render(request, "practices/booklets/page.html", context))


@require_safe
def pdf(request: HttpRequest, booklet: int) -> HttpResponse:
    """The PDF, while she still reads each sheet that is in it."""
    found = _mine(request, booklet)
    sheets = [sheet.pk for sheet in booklets.readable(found, person(request))]
    content = files.made(found.kept_as, booklets.NAME) if sheets == found.sheets else None
    if content is None:
        context = {"booklet": found, "sheets": sheets, "again": True}
        return no_store(render(request, "practices/booklets/page.html", context, status=410))
    note_downloads(request, sheets)
    return no_store(as_pdf(request, content, f"{slugify(found.title) or 'livret'}.pdf"))
