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


def titled(kind: Any, title: Any) -> Any:
    """A filter of that kind, under a title that people read."""

    class Titled(kind):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Titled


LEVEL = ("level", titled(admin.ChoicesFieldListFilter, gettext_lazy("Visibility")))
SPACE = ("space", titled(admin.RelatedOnlyFieldListFilter, gettext_lazy("Space")))


class SharedAdmin(ServedAdmin):
    """What documents and collections say of themselves in the same words."""

    @admin.display(description=gettext_lazy("Visibility"), ordering="level")
    def audience(self, row: Any) -> str:
        """Its space, or how far it is shared."""
        return str(row.space) if row.space is not None else row.get_level_display()

    @admin.display(description=gettext_lazy("Deposited by"))
    def who(self, row: Any) -> str:
        return row.owner.full_name if row.owner is not None else "—"


@admin.register(Document)
class DocumentAdmin(SharedAdmin):
    list_display = ("title", "type_word", "audience", "who", "state_word", "created_at", "page")
    list_display_links = ("title",)
    list_filter = (CareFilter, "state", TypeFilter, LEVEL, SPACE, "licence")
    list_select_related = ("space", "owner")
    search_fields = ("title", "authors", "publisher_name")
    ordering = ("-created_at",)
    actions = ("approve", "restore")
    fields = (
        "title", "type_word", "abstract", "authors", "publisher_name", "issued", "audience", "who",
        "state_word", "embargo_until", "review_on", "licence", "rights_holder", "link_word",
        "versions", "gone", "download_count", "created_at", "updated_at", "page",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Type"), ordering="type")
    def type_word(self, document: Document) -> str:
        return terms.label(vocabularies.TYPES, document.type)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_word(self, document: Document) -> str:
        """Where it is, and what the animators answered when it is not published."""
        words = [document.get_state_display()]
        if document.state == State.PENDING and document.approval:
            words = [document.get_approval_display(), document.approval_reason]
        return " · ".join(word for word in words if word)

    @admin.display(description=gettext_lazy("Link"))
    def link_word(self, document: Document) -> str:
        """Its address, and whether it answers."""
        return f"{document.link} ({document.get_link_state_display()})" if document.link else "—"

    @admin.display(description=gettext_lazy("Withdrawn or merged"))
    def gone(self, document: Document) -> str | SafeString:
        """Why it was withdrawn, or the document that took its place."""
        heir = document.replaced_by
        if heir is None:
            return document.withdrawn_reason or "—"
        # Its number only: she may not read it.
        return format_html(
            '<a href="{}">{}</a>', reverse("library:document", args=(heir.pk,)), heir
        )

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
class CollectionAdmin(SharedAdmin):
    list_display = ("title", "audience", "who", "state", "updated_at", "page")
    list_display_links = ("title",)
    list_filter = ("state", LEVEL, SPACE)
    list_select_related = ("space", "owner")
    search_fields = ("title",)
    ordering = ("-updated_at",)
    actions = ("restore",)
    fields = ("title", "purpose", "audience", "who", "state", "created_at", "updated_at", "page")
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
