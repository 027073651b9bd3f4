"""Threads taken to another space, messages to another thread, threads that become one, and where
old addresses lead. From one space to another, the page first says who would read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from community.audience import readers_of
from community.models import SubCommunity
from core.errors import NotAllowed, Refused
from core.web import person
from forums import services
from forums.errors import OpeningStays, TwoAnswers, UnnamedStay
from forums.models import FormerPlace, Post, Thread
from forums.models.post import PAGE_SIZE
from forums.move_forms import MoveForm, MovePostsForm, MovingForm, TargetForm
from forums.permissions import rights_of
from forums.views.common import back_to, post_or_404, thread_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """To another space that she also moderates; without one that may take it, the page says why."""
    user = person(request)
    thread = thread_or_404(request, pk)
    if not rights_of(user, thread).moderates:
        raise NotAllowed
    spaces = list(services.destinations(thread, by=user))
    if not spaces:
        held = Post.objects.moderated_by(user).filter(thread=thread, unnamed=True).exists()
        why_not = UnnamedStay.message if held else _("You animate no other space.")
        return render(request, "forums/move.html", {"thread": thread, "why_not": why_not})
    return _decide(
        request,
        MoveForm(request.POST or None, spaces=spaces),
        act=lambda given: services.move_thread(
            thread, given["space"], by=user, reason=given["reason"]
        ),
        said=_("The thread is moved."),
        template="forums/move.html",
        context={"thread": thread},
    )


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
        said=_("It is moved."),
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
        said=_("The threads are merged."),
        template="forums/merge.html",
        context={"thread": thread},
    )


def _retained(pk: int | None, user: User) -> Post | None:
    return Post.objects.readable_by(user).filter(pk=pk).first() if pk else None


def _decide(
    request: HttpRequest,
    form: MovingForm,
    *,
    act: Callable[[dict[str, Any]], Any],
    said: str,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Show the form, do what it says, or first ask: whether she is sure, when others would read
    it; which of two retained answers is kept."""
    thread = context["thread"]
    sure = form.is_bound and form.is_valid() and _is_sure(form, thread, context)
    status = 400 if form.is_bound and form.errors else 200
    if sure and not form.errors:
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
            messages.success(request, said)
            return _onward(request, moved, thread)
    return render(request, template, context | {"form": form}, status=status)


def _is_sure(form: MovingForm, thread: Thread, context: dict[str, Any]) -> bool:
    """Whether it stays in its space, or goes to the one whose readers she was shown."""
    space = form.destination(thread.space)
    if space.pk == thread.space_id:
        return True
    context |= _crossing(thread.space, space)
    form.require_reason()
    sure: bool = form.cleaned_data["sure"] == space.pk
    return sure


def _crossing(origin: SubCommunity, space: SubCommunity) -> dict[str, Any]:
    """Who would read it there, and how many of them do not read it here; one query."""
    new = ~Q(pk__in=readers_of(origin).values("pk"))
    reach = readers_of(space).aggregate(
        people=Count("pk"),
        organisations=Count("organisation", distinct=True),
        new=Count("pk", filter=new),
    )
    return {"origin": origin, "space": space, "reach": reach}


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
