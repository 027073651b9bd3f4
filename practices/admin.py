"""Sheets in the admin: what awaits the animators, what is to be looked after, and looking, within
what one moderates. Acts pass through the services, here or on the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import terms
from core.audience import Level, State
from core.scoped_admin import ServedAdmin
from practices.models import Proposal, Sheet, Trial
from practices.sections import BY_NAME
from practices.services import life
from practices.services.improving import restore_proposal
from practices.services.trials import restore_trial
from practices.shown import level_said

Progress = Sheet.Progress


class StageFilter(admin.SimpleListFilter):
    """Where a sheet stands, in the words of its page."""

    title = gettext_lazy("Stage")
    parameter_name = "etape"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("a-decider", _("Awaiting a review")),
            ("a-ouvrir", _("Awaiting the showcase")),
            ("corrections", _("Corrections asked")),
            ("refusee", _("Refused")),
            ("publiee", pgettext("a practice sheet", "Published")),
            ("a-revoir", _("To be reviewed")),
            ("archivee", _("Archived")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        stage = self.value()
        if stage == "a-revoir":
            due: QuerySet = queryset.due()
            return due
        conditions: dict[str | None, dict[str, Any]] = {
            "a-decider": {"progress__in": (Progress.SUBMITTED, Progress.REVIEW)},
            "a-ouvrir": {"awaits_opening": True, "state": State.PUBLISHED},
            "corrections": {"progress": Progress.CORRECTIONS},
            "refusee": {"progress": Progress.REFUSED},
            "publiee": {"state": State.PUBLISHED, "archived_at": None},
            "archivee": {"archived_at__isnull": False},
        }
        found: QuerySet = queryset.filter(**conditions.get(stage, {}))
        return found


class EvidenceFilter(admin.SimpleListFilter):
    title = gettext_lazy("Level of evidence")
    parameter_name = "preuve"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return terms.choices("niveaux_preuve")

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(evidence=self.value()) if self.value() else queryset


class ShowcaseFilter(admin.SimpleListFilter):
    title = gettext_lazy("Showcase")
    parameter_name = "vitrine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("Public")), ("non", _("For members only"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "oui":
            return queryset.filter(level=Level.PUBLIC)
        return queryset.exclude(level=Level.PUBLIC) if self.value() == "non" else queryset


@admin.register(Sheet)
class SheetAdmin(ServedAdmin):
    list_display = ("name", "bearer", "stage", "evidence_word", "public", "review_on", "page")
    list_display_links = ("name",)
    list_filter = (StageFilter, "state", EvidenceFilter, ShowcaseFilter)
    list_select_related = ("bearer", "claimed_by")
    search_fields = ("title", "bearer__name")
    ordering = ("-updated_at",)
    actions = ("claim", "confirm", "open_to_public", "close_to_public", "restore")
    fields = (
        "name", "summary", "bearer", "who", "stage", "evidence_word", "public", "consented_at",
        "percent", "review_on", "archived_at", "gone", "trial_count", "abandoned_count",
        "adaptation_count", "waiting_count", "download_count", "created_at", "published_at",
        "improved_at", "page",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Title"), ordering="title_key")
    def name(self, sheet: Sheet) -> str:
        return sheet.title or _("Sheet without a title")

    @admin.display(description=gettext_lazy("Begun by"))
    def who(self, sheet: Sheet) -> str:
        return sheet.owner.full_name if sheet.owner is not None else "—"

    @admin.display(description=gettext_lazy("Stage"), ordering="progress")
    def stage(self, sheet: Sheet) -> str:
        """Where it is, what is prepared of it, and who reviews that."""
        words = [sheet.get_state_display()]
        if sheet.archived_at is not None:
            words.append(_("Archived"))
        if sheet.progress:
            words.append(sheet.get_progress_display())
        if sheet.progress and sheet.claimed_by is not None:
            words.append(sheet.claimed_by.full_name)
        return " · ".join(words)

    @admin.display(description=gettext_lazy("Level of evidence"), ordering="evidence")
    def evidence_word(self, sheet: Sheet) -> str:
        return level_said(sheet.evidence, sheet.evidence_expiry) or "—"

    @admin.display(description=gettext_lazy("Public"), boolean=True)
    def public(self, sheet: Sheet) -> bool:
        return sheet.is_public

    @admin.display(description=gettext_lazy("Withdrawn"))
    def gone(self, sheet: Sheet) -> str:
        return sheet.removed_reason or "—"

    @admin.display(description=gettext_lazy("On the site"))
    def page(self, sheet: Sheet) -> str | SafeString:
        """The way to where it is decided; what was withdrawn or set aside has none."""
        if sheet.state in (State.REMOVED, State.HIDDEN):
            return "—"
        address = reverse("practices:life", args=(sheet.pk,))
        return format_html('<a href="{}">{}</a>', address, _("Life of the sheet"))

    @admin.action(description=gettext_lazy("Take the chosen sheets for review"))
    def claim(self, request: HttpRequest, rows: QuerySet[Sheet]) -> None:
        self.apply(request, rows, life.claim)

    @admin.action(description=gettext_lazy("Confirm that the chosen sheets still hold"))
    def confirm(self, request: HttpRequest, rows: QuerySet[Sheet]) -> None:
        self.apply(request, rows, life.confirm_review)

    @admin.action(description=gettext_lazy("Open the chosen sheets to the public"))
    def open_to_public(self, request: HttpRequest, rows: QuerySet[Sheet]) -> None:
        self.apply(request, rows, life.open_to_public)

    @admin.action(description=gettext_lazy("Keep the chosen sheets for members"))
    def close_to_public(self, request: HttpRequest, rows: QuerySet[Sheet]) -> None:
        self.apply(request, rows, life.close_to_public)

    @admin.action(description=gettext_lazy("Put back the chosen sheets"))
    def restore(self, request: HttpRequest, rows: QuerySet[Sheet]) -> None:
        self.apply(request, rows, life.restore_sheet)


class InsideAdmin(ServedAdmin):
    """What members say of a sheet: looked at, within what one moderates."""

    list_select_related = ("sheet", "owner", "organisation")
    ordering = ("-created_at",)
    actions = ("restore",)
    #: The service that puts one back.
    put_back: Callable[..., Any]

    @admin.action(description=gettext_lazy("Put back what was set aside"))
    def restore(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.apply(request, rows, self.put_back)

    @admin.display(description=gettext_lazy("Practice sheet"), ordering="sheet__title_key")
    def of_sheet(self, row: Any) -> str | SafeString:
        title = row.sheet.title or _("Sheet without a title")
        return format_html('<a href="{}">{}</a>', row.sheet.get_absolute_url(), title)

    @admin.display(description=gettext_lazy("By"))
    def who(self, row: Any) -> str:
        return row.owner.full_name if row.owner is not None else "—"


@admin.register(Trial)
class TrialAdmin(InsideAdmin):
    put_back = staticmethod(restore_trial)
    list_display = ("told", "of_sheet", "who", "organisation", "outcome", "state", "created_at")
    list_display_links = ("told",)
    list_filter = ("outcome", "faithful", "state")
    search_fields = ("sheet__title", "lesson")
    fields = (
        "of_sheet", "who", "organisation", "period", "changed", "changed_by", "planned",
        "faithful", "why", "young_people", "outcome", "lesson", "state", "created_at",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Period"))
    def told(self, trial: Trial) -> str:
        return trial.period


@admin.register(Proposal)
class ProposalAdmin(InsideAdmin):
    put_back = staticmethod(restore_proposal)
    list_display = ("section_word", "of_sheet", "who", "organisation", "answer", "state",
                    "created_at")  # fmt: skip
    list_display_links = ("section_word",)
    list_filter = ("answer", "state")
    search_fields = ("sheet__title", "why")
    fields = (
        "of_sheet", "section_word", "who", "organisation", "why", "answer", "reply", "answered_by",
        "answered_at", "state", "created_at",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Section"), ordering="section")
    def section_word(self, proposal: Proposal) -> str:
        found = BY_NAME.get(proposal.section)
        return str(found.label) if found is not None else proposal.section
