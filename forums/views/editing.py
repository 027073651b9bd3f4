"""Changing a message, and what it said before."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from core.audience import State
from core.errors import Refused
from core.web import person
from core.writing import keeps_writing, writer_token
from forums import drafts, mentions, services, warning
from forums.errors import NotYours, ThreadClosed
from forums.forms import EditForm, split_tags
from forums.models import Draft, Post
from forums.permissions import rights_of
from forums.services.common import plain
from forums.views.common import post_or_404
from forums.views.compose import AS_IS, replace_found


def _keep_edit(request: HttpRequest, writer: User, pk: int) -> str:
    """An edit that was interrupted is kept as a draft of its own, for its author."""
    post = Post.objects.readable_by(writer).select_related("thread__space").filter(pk=pk).first()
    if post is None:
        return reverse("forums:post", args=(pk,))
    drafts.keep(request, writer, post.thread, edits=post)
    return reverse("forums:edit", args=(pk,)) + "?brouillon=1"


@keeps_writing(_keep_edit)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The author's, while the thread is open; the animators', with a reason."""
    user = person(request)
    post = post_or_404(request, pk)
    rights = rights_of(user, post.thread)
    mine = post.author_id == user.pk
    if post.state != State.PUBLISHED:
        raise Http404
    if not rights.edit(post) and request.method != "POST":
        raise ThreadClosed if mine and rights.write else NotYours
    kinds = {"opening": post.is_opening, "mine": mine}
    if request.method != "POST":
        draft = services.draft_of_edit(post, by=user)
        taken = draft if "brouillon" in request.GET else None
        form = EditForm(initial=_initial(post, user, taken), **kinds)
        return _show(request, post, form, draft=taken, begun=None if taken else draft)
    data = request.POST.copy()
    data["writer"] = writer_token(user)
    data.setdefault("submission", str(uuid.uuid4()))
    replacing = bool(data.get("replace"))
    if replacing:
        replace_found(data)
    form = EditForm(data, **kinds)
    parts = warning.look(data.get("text", ""), is_html=form.is_html, title=data.get("title", ""))
    if replacing or getattr(request, "unsure", False):
        return _show(request, post, form.quiet(), parts=parts)
    if not form.is_valid():
        return _show(request, post, form, status=400)
    if parts and data.get("act") != AS_IS:
        return _show(request, post, form, parts=parts)
    try:
        _save(post, form, user)
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, post, form, status=refusal.status)
    messages.success(request, _("Your change is saved. The earlier version is kept."))
    return redirect(post.get_absolute_url())


def _initial(post: Post, user: User, draft: Draft | None) -> dict[str, Any]:
    """What it says now, as the editor reads it, or a change that was begun."""
    thread = post.thread
    found: dict[str, Any] = {"text": post.html, "text_format": "html"}
    if plain(post.text).html == post.html:
        # Nothing but paragraphs: the box without JavaScript shows it as it was typed.
        found = {"text": post.text}
    if draft is not None:
        found = {"text": draft.body, "text_format": "html" if draft.is_html else ""}
        found |= {"brouillon": draft.revision, "submission": draft.sheet}
    found.setdefault("submission", uuid.uuid4())
    tags = ", ".join(thread.tags.names()) if post.is_opening else ""
    return found | {"title": thread.title, "tags": tags, "writer": writer_token(user)}


def _save(post: Post, form: EditForm, user: User) -> None:
    given = form.cleaned_data
    services.edit_post(
        post,
        by=user,
        title=given.get("title"),
        reason=given.get("reason", ""),
        **form.written(),
    )
    drafts.posted(given, user, post.thread)
    if post.is_opening:
        wanted = split_tags(given["tags"])
        if sorted(wanted) != sorted(post.thread.tags.names()):
            services.set_tags(post.thread, wanted, by=user)


def _show(
    request: HttpRequest, post: Post, form: EditForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "post": post,
        "thread": post.thread,
        "space": post.thread.space,
        "unsure": getattr(request, "unsure", False),
    }
    return render(request, "forums/edit.html", context | more, status=status)


@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What it said before: for its author and for those who moderate."""
    post = post_or_404(request, pk)
    if not rights_of(person(request), post.thread).see_versions(post):
        raise Http404
    rows = list(post.versions.select_related("editor"))
    mentions.draw([post, *rows], post.thread.space, linked=not person(request).is_guest)
    context = {"post": post, "thread": post.thread, "space": post.thread.space, "versions": rows}
    return render(request, "forums/versions.html", context)
