"""From a file of a message to the deposit form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import content
from core.web import person
from library.services import attached


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Who wrote the message goes on to the form, with a copy of the file; who did not asks her."""
    user = person(request)
    found = attached.attachment(request.POST.get("piece", ""), by=user)
    if not attached.is_hers(found, user):
        attached.ask_for(found, by=user)
        messages.success(request, _("Its author is asked by e-mail: she alone can deposit it."))
        return redirect(found.message.get_absolute_url())
    copied = attached.take(found, by=user)
    query = QueryDict(mutable=True)
    query["piece"] = str(copied.pk)
    query["a-propos"] = f"{content.kind_of(found.whole).name}-{found.whole.pk}"
    return redirect(f"{reverse('library:deposit')}?{query.urlencode()}")
