"""What a person is told: her centre, her choices, and the link that stops a mail from itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.services.bounces import try_again
from community.models import SubCommunity
from core import content
from core.ratelimit import by_address, limited
from core.signing import TokenInvalid, read_token
from core.web import person
from notifications import questions, services
from notifications.attention import USUAL
from notifications.centre import notices
from notifications.forms import RHYTHM, PreferencesForm
from notifications.links import PURPOSE
from notifications.mail import DIGEST
from notifications.models import EVERYTHING, SPACE, Attention, Digest, Subscription

LISTED = 200


@require_safe
def centre(request: HttpRequest) -> HttpResponse:
    """What waits for her, one line an object."""
    return render(request, "notifications/centre.html", {"notices": notices(person(request))})


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Her address works: write to it again."""
    try_again(by=person(request))
    messages.success(request, _("We write to your address again."))
    return redirect("notifications:preferences")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """By default and space by space; and the list of what she follows."""
    user = person(request)
    mine = SubCommunity.objects.readable_by(user).open()
    mine = mine.filter(memberships__user=user, memberships__ended_at=None)
    spaces = list(mine.order_by("position", "name"))
    form = PreferencesForm(request.POST or None, spaces=spaces, initial=_initial(user))
    if request.method == "POST" and form.is_valid():
        services.set_preferences(
            by=user, everything=form.everything(), spaces=form.chosen(), rhythm=form.rhythm()
        )
        questions.set_wanted(form.cleaned_data["questions"], by=user)
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications:preferences")
    context = {"form": form, "followed": _followed(user)}
    return render(request, "notifications/preferences.html", context)


def _initial(user: User) -> dict[str, Any]:
    """What she said until now, and what holds for who said nothing."""
    digest = Digest.objects.filter(user=user).first() or Digest()
    found: dict[str, Any] = {"attention": Attention.PART, "mail": USUAL}
    found |= {name: getattr(digest, name) for name in RHYTHM}
    refused = questions.silenced(user)
    found["questions"] = [name for name, _label in questions.choices() if name not in refused]
    rows = Subscription.objects.filter(user=user, kind__in=(EVERYTHING, SPACE))
    for kind, object_id, attention, mail in rows.values_list(
        "kind", "object_id", "attention", "mail"
    ):
        start = f"space-{object_id}-" if kind == SPACE else ""
        found |= {f"{start}attention": attention} if attention else {}
        found |= {f"{start}mail": mail} if mail else {}
    return found


def _followed(user: User) -> list[dict[str, Any]]:
    """What she follows and may still read, by kind; one query each."""
    rows = Subscription.objects.filter(user=user).following().order_by("-created_at")
    rows = rows.exclude(kind__in=(EVERYTHING, SPACE))
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
        services.stop_if_followed(kind, int(object_id), by=person(request))
    messages.success(request, _("You do not follow it any more."))
    return redirect("notifications:preferences")


@csrf_exempt  # RFC 8058: mail programs post here without a page of ours; the token is the proof
@login_not_required
@limited("stop mail", limit=60, window=600, key=by_address)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """From a mail, signed in or not: GET asks, POST stops. It says nothing of what is followed."""
    ids = read_token(PURPOSE, token)
    digest = ids["kind"] == DIGEST
    said = {"digest": digest, "question": questions.label(ids["kind"])}
    if request.method != "POST":
        return render(request, "notifications/stop.html", {"done": False} | said)
    user = User.objects.filter(pk=ids["user"]).first()
    if user is None:
        raise TokenInvalid
    if digest:
        services.stop_digests(by=user)
    else:
        services.stop(ids["kind"], ids["id"], by=user)
    return render(request, "notifications/stop.html", {"done": True} | said)
