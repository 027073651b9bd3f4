"""The address of OAI-PMH."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from library.exchange import oai


# The protocol asks that a POST do what a GET does: read. Harvesters have no token of protection,
# no session is looked at, and nothing is changed.
@csrf_exempt
@login_not_required  # the catalogue of what anybody may read
@require_http_methods(["GET", "HEAD", "POST"])
def harvest(request: HttpRequest) -> HttpResponse:
    """One request of a harvester. Errors of the protocol are answers like others, status 200."""
    given = request.POST if request.method == "POST" else request.GET
    answer = oai.answer({name: given.getlist(name) for name in given})
    return HttpResponse(answer, content_type="text/xml; charset=utf-8")
