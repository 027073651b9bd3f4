"""A message in a thread, and what it said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.audience import CanBeRead, State
from forums import querysets

if TYPE_CHECKING:
    from accounts.models import User
    from community.models import SubCommunity

PAGE_SIZE = 20


def page_of(position: int) -> int:
    """The page of its thread on which a position stands: arithmetic, no counting."""
    return max(0, position - 1) // PAGE_SIZE + 1


class Post(CanBeRead):
    """One message. Its audience is its thread's; its own `state` may only narrow it.

    `html` was sanitised by `core.richtext` on the way in, and `text` is its plain text.
    Positions run from 1 without a hole and are never reused: one that a message left for another
    thread is its `FormerPlace`. `as_animation` marks a message written in the name of the
    animation team, `by_mail` one that came by mail. `outsider` is the name of an author who has no
    account, in the archive of a mailing list.
    """

    thread = models.ForeignKey("forums.Thread", on_delete=models.CASCADE, related_name="posts")
    position = models.PositiveIntegerField(_("Place in the thread"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="posts"
    )
    unnamed = models.BooleanField(default=False)
    as_animation = models.BooleanField(default=False)
    by_mail = models.BooleanField(default=False)
    outsider = models.CharField(max_length=80, blank=True)
    html = models.TextField()
    text = models.TextField(_("Text"))
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies"
    )
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PUBLISHED)
    created_at = models.DateTimeField(_("Published on"), default=timezone.now)
    edited_at = models.DateTimeField(_("Changed on"), null=True, blank=True)
    edited_by_animation = models.BooleanField(default=False)
    thanks_count = models.PositiveIntegerField(default=0)
    useful_count = models.PositiveIntegerField(default=0)
    same_count = models.PositiveIntegerField(default=0)
    # A second identical submission (double click, retry on a weak network) is the same post.
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = querysets.PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = (
            models.UniqueConstraint(fields=("thread", "position"), name="post_position"),
        )
        indexes = (models.Index(fields=("author", "-created_at"), name="post_by_author"),)

    def __str__(self) -> str:
        return f"{self.thread_id}#{self.position}"

    def get_absolute_url(self) -> str:
        """Its place in the right page of its thread."""
        page = page_of(self.position)
        query = f"?page={page}" if page > 1 else ""
        return f"{self.thread.get_absolute_url()}{query}#message-{self.position}"

    @property
    def is_opening(self) -> bool:
        return self.position == 1

    @property
    def space_id(self) -> int:
        return self.thread.space_id

    @property
    def space(self) -> SubCommunity:
        return self.thread.space

    @property
    def signed_by(self) -> User | None:
        """Who wrote it, or None when that person chose to be unnamed."""
        return None if self.unnamed else self.author

    @property
    def signature(self) -> str:
        """The name that stands under it."""
        author = self.signed_by
        if author is not None:
            return author.short_name
        return self.outsider or gettext("A member without a name")


class PostVersion(models.Model):
    """What a post said until it was edited."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="versions")
    html = models.TextField()
    text = models.TextField()
    title = models.CharField(max_length=160, blank=True)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-replaced_at", "-id")

    def __str__(self) -> str:
        return f"{self.post_id} until {self.replaced_at:%Y-%m-%d}"
