"""“What came of it?”: who asked a question says so, two months after it was resolved."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core import links
from core.errors import Refused
from core.web import person
from core.writing import keeps_writing, writer_token
from forums import aftermath, drafts, services, warning
from forums.errors import OutcomeSaid
from forums.models import Post, Thread
from forums.models.post import page_of
from forums.permissions import rights_of
from forums.services.common import MAX_TEXT, require_open
from forums.views.common import thread_or_404

if TYPE_CHECKING:
    from accounts.models import User

AS_IS = "as-is"


class OutcomeForm(forms.Form):
    """Two fields: what came of it, and her words."""

    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=aftermath.OUTCOMES, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=MAX_TEXT - 200,
        help_text=_("What you tried, what you would say to somebody with the same question."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)
    writer = forms.CharField(required=False, widget=forms.HiddenInput)

    def quiet(self) -> None:
        self.full_clean()
        self.errors.clear()


def _keep(request: HttpRequest, writer: User, pk: int) -> str:
    """Her words become a draft of a reply, in the thread itself."""
    thread = Thread.objects.readable_by(writer).select_related("space").filter(pk=pk).first()
    if thread is None:
        return reverse("forums:thread", args=(pk,))
    drafts.keep(request, writer, thread)
    page = page_of(thread.last_position)
    return f"{thread.get_absolute_url()}?page={page}&brouillon=1#repondre"


@keeps_writing(_keep)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """For who opened the thread: for anybody else, it is not there."""
    user, thread = person(request), thread_or_404(request, pk)
    if thread.owner_id != user.pk:
        raise Http404
    said = _said(request, thread, user)
    if said is not None and request.method != "POST":
        return _done(request, thread, said, request.GET.get("resultat", ""))
    if not thread.resolved:
        return redirect(thread)
    already = aftermath.answer_of(thread) if request.method != "POST" else None
    if already is not None:
        outcome = aftermath.outcome_of(already.text)
        return _done(request, thread, already, outcome, already=True)
    if not rights_of(user, thread).reply:
        require_open(thread)
        raise Http404
    if request.method != "POST":
        initial = {"submission": uuid.uuid4(), "writer": writer_token(user)}
        return _show(request, thread, OutcomeForm(initial=initial))
    data = request.POST.copy()
    data["writer"] = writer_token(user)
    _field, _colon, which = data.get("replace", "").partition(":")
    if data.get("replace"):
        data["text"], _still = warning.mended(data.get("text", ""), which or "all")
    form, parts = OutcomeForm(data), warning.look(data.get("text", ""), is_html=False)
    if data.get("replace") or getattr(request, "unsure", False):
        form.quiet()
        return _show(request, thread, form, data, parts=parts)
    if not form.is_valid():
        return _show(request, thread, form, data, status=400)
    if parts and data.get("act") != AS_IS:
        return _show(request, thread, form, data, parts=parts)
    try:
        post = _reply(thread, form.cleaned_data, user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, thread, form, data, status=refusal.status)
    query = urlencode({"message": post.pk, "resultat": form.cleaned_data["outcome"]})
    return redirect(f"{reverse('forums:aftermath', args=(pk,))}?{query}")


def _reply(thread: Thread, given: dict[str, Any], user: User) -> Post:
    """A reply like another; without her name where her question, or her last message, is. Said
    again in the same words, it is the same reply. Raises `OutcomeSaid`, and what `services.reply`
    does."""
    before = aftermath.answer_of(thread)
    if before is not None:
        words = aftermath.own_words(before.text)
        if (aftermath.outcome_of(before.text), words) != (given["outcome"], given["text"].strip()):
            raise OutcomeSaid
        return before
    return services.reply(
        thread,
        by=user,
        text=aftermath.wording(given["outcome"], given["text"]),
        unnamed=thread.unnamed or services.unnamed_in(thread, by=user),
        submission=given["submission"],
    )


def _said(request: HttpRequest, thread: Thread, user: User) -> Post | None:
    """The reply in which she has just said it."""
    number = request.GET.get("message", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    rows = Post.objects.readable_by(user).filter(pk=int(number), thread=thread, author=user)
    return rows.first()


def _done(
    request: HttpRequest, thread: Thread, post: Post, outcome: str, *, already: bool = False
) -> HttpResponse:
    """Said in the thread, now or `already`; and what is tied to it, where it would serve others."""
    user = person(request)
    tried = outcome != aftermath.NOT_TRIED
    query = urlencode({"message": str(post.pk), "resultat": outcome})
    places = aftermath.places_to_tell(thread, user) if tried else []
    post.thread = thread
    context = {
        "thread": thread,
        "post": post,
        "already": already,
        "answer": dict(aftermath.OUTCOMES).get(outcome, ""),
        "helped": outcome == "mieux",
        "places": [(links.end(obj, user), f"{url}?{query}") for obj, url in places],
        "births": list(aftermath.births(thread, user)) if tried and not places else [],
    }
    return render(request, "forums/aftermath_done.html", context)


def _show(
    request: HttpRequest,
    thread: Thread,
    form: OutcomeForm,
    data: QueryDict | None = None,
    *,
    parts: Any = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "thread": thread,
        "space": thread.space,
        "form": form,
        "parts": parts,
        "unnamed": thread.unnamed or services.unnamed_in(thread, by=person(request)),
        "unsure": getattr(request, "unsure", False),
    }
    return render(request, "forums/aftermath.html", context, status=status)
