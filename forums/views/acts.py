"""What is done to a thread or a message by one button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.models import Reaction
from community.services import react as make_gesture
from core.errors import NotAllowed
from core.web import person
from forums import services
from forums.drawing import Acts
from forums.forms import ReasonForm
from forums.models import Post, Thread
from forums.permissions import rights_of
from forums.views.common import back_to, by_htmx, post_or_404, thread_or_404
from forums.views.following import follow_form
from notifications.forms import FollowForm
from notifications.services import set_attention, set_mail


@require_POST
def react(request: HttpRequest, pk: int) -> HttpResponse:
    """Merci, utile, moi aussi: "merci:1" makes the gesture, "merci:0" takes it back, so that two
    presses of the same button are one gesture."""
    user = person(request)
    post = post_or_404(request, pk)
    kind, _colon, wanted = request.POST.get("type", "").partition(":")
    make_gesture(post, kind, by=user, wanted=wanted == "1" if wanted else None)
    if not by_htmx(request):
        return back_to(post)
    fresh = Post.objects.readable_by(user).get(pk=pk)
    mine = Reaction.objects.filter(user=user).on("post", [pk])
    acts = Acts(get_token(request), set(mine.values_list("object_id", "type")))
    return HttpResponse(acts.reactions(fresh, reverse("forums:post", args=(pk,))))


@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """What she wants of this thread: to follow it, only what mentions her, or silence; or how she
    is told of it by mail."""
    user = person(request)
    thread = thread_or_404(request, pk)
    form = FollowForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    if form.cleaned_data["attention"]:
        set_attention(thread, form.cleaned_data["attention"], by=user)
    elif "mail" in request.POST:
        set_mail(thread, form.cleaned_data["mail"], by=user)
        messages.success(request, _("Your choices are saved."))
    if by_htmx(request):
        fresh = Thread.objects.readable_by(user).with_reading(user).get(pk=pk)
        context = {"thread": fresh, "follow": follow_form(fresh), "said": True}
        return render(request, "forums/parts/follow.html", context)
    return back_to(thread)


STATES: dict[str, tuple[Callable[..., Thread], Any]] = {
    "resoudre": (services.resolve, lambda: _("The thread is marked as resolved.")),
    "rouvrir": (services.reopen, lambda: _("The thread is open again.")),
    "epingler": (services.pin, lambda: _("The thread is pinned.")),
    "detacher": (services.unpin, lambda: _("The thread is no longer pinned.")),
    "verrouiller": (services.lock, lambda: _("The thread is locked.")),
    "deverrouiller": (services.unlock, lambda: _("The thread is unlocked.")),
    "sans-reponse-retenue": (
        services.release_answer,
        lambda: _("No answer is retained any more."),
    ),
}


@require_POST
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Resolve, reopen, pin, lock: one act, by its name."""
    thread = thread_or_404(request, pk)
    if request.POST.get("acte") not in STATES:
        return HttpResponseBadRequest()
    act, said = STATES[request.POST["acte"]]
    act(thread, by=person(request))
    messages.success(request, said())
    return back_to(thread)


@require_POST
def retain(request: HttpRequest, pk: int) -> HttpResponse:
    post = post_or_404(request, pk)
    services.retain_answer(post.thread, post, by=person(request))
    messages.success(request, _("This answer is retained, and the thread is resolved."))
    return back_to(post)


@require_http_methods(["GET", "HEAD", "POST"])
def hide_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a message aside with a reason, or put it back."""
    post = post_or_404(request, pk)
    if not rights_of(person(request), post.thread).moderates:
        raise NotAllowed
    if request.POST.get("acte") == "retablir":
        services.restore_post(post, by=person(request))
        messages.success(request, _("The message is back."))
        return back_to(post)
    return _set_aside(request, post, services.hide_post, back=post.thread, whole=post.is_opening)


@require_http_methods(["GET", "HEAD", "POST"])
def hide_thread(request: HttpRequest, pk: int) -> HttpResponse:
    thread = thread_or_404(request, pk)
    if not rights_of(person(request), thread).moderates:
        raise NotAllowed
    return _set_aside(request, thread, services.hide_thread, back=thread, whole=True)


def _set_aside(
    request: HttpRequest, obj: Any, act: Callable[..., Any], *, back: Thread, whole: bool
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act(obj, by=person(request), reason=form.cleaned_data["reason"])
        messages.success(
            request,
            _("The thread is set aside.") if whole else _("The message is set aside."),
        )
        return redirect("forums:threads") if whole else back_to(obj)
    context = {"form": form, "thread": back, "obj": obj, "whole": whole}
    return render(request, "forums/hide.html", context)


@require_POST
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Who wrote an unnamed message: shown once, in the answer to this very request."""
    post = post_or_404(request, pk)
    author = services.see_author(post, by=person(request))
    response = render(request, "forums/identity.html", {"post": post, "author": author})
    response.headers["Cache-Control"] = "no-store"
    return response
