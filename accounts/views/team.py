"""The référente's page: who is in the organisation, who is invited, and who leaves."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.forms.joining import InviteForm, SuccessorForm
from accounts.models import Organisation, Profile, User
from accounts.services import invitations
from accounts.services import team as services
from core.errors import NotAllowed, Refused
from core.ratelimit import TooMany, hit

INVITATIONS_PER_HOUR = 30


def _organisation(request: HttpRequest, pk: int) -> Organisation:
    """The organisation, for those who look after its team.

    404 when the viewer does not see it; raises `NotAllowed` when she sees it only.
    """
    rows = Organisation.objects.readable_by(request.user).select_related("contact")
    organisation = get_object_or_404(rows, pk=pk)
    if not permissions.can_edit_organisation(request.user, organisation):
        raise NotAllowed
    return organisation


def _team(request: HttpRequest, organisation: Organisation) -> list[User]:
    profiles = Profile.objects.readable_by(request.user).current()
    rows = (
        profiles.filter(organisation=organisation)
        .select_related("owner__organisation")
        .order_by("folded_name")
    )
    return [profile.owner for profile in rows if profile.owner]


@require_safe
def team(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    organisation = _organisation(request, pk)
    if slug != organisation.slug:
        return redirect("accounts:team", organisation.pk, organisation.slug)
    return _page(request, organisation, InviteForm())


def _page(request: HttpRequest, organisation: Organisation, form: InviteForm) -> HttpResponse:
    me = _me(request)
    people = [
        (one, services.can_see_off(me, organisation, one)) for one in _team(request, organisation)
    ]
    context = {
        "organisation": organisation,
        "people": people,
        "invitations": invitations.pending(organisation),
        "form": form,
    }
    return render(request, "accounts/joining/team.html", context)


@require_POST
def invite(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    organisation = _organisation(request, pk)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            if not hit("invite", f"user {request.user.pk}", INVITATIONS_PER_HOUR, 3600):
                raise TooMany
            invitations.invite_person(organisation, by=_me(request), **form.cleaned_data)
        except (invitations.AlreadyInvited, invitations.AlreadyColleague, TooMany) as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:team", organisation.pk, organisation.slug)
    return _page(request, organisation, form)


@require_POST
def invitation_act(request: HttpRequest, pk: int, slug: str, invitation: int) -> HttpResponse:
    """Send an invitation of the organisation again, or take it back."""
    organisation = _organisation(request, pk)
    row = invitations.find_of(organisation, invitation)
    if row is None:
        raise Http404
    try:
        if request.POST.get("act") == "revoke":
            invitations.revoke_invitation(row, by=_me(request))
            messages.success(request, _("The invitation is withdrawn: its link no longer works."))
        elif hit("invite", f"user {request.user.pk}", INVITATIONS_PER_HOUR, 3600):
            invitations.resend_invitation(row, by=_me(request))
            messages.success(request, _("A new link was sent; the former one no longer works."))
        else:
            messages.error(request, str(TooMany.message))
    except invitations.InvitationClosed as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:team", organisation.pk, organisation.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, pk: int, slug: str, person: int) -> HttpResponse:
    """Somebody leaves: what she leaves open, who takes over, then her account is closed."""
    organisation = _organisation(request, pk)
    someone = next((one for one in _team(request, organisation) if one.pk == person), None)
    if someone is None:
        raise Http404
    me = _me(request)
    if not services.can_see_off(me, organisation, someone):
        raise NotAllowed
    among = services.successors(organisation, someone)
    was_contact = organisation.contact_id == someone.pk
    form = None
    if was_contact and among.exists():
        form = SuccessorForm(request.POST if request.method == "POST" else None, among=among)
    if request.method == "POST" and (form is None or form.is_valid()):
        successor = form.cleaned_data["successor"] if form else None
        try:
            services.see_off(organisation, someone, by=me, successor=successor)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        if someone.pk == me.pk:
            logout(request)
            return redirect("home:landing")
        messages.success(request, _("The account of %(who)s is closed.") % {"who": someone})
        return redirect("accounts:team", organisation.pk, organisation.slug)
    context = {
        "organisation": organisation,
        "person": someone,
        "herself": someone.pk == me.pk,
        "was_contact": was_contact,
        "open_items": services.open_items(someone, me),
        "form": form,
    }
    return render(request, "accounts/joining/leaving.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Another member becomes the référente; nobody leaves."""
    organisation = _organisation(request, pk)
    form = SuccessorForm(
        request.POST if request.method == "POST" else None,
        among=services.successors(organisation, organisation.contact),
    )
    if request.method == "POST" and form.is_valid():
        successor = form.cleaned_data["successor"]
        try:
            row = services.hand_over(organisation, successor, by=_me(request))
        except services.NotInTheTeam as refusal:
            form.add_error("successor", str(refusal))
        else:
            messages.success(request, _("%(who)s is now the contact person.") % {"who": successor})
            if permissions.can_edit_organisation(request.user, row):
                return redirect("accounts:team", organisation.pk, organisation.slug)
            return redirect("home:landing")
    context = {"organisation": organisation, "form": form}
    return render(request, "accounts/joining/hand_over.html", context)


def _me(request: HttpRequest) -> User:
    """The signed-in person, for services: the views of this page are never a visitor's."""
    if not isinstance(request.user, User):
        raise NotAllowed
    return request.user
