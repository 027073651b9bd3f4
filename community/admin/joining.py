"""Requests to enter a space, and invitations into one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.querysets import active_q
from community import services
from community.models import JoinRequest, SubCommunity
from core.errors import Refused
from core.scoped_admin import ScopedAdmin
from core.templatetags.ui import age
from core.web import person

State = JoinRequest.State


class StateFilter(admin.SimpleListFilter):
    """What waits first: the list opens on it."""

    title = _("state")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("tous", _("All")), *[(str(state.value), state.label) for state in State]]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() in (None, State.PENDING),
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": State.PENDING.label,
        }
        for value, label in self.lookup_choices:
            if value != State.PENDING:
                yield {
                    "selected": self.value() == value,
                    "query_string": changelist.get_query_string({self.parameter_name: value}),
                    "display": label,
                }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value() or State.PENDING
        return queryset if value == "tous" else queryset.filter(state=value)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("The person receives it; two words are enough."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InviteForm(forms.Form):
    """`person` by her e-mail: a list of all members would not fit, and would tell too much."""

    space: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Sub-community"), queryset=None)
    email = forms.EmailField(label=_("E-mail of the member"))
    message = forms.CharField(
        label=_("A word for her"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spaces = SubCommunity.objects.moderated_by(by).open().order_by("position")
        self.fields["space"].queryset = spaces  # type: ignore[attr-defined]

    def clean_email(self) -> User:
        user = User.objects.filter(active_q(), email__iexact=self.cleaned_data["email"]).first()
        if user is None:
            raise forms.ValidationError(_("No member has this address."))
        return user


@admin.register(JoinRequest)
class JoinRequestAdmin(ScopedAdmin):
    list_display = ("person", "space", "shown_state", "waits")
    list_filter = (StateFilter,)
    list_select_related = ("user", "space")
    search_fields = ("user__first_name", "user__last_name", "space__name")
    ordering = ("created_at",)

    @admin.display(description=_("Person"), ordering="user__first_name")
    def person(self, row: JoinRequest) -> str:
        return row.user.full_name

    @admin.display(description=_("State"), ordering="state")
    def shown_state(self, row: JoinRequest) -> str:
        return row.get_state_display()

    @admin.display(description=_("Waiting since"), ordering="created_at")
    def waits(self, row: JoinRequest) -> str:
        return age(row.created_at) if row.state == State.PENDING else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return SubCommunity.objects.moderated_by(request.user).exists()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Invite a member into a space."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InviteForm(request.POST if request.method == "POST" else None, by=person(request))
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                services.invite_in(
                    values["email"], values["space"], by=person(request), message=values["message"]
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The invitation is sent."))
                return redirect("admin:community_joinrequest_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invite into a space"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/community/invite.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise PermissionDenied
        form = AnswerForm(request.POST if request.method == "POST" else None)
        decided = request.POST.get("decision") in ("accept", "refuse")
        if request.method == "POST" and decided and form.is_valid():
            try:
                services.decide_join(
                    row,
                    accept=request.POST["decision"] == "accept",
                    by=person(request),
                    answer=form.cleaned_data["answer"],
                )
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("The person is told."))
            return redirect("admin:community_joinrequest_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": row.user.full_name,
            "opts": self.opts,
            "row": row,
            "form": form,
        }
        return TemplateResponse(request, "admin/community/join_request.html", context)
