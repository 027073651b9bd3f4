"""What the views share: who asks, what she may find, and where she goes next."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import User
from community.models import SubCommunity
from core import content
from core.web import person
from forums.models import Post, Thread
from forums.warning import shown

SIMILAR = 4
# Fewer letters than this resemble everything.
SHORTEST = 12


def thread_or_404(request: HttpRequest, pk: int) -> Thread:
    """The thread, its space and what she may do in it, if she reads it."""
    user = person(request)
    rows = Thread.objects.readable_by(user).with_rights(user, readable=True)
    rows = rows.select_related("space", "owner")
    return get_object_or_404(rows, pk=pk)


def heir_of(user: User, pk: int) -> Thread | None:
    """The thread that took the messages of this one, if she reads it: who was writing in a thread
    goes on there."""
    rows = Thread.objects.readable_by(user).with_rights(user, readable=True)
    return rows.heirs_of(pk).select_related("space", "owner").first()


def post_or_404(request: HttpRequest, pk: int) -> Post:
    """The message if she reads it, set aside or not if she moderates it; its thread has her
    rights."""
    user = person(request)
    found = Post.objects.readable_by(user).with_pk(pk)
    if found is None:
        found = get_object_or_404(Post.objects.moderated_by(user), pk=pk)
    readable = Thread.objects.readable_by(user).filter(pk=found.thread_id)
    rows = readable | Thread.objects.moderated_by(user).filter(pk=found.thread_id)
    found.thread = get_object_or_404(rows.with_rights(user).select_related("space", "owner"))
    return found


def by_htmx(request: HttpRequest) -> bool:
    """Whether the page asked by itself for a part of it."""
    return bool(cast(Any, request).htmx)


def back_to(obj: Any) -> HttpResponse:
    return redirect(obj.get_absolute_url())


def like(typed: Any, space: SubCommunity, user: User) -> list[Thread]:
    """The threads that she reads and that resemble what she typed for `space`."""
    text = shown(typed.get("text", ""), is_html=typed.get("text_format") == "html")
    asked = f"{typed.get('title', '')}\n{text}".replace("\0", "").strip()[:5000]
    if len(asked) < SHORTEST:
        return []
    return content.resembling("thread", asked, user, space, SIMILAR)
