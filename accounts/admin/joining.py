"""Requests to join and invitations, for the federation's animators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import twins
from accounts.admin.importing import import_page, model_file
from accounts.forms.deciding import ApproveForm, InviteAnybodyForm, MoreForm, RefuseForm
from accounts.hints import hints_for
from accounts.models import Invitation, MembershipRequest, Organisation
from accounts.numbers import charity_adds_up, neq_adds_up
from accounts.services import invitations, joining
from core import terms
from core.errors import Refused
from core.models import ActionLog
from core.scoped_admin import ScopedAdmin, scoped
from core.templatetags.ui import age, day
from core.web import person

State = MembershipRequest.State
CHIPS: dict[str, str] = {
    State.SUBMITTED: "brand",
    State.MORE: "wait",
    State.APPROVED: "ok",
    Invitation.State.PREPARED: "brand",
    Invitation.State.SENT: "wait",
    Invitation.State.ACCEPTED: "ok",
}


ACTS: dict[str, Any] = {
    "request.drafted": _("Draft kept"),
    "request.submitted": _("Request sent"),
    "request.completed": _("Answers changed"),
    "request.withdrawn": _("Request withdrawn"),
    "request.more": _("More asked for"),
    "request.approved": _("Request approved"),
    "request.refused": _("Request refused"),
}


def chip(state: str, label: object) -> SafeString:
    return format_html('<span class="chip nowrap {}">{}</span>', CHIPS.get(state, ""), label)


class StateFilter(admin.SimpleListFilter):
    """What waits first: the list opens on it."""

    title = _("state")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ouvertes", _("To be decided")), ("toutes", _("All")), *closed_states()]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or "ouvertes") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value() or "ouvertes"
        if value == "ouvertes":
            return queryset.filter(state__in=MembershipRequest.OPEN)
        return queryset if value == "toutes" else queryset.filter(state=value)


def closed_states() -> list[tuple[str, Any]]:
    return [(str(s.value), s.label) for s in (State.APPROVED, State.REFUSED, State.WITHDRAWN)]


@admin.register(MembershipRequest)
class MembershipRequestAdmin(ScopedAdmin):
    federation_only = True
    list_display = ("organisation_name", "shown_state", "waits", "shown_region", "checks")
    list_filter = (StateFilter, "to_verify")
    search_fields = ("organisation_name", "neq", "email", "last_name", "municipality")
    search_help_text = _("Name, NEQ, address or municipality")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """What waits before what is decided, the oldest first."""
        rows: Any = scoped(self.model, request)
        ordered: QuerySet = rows.in_order_of_work()
        return ordered

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("rank", "submitted_at", "pk")

    @admin.display(description=_("State"), ordering="rank")
    def shown_state(self, row: MembershipRequest) -> SafeString:
        return chip(row.state, row.get_state_display())

    @admin.display(description=_("Waiting since"), ordering="submitted_at")
    def waits(self, row: MembershipRequest) -> str:
        return age(row.submitted_at) if row.is_open else day(row.submitted_at, "short")

    @admin.display(description=_("Region"), ordering="region")
    def shown_region(self, row: MembershipRequest) -> str:
        return terms.label("regions", row.region) if row.region else "—"

    @admin.display(description=_("Checks"))
    def checks(self, row: MembershipRequest) -> str:
        """What deserves a second look, in a few words; the page of the request says more."""
        found = []
        if row.to_verify:
            found.append(_("robot?"))
        if row.neq and not neq_adds_up(row.neq):
            found.append(_("odd NEQ"))
        if row.charity_number and not charity_adds_up(row.charity_number):
            found.append(_("odd charity number"))
        if getattr(row, "known_neq", False) and row.is_open:
            found.append(_("already here?"))
        return ", ".join(str(word) for word in found) or "✓"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The request, readable, with the three answers; a POST gives one of them."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        answers = self._answers(request, row)
        if request.method == "POST":
            act = request.POST.get("act", "")
            done = self._answer(request, row, act, answers.get(act))
            if done is not None:
                return done
        context = {
            **self.admin_site.each_context(request),
            "title": row.organisation_name,
            "opts": self.opts,
            "row": row,
            "hints": hints_for(row),
            "forms": answers,
            "journal": journal_of(row),
            "region": terms.label("regions", row.region) if row.region else "",
            **(extra_context or {}),
        }
        return render(request, "accounts/joining/admin/request.html", context)

    def _answers(self, request: HttpRequest, row: MembershipRequest) -> dict[str, forms.Form]:
        """The forms of the three answers, bound for the one that is given."""
        if not row.is_open:
            return {}
        act = request.POST.get("act")
        seen = {"seen": row.updated_at}
        organisations = scoped(Organisation, request).order_by("name")

        def data(name: str) -> Any:
            return request.POST if act == name else None

        same = organisations.filter(neq=row.neq).first() if row.neq else None
        return {
            "approve": ApproveForm(
                data("approve"),
                organisations=organisations,
                proposals=twin_proposals(row, organisations),
                initial=seen | {"organisation": same},
            ),
            "more": MoreForm(data("more"), initial=seen),
            "refuse": RefuseForm(data("refuse"), initial=seen),
        }

    def _answer(
        self, request: HttpRequest, row: MembershipRequest, act: str, form: forms.Form | None
    ) -> HttpResponse | None:
        """Give the answer; None when the form is to be mended, which the page then shows."""
        here = redirect(request.path)
        if form is None:
            messages.error(request, str(joining.AlreadyDecided(row)))
            return here
        if not form.is_valid():
            return None
        me, said = person(request), form.cleaned_data
        try:
            if act == "approve":
                joining.approve_request(row, by=me, **said)
                messages.success(request, _("Accepted. The invitation is on its way."))
            elif act == "more":
                joining.ask_more(row, by=me, **said)
                messages.success(request, _("Your question is on its way."))
            else:
                joining.refuse_request(row, by=me, **said)
                messages.success(request, _("Refused. The applicant is told why."))
        except (joining.AddressHasAccount, joining.OrganisationExists) as refusal:
            form.add_error(None, str(refusal))
            return None
        except Refused as refusal:
            messages.error(request, str(refusal))
        return here


def journal_of(row: MembershipRequest) -> list[tuple[ActionLog, Any]]:
    """What was done to a request, latest first, each act with its words."""
    acts = ActionLog.objects.filter(kind="membershiprequest", object_id=row.pk)
    return [(act, ACTS.get(act.verb, act.verb)) for act in acts.select_related("actor")]


def twin_proposals(row: MembershipRequest, organisations: Any) -> list[twins.Proposal]:
    """Twins for the organisation that a request would bring to life."""
    needs = twins.Needs(region=row.region, offers=row.against_dropout, seeks=row.hopes)
    among = organisations.members().exclude(contact=None)
    if row.neq:
        among = among.exclude(neq=row.neq)
    return twins.propose(needs, among)


@admin.register(Invitation)
class InvitationAdmin(ScopedAdmin):
    federation_only = True
    list_display = ("email", "who", "organisation", "shown_role", "shown_state", "valid_until")
    list_filter = ("state", "role")
    search_fields = ("email", "first_name", "last_name", "organisation__name")
    list_select_related = ("organisation",)
    actions = ("send_selected", "revoke_selected")
    change_list_template = "accounts/joining/admin/invitations.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def get_urls(self) -> list[URLPattern]:
        def own(view: Any) -> Any:
            def scoped_view(request: HttpRequest) -> HttpResponse:
                if not self.has_module_permission(request):
                    raise PermissionDenied
                return view(self, request)

            return self.admin_site.admin_view(scoped_view)

        return [
            path("importer/", own(import_page), name="accounts_invitation_import"),
            path("importer/modele.csv", own(model_file), name="accounts_invitation_model"),
            *super().get_urls(),
        ]

    @admin.display(description=_("Name"))
    def who(self, row: Invitation) -> str:
        return row.person or "—"

    @admin.display(description=_("Role"), ordering="role")
    def shown_role(self, row: Invitation) -> str:
        return str(row.get_role_display())

    @admin.display(description=_("State"), ordering="state")
    def shown_state(self, row: Invitation) -> SafeString:
        if row.is_expired:
            return chip("expired", _("Expired"))
        return chip(row.state, row.get_state_display())

    @admin.display(description=_("Valid until"), ordering="expires_at")
    def valid_until(self, row: Invitation) -> str:
        return day(row.expires_at, "short") if row.state == Invitation.State.SENT else "—"

    @admin.action(description=_("Send, or send again"))
    def send_selected(self, request: HttpRequest, rows: QuerySet) -> None:
        self._each(request, rows, invitations.resend_invitation)

    @admin.action(description=_("Withdraw the invitations"))
    def revoke_selected(self, request: HttpRequest, rows: QuerySet) -> None:
        self._each(request, rows, invitations.revoke_invitation)

    def _each(self, request: HttpRequest, rows: QuerySet, act: Any) -> None:
        """Do `act` on each; what is refused is counted, and the rest is done."""
        done, refused = 0, 0
        for row in rows:
            try:
                act(row, by=request.user)
                done += 1
            except Refused:
                refused += 1
        if done:
            said = ngettext("%(n)s invitation done.", "%(n)s invitations done.", done)
            messages.success(request, said % {"n": done})
        if refused:
            said = ngettext(
                "%(n)s invitation was already answered or withdrawn.",
                "%(n)s invitations were already answered or withdrawn.",
                refused,
            )
            messages.warning(request, said % {"n": refused})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Invite somebody: a member of an organisation, or a guest with a date and spaces."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        space = Invitation._meta.get_field("spaces").related_model
        form = InviteAnybodyForm(
            request.POST if request.method == "POST" else None,
            organisations=scoped(Organisation, request).order_by("name"),
            spaces=scoped(space, request).order_by("position", "name"),
        )
        if request.method == "POST" and form.is_valid():
            try:
                row = invitations.invite_person(by=person(request), **form.cleaned_data)
            except Refused as refusal:
                form.add_error("email", str(refusal))
            else:
                said = _("The invitation of %(email)s is on its way.")
                messages.success(request, str(said) % {"email": row.email})
                return redirect("admin:accounts_invitation_changelist")
        context = self._context(request, _("Invite somebody"), form=form)
        return render(request, "accounts/joining/admin/invite.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One invitation, with what may be done of it."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if request.method == "POST":
            self._act(request, row)
            return redirect(request.path)
        context = self._context(
            request,
            row.person or row.email,
            row=row,
            role=row.get_role_display(),
            spaces=row.spaces.all(),
            is_open=row.state in Invitation.OPEN,
        )
        return render(request, "accounts/joining/admin/invitation.html", context)

    def _act(self, request: HttpRequest, row: Invitation) -> None:
        try:
            if request.POST.get("act") == "revoke":
                invitations.revoke_invitation(row, by=person(request))
                messages.success(request, _("The invitation is withdrawn."))
            else:
                invitations.resend_invitation(row, by=person(request))
                messages.success(request, _("The link is on its way."))
        except Refused as refusal:
            messages.error(request, str(refusal))

    def _context(self, request: HttpRequest, title: Any, **more: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "list_url": reverse("admin:accounts_invitation_changelist"),
            **more,
        }
