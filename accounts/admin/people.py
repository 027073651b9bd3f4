"""Accounts and organisations, for the federation's animators and the administrators."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import fields, indexed, permissions
from accounts.adapter import factors
from accounts.forms.managing import (
    AccountForm,
    AddressForm,
    CloseForm,
    OrganisationForm,
    ReopenForm,
)
from accounts.models import Consent, Organisation, User
from accounts.querysets import active_q
from accounts.services import people as services
from accounts.services.importing import written_csv
from core import log, terms
from core.errors import Refused
from core.models import ActionLog
from core.scoped_admin import HouseAdmin, ScopedAdmin
from core.templatetags.ui import ago, day
from core.web import person


class NewsletterFilter(admin.SimpleListFilter):
    """Who agrees to receive the newsletter now."""

    title = _("newsletter")
    parameter_name = "infolettre"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Agrees to receive it"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return agreeing(queryset) if self.value() == "1" else queryset


def agreeing(people: QuerySet) -> QuerySet:
    """Those of these people who agree to the newsletter now, and whose account is open."""
    consents = Consent.objects.filter(
        user=OuterRef("pk"), purpose=Consent.Purpose.NEWSLETTER, withdrawn_at=None
    )
    return people.filter(Exists(consents), active_q())


@admin.register(User)
class UserAdmin(HouseAdmin):
    """The administrative facts of every account; each act goes through its service."""

    list_display = ("full_name", "email", "shown_organisation", "shown_role", "seen", "shown_state")
    list_filter = ("role", "is_active", "is_superuser", NewsletterFilter)
    search_fields = ("first_name", "last_name", "email", "organisation__name")
    search_help_text = _("Name, address or organisation")
    list_select_related = ("organisation",)
    ordering = ("last_name", "first_name", "pk")
    actions = ("close_selected", "export_newsletter")

    @admin.display(description=_("Name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.full_name

    @admin.display(description=_("Organisation"), ordering="organisation__name")
    def shown_organisation(self, user: User) -> str:
        return str(user.organisation or "—")

    @admin.display(description=_("Role"), ordering="role")
    def shown_role(self, user: User) -> str:
        role = str(User.Role(user.role).label)
        return f"{role}, {_('administrator')}" if user.is_superuser else role

    @admin.display(description=_("Last seen"), ordering="last_seen_at")
    def seen(self, user: User) -> str:
        return ago(user.last_seen_at) or "—"

    @admin.display(description=_("State"), ordering="is_active")
    def shown_state(self, user: User) -> SafeString:
        if not user.is_active:
            return format_html('<span class="chip">{}</span>', _("Closed"))
        if not user.is_current:
            return format_html('<span class="chip wait">{}</span>', _("Access over"))
        if user.access_until:
            until = day(user.access_until, "short")
            return format_html('<span class="chip wait">{} {}</span>', _("until"), until)
        return format_html('<span class="chip ok">{}</span>', _("Open"))

    @admin.action(description=_("Close the accounts"))
    def close_selected(self, request: HttpRequest, rows: QuerySet) -> None:
        closed, refused = 0, 0
        for user in rows.filter(is_active=True):
            try:
                services.deactivate(user, by=person(request))
                closed += 1
            except Refused:
                refused += 1
        if closed:
            messages.success(request, _("Accounts closed: %(n)s.") % {"n": closed})
        if refused:
            messages.warning(request, _("Accounts that you may not close: %(n)s.") % {"n": refused})

    @admin.action(description=_("Export the addresses for the newsletter"))
    def export_newsletter(self, request: HttpRequest, rows: QuerySet) -> HttpResponse:
        """A CSV of those of the selected people who agree to it, and of nobody else."""
        people = agreeing(rows).select_related("organisation").order_by("email")
        found = [[one.full_name, one.email, str(one.organisation or "")] for one in people]
        titles = [str(word) for word in (_("Name"), _("E-mail"), _("Organisation"))]
        log.record("newsletter.exported", by=person(request), people=len(found))
        headers = {
            "Content-Disposition": 'attachment; filename="infolettre.csv"',
            "Cache-Control": "no-store",
        }
        text = written_csv([titles, *found])
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One account: who, where, which role; its address, its second factor, its end."""
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        if not self.has_view_permission(request, user):
            raise PermissionDenied
        bound = self._forms(request, user)
        if request.method == "POST":
            done = self._act(request, user, request.POST.get("act", ""), bound)
            if done is not None:
                return done
        context = {
            **self.admin_site.each_context(request),
            "title": user.full_name,
            "opts": self.opts,
            "person": user,
            "role": User.Role(user.role).label,
            "forms": bound,
            "manages": permissions.can_manage_account(person(request), user),
            "may_close": permissions.can_end_account(person(request), user),
            "may_reset": permissions.can_reset_second_factor(person(request), user),
            "factors": factors().filter(user=user).count(),
            "contact_for": list(user.contact_for.all()),
            "journal": ActionLog.objects.filter(kind="user", object_id=user.pk).select_related(
                "actor"
            )[:30],
            **(extra_context or {}),
        }
        return render(request, "accounts/people/admin/account.html", context)

    def _forms(self, request: HttpRequest, user: User) -> dict[str, forms.Form]:
        """The forms of the acts, bound for the one that was sent."""
        act = request.POST.get("act")

        def data(name: str) -> Any:
            return request.POST if act == name else None

        return {
            "identity": AccountForm(
                data("identity"),
                user=user,
                by=person(request),
                organisations=Organisation.objects.readable_by(request.user).order_by("name"),
                prefix="identity",
            ),
            "address": AddressForm(data("address"), prefix="address"),
            "close": CloseForm(data("close"), prefix="close"),
            "reopen": ReopenForm(data("reopen"), prefix="reopen"),
            "factor": forms.Form(data("factor"), prefix="factor"),
        }

    def _act(
        self, request: HttpRequest, user: User, act: str, bound: dict[str, forms.Form]
    ) -> HttpResponse | None:
        """Do one act; None when its form is to be mended, which the page then shows."""
        form = bound.get(act)
        if form is None or not form.is_valid():
            return None
        by: Any = request.user
        said = form.cleaned_data
        try:
            if act == "identity":
                save_identity(user, by=by, **said)
                messages.success(request, _("The account is saved."))
            elif act == "address":
                services.change_address(user, said["email"], by=by)
                messages.success(request, _("The address is changed; both addresses are told."))
            elif act == "close":
                services.deactivate(user, by=by, reason=said["reason"])
                messages.success(request, _("The account is closed and its sessions ended."))
            elif act == "reopen":
                services.reactivate(user, by=by, access_until=said["access_until"])
                messages.success(request, _("The account is open again."))
            else:
                services.reset_second_factor(user, by=by)
                messages.success(
                    request, _("The second factor is removed; the person is told by e-mail.")
                )
        except Refused as refusal:
            user.refresh_from_db()
            form.add_error(None, str(refusal))
            return None
        return redirect(request.path)


