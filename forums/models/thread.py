"""A thread: a question or something shared, and the replies to it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from core.audience import Audienced
from forums import querysets


class Thread(Audienced):
    """A thread lives in one space and is read by whoever reads that space.

    `owner` is its author, kept for the space's animators even when `unnamed`. Counters and the
    last post are kept by services: `last_position` is the position of the newest post (1 is the
    opening message), whatever the state of each; `reply_count` counts the published replies.
    """

    title = models.CharField(_("Title"), max_length=160)
    slug = models.SlugField(max_length=80, editable=False)
    kind = models.CharField(_("Kind"), max_length=20, default="question")
    unnamed = models.BooleanField(_("Unnamed"), default=False)
    pinned = models.BooleanField(_("Pinned"), default=False)
    locked_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    answer = models.ForeignKey(
        "forums.Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    last_post_at = models.DateTimeField(default=timezone.now)
    last_author = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_position = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)
    tags = TaggableManager(_("Keywords"), blank=True)

    objects = querysets.ThreadQuerySet.as_manager()

    class Meta(Audienced.Meta):
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        constraints = (
            *Audienced.Meta.constraints,
            models.CheckConstraint(name="thread_has_a_space", condition=models.Q(space__isnull=False)),
        )
        indexes = (
            models.Index(fields=("space", "-last_post_at", "-id"), name="thread_space_recent"),
            models.Index(fields=("-last_post_at", "-id"), name="thread_recent"),
            models.Index(fields=("owner", "-last_post_at"), name="thread_by_owner"),
            models.Index(
                fields=("created_at",),
                name="thread_unanswered",
                condition=models.Q(reply_count=0, state="published"),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.slug = slugify(self.title)[:80].strip("-")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def locked(self) -> bool:
        return self.locked_at is not None

    @property
    def resolved(self) -> bool:
        return self.resolved_at is not None
