"""A thread: a question or something shared, and the replies to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from core.audience import Audienced
from forums import querysets

if TYPE_CHECKING:
    from accounts.models import User


def slug_of(title: str) -> str:
    """The words of a title as they stand in an address."""
    return slugify(title)[:80].strip("-")


class Thread(Audienced):
    """A thread lives in one space and is read by whoever reads that space.

    `owner` is its author, kept for the space's animators even when `unnamed`. Counters and the
    last post are kept by services: `last_position` is the last position given (1 is the opening
    message), whatever became of the post; `newest_position`, `last_post_at` and `last_author` are
    those of the newest published post, and `reply_count` counts the published replies. Messages
    that are moved come after those that are there, whenever they were written: `newest_position`
    is then the last in place, and the two others those of the last written. `merged_into` is the
    thread that took all of its messages; it is then removed. `outsider` is the name of who opened
    it, without an account, on a mailing list. `gave_sheet` says that a published practice sheet was
    made from it; the room of practices tells it so.
    """

    # Never without: unlike other kinds, a thread is always of one space.
    space = models.ForeignKey(
        "community.SubCommunity",
        on_delete=models.PROTECT,
        related_name="threads",
        verbose_name=_("Sub-community"),
    )
    title = models.CharField(_("Title"), max_length=160)
    slug = models.SlugField(max_length=80, editable=False)
    kind = models.CharField(_("Kind"), max_length=20, default="question")
    unnamed = models.BooleanField(_("Unnamed"), default=False)
    outsider = models.CharField(max_length=80, blank=True)
    pinned = models.BooleanField(_("Pinned"), default=False)
    locked_at = models.DateTimeField(_("Locked since"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("Resolved since"), null=True, blank=True)
    # When who opened it was asked what came of it (`forums.aftermath`): once.
    outcome_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    answer = models.ForeignKey(
        "forums.Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("Opened on"), default=timezone.now)
    last_post_at = models.DateTimeField(_("Last message"), default=timezone.now)
    last_author = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_position = models.PositiveIntegerField(default=0)
    newest_position = models.PositiveIntegerField(default=0)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="merged",
    )
    gave_sheet = models.BooleanField(default=False, editable=False)
    reply_count = models.PositiveIntegerField(_("Replies"), default=0)
    view_count = models.PositiveIntegerField(_("Readings"), default=0)
    tags = TaggableManager(_("Keywords"), blank=True)

    objects = querysets.ThreadQuerySet.as_manager()

    class Meta(Audienced.Meta):
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        indexes = (
            models.Index(fields=("space", "-last_post_at", "-id"), name="thread_space_recent"),
            models.Index(fields=("-last_post_at", "-id"), name="thread_recent"),
            models.Index(fields=("owner", "-last_post_at"), name="thread_by_owner"),
            models.Index(
                fields=("created_at",),
                name="thread_unanswered",
                condition=models.Q(reply_count=0, state="published"),
            ),
            models.Index(
                fields=("resolved_at",),
                name="thread_outcome",
                condition=models.Q(resolved_at__isnull=False, outcome_asked_at=None),
            ),
        )

    def __str__(self) -> str:
        # Not the title: this is what logs and the history of the admin show of it.
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.slug = slug_of(self.title)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        """Its address: with words in it, except where even the title is confidential."""
        if (self.space.confidential) or not self.slug:
            return reverse("forums:thread", args=(self.pk,))
        return reverse("forums:thread", args=(self.pk, self.slug))

    @property
    def author(self) -> User | None:
        """Who opened it, or None when that person chose to be unnamed."""
        return None if self.unnamed else self.owner

    @property
    def locked(self) -> bool:
        return self.locked_at is not None

    @property
    def resolved(self) -> bool:
        return self.resolved_at is not None
