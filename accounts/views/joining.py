"""The way in, for people without an account: request, follow-up, invitation."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_altcha import AltchaChallengeView

from accounts.forms.joining import PROOF_EFFORT, AcceptForm, AddressForm, RequestForm
from accounts.models import Invitation, MembershipRequest
from accounts.services import invitations, joining
from core.errors import Refused
from core.ratelimit import TooMany, by_address, hit
from core.signing import TokenInvalid

State = MembershipRequest.State

HOUR = 3600
REQUESTS_PER_HOUR = 20
LINKS_PER_HOUR = 10

challenge = login_not_required(never_cache(AltchaChallengeView.as_view(max_number=PROOF_EFFORT)))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_form(request: HttpRequest) -> HttpResponse:
    """`/adhesion/`: ask to join, or keep what is written for later."""
    draft = request.POST.get("act") == "save"
    form = RequestForm(request.POST if request.method == "POST" else None, draft=draft)
    if request.method != "POST":
        return render(request, "accounts/joining/request.html", {"form": form})
    if not form.is_valid():
        return render(request, "accounts/joining/request.html", {"form": form})
    if not hit("request", by_address(request), REQUESTS_PER_HOUR, HOUR):
        form.add_error(None, str(TooMany.message))
        return render(request, "accounts/joining/request.html", {"form": form}, status=429)
    language = get_language() or "fr-ca"
    if draft:
        joining.save_draft(form.answers, language=language)
    else:
        joining.submit_request(form.answers, to_verify=not form.proven, language=language)
    request.session["request_sent"] = {"email": form.cleaned_data["email"], "draft": draft}
    return redirect("accounts:request_received")


@login_not_required
@never_cache
def request_received(request: HttpRequest) -> HttpResponse:
    """The same answer to all: the address is shown once, to whoever typed it, then forgotten."""
    sent = request.session.pop("request_sent", {})
    return render(request, "accounts/joining/received.html", sent)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """`/adhesion/suivi/<token>/`: where the request stands, and the applicant's part in it."""
    try:
        found = joining.find_request(token)
    except Refused as refusal:
        return _lost(request, refusal)
    if request.method == "POST":
        try:
            return _follow_act(request, token, found)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("accounts:follow", token)
    editable = found.state in MembershipRequest.EDITABLE
    form = RequestForm(known=found) if editable else None
    return _follow_page(request, token, found, form)


def _follow_act(request: HttpRequest, token: str, found: MembershipRequest) -> HttpResponse:
    act = request.POST.get("act")
    if act == "withdraw":
        joining.withdraw_request(found)
        if found.state == State.DRAFT:
            messages.success(request, _("Your draft is erased."))
            return redirect("accounts:request")
        return redirect("accounts:follow", token)
    if act == "invitation":
        _send_invitation_again(found)
        messages.success(request, _("A new link is on its way to your mailbox."))
        return redirect("accounts:follow", token)
    if found.state not in MembershipRequest.EDITABLE:
        raise joining.AlreadyDecided(found)
    draft = act == "save" and found.state == State.DRAFT
    form = RequestForm(request.POST, known=found, draft=draft)
    if not form.is_valid():
        return _follow_page(request, token, found, form)
    joining.complete_request(
        found, form.answers, send=not draft, reply=form.cleaned_data.get("reply", "")
    )
    if draft:
        messages.success(request, _("Your draft is kept for thirty days."))
    elif found.state == State.SUBMITTED:
        messages.success(request, _("Your answers are changed."))
    else:
        messages.success(request, _("It is sent. We will write to you."))
    return redirect("accounts:follow", token)


def _follow_page(
    request: HttpRequest, token: str, found: MembershipRequest, form: RequestForm | None
) -> HttpResponse:
    context = {"found": found, "form": form, "token": token, "state": found.state}
    return render(request, "accounts/joining/follow.html", context)


def _send_invitation_again(found: MembershipRequest) -> None:
    """The first member asks for her own link again. Silent when there is none to send."""
    waiting = invitations.waiting_for(found)
    if waiting is not None and hit("invitation-again", str(waiting.pk), 3, HOUR):
        invitations.resend_invitation(waiting, by=None)


def _lost(request: HttpRequest, refusal: Refused) -> HttpResponse:
    context = {"sentence": str(refusal), "form": AddressForm()}
    return render(request, "accounts/joining/lost.html", context, status=refusal.status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_again(request: HttpRequest) -> HttpResponse:
    """Have the follow-up links sent again. The answer never tells whether there is a request."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if hit("request-links", by_address(request), LINKS_PER_HOUR, HOUR):
            joining.ask_for_links(form.cleaned_data["email"], language=get_language() or "fr-ca")
        messages.success(
            request,
            _("If requests were made from this address, their links are on their way to it."),
        )
        return redirect("accounts:follow_again")
    return render(request, "accounts/joining/lost.html", {"form": form})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """`/invitation/<token>/`: GET shows, and consumes nothing; POST makes the account."""
    try:
        found, serial = invitations.find_invitation(token)
    except TokenInvalid as refusal:
        return _closed(request, refusal)
    again = request.method == "POST" and request.POST.get("act") == "again"
    try:
        invitations.check_open(found, serial)
        if again or request.user.is_authenticated:
            return _invitation_page(request, found, None)
        if request.method != "POST":
            return _invitation_page(request, found, AcceptForm(invitation=found))
        return _accept(request, found, serial)
    except invitations.InvitationClosed as refusal:
        renewable = refusal.renewable and invitations.can_renew(found)
        if again and renewable and hit("invitation-again", str(found.pk), 3, HOUR):
            invitations.resend_invitation(found, by=None)
            return render(request, "accounts/joining/renewed.html")
        return _closed(request, refusal, renewable=renewable)


def _accept(request: HttpRequest, found: Invitation, serial: int) -> HttpResponse:
    form = AcceptForm(request.POST, invitation=found)
    if not form.is_valid():
        return _invitation_page(request, found, form)
    user = invitations.accept_invitation(
        found, serial=serial, language=get_language() or "fr-ca", **form.cleaned_data
    )
    return perform_login(request, user, redirect_url=reverse("home:landing"), email=user.email)


def _invitation_page(
    request: HttpRequest, found: Invitation, form: AcceptForm | None
) -> HttpResponse:
    return render(request, "accounts/joining/invitation.html", {"invitation": found, "form": form})


def _closed(request: HttpRequest, refusal: Refused, *, renewable: bool = False) -> HttpResponse:
    context = {
        "sentence": str(refusal),
        "renewable": renewable,
        "sign_in": isinstance(refusal, invitations.InvitationUsed | invitations.AccountExists),
    }
    return render(request, "accounts/joining/closed.html", context, status=refusal.status)
