"""The saved searches of a person: her list, and what she does with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Refused
from core.ratelimit import limited
from core.site import absolute
from core.web import person
from search import services, shown
from search.errors import NoSuchSpace
from search.forms import SaveForm
from search.models import SavedSearch
from search.wanted import Wanted, spaces_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from community.models import SubCommunity


@dataclass(frozen=True)
class Line:
    """One saved search as the list shows it; `wanted` is None when its space is no longer hers."""

    saved: SavedSearch
    wanted: Wanted | None
    url: str
    feed: str

    @property
    def words(self) -> str:
        return self.wanted.text if self.wanted else ""

    @property
    def chips(self) -> list[shown.Chip]:
        return shown.chips(self.wanted) if self.wanted else []


def wanted_of(saved: SavedSearch, spaces: Sequence[SubCommunity]) -> Wanted:
    """What was saved. Raises `NoSuchSpace` when its space is not among `spaces` any more."""
    return Wanted.read(QueryDict(saved.query), spaces)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("saved searches", limit=60, window=600)
def saved_searches(request: HttpRequest) -> HttpResponse:
    """Her list; a POST keeps one more."""
    if request.method == "POST":
        return _save(request)
    user = person(request)
    spaces = spaces_of(user)
    rows = SavedSearch.objects.filter(user=user).order_by("name", "pk")
    lines = [_line(saved, spaces) for saved in rows]
    response = render(request, "search/saved.html", {"lines": lines})
    # The address of a feed is a key.
    response.headers["Cache-Control"] = "no-store"
    return response


def _line(saved: SavedSearch, spaces: Sequence[SubCommunity]) -> Line:
    try:
        wanted = wanted_of(saved, spaces)
    except NoSuchSpace:
        return Line(saved, None, "", "")
    feed = absolute(reverse("search:feed", args=(saved.key,))) if saved.key else ""
    return Line(saved, wanted, shown.address(wanted), feed)


def _save(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = SaveForm(request.POST)
    try:
        wanted = Wanted.read(QueryDict(request.POST.get("recherche", "")), spaces_of(user))
    except NoSuchSpace:
        raise Http404 from None
    if not form.is_valid():
        messages.error(request, _("Give this search a name."))
        return redirect(shown.address(wanted))
    try:
        services.save_search(wanted, by=user, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(shown.address(wanted))
    messages.success(request, _("This search is saved."))
    return redirect("search:saved")


def _mine(request: HttpRequest, pk: int) -> SavedSearch:
    return get_object_or_404(SavedSearch.objects.filter(user=person(request)), pk=pk)


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _mine(request, pk)
    form = SaveForm(request.POST)
    if form.is_valid():
        services.rename_search(saved, by=person(request), name=form.cleaned_data["name"])
        messages.success(request, _("The name is changed."))
    else:
        messages.error(request, _("Give this search a name."))
    return redirect("search:saved")


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    services.forget_search(_mine(request, pk), by=person(request))
    messages.success(request, _("This search is deleted, and so are its feed and its e-mail."))
    return redirect("search:saved")


@require_POST
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """`oui` turns the weekly mail on, anything else off."""
    user, saved = person(request), _mine(request, pk)
    if request.POST.get("courriel") != "oui":
        services.stop_mail(saved, by=user)
        messages.success(request, _("No more e-mail about this search."))
        return redirect("search:saved")
    services.follow_by_mail(saved, _wanted_or_404(saved, request), by=user)
    messages.success(request, _("What is new will come by e-mail, on Monday."))
    return redirect("search:saved")


@require_POST
def feed(request: HttpRequest, pk: int) -> HttpResponse:
    """`oui` makes a new address for the feed, anything else closes it."""
    user, saved = person(request), _mine(request, pk)
    if request.POST.get("flux") != "oui":
        services.close_feed(saved, by=user)
        messages.success(request, _("The feed is closed: its address answers no more."))
        return redirect("search:saved")
    services.open_feed(saved, _wanted_or_404(saved, request), by=user)
    messages.success(request, _("The address of the feed is ready. Whoever has it reads the feed."))
    return redirect("search:saved")


def _wanted_or_404(saved: SavedSearch, request: HttpRequest) -> Wanted:
    try:
        return wanted_of(saved, spaces_of(person(request)))
    except NoSuchSpace:
        raise Http404 from None
