"""Messages kept at hand, with a reminder."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.audience import State
from core.errors import Refused
from core.pagination import by_cursor
from core.web import person
from forums import services
from forums.forms_around import ReminderForm
from forums.models import Bookmark, Post
from forums.services.common import Missing
from forums.views.common import back_to, post_or_404

SIZE = 20


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What she keeps and still reads, the last kept first."""
    rows = Bookmark.objects.of(person(request))
    found = by_cursor(
        rows.select_related("post__thread__space", "post__author"),
        after=request.GET.get("apres", ""),
        size=SIZE,
        order=("created_at", "id"),
    )
    next_url = f"{request.path}?apres={found.next}" if found.next else ""
    context = {"bookmarks": found.rows, "next_url": next_url}
    return render(request, "forums/bookmarks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a message, say when to be reminded of it, or no longer keep it."""
    user = person(request)
    post = post_or_404(request, pk)
    if post.state != State.PUBLISHED or not post.can_be_read_by(user):
        raise Missing
    kept = Bookmark.objects.of(user).filter(post=post).first()
    if request.method != "POST":
        return _show(request, post, kept, ReminderForm(initial=_initial(kept)))
    if request.POST.get("acte") == "retirer":
        services.drop_bookmark(post, by=user)
        messages.success(request, _("You no longer keep this message."))
        return redirect("forums:bookmarks")
    form = ReminderForm(request.POST)
    if not form.is_valid():
        return _show(request, post, kept, form, status=400)
    try:
        services.bookmark(post, by=user, remind_on=form.chosen())
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, post, kept, form, status=refusal.status)
    messages.success(request, _("The message is kept: find it under Discussions, “Kept”."))
    return back_to(post)


def _initial(kept: Bookmark | None) -> dict[str, Any]:
    if kept is None or kept.remind_on is None:
        return {"when": ""}
    return {"when": ReminderForm.DAY, "day": kept.remind_on}


def _show(
    request: HttpRequest,
    post: Post,
    kept: Bookmark | None,
    form: ReminderForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"post": post, "thread": post.thread, "kept": kept, "form": form}
    return render(request, "forums/bookmark.html", context, status=status)
