"""The first page: a visitor's, or a member's own."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.web import person
from forums.services import mark_all_read
from home import welcome as steps
from home.page import MemberHome
from home.shell import shell_of
from practices import showcase

# In the session: when the visit before this one ended.
SINCE = "since"
# A pause after which coming back is another visit.
PAUSE = timedelta(hours=4)


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Her home for a member, the visit for everybody else."""
    if not request.user.is_authenticated:
        return render(request, "home/visit.html", {"practices": showcase.newest()})
    user = person(request)
    shell = shell_of(request)
    page = MemberHome(user, shell, _last_visit(request, user))
    shell.noticed = len(page.notices)
    return render(request, "home/home.html", {"page": page})


def _last_visit(request: HttpRequest, user: User) -> datetime | None:
    """When she was here before this visit."""
    now, seen = timezone.now(), user.last_seen_at
    if SINCE not in request.session or (seen is not None and seen < now - PAUSE):
        request.session[SINCE] = seen.isoformat() if seen else ""
    since = request.session[SINCE]
    return datetime.fromisoformat(since) if since else None


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Nothing is unread any more, in any of her spaces."""
    mark_all_read(None, by=person(request))
    messages.success(request, _("Everything is marked as read."))
    return redirect("home:landing")


@require_POST
def welcome(request: HttpRequest) -> HttpResponse:
    """Note that the twin was met (`etape=6`), or put the welcome path away (`etape=0`)."""
    noted = {str(steps.TWIN): steps.TWIN, str(steps.DISMISSED): steps.DISMISSED}
    step = noted.get(request.POST.get("etape", ""))
    if step is not None:
        steps.note(person(request), step)
        messages.success(
            request,
            _("Noted. Thank you!") if step else _("The welcome path is put away."),
        )
    return redirect("home:landing")
