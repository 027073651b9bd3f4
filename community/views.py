"""The spaces: their list, the page of each, entering and leaving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import services
from community.errors import CharterReplaced
from community.forms import AskForm, CharterForm
from community.models import Charter, CharterAcceptance, JoinRequest, Membership, SubCommunity
from community.models.reaction import Reaction
from community.permissions import animators_of, has_grant
from core import content
from core.errors import Refused
from core.pagination import by_cursor
from core.web import person

MEMBERS_PAGE = 60
# A visit is noted at most so often: the mark is for "since your last visit", not for a clock.
VISIT = timedelta(minutes=10)


def _known(request: HttpRequest, slug: str) -> Any:
    """The space if this person knows of it, with `readable`; 404 otherwise."""
    return get_object_or_404(
        SubCommunity.objects.listed_to(request.user).with_access(request.user), slug=slug
    )


def _readable(request: HttpRequest, slug: str) -> SubCommunity:
    return get_object_or_404(SubCommunity.objects.readable_by(request.user), slug=slug)


def _charter_of(space: SubCommunity) -> Charter | None:
    return space.charters.order_by("-version").first()


def _open_request(request: HttpRequest, space: SubCommunity) -> JoinRequest | None:
    return JoinRequest.objects.of(person(request)).open().filter(space=space).first()


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The spaces that this person knows of: hers, then those that she may enter."""
    spaces: list[Any] = list(
        SubCommunity.objects.listed_to(request.user).open().with_access(request.user).with_members()
    )
    asked = {one.space_id: one.state for one in JoinRequest.objects.of(person(request)).open()}
    for one in spaces:
        one.request_state = asked.get(one.pk, "")
    return render(
        request,
        "community/index.html",
        {
            "mine": [one for one in spaces if one.mine],
            "others": [one for one in spaces if not one.mine],
        },
    )


@require_safe
def space(request: HttpRequest, slug: str) -> HttpResponse:
    """A space for those who read it; its presentation for those who only know of it."""
    found = _known(request, slug)
    charter = _charter_of(found)
    context: dict[str, Any] = {
        "space": found,
        "charter": charter,
        "animators": animators_of(found).select_related("organisation").order_by("first_name"),
    }
    if not found.readable:
        context["pending"] = _open_request(request, found)
        return render(request, "community/presentation.html", context)
    if found.mine:
        _note_visit(request, found)
        context["to_accept"] = (
            charter is not None
            and not CharterAcceptance.objects.filter(user=person(request), charter=charter).exists()
        )
    else:
        context["by_exception"] = has_grant(person(request), found)
    context["sections"] = [
        kind.in_space(found, request.user) for kind in content.kinds() if kind.in_space is not None
    ]
    return render(request, "community/space.html", context)


def _note_visit(request: HttpRequest, found: Any) -> None:
    now = timezone.now()
    if found.visited_at is None or found.visited_at < now - VISIT:
        Membership.objects.of(person(request)).filter(space=found).update(last_visit_at=now)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """The charter, accepted before entering; one click more, or a word to the animators."""
    found = _known(request, slug)
    if found.mine:
        return redirect("community:space", slug=slug)
    charter = _charter_of(found)
    pending = _open_request(request, found)
    Policy = SubCommunity.JoinPolicy
    invited = pending is not None and pending.state == JoinRequest.State.INVITED
    enters = invited or (found.join_policy == Policy.OPEN and not person(request).is_guest)
    asks = not enters and found.join_policy == Policy.REQUEST and not person(request).is_guest
    form_class = AskForm if asks else CharterForm
    start = {"version": charter.version if charter else 0}
    form = form_class(request.POST if request.method == "POST" else None, initial=start)
    if charter is None:
        form.fields["accept"].required = False
        form.fields["version"].required = False
    replaced = False
    if request.method == "POST" and (enters or asks) and form.is_valid():
        try:
            _accept(charter, form.cleaned_data.get("version"), request)
        except CharterReplaced:
            replaced = True
            form = form_class(initial=start | {"message": form.cleaned_data.get("message", "")})
        else:
            return _enter(request, found, enters, form.cleaned_data.get("message", ""))
    return render(
        request,
        "community/join.html",
        {
            "space": found,
            "charter": charter,
            "pending": pending,
            "invited": invited,
            "enters": enters,
            "asks": asks,
            "form": form,
            "replaced": replaced,
        },
        status=400 if form.errors else 200,
    )


