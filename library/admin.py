"""Documents in the admin: the queue of what awaits approval, what is to be looked after, and
looking, within what one moderates. Acts pass through the services, here or on the pages.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import terms
from core.audience import State
from core.scoped_admin import ServedAdmin
from library import filters, vocabularies
from library.models import Collection, Document
from library.services.approval import approve
from library.services.asides import restore_document
from library.services.collections import restore_collection


class CareFilter(admin.SimpleListFilter):
    """What asks for somebody: the same words as in the list of the site."""

    title = gettext_lazy("To look after")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("attente", _("Awaiting approval")),
            ("a-verifier", _("To be reviewed")),
            ("lien-brise", _("Broken links")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        condition = filters.STATES.get(self.value() or "")
        return queryset.filter(condition()) if condition is not None else queryset


class TypeFilter(admin.SimpleListFilter):
    title = gettext_lazy("Type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return terms.choices(vocabularies.TYPES)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(Document)
class DocumentAdmin(ServedAdmin):
    list_display = (
        "title", "type_word", "space", "owner", "state", "approval", "link_state", "created_at",
        "page",
    )  # fmt: skip
    list_display_links = ("title",)
    list_filter = (
        CareFilter,
        "state",
        TypeFilter,
        "level",
        "licence",
        ("space", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("space", "owner")
    search_fields = ("title", "authors", "publisher_name")
    ordering = ("-created_at",)
    actions = ("approve", "restore")
    fields = (
        "title", "type_word", "abstract", "authors", "publisher_name", "issued", "level", "space",
        "organisation", "owner", "state", "approval", "approval_reason", "embargo_until",
        "review_on", "licence", "rights_holder", "link", "link_state", "link_checked_at",
        "versions", "withdrawn_at", "withdrawn_reason", "replaced_by", "download_count",
        "created_at", "updated_at", "page",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Type"), ordering="type")
    def type_word(self, document: Document) -> str:
        return terms.label(vocabularies.TYPES, document.type)

    @admin.display(description=gettext_lazy("Versions"))
    def versions(self, document: Document) -> str | SafeString:
        rows = list(document.versions.select_related("file"))
        if not rows or document.state == State.REMOVED:
            return "—"
        lines = (
            (
                reverse("library:version", args=(document.pk, row.number)),
                row.number,
                row.file.name,
                row.get_reading_display(),
            )
            for row in rows
        )
        return format_html_join(SafeString("<br>"), '<a href="{}">{}</a> {} ({})', lines)

    @admin.display(description=gettext_lazy("On the site"))
    def page(self, document: Document) -> str | SafeString:
        """The way to the page, where it is approved or refused; what was withdrawn has none."""
        if document.state == State.REMOVED:
            return "—"
        return format_html('<a href="{}">{}</a>', document.get_absolute_url(), _("Open the page"))

    @admin.action(description=gettext_lazy("Approve the chosen documents"))
    def approve(self, request: HttpRequest, rows: QuerySet[Document]) -> None:
        self.apply(request, rows, approve)

    @admin.action(description=gettext_lazy("Put back the chosen documents"))
    def restore(self, request: HttpRequest, rows: QuerySet[Document]) -> None:
        self.apply(request, rows, restore_document)


@admin.register(Collection)
class CollectionAdmin(ServedAdmin):
    list_display = ("title", "space", "owner", "level", "state", "updated_at", "page")
    list_display_links = ("title",)
    list_filter = ("state", "level", ("space", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("space", "owner")
    search_fields = ("title",)
    ordering = ("-updated_at",)
    actions = ("restore",)
    fields = (
        "title", "purpose", "level", "space", "organisation", "owner", "state", "created_at",
        "updated_at", "page",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("On the site"))
    def page(self, collection: Collection) -> str | SafeString:
        if collection.state != State.PUBLISHED:
            return "—"
        address = collection.get_absolute_url()
        return format_html('<a href="{}">{}</a>', address, _("Open the page"))

    @admin.action(description=gettext_lazy("Put back the chosen collections"))
    def restore(self, request: HttpRequest, rows: QuerySet[Collection]) -> None:
        self.apply(request, rows, restore_collection)
