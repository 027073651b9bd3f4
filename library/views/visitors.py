"""Addresses that a visitor opens when they lead to something public."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


def open_to_visitors(view: View) -> View:
    """Decorate a view that raises `Http404` for what its viewer may not read: a visitor is then
    led to sign in, whether the thing exists or not."""

    @login_not_required  # what is public is for anybody; the view starts from `readable_by`
    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return wrapped
