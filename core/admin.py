"""The words of the taxonomies: labels are edited, codes stay."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.models import Term
from core.scoped_admin import HouseAdmin


@admin.register(Term)
class TermAdmin(HouseAdmin):
    """A term is retired, never deleted: what was filed under it keeps its word."""

    list_display = ("label", "scheme", "code", "position", "retired")
    list_filter = ("scheme", "retired")
    list_editable = ("position", "retired")
    search_fields = ("label", "code")
    fields = ("scheme", "code", "label", "description", "parent", "position", "retired")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("scheme", "code") if obj is not None else ()

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes filled in the list itself have no label in Django's table: each says its column."""
        formset = super().get_changelist_formset(request, **kwargs)
        for name in self.list_editable:
            field = formset.form.base_fields[name]
            field.widget.attrs["aria-label"] = field.label
        return formset

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = Term.objects.filter(parent=None, retired=False)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.help_text = _("For the lists of two levels.")
        return field
