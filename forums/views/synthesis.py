"""The synthesis of a thread: writing it, what it said before, withdrawing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import NotAllowed, Refused
from core.web import person
from core.writing import keeps_writing, writer_token
from forums import services, warning
from forums.errors import GuestsReply, NotAMember, SynthesisChanged
from forums.forms import ReasonForm
from forums.forms_around import SynthesisForm
from forums.models import Synthesis, Thread
from forums.permissions import rights_of
from forums.services.common import plain, require_open
from forums.views.common import back_to, thread_or_404
from forums.views.compose import AS_IS, replace_found


def _keep(request: HttpRequest, writer: Any, pk: int) -> str:
    """A synthesis that was interrupted is kept as a draft of the thread, for who wrote it."""
    thread = Thread.objects.readable_by(writer).filter(pk=pk).first()
    if thread is not None:
        text = request.POST.get("text", "")
        kind = "html" if request.POST.get("text_format") == "html" else "text"
        details = {"synthesis": True}
        services.keep_draft(by=writer, thread=thread, details=details, **{kind: text})  # type: ignore[arg-type]
    return reverse("forums:synthesis", args=(pk,)) + "?brouillon=1"


@keeps_writing(_keep)
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's while the thread is open, the animators' at any time."""
    user = person(request)
    thread = thread_or_404(request, pk)
    if request.method != "POST":
        _require_place(request, thread)
        return _show(request, thread, SynthesisForm(initial=_initial(request, thread)))
    data = request.POST.copy()
    data["writer"] = writer_token(user)
    if replacing := bool(data.get("replace")):
        replace_found(data)
    form = SynthesisForm(data)
    parts = warning.look(data.get("text", ""), is_html=form.is_html)
    if replacing or getattr(request, "unsure", False):
        return _show(request, thread, form.quiet(), parts=parts)
    if not form.is_valid():
        return _show(request, thread, form, status=400)
    if parts and data.get("act") != AS_IS:
        return _show(request, thread, form, parts=parts)
    given = form.cleaned_data
    try:
        services.write_synthesis(thread, by=user, number=given["number"], **form.written())
    except SynthesisChanged as refusal:
        # Saved again, it replaces what is shown above her text.
        now = _current(request, thread)
        data["number"] = str(now.number if now is not None else 0)
        form.refuse(refusal)
        return _show(request, thread, form, status=refusal.status, theirs=now)
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, thread, form, status=refusal.status)
    if given["brouillon"]:
        services.drop_draft_of_synthesis(thread, by=user)
    messages.success(request, _("The synthesis is pinned above the thread."))
    return back_to(thread)


def _require_place(request: HttpRequest, thread: Thread) -> None:
    user = person(request)
    rights = rights_of(user, thread)
    if not rights.summarise(user):
        if rights.write and not user.is_guest:
            require_open(thread)
        raise GuestsReply if user.is_guest else NotAMember


def _current(request: HttpRequest, thread: Thread) -> Synthesis | None:
    rows = Synthesis.objects.readable_by(person(request)).filter(thread=thread)
    return rows.select_related("author").first()


def _initial(request: HttpRequest, thread: Thread) -> dict[str, Any]:
    """What it says now, as the editor reads it, or a text that was interrupted."""
    user, now = person(request), _current(request, thread)
    found: dict[str, Any] = {"number": now.number if now is not None else 0}
    found["writer"] = writer_token(user)
    asked = "brouillon" in request.GET
    draft = services.draft_of_synthesis(thread, by=user) if asked else None
    if draft is not None:
        text_format = "html" if draft.is_html else ""
        return found | {"text": draft.body, "text_format": text_format, "brouillon": "1"}
    if now is None:
        return found
    if plain(now.text).html == now.html:
        return found | {"text": now.text}
    return found | {"text": now.html, "text_format": "html"}


def _show(
    request: HttpRequest, thread: Thread, form: SynthesisForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "thread": thread,
        "space": thread.space,
        "unsure": getattr(request, "unsure", False),
    }
    return render(request, "forums/synthesis.html", context | more, status=status)


@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What it said before, and who wrote it then; what was withdrawn, to the animators only."""
    thread = thread_or_404(request, pk)
    rights = rights_of(person(request), thread)
    rows = thread.synthesis_versions.select_related("author")
    if not rights.moderates:
        rows = rows.filter(hidden=False)
    context = {"thread": thread, "now": _current(request, thread), "versions": list(rows)}
    return render(request, "forums/synthesis_versions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it away, with a reason: the animators'."""
    thread = thread_or_404(request, pk)
    if not rights_of(person(request), thread).moderates:
        raise NotAllowed
    if _current(request, thread) is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        services.withdraw_synthesis(thread, by=person(request), reason=reason)
        messages.success(request, _("The synthesis is withdrawn."))
        return back_to(thread)
    context = {"form": form, "thread": thread}
    return render(request, "forums/synthesis_withdraw.html", context)
