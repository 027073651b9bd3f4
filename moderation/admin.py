"""The queue of reports, and the journal."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import SubCommunity
from core import content, verbs
from core.errors import Refused
from core.models import ActionLog
from core.scoped_admin import ScopedAdmin
from core.web import person
from moderation import services
from moderation.forms import DecisionForm
from moderation.models import Report
from moderation.permissions import possible


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("tous", gettext_lazy("All")), ("clos", gettext_lazy("Dealt with"))]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("To look at"),
        }
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        if self.value() == "clos":
            return rows.filter(closed_at__isnull=False)
        return rows if self.value() == "tous" else rows.filter(closed_at=None)


@admin.register(Report)
class ReportAdmin(ScopedAdmin):
    """Reports: read what was said then, decide through the kind's own services, answer."""

    list_display = ("headline", "place", "created_at", "outcome_label")
    list_filter = (StateFilter, "reason")
    list_select_related = ("space",)
    ordering = ("created_at",)

    @admin.display(description=gettext_lazy("Reason"), ordering="reason")
    def headline(self, report: Report) -> str:
        return report.headline

    @admin.display(description=gettext_lazy("Sub-community"), ordering="space")
    def place(self, report: Report) -> str:
        return report.space.name if report.space else _("The community")

    @admin.display(description=gettext_lazy("Decision"))
    def outcome_label(self, report: Report) -> str:
        return report.get_outcome_display()

    def get_urls(self) -> list[URLPattern]:
        restore = self.admin_site.admin_view(self.restore_view)
        own = [path("<int:pk>/remettre/", restore, name="moderation_report_restore")]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        report = self.get_object(request, object_id)
        if report is None:
            raise Http404
        kind = content.get(report.kind)
        target = kind.objects.moderated_by(request.user).filter(pk=report.object_id).first()
        form = DecisionForm(
            request.POST or None,
            initial={"outcome": Report.Outcome.KEPT},
            **possible(kind, target, by=person(request)),
        )
        if request.method == "POST" and form.is_valid():
            try:
                services.close_report(report, by=person(request), **form.cleaned_data)
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Decided. The person who reported will be answered."))
                return redirect("admin:index")
        context = {
            **self.admin_site.each_context(request),
            "title": report.headline,
            "opts": self.opts,
            "original": report,
            "report": report,
            "form": form,
            "kind": kind,
            "target": target,
            "author": kind.author(target, request.user) if target else None,
            "others": self.get_queryset(request)
            .filter(kind=report.kind, object_id=report.object_id)
            .exclude(pk=report.pk)
            .count(),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/report.html", context)

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.get_object(request, str(pk))
        if report is None:
            raise Http404
        if request.method != "POST":
            raise PermissionDenied
        try:
            services.restore(report, by=person(request), reason=request.POST.get("reason", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Put back."))
        return redirect("admin:moderation_report_change", pk)


class VerbFilter(admin.SimpleListFilter):
    """The acts that the journal holds, in the words of people."""

    title = gettext_lazy("what was done")
    parameter_name = "acte"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        known = model_admin.get_queryset(request).order_by("verb").values_list("verb", flat=True)
        return sorted(
            ((verb, verbs.label(verb)) for verb in known.distinct()), key=lambda one: one[1]
        )

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        return rows.filter(verb=self.value()) if self.value() else rows


@admin.register(ActionLog)
class JournalAdmin(ScopedAdmin):
    """Who did what, in the spaces one moderates; read only."""

    list_display = ("at", "actor", "act", "space", "reason")
    list_filter = (VerbFilter,)
    list_select_related = ("actor", "space")
    fields = ("at", "actor", "act", "space", "reason")
    readonly_fields = ("act",)

    @admin.display(description=gettext_lazy("What"), ordering="verb")
    def act(self, row: ActionLog) -> str:
        return row.what

    def get_queryset(self, request: HttpRequest) -> Any:
        spaces = SubCommunity.objects.moderated_by(request.user)
        rows = ActionLog.objects.filter(space__in=spaces)
        if person(request).is_animator:
            rows |= ActionLog.objects.filter(space=None)
        # The acts on a report that she may not see would say who made it.
        hers = Report.objects.moderated_by(request.user).values("pk")
        return rows.exclude(Q(kind="report") & ~Q(object_id__in=hers))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, None) and (
            obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()
        )
