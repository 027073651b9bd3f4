"""Mails that come in: the service's door, an author's original, and the demo's mailbox."""

from __future__ import annotations

import logging
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core import files
from core.errors import Refused
from core.mail.folder import Kept, find_kept, kept
from core.models import StoredFile
from core.ratelimit import by_address, limited
from notifications.forms import AnswerForm
from notifications.incoming import rehearsal
from notifications.incoming import webhook as service
from notifications.incoming.errors import MailTooLarge
from notifications.incoming.receiving import receive
from notifications.models import IncomingMail

logger = logging.getLogger(__name__)
SHOWN = 50
# A mail brings its own styles, and nothing that runs; only our page holds it.
DRAWN = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@csrf_exempt  # the service calls; its password is checked first
@login_not_required
@limited("incoming mail", limit=600, window=600, key=by_address)
def webhook(request: HttpRequest) -> HttpResponse:
    """Mails that the sending service brings; not there unless settings name one. The service may
    look at the address first, by HEAD."""
    if not settings.MAIL_WEBHOOK or request.method not in ("HEAD", "POST"):
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    try:
        brought = service.brought(request)
    except service.WrongSecret:
        raise Http404 from None
    except MailTooLarge:
        logger.warning("the webhook of mails brought one that is too large")
        return HttpResponse(status=204)
    except (ValueError, KeyError, AttributeError):
        logger.warning("the webhook of mails was called with something else than a mail")
        return HttpResponse(status=400)
    for one in brought:
        receive(one.raw, to=one.to, envelope_sender=one.envelope_sender)
    return HttpResponse(status=204)


@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The mail as it came, for who sent it, while it is kept."""
    mails = IncomingMail.objects.of(cast(User, request.user)).select_related("original")
    mail = get_object_or_404(mails.exclude(original=None), pk=pk)
    answer = files.serve(request, cast(StoredFile, mail.original), download=True)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The mails that the demo would have sent, newest first."""
    _require_demo()
    return render(request, "notifications/sent.html", {"mails": kept(SHOWN)})


@require_http_methods(["GET", "HEAD", "POST"])
def sent_one(request: HttpRequest, name: str) -> HttpResponse:
    """One of them, and its answer, which goes in by the door of all mails; `?partie=html` is what a
    mail program draws of it."""
    _require_demo()
    found = find_kept(name)
    if found is None:
        raise Http404
    drawn = rehearsal.html_of(found.mail)
    if request.GET.get("partie") == "html":
        return HttpResponse(drawn, headers={"Content-Security-Policy": DRAWN})
    form = AnswerForm(request.POST or None)
    can = rehearsal.answerable(found.mail)
    if request.method == "POST" and can and form.is_valid():
        return _answered(request, found, form.cleaned_data["text"])
    context = {
        "found": found,
        "text": rehearsal.text_of(found.mail),
        "drawn": bool(drawn),
        "form": form if can else None,
    }
    return render(request, "notifications/sent_one.html", context)


def _answered(request: HttpRequest, found: Kept, text: str) -> HttpResponse:
    for outcome in rehearsal.answer(found.mail, text):
        if outcome.error:
            said = _("Not published: %(error)s")
            messages.warning(request, said % {"error": _sentence(outcome.error)})
            continue
        messages.success(request, _("Your e-mail was received and done."))
        for note in outcome.notes:
            messages.warning(request, _sentence(note))
    return redirect("notifications:sent_one", found.name)


def _sentence(name: str) -> str:
    """What the refusal of that name says."""
    known: list[type[Refused]] = [Refused]
    for one in known:
        known += one.__subclasses__()
    return str(next((one.message for one in known if one.__name__ == name), name))


def _require_demo() -> None:
    if not settings.DEMO:
        raise Http404
