"""Messages taken to another thread, threads that become one, and where old addresses lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.errors import NotAllowed, Refused
from core.web import person
from forums import services
from forums.errors import OpeningStays, TwoAnswers
from forums.models import FormerPlace, Post, Thread
from forums.models.post import PAGE_SIZE
from forums.move_forms import MovePostsForm, TargetForm
from forums.permissions import rights_of
from forums.views.common import back_to, post_or_404, thread_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def move_post(request: HttpRequest, pk: int) -> HttpResponse:
    """This message, or everything from it on, to another thread or to a new one."""
    user = person(request)
    post = post_or_404(request, pk)
    thread = post.thread
    if not rights_of(user, thread).moderates:
        raise NotAllowed
    if post.is_opening:
        raise OpeningStays
    form = MovePostsForm(
        request.POST or None,
        threads=services.receiving(thread, by=user),
        here=thread.space,
        spaces=[thread.space, *services.destinations(thread, by=user)],
    )
    return _decide(
        request,
        form,
        act=lambda given: _move(post, given, user),
        template="forums/move_posts.html",
        context={"thread": thread, "post": post},
    )


def _move(post: Post, given: dict[str, Any], user: User) -> Post | Thread:
    how: dict[str, Any] = {"by": user, "onward": given["onward"] == MovePostsForm.ONWARD}
    how["reason"] = given["reason"]
    if given["target"] is None:
        return services.split(
            post, space=given["space"] or post.thread.space, title=given["title"], **how
        )
    return services.move_posts(
        post, given["target"], retained=_retained(given["retained"], user), **how
    )


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """All of a thread at the end of another."""
    user = person(request)
    thread = thread_or_404(request, pk)
    if not rights_of(user, thread).moderates:
        raise NotAllowed
    form = TargetForm(
        request.POST or None, threads=services.receiving(thread, by=user), here=thread.space
    )
    return _decide(
        request,
        form,
        act=lambda given: services.merge(
            thread,
            given["target"],
            by=user,
            retained=_retained(given["retained"], user),
            reason=given["reason"],
        ),
        template="forums/merge.html",
        context={"thread": thread},
    )


def _retained(pk: int | None, user: User) -> Post | None:
    return Post.objects.readable_by(user).filter(pk=pk).first() if pk else None


def _decide(
    request: HttpRequest,
    form: TargetForm,
    *,
    act: Callable[[dict[str, Any]], Any],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Show the form, do what it says, or ask which of two retained answers is kept."""
    status = 400 if form.is_bound and not form.is_valid() else 200
    thread = context["thread"]
    if form.is_bound and form.is_valid():
        try:
            moved = act(form.cleaned_data)
        except TwoAnswers as refusal:
            form.add_error("retained", str(refusal))
            pair = (thread.answer_id, form.cleaned_data["target"].answer_id)
            rows = Post.objects.moderated_by(person(request)).filter(pk__in=pair)
            context["answers"] = list(rows.select_related("author", "thread"))
            status = refusal.status
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("It is moved."))
            return _onward(request, moved, thread)
    return render(request, template, context | {"form": form}, status=status)


def _onward(request: HttpRequest, moved: Any, origin: Thread) -> HttpResponse:
    """To what was moved, if she reads it there; else to where it was."""
    user = person(request)
    for place in (moved, origin):
        if place.can_be_read_by(user):
            return back_to(place)
    return redirect("forums:threads")


def former_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A page of a thread that she does not find, when messages that stood on it are now where she
    reads them: a redirect to them, or their list when they are in several places."""
    first = (number - 1) * PAGE_SIZE + 1
    rows: Any = FormerPlace.objects.of_number(pk).shown_to(person(request))
    places = [place for place in rows.between(first, first + PAGE_SIZE - 1) if place.shown]
    if not places:
        raise Http404
    addresses = {place.post.get_absolute_url().partition("#")[0] for place in places}
    if len(addresses) == 1:
        return redirect(places[0].post.get_absolute_url())
    return render(request, "forums/former_page.html", {"places": places})
