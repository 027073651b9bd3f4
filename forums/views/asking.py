"""Asking up to three people whose experience meets a thread."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.errors import NotAllowed, Refused
from core.web import person
from forums import asking, services
from forums.permissions import rights_of
from forums.services.common import require_open
from forums.views.common import thread_or_404

PROPOSED = 8


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """For who opened the thread, and who animates its space."""
    me = person(request)
    thread = thread_or_404(request, pk)
    rights = rights_of(me, thread)
    if me.is_guest or not (rights.moderates or (rights.owns and rights.write)):
        raise NotAllowed
    require_open(thread)
    if request.method == "POST":
        number = request.POST.get("person", "")
        known = number.isascii() and number.isdecimal() and len(number) < 19
        asked = get_object_or_404(User, pk=int(number) if known else 0)
        try:
            services.ask(thread, asked, by=me)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            said = _("%(name)s will be asked by e-mail.") % {"name": asked.full_name}
            messages.success(request, said)
        return redirect("forums:ask", pk=pk)
    already = list(asking.asked_about(thread).select_related("organisation"))
    left = asking.ASKS_A_THREAD - len(already)
    context = {
        "thread": thread,
        "asked": already,
        "left": max(left, 0),
        "candidates": asking.candidates(thread, PROPOSED, me) if left > 0 else [],
    }
    return render(request, "forums/ask.html", context)
