"""The admin base class that shows each animator what she moderates, and nothing else.

Lists, search, autocompletes, popups, choices of foreign keys and history all start from
`moderated_by(request.user)`; nothing is deleted here; the history is the action log's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import log
from core.errors import Refused
from core.models import ActionLog


def scoped(model: type[Model], request: HttpRequest) -> QuerySet:
    """The rows of `model` that an admin page may offer to this person."""
    rows = model._default_manager.all()
    for rule in ("moderated_by", "readable_by"):
        if hasattr(rows, rule):
            return getattr(rows, rule)(request.user)
    return rows


class ScopedInline(admin.TabularInline):
    """Rows below an object that the parent's page already scoped."""

    extra = 0
    can_delete = False
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return scoped(self.model, request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ScopedAdmin(admin.ModelAdmin):
    """A model that animators and co-animators work on, within what they moderate."""

    #: Only the federation's animators see it, not the co-animators of a space.
    federation_only = False
    view_on_site = False
    save_as = False
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = scoped(self.model, request)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A list is narrowed by its own filters only. Django also takes any column from the
        address, and any reverse key: that would answer who wrote an unnamed message, or how a
        password's hash begins."""
        names = {self.date_hierarchy} if self.date_hierarchy else set()
        for one in self.get_list_filter(request):
            name: Any = one[0] if isinstance(one, (list, tuple)) else one
            names.add(name if isinstance(name, str) else name.parameter_name)
        own = any(lookup == name or lookup.startswith(f"{name}__") for name in names)
        return own and super().lookup_allowed(lookup, value, request)

    def _may(self, request: HttpRequest, obj: Model | None) -> bool:
        user = request.user
        if not user.is_authenticated or not user.is_current:
            return False
        if self.federation_only and not user.is_animator:
            return False
        if obj is None or obj.pk is None:
            return self.admin_site.has_permission(request)
        return scoped(self.model, request).filter(pk=obj.pk).exists()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, None)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if "queryset" not in kwargs:
            kwargs["queryset"] = scoped(db_field.remote_field.model, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return log.record(f"{obj._meta.model_name}.added", obj, by=request.user)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """The journal keeps which fields changed, never what they held."""
        fields = [
            name
            for part in (message if isinstance(message, list) else [])
            for name in part.get("changed", {}).get("fields", [])
        ]
        return log.record(f"{obj._meta.model_name}.changed", obj, by=request.user, fields=fields)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise PermissionDenied
        rows = ActionLog.objects.filter(kind=obj._meta.model_name, object_id=obj.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was done"),
            "rows": rows.select_related("actor")[:200],
            "object": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/journal.html", context)


class HouseAdmin(ScopedAdmin):
    """What is of no space (accounts, words, synonyms): the federation's animators work on it, and
    administrators."""

    def _may(self, request: HttpRequest, obj: Model | None) -> bool:
        user = request.user
        return bool(
            user.is_authenticated
            and user.is_current
            and (user.is_animator or user.is_superuser)
            and self.admin_site.has_permission(request)
        )


class ServedAdmin(ScopedAdmin):
    """Looking, and acts by the services; no form changes a row."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def apply(self, request: HttpRequest, rows: QuerySet, act: Callable[..., Any]) -> None:
        """Do `act` to each row; say how many were done, and why one was not."""
        done = 0
        for row in rows:
            try:
                act(row, by=request.user)
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                done += 1
        if done:
            text = ngettext("%(n)s change made.", "%(n)s changes made.", done) % {"n": done}
            messages.success(request, text)
