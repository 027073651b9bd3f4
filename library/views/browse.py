"""The list of documents: the newest first, and every filter in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.models import SubCommunity
from core import facets
from core.facets import Chip
from core.pagination import by_cursor
from core.web import person
from library import facets as counting
from library import filters, home
from library.permissions import may_deposit

if TYPE_CHECKING:
    from core.audience import Viewer
    from library.filters import Filters

SIZE = 20
# Long columns that a row does not show.
UNSEEN = ("abstract", "contributors", "withdrawn_reason", "approval_reason")


@login_not_required  # visitors see what is public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The documents that the viewer may read; a visitor, those that are public."""
    user = request.user
    wanted, spaces, looks_after = asked(request)
    rows = filters.apply(wanted, user).select_related("space", "current__file").defer(*UNSEEN)
    page = by_cursor(
        rows.prefetch_related("tags"),
        after=request.GET.get("apres", ""),
        size=SIZE,
        order=filters.ORDERS[wanted.order],
        ascending=wanted.order == "titre",
    )
    return render(
        request,
        "library/index.html",
        {
            "layout": "base.html" if user.is_authenticated else "public.html",
            "documents": page.rows,
            "next_url": facets.address_with(request, apres=page.next) if page.next else "",
            "wanted": wanted,
            "counts": counting.count(wanted, user),
            "spaces": spaces,
            "looks_after": looks_after,
            "chips": chips(request, wanted),
            "may_deposit": user.is_authenticated and may_deposit(user),
        },
    )


class Asked(NamedTuple):
    """The filters of an address, the spaces that it could name, and whether its viewer looks
    after documents."""

    wanted: Filters
    spaces: list[Any]
    looks_after: bool


def asked(request: HttpRequest) -> Asked:
    """What the address of this list, of its feed or of its export asks for; one query."""
    user = request.user
    spaces = _spaces(user)
    looks_after = any(space.moderated for space in spaces) or _animates(user)
    by_slug = {space.slug: space for space in spaces}
    return Asked(filters.read(request.GET, by_slug, looks_after=looks_after), spaces, looks_after)


def _animates(user: Viewer) -> bool:
    return bool(user.is_authenticated and user.is_animator)


def _spaces(user: Viewer) -> list[Any]:
    """The spaces that the filter offers, each with whether she looks after it; one query."""
    if not user.is_authenticated:
        return []
    rows = SubCommunity.objects.open().readable_by(user).with_moderated(user)
    return list(rows.order_by("position", "name"))


STATES = {
    "a-verifier": lambda: _("To be reviewed"),
    "lien-brise": lambda: _("Broken links"),
    "attente": lambda: _("Awaiting approval"),
}


def chips(request: HttpRequest, wanted: Filters) -> list[Chip]:
    """The filters in use, in words."""
    said: dict[str, Any] = {
        "q": _("“%(name)s”") % {"name": wanted.text} if wanted.text else "",
        "mot": wanted.tag,
        "espace": wanted.space.name if wanted.space else "",
        "de": _("from %(year)s") % {"year": wanted.since} if wanted.since else "",
        "a": _("until %(year)s") % {"year": wanted.until} if wanted.until else "",
        "qui": _("My documents") if wanted.mine else "",
        "etat": STATES[wanted.state]() if wanted.state else "",
    }
    return facets.chips(request, said, wanted.chosen, filters.BOXES)


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What is new, as a part of a member's home."""
    if not request.headers.get("HX-Request"):
        return redirect("library:index")
    return render(request, "library/news.html", {"documents": home.news(person(request))})
