"""Spaces and who is in them."""

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

from community import services
from community.models import Membership, SubCommunity
from community.permissions import can_configure, can_create_space
from community.services.spaces import FIELDS
from core import terms
from core.errors import Refused
from core.scoped_admin import ScopedAdmin, ScopedInline
from core.web import person

ICONS = (
    ("spaces", _("Circles")),
    ("anchor", _("Anchor")),
    ("hand", _("Hand")),
    ("building", _("Building")),
    ("chat", _("Conversation")),
    ("heart", _("Heart")),
    ("book", _("Book")),
    ("leaf", _("Leaf")),
    ("star", _("Star")),
    ("compass", _("Compass")),
)


class SpaceForm(forms.ModelForm):
    icon = forms.ChoiceField(label=_("Icon"), choices=ICONS)
    functions = forms.MultipleChoiceField(
        label=_("Functions it is suggested to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = SubCommunity
        fields = tuple(FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "functions" in self.fields:
            self.fields["functions"].choices = terms.choices("fonctions")  # type: ignore[attr-defined]
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        """A confidential space keeps quiet, whatever boxes were left ticked."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("confidentiality") == SubCommunity.Confidentiality.HIGH:
            values |= {"content_in_mail": False, "in_global_search": False}
        return values

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in services.RESERVED_SLUGS:
            raise forms.ValidationError(_("This address is taken by the platform itself."))
        return slug


class MembershipInline(ScopedInline):
    model = Membership
    template = "admin/community/memberships.html"
    fields = readonly_fields = ("user", "role", "joined_at")
    verbose_name_plural = _("Members")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).filter(ended_at=None)
        return rows.select_related("user").order_by("user__first_name")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SubCommunity)
class SpaceAdmin(ScopedAdmin):
    form = SpaceForm
    inlines = (MembershipInline,)
    list_display = ("name", "join_policy", "confidentiality", "listed", "is_archived")
    search_fields = ("name", "purpose")
    actions = ("archive", "reopen")
    fieldsets = (
        (None, {"fields": ("name", "purpose", "hue", "icon", "position", "functions")}),
        (_("Who enters"), {"fields": ("listed", "join_policy")}),
        (
            _("Confidentiality"),
            {
                "fields": (
                    "confidentiality",
                    "content_in_mail",
                    "in_global_search",
                    "unnamed_posts",
                    "danger_notice",
                )
            },
        ),
        (_("Address"), {"fields": ("slug",), "classes": ("collapse",)}),
    )

    @admin.display(description=_("Archived"), boolean=True)
    def is_archived(self, space: SubCommunity) -> bool:
        return space.archived_at is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return can_create_space(person(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return can_configure(person(request), obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refusal (no animator would be left) is said above the form, nothing is changed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.fields}
        if change:
            services.update_space(obj, by=person(request), **values)
        else:
            made = services.create_space(by=person(request), **values)
            obj.pk, obj._state.adding = made.pk, False

    @admin.action(description=_("Archive"))
    def archive(self, request: HttpRequest, rows: QuerySet) -> None:
        self._each(request, rows, services.archive)

    @admin.action(description=_("Reopen"))
    def reopen(self, request: HttpRequest, rows: QuerySet) -> None:
        self._each(request, rows, services.reopen)

    def _each(self, request: HttpRequest, rows: QuerySet, act: Any) -> None:
        for space in rows:
            try:
                act(space, by=person(request))
            except Refused as refusal:
                messages.error(request, f"{space.name} – {refusal}")
            else:
                messages.success(request, space.name)


class MemberForm(forms.Form):
    """What an animator may do to one membership: change its role, or end it with a reason."""

    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)
    reason = forms.CharField(
        label=_("Reason for removing"),
        help_text=_("It is kept in the journal."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    list_display = ("person", "space", "role", "joined_at")
    list_filter = ("role",)
    list_select_related = ("user", "space")
    search_fields = ("user__first_name", "user__last_name", "space__name")
    ordering = ("space", "user__first_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(ended_at=None)

    @admin.display(description=_("Person"), ordering="user__first_name")
    def person(self, stay: Membership) -> str:
        return stay.user.full_name

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        stay = self.get_object(request, object_id)
        if stay is None or not self.has_view_permission(request, stay):
            raise PermissionDenied
        configures = can_configure(person(request), stay.space)
        form = MemberForm(
            request.POST if request.method == "POST" else None, initial={"role": stay.role}
        )
        if not configures:
            del form.fields["role"]
        if request.method == "POST" and form.is_valid():
            try:
                self._apply(request, stay, form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("It is done."))
                return redirect("admin:community_subcommunity_change", stay.space_id)
        context = {
            **self.admin_site.each_context(request),
            "title": stay.user.full_name,
            "opts": self.opts,
            "stay": stay,
            "form": form,
        }
        return TemplateResponse(request, "admin/community/membership.html", context)

    def _apply(self, request: HttpRequest, stay: Membership, values: dict[str, Any]) -> None:
        if "remove" in request.POST:
            services.remove(stay.user, stay.space, by=person(request), reason=values["reason"])
        elif "role" in values:
            services.set_role(stay.user, stay.space, values["role"], by=person(request))
