"""What a composer asks while somebody types: keep the text, who may be named, what is alike."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from community.models import SubCommunity
from core.ratelimit import limited
from core.templatetags.ui import moment
from core.web import no_store, person
from core.writing import saves_writing
from forums import drafts
from forums import mentions as naming
from forums.models import Draft, Post, Thread
from forums.views.common import like

READ = ("GET", "HEAD")


@saves_writing
@limited("drafts", limit=60, window=60)
def keep(request: HttpRequest, writer: User) -> HttpResponse:
    """Keep what is being typed, for its author alone; answer what her page says of it.

    `?fil=` says in which thread, `?message=` which message is changed; neither: a new thread.
    """
    edits = _found(Post, request.GET.get("message"), writer)
    thread = edits.thread if edits else _found(Thread, request.GET.get("fil"), writer)
    draft = drafts.keep(request, writer, thread, edits=edits)
    answer: dict[str, Any] = {"said": "", "sheet": "", "revision": ""}
    if draft is not None:
        answer |= {"sheet": str(draft.sheet), "revision": draft.revision}
        answer["said"] = _("Draft kept, %(when)s") % {"when": moment(draft.updated_at)}
        answer["other"] = _other(writer, thread, draft) if edits is None else None
    if request.user.pk != writer.pk:
        answer["ended"] = _("Your session has ended. Your text is kept: sign in to publish it.")
    return JsonResponse(answer)


def _found(model: Any, value: str | None, writer: User) -> Any:
    """The thread or the message that an address names, None without one. Raises `Http404`."""
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise Http404
    rows = model.objects.readable_by(writer)
    return get_object_or_404(rows.select_related("thread") if model is Post else rows, pk=value)


def _other(writer: User, thread: Thread | None, draft: Draft) -> dict[str, str] | None:
    """The last text that another window keeps for the same place."""
    rows = drafts.waiting(writer, thread, but=draft)
    if not rows:
        return None
    place = thread.get_absolute_url() if thread else reverse("forums:new")
    when = moment(rows[0].updated_at)
    return {
        "said": _("Another text is kept for this place, written in another window: %(when)s.")
        % {"when": when},
        "url": f"{place}?brouillon={rows[0].sheet}{'#repondre' if thread else ''}",
        "open": _("Open it"),
    }


@require_safe
@limited("mentions", limit=240, window=60, methods=READ)
def mentions(request: HttpRequest) -> HttpResponse:
    """Who may be meant by what follows an "@", in a space that she reads, as JSON."""
    user = person(request)
    rows = SubCommunity.objects.open().readable_by(user)
    space = get_object_or_404(rows, slug=drafts.slug(request.GET.get("espace")))
    found = naming.choices(request.GET.get("q", ""), space, by=user)
    people = [
        {
            "id": f"@{one.person.pk}",
            "text": f"@{one.person.full_name}",
            "name": one.person.full_name,
            "about": _about(one),
            "reached": one.reached,
        }
        for one in found
    ]
    said = ngettext("%(n)s person", "%(n)s people", len(people)) % {"n": len(people)}
    return no_store(JsonResponse({"people": people, "said": said}))


def _about(choice: naming.Choice) -> str:
    """Beside a name: the organisation, or why she would not be told."""
    if not choice.reached:
        return _("will not be told: no access")
    return choice.person.organisation.name if choice.person.organisation else ""


@require_POST
@limited("resembling", limit=60, window=60)
def resembling(request: HttpRequest) -> HttpResponse:
    """The threads that resemble a question while it is typed, as a part of the composer's page."""
    user = person(request)
    slug = drafts.slug(request.POST.get("space"))
    space = get_object_or_404(SubCommunity.objects.open().readable_by(user), slug=slug)
    similar = like(request.POST, space, user)
    return no_store(render(request, "forums/parts/similar.html", {"similar": similar}))
