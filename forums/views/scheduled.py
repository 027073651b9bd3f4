"""Messages that wait for their hour: putting one off, seeing them, taking one back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.models import SubCommunity
from core.templatetags.ui import moment
from core.web import person
from forums import drafts, services
from forums.forms import Writing, split_tags
from forums.models import ScheduledPost, Thread


def put_off(
    request: HttpRequest, form: Writing, *, space: SubCommunity, thread: Thread | None, as_is: bool
) -> HttpResponse:
    """What the composer does instead of publishing, when an hour was chosen."""
    given, user = form.cleaned_data, person(request)
    flags = {name: True for name, ticked in form.flags().items() if ticked}
    details: dict[str, Any] = {name: given[name] for name in ("kind", "about") if given.get(name)}
    if given.get("tags"):
        details["tags"] = split_tags(given["tags"])
    if given.get("parent"):
        details["parent"] = given["parent"]
    row = services.schedule_post(
        by=user,
        space=space,
        thread=thread,
        publish_at=given["later"],
        submission=given["submission"] or uuid.uuid4(),
        title=given.get("title", ""),
        details=details | flags,
        attachments=given["kept"],
        as_is=as_is,
        **form.written(),
    )
    drafts.posted(given, user, thread)
    when = moment(row.publish_at)
    messages.success(request, _("Your message will be published by itself: %s.") % when)
    return redirect("forums:scheduled")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Hers, the next first. The title of a thread that she no longer reads is not shown."""
    user = person(request)
    rows = list(ScheduledPost.objects.of(user).select_related("space"))
    seen = Thread.objects.readable_by(user).select_related("space")
    threads = seen.in_bulk([row.thread_id for row in rows if row.thread_id])
    found = [(row, threads.get(row.thread_id or 0)) for row in rows]
    return render(request, "forums/scheduled.html", {"scheduled": found})


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """It becomes a draft, which the composer shows."""
    draft = services.unschedule(pk, by=person(request))
    messages.success(request, _("The message will not be published by itself: here is your text."))
    return redirect(draft or "forums:scheduled")
