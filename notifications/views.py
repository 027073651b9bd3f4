"""What a person is told by mail: her page, and the link that stops it from the mail itself."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from community.models import SubCommunity
from core import content
from core.ratelimit import by_address, limited
from core.signing import TokenInvalid, read_token
from notifications import services
from notifications.forms import PreferencesForm
from notifications.links import PURPOSE
from notifications.models import MailPreference, Subscription

LISTED = 200


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """By default and space by space; and the list of what she follows."""
    user = _person(request)
    mine = SubCommunity.objects.readable_by(user).open()
    mine = mine.filter(memberships__user=user, memberships__ended_at=None)
    spaces = list(mine.order_by("position", "name"))
    form = PreferencesForm(request.POST or None, spaces=spaces, initial=_initial(user))
    if request.method == "POST" and form.is_valid():
        services.set_preferences(
            by=user, default=form.cleaned_data["default"], spaces=form.chosen()
        )
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications:preferences")
    context = {"form": form, "followed": _followed(user)}
    return render(request, "notifications/preferences.html", context)


def _initial(user: User) -> dict[str, str]:
    rows = MailPreference.objects.filter(user=user).values_list("space_id", "mode")
    found = {f"space-{space_id}" if space_id else "default": mode for space_id, mode in rows}
    return {"default": MailPreference.Mode.FOLLOWED} | found


def _followed(user: User) -> list[dict[str, Any]]:
    """What she follows and may still read, by kind; one query each."""
    rows = Subscription.objects.filter(user=user).following().order_by("-created_at")
    ids: dict[str, list[int]] = {}
    for kind_name, object_id in rows.values_list("kind", "object_id")[:LISTED]:
        ids.setdefault(kind_name, []).append(object_id)
    found = []
    for kind in content.kinds():
        if kind.name not in ids:
            continue
        objects = kind.readable_by(user).filter(pk__in=ids[kind.name]).select_related("space")
        found += [
            {
                "kind": kind.name,
                "id": obj.pk,
                "title": kind.title(obj, user),
                "url": obj.get_absolute_url(),
                "space": kind.space(obj),
            }
            for obj in objects
        ]
    return found


@require_POST
def stop_one(request: HttpRequest) -> HttpResponse:
    """Stop following one thing from her list."""
    kind, object_id = request.POST.get("kind", ""), request.POST.get("id", "")
    known = kind in {one.name for one in content.kinds()}
    if known and object_id.isascii() and object_id.isdecimal() and len(object_id) < 19:
        services.stop_if_followed(kind, int(object_id), by=_person(request))
    messages.success(request, _("You do not follow it any more."))
    return redirect("notifications:preferences")


@csrf_exempt  # RFC 8058: mail programs post here without a page of ours; the token is the proof
@login_not_required
@limited("stop mail", limit=60, window=600, key=by_address)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """From a mail, signed in or not: GET asks, POST stops. It says nothing of what is followed."""
    ids = read_token(PURPOSE, token)
    if request.method != "POST":
        return render(request, "notifications/stop.html", {"done": False})
    user = User.objects.filter(pk=ids["user"]).first()
    if user is None:
        raise TokenInvalid
    services.stop(ids["kind"], ids["id"], by=user)
    return render(request, "notifications/stop.html", {"done": True})
