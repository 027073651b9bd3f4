"""Polls: opening one, answering, seeing who answered, closing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotAllowed, Refused
from core.web import person
from forums import polls, services, warning
from forums.errors import OnePoll
from forums.forms_around import PollForm
from forums.models import Poll
from forums.permissions import rights_of
from forums.services.common import require_open
from forums.views.common import back_to, thread_or_404
from forums.views.compose import AS_IS, replace_found

OPEN_FOR = timedelta(days=7)


def _poll_or_404(request: HttpRequest, pk: int) -> Poll:
    """The poll of a thread that she reads; the thread has her rights."""
    thread = thread_or_404(request, pk)
    poll = get_object_or_404(Poll.objects.readable_by(person(request)), thread_id=thread.pk)
    poll.thread = thread
    return poll


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """For who opened the thread, and who animates its space."""
    user = person(request)
    thread = thread_or_404(request, pk)
    if not rights_of(user, thread).conclude:
        raise NotAllowed
    require_open(thread)
    if Poll.objects.readable_by(user).filter(thread_id=thread.pk).exists():
        raise OnePoll
    if request.method != "POST":
        form = PollForm(initial={"closes_on": timezone.localdate() + OPEN_FOR})
        return _show_new(request, thread, form)
    data = request.POST.copy()
    if replacing := bool(data.get("replace")):
        replace_found(data)
    form = PollForm(data)
    found = warning.look(data.get("text", ""), is_html=False, title=data.get("title", ""))
    if replacing:
        return _show_new(request, thread, form, parts=found)
    if not form.is_valid():
        return _show_new(request, thread, form, status=400)
    if found and data.get("act") != AS_IS:
        return _show_new(request, thread, form, parts=found)
    given = form.cleaned_data
    try:
        services.open_poll(
            thread,
            by=user,
            question=given["title"],
            labels=given["text"].splitlines(),
            multiple=given["multiple"],
            unnamed=given["unnamed"],
            closes_at=_end_of(given["closes_on"]),
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _show_new(request, thread, form, status=refusal.status)
    messages.success(request, _("The poll is open."))
    return back_to(thread)


def _end_of(day: date) -> datetime:
    """The last minute of the day, by the federation's own clock."""
    return datetime.combine(day, time(23, 59), tzinfo=timezone.get_default_timezone())


def _show_new(
    request: HttpRequest, thread: Any, form: PollForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"thread": thread, "space": thread.space, "form": form} | more
    return render(request, "forums/poll_new.html", context, status=status)


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The poll alone, with who chose what when it is a named one."""
    poll = _poll_or_404(request, pk)
    rights = rights_of(person(request), poll.thread)
    found = polls.with_names(polls.shown(poll, person(request), rights))
    context = {"thread": poll.thread, "poll": found, "alone": True}
    return render(request, "forums/poll.html", context)


@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    poll = _poll_or_404(request, pk)
    given = request.POST.getlist("choix")
    numbers = [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 19]
    try:
        services.vote(poll, numbers, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your answer is counted."))
    return back_to(poll.thread)


@require_POST
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it before its day, or erase it."""
    poll = _poll_or_404(request, pk)
    act = request.POST.get("acte")
    if act == "fermer":
        services.close_poll(poll, by=person(request))
        messages.success(request, _("The poll is closed."))
        return back_to(poll.thread)
    if act != "supprimer":
        return HttpResponseBadRequest()
    try:
        services.remove_poll(poll, by=person(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("forums:poll", pk=pk)
    messages.success(request, _("The poll is removed."))
    return back_to(poll.thread)