def _accept(charter: Charter | None, version: int | None, request: HttpRequest) -> None:
    if charter is None:
        return
    if version != charter.version:
        raise CharterReplaced
    services.accept_charter(charter, by=person(request))


def _enter(request: HttpRequest, found: SubCommunity, enters: bool, message: str) -> HttpResponse:
    if enters:
        services.join(found, by=person(request))
        messages.success(request, _("You are now a member of this space."))
        return redirect("community:space", slug=found.slug)
    services.ask_to_join(found, by=person(request), message=message)
    messages.success(request, _("Your request was sent to the people who animate this space."))
    return redirect("community:join", slug=found.slug)


@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back a request, or decline an invitation."""
    found = _known(request, slug)
    pending = _open_request(request, found)
    if pending is not None:
        services.withdraw(pending, by=person(request))
        messages.success(request, _("It is withdrawn."))
    # Whoever declines an invitation to an unlisted space no longer knows of it.
    known = SubCommunity.objects.listed_to(request.user).filter(pk=found.pk).exists()
    return redirect("community:space", slug=slug) if known else redirect("community:index")


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    found = _known(request, slug)
    try:
        services.leave(found, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("community:space", slug=slug)
    messages.success(request, _("You have left “%(space)s”.") % {"space": found.name})
    return redirect("community:index")


@require_http_methods(["GET", "HEAD", "POST"])
def charter(request: HttpRequest, slug: str) -> HttpResponse:
    """The charter in force, or the version asked for; a member accepts a new one here."""
    found = _known(request, slug)
    versions = list(found.charters.order_by("-version"))
    if not versions:
        raise Http404
    newest = versions[0]
    wanted = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.version) == wanted), newest)
    accepted = CharterAcceptance.objects.filter(user=person(request), charter=newest).first()
    posted = request.POST if request.method == "POST" else None
    form = CharterForm(posted, initial={"version": newest.version})
    may_accept = bool(found.mine) and accepted is None and shown is newest
    if request.method == "POST" and may_accept and form.is_valid():
        try:
            _accept(newest, form.cleaned_data["version"], request)
        except CharterReplaced as replaced:
            messages.warning(request, str(replaced))
            return redirect("community:charter", slug=slug)
        messages.success(request, _("Thank you. The charter is accepted."))
        return redirect("community:space", slug=slug)
    return render(
        request,
        "community/charter.html",
        {
            "space": found,
            "charter": shown,
            "versions": versions,
            "newest": newest,
            "accepted": accepted,
            "may_accept": may_accept,
            "form": form,
        },
        status=400 if form.errors else 200,
    )


@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in the space, the last arrived first, for those who read it."""
    found = _readable(request, slug)
    stays = (
        Membership.objects.readable_by(person(request)).current().with_people().filter(space=found)
    )
    page = by_cursor(
        stays, after=request.GET.get("apres", ""), size=MEMBERS_PAGE, order=("joined_at", "id")
    )
    return render(request, "community/members.html", {"space": found, "page": page})


@require_POST
def react(request: HttpRequest) -> HttpResponse:
    """*Merci*, *utile*, *moi aussi*, on anything that this person reads.

    Fields: kind, id, type, wanted (1 or 0), next.
    """
    asked = request.POST
    try:
        obj = content.find_readable(asked.get("kind", ""), int(asked.get("id", "0")), request.user)
    except (ObjectDoesNotExist, ValueError):
        raise Http404 from None
    wanted = {"1": True, "0": False}.get(asked.get("wanted", ""))
    kind, gesture = asked["kind"], asked.get("type", "")
    stands = services.react(obj, gesture, by=person(request), wanted=wanted)
    if request.htmx:  # type: ignore[attr-defined]
        count = Reaction.objects.on(kind, [obj.pk]).filter(type=gesture).count()
        context = {"kind": kind, "id": obj.pk, "type": gesture, "stands": stands, "count": count}
        return render(request, "community/parts/react.html", context)
    there = asked.get("next", "")
    if not url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}):
        there = reverse("home:landing")
    return HttpResponseRedirect(there)
