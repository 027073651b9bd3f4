"""Files, and pages that say what went wrong."""

import logging
import sys
import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import files, ratelimit
from core.errors import Refused
from core.site import absolute

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30


@login_not_required  # what is public has public files; `find_readable` decides
@require_safe
def file(request: HttpRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """A file, for whom may read what it belongs to."""
    try:
        stored = files.find_readable(file_id, request.user)
    except ObjectDoesNotExist:
        if request.user.is_authenticated:
            raise Http404 from None
        return redirect_to_login(request.get_full_path())
    try:
        return files.serve(request, stored)
    except FileNotFoundError:
        logger.error("the content of the file %s is missing", stored.pk)
        raise Http404 from None


@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """An image dropped in the editor, in the form of CKEditor's simple upload."""
    sent = request.FILES.get("upload")
    if sent is None:
        return _upload_refused(files.UnreadableFile(_("No file was received.")))
    try:
        stored = files.accept(sent, by=request.user, images_only=True)  # type: ignore[arg-type]
    except Refused as refusal:
        return _upload_refused(refusal)
    return JsonResponse({"url": reverse("core:file", args=(stored.pk,))}, status=201)


def _upload_refused(refusal: Refused) -> JsonResponse:
    return JsonResponse({"error": {"message": str(refusal)}}, status=refusal.status)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What is public may be found; signed links, files and the doors behind sign-in may not."""
    closed = ("/admin/", "/compte/", "/fichiers/", "/invitation/", "/adhesion/suivi/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it where a page names no icon."""
    return redirect(static("img/favicon.svg"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", {"sentence": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same body for what does not exist and for what the person may not see."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error of ours, drawn without request: what it would ask may be the cause.

    Django calls this while the error is being handled. When it is the database that went away,
    whatever asked for it (a view, a session, a middleware), the page says to come back: 503.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = HttpResponse(render_to_string("errors/503.html"), status=503)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def too_many(request: HttpRequest) -> HttpResponse:
    """Past a limit of allauth's, which looks for this handler; ours are refusals."""
    return render(
        request, "errors/refused.html", {"sentence": ratelimit.TooMany.message}, status=429
    )


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    return render(request, "errors/403_csrf.html", status=403)
