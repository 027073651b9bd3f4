"""Threads and messages in the admin: to find one and to look, within what one moderates.

Nothing is edited here: acts pass through the services, from the pages or the actions below. Who
wrote an unnamed message is shown nowhere in it, and nothing can be searched or sorted by author:
the one look at an identity is the button of the message's page, which is journaled. For the same
reason what people follow and how far they read have no page: an author follows what she writes.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audience import State
from core.scoped_admin import ServedAdmin
from forums import polls, services
from forums.models import Poll, Post, Thread
from forums.templatetags.forums import kind_label


def signed(author: Any) -> str:
    return author.full_name if author is not None else _("without a name")


class ForumAdmin(ServedAdmin):
    @admin.display(description=gettext_lazy("On the site"))
    def page(self, row: Any) -> str | SafeString:
        """The way to the page; what is set aside has none."""
        thread = row if isinstance(row, Thread) else row.thread
        if thread.state != State.PUBLISHED:
            return "—"
        return format_html('<a href="{}">{}</a>', row.get_absolute_url(), _("Open the page"))


@admin.register(Thread)
class ThreadAdmin(ForumAdmin):
    list_display = (
        "title", "space", "kind_word", "author_word", "state", "reply_count", "last_post_at",
        "page",
    )  # fmt: skip
    list_display_links = ("title",)
    list_filter = ("state", ("space", admin.RelatedOnlyFieldListFilter), "pinned")
    list_select_related = ("space", "owner")
    search_fields = ("title",)
    ordering = ("-last_post_at",)
    actions = ("restore", "lock", "unlock", "pin", "unpin")
    fields = (
        "title", "space", "kind_word", "author_word", "state", "opening", "pinned", "locked_at",
        "resolved_at", "created_at", "last_post_at", "reply_count", "view_count", "page",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Kind"), ordering="kind")
    def kind_word(self, thread: Thread) -> str:
        return kind_label(thread.kind)

    @admin.display(description=gettext_lazy("Author"))
    def author_word(self, thread: Thread) -> str:
        return signed(thread.author)

    @admin.display(description=gettext_lazy("Opening message"))
    def opening(self, thread: Thread) -> str:
        post = thread.posts.filter(position=1).first()
        return post.text if post else ""

    @admin.action(description=gettext_lazy("Put back the chosen threads"))
    def restore(self, request: HttpRequest, rows: QuerySet[Thread]) -> None:
        self.apply(request, rows, services.restore_thread)

    @admin.action(description=gettext_lazy("Lock the chosen threads"))
    def lock(self, request: HttpRequest, rows: QuerySet[Thread]) -> None:
        self.apply(request, rows, services.lock)

    @admin.action(description=gettext_lazy("Unlock the chosen threads"))
    def unlock(self, request: HttpRequest, rows: QuerySet[Thread]) -> None:
        self.apply(request, rows, services.unlock)

    @admin.action(description=gettext_lazy("Pin the chosen threads"))
    def pin(self, request: HttpRequest, rows: QuerySet[Thread]) -> None:
        self.apply(request, rows, services.pin)

    @admin.action(description=gettext_lazy("Unpin the chosen threads"))
    def unpin(self, request: HttpRequest, rows: QuerySet[Thread]) -> None:
        self.apply(request, rows, services.unpin)


@admin.register(Post)
class PostAdmin(ForumAdmin):
    list_display = (
        "excerpt",
        "thread_title",
        "space_name",
        "author_word",
        "state",
        "created_at",
        "page",
    )
    list_filter = ("state", ("thread__space", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("thread__space", "author")
    search_fields = ("text",)
    ordering = ("-created_at",)
    actions = ("restore",)
    fields = (
        "thread_title", "space_name", "position", "author_word", "state", "text", "created_at",
        "edited_at", "versions", "page",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Message"))
    def excerpt(self, post: Post) -> str:
        return post.text if len(post.text) <= 80 else post.text[:79] + "…"

    @admin.display(description=gettext_lazy("Thread"))
    def thread_title(self, post: Post) -> str:
        return post.thread.title

    @admin.display(description=gettext_lazy("Space"), ordering="thread__space")
    def space_name(self, post: Post) -> str:
        return post.space.name

    @admin.display(description=gettext_lazy("Author"))
    def author_word(self, post: Post) -> str:
        return post.outsider or signed(post.signed_by)

    @admin.display(description=gettext_lazy("Earlier versions"))
    def versions(self, post: Post) -> str | SafeString:
        if post.edited_at is None:
            return "—"
        return format_html(
            '<a href="{}">{}</a>', reverse("forums:versions", args=(post.pk,)), _("Read them")
        )

    @admin.action(description=gettext_lazy("Put back the chosen messages"))
    def restore(self, request: HttpRequest, rows: QuerySet[Post]) -> None:
        self.apply(request, rows, services.restore_post)


@admin.register(Poll)
class PollAdmin(ForumAdmin):
    """Of an unnamed poll, no more than its readers see; who answered has no page at all."""

    list_display = ("question", "thread_title", "space_name", "unnamed", "closes_at", "page")
    list_filter = ("unnamed", ("thread__space", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("thread__space",)
    search_fields = ("question",)
    ordering = ("-created_at",)
    actions = ("close",)
    fields = (
        "question", "thread_title", "space_name", "multiple", "unnamed", "results", "created_at",
        "closes_at", "page",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("On the site"))
    def page(self, poll: Poll) -> str | SafeString:
        return super().page(poll.thread)

    @admin.display(description=gettext_lazy("Thread"))
    def thread_title(self, poll: Poll) -> str:
        return poll.thread.title

    @admin.display(description=gettext_lazy("Space"), ordering="thread__space")
    def space_name(self, poll: Poll) -> str:
        return poll.space.name

    @admin.display(description=gettext_lazy("Results"))
    def results(self, poll: Poll) -> str:
        if not polls.tells_counts(poll):
            return "—"
        return ", ".join(f"{one.label} ({one.votes})" for one in poll.options.all())

    @admin.action(description=gettext_lazy("Close the chosen polls"))
    def close(self, request: HttpRequest, rows: QuerySet[Poll]) -> None:
        self.apply(request, rows, services.close_poll)