@transaction.atomic
def save_identity(
    user: User,
    *,
    by: User,
    organisation: Organisation | None,
    role: str,
    access_until: Any,
    administrator: bool | None = None,
    **names: str,
) -> None:
    """The form of an account, as the services that it is made of: all or nothing."""
    services.update_profile(user, by=by, **names)
    if organisation != user.organisation:
        services.set_organisation(user, organisation, by=by)
    if (role, access_until) != (user.role, user.access_until):
        services.set_role(user, role, by=by, access_until=access_until)
    if administrator is not None and administrator != user.is_superuser:
        services.set_administrator(user, administrator, by=by)


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    """Every organisation with its 27 facts, its contact person, its twin and its history."""

    federation_only = True
    change_list_template = "accounts/people/admin/organisations.html"
    form = OrganisationForm
    list_display = ("name", "category", "shown_region", "shown_contact", "shown_twin", "filled")
    list_filter = ("category",)
    search_fields = ("name", "acronym", "neq", "municipality")
    search_help_text = _("Name, acronym, NEQ or municipality")
    list_select_related = ("contact", "twin")
    ordering = ("name",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("category", "contact", "twin")}),
        *(
            (
                section.title,
                {
                    "fields": tuple(
                        field.name
                        for field in (*fields.ORGANISATION, *fields.ORGANISATION_MORE)
                        if field.section == section.slug and field.kind != fields.PERSON
                    )
                },
            )
            for section in fields.SECTIONS
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        indexed.organisation_changed(obj)

    @admin.display(description=_("Region"), ordering="region")
    def shown_region(self, organisation: Organisation) -> str:
        return terms.label("regions", organisation.region) if organisation.region else "—"

    @admin.display(description=_("Contact person"), ordering="contact__last_name")
    def shown_contact(self, organisation: Organisation) -> str | SafeString:
        if organisation.contact is None:
            return format_html('<span class="chip wait">{}</span>', _("to be named"))
        return organisation.contact.full_name

    @admin.display(description=_("Twin organisation"))
    def shown_twin(self, organisation: Organisation) -> str:
        return str(organisation.twin or "—")

    @admin.display(description=_("Filled in"))
    def filled(self, organisation: Organisation) -> str:
        return f"{fields.completeness(organisation).percent}\u00a0%"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What changed, when and by whom: the records of the organisation, newest first."""
        organisation = self.get_object(request, object_id)
        if organisation is None or not self.has_view_permission(request, organisation):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was done"),
            "organisation": organisation,
            "changes": changes(organisation),
            "opts": self.opts,
        }
        return render(request, "accounts/people/admin/history.html", context)


HISTORY = 100


def changes(organisation: Organisation) -> list[dict[str, Any]]:
    """The last versions of an organisation: who, when, and the facts that changed."""
    records = list(organisation.history.select_related("history_user")[: HISTORY + 1])
    told = []
    for position, record in enumerate(records[:HISTORY]):
        former = records[position + 1] if position + 1 < len(records) else None
        names = record.diff_against(former).changed_fields if former else []
        told.append(
            {
                "at": record.history_date,
                "by": record.history_user,
                "created": former is None and record.history_type == "+",
                "facts": [
                    Organisation._meta.get_field(name).verbose_name  # type: ignore[union-attr]
                    for name in names
                    if name not in ("updated_at", "slug")
                ],
            }
        )
    return told
