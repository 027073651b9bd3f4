"""How every page of a sheet begins: the sheet if it exists for the viewer, or what is said in its
place."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from core.audience import State
from core.composing import keep
from core.web import no_store
from core.writing import keeps_writing
from practices.models import Sheet

View = Callable[..., HttpResponseBase]
# What the rights and the pages read of a sheet, in its own query.
WITH = ("bearer", "owner", "current", "claimed_by", "derived_from")


def layout_of(request: HttpRequest) -> str:
    """The frame of a member, or that of a visitor."""
    return "base.html" if request.user.is_authenticated else "public.html"


def of_sheet(view: View) -> View:
    """Decorate a view that takes the sheet, with the viewer's rights, in place of `pk`.

    It is the one that she reads, bears, or moderates in whatever state. Failing that: its
    tombstone, the sign-in page of a visitor, or the same 404 as for a number that was never used.
    What not everybody reads stays in no cache.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        rows = Sheet.objects.seen_by(user).with_rights(user).select_related(*WITH)
        sheet = rows.exclude(state=State.REMOVED).with_pk(pk)
        if sheet is None:
            return _absent(request, pk)
        response = view(request, sheet, **kwargs)
        if sheet.state != State.PUBLISHED:
            response.headers["Cache-Control"] = "no-store"
        return response

    return login_not_required(wrapped)


def of_members_sheet(view: View) -> View:
    """As `of_sheet`, for a page that is no visitor's, even of a public sheet."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return of_sheet(view)(request, pk=pk, **kwargs)

    return login_not_required(wrapped)


def composer(view: View) -> Callable[..., HttpResponse]:
    """As `of_members_sheet`, for a form whose texts others will read: nothing that was typed is
    lost with a session."""
    return keeps_writing(keep)(cast("Callable[..., HttpResponse]", of_members_sheet(view)))


def _absent(request: HttpRequest, pk: int) -> HttpResponse:
    user = request.user
    gone = Sheet.objects.gone_for(user).with_pk(pk)
    if gone is not None and request.method in ("GET", "HEAD"):
        context = {"sheet": gone, "layout": layout_of(request)}
        return no_store(render(request, "practices/gone.html", context, status=410))
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    raise Http404
