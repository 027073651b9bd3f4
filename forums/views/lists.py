"""The list of threads and its filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from taggit.models import TaggedItem

from accounts.models import User
from community.models import SubCommunity
from core import terms
from core.pagination import by_cursor
from core.web import person
from forums import services
from forums.forms import FilterForm
from forums.models import Thread

SIZE = 20
FLAGS = {
    "filtre": ("nonlus", "suivis", "sans-reponse", "a-moi"),
    "etat": ("resolu",),
}


@dataclass(frozen=True)
class Chip:
    """One filter in use: what it says, and the address without it."""

    label: str
    without: str


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """Threads that she may read, the latest first; every filter is in the address."""
    user = person(request)
    spaces = list(SubCommunity.objects.open().readable_by(user).order_by("position", "name"))
    form = FilterForm(request.GET, spaces=spaces)
    wanted = form.chosen() | _flags(request)
    space = form.spaces.get(wanted.get("espace", ""))
    rows = _filtered(Thread.objects.readable_by(user), wanted, space, user)
    rows = rows.with_unread(user).select_related("space", "owner", "last_author")
    after = request.GET.get("apres", "")
    page = by_cursor(
        rows.filter(pinned=False) if space else rows,
        after=after,
        size=SIZE,
        order=("last_post_at", "id"),
    )
    pinned = list(rows.filter(pinned=True).recent_first()) if space and not after else []
    return render(
        request,
        "forums/threads.html",
        {
            "form": form,
            "wanted": wanted,
            "space": space,
            "chips": _chips(request, wanted, space),
            # The one filter in use, when there is no other: an empty list then has its own words.
            "alone": wanted.get("filtre") if len(wanted) == 1 else None,
            "pinned": pinned,
            "threads": page.rows,
            "next_url": _with(request, apres=page.next) if page.next else "",
        },
    )


def _flags(request: HttpRequest) -> dict[str, str]:
    found = {name: request.GET.get(name, "") for name in FLAGS}
    return {name: value for name, value in found.items() if value in FLAGS[name]}


def _filtered(rows: Any, wanted: dict[str, str], space: SubCommunity | None, user: User) -> Any:
    if space is not None:
        rows = rows.filter(space_id=space.pk)
    if kind := wanted.get("type"):
        rows = rows.filter(kind=kind)
    if wanted.get("etat") == "resolu":
        rows = rows.resolved()
    filtre = wanted.get("filtre")
    if filtre == "nonlus":
        rows = rows.unread_by(user)
    elif filtre == "suivis":
        rows = rows.followed_by(user)
    elif filtre == "sans-reponse":
        rows = rows.unanswered()
    elif filtre == "a-moi":
        rows = rows.filter(owner_id=user.pk)
    if word := wanted.get("mot"):
        tagged = TaggedItem.objects.filter(
            content_type__app_label="forums",
            content_type__model="thread",
            object_id=OuterRef("pk"),
            tag__name__iexact=word,
        )
        rows = rows.filter(Q(title__icontains=word) | Exists(tagged))
    return rows


def _with(request: HttpRequest, **changes: str) -> str:
    """This list with other parameters; an empty one is taken away."""
    query = request.GET.copy()
    for name, value in ({"apres": ""} | changes).items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _chips(request: HttpRequest, wanted: dict[str, str], space: SubCommunity | None) -> list[Chip]:
    filters = {
        "nonlus": _("Unread"),
        "suivis": _("Followed"),
        "sans-reponse": _("Unanswered"),
        "a-moi": _("My threads"),
    }
    words = {
        "filtre": filters.get(wanted.get("filtre", ""), ""),
        "etat": _("Resolved"),
        "mot": wanted.get("mot", ""),
        "type": terms.label("types_fil", wanted.get("type", "")),
        "espace": space.name if space else "",
    }
    return [Chip(words[name], _with(request, **{name: ""})) for name in wanted if words.get(name)]


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Nothing is unread any more, in one space or everywhere."""
    user = person(request)
    slug = request.POST.get("espace", "").replace("\0", "")
    space = SubCommunity.objects.readable_by(user).filter(slug=slug).first() if slug else None
    if not slug or space is not None:
        services.mark_all_read(space, by=user)
        messages.success(request, _("Everything is marked as read."))
    url = redirect("forums:threads")
    if space is not None:
        url["Location"] += f"?espace={space.slug}"
    return url
