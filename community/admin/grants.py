"""The exceptional access of an administrator to a space, and its trace for the animators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community import services
from community.models import BreakGlassGrant
from community.permissions import can_break_glass, spaces_to_open
from core.errors import Refused
from core.scoped_admin import ScopedAdmin


class GrantForm(forms.Form):
    space: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Sub-community"), queryset=None)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The people who animate this space read it at once."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].queryset = spaces_to_open(by)  # type: ignore[attr-defined]


@admin.register(BreakGlassGrant)
class GrantAdmin(ScopedAdmin):
    list_display = ("user", "space", "created_at", "expires_at")
    list_select_related = ("user", "space")
    fields = ("user", "space", "reason", "created_at", "expires_at")
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_authenticated and can_break_glass(user))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        by: Any = request.user
        form = GrantForm(request.POST if request.method == "POST" else None, by=by)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                grant = services.break_glass(values["space"], by=by, reason=values["reason"])
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.warning(
                    request, _("You read this space by an exceptional access, for 24 hours.")
                )
                return redirect("community:space", slug=grant.space.slug)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Exceptional access"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/community/grant.html", context)
