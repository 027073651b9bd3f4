"""A message written now, to be published later."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core import richtext
from forums import querysets


class ScheduledPost(models.Model):
    """A reply, or a new thread when `thread` is null, that waits for its hour. Its author's alone.

    `space` is where she meant it to be read. `body` is plain text, or sanitised HTML when
    `is_html`; `details` holds the rest of what was filled in: kind, tags, unnamed, as_animation,
    parent, about, and `confidential` when the space was. `as_is`: she saw what could identify
    somebody and chose to publish. Its files are tied to it (kind `scheduledpost`).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="scheduled_posts"
    )
    thread = models.ForeignKey(
        "forums.Thread", null=True, on_delete=models.CASCADE, related_name="scheduled_posts"
    )
    space = models.ForeignKey("community.SubCommunity", on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=160, blank=True)
    body = models.TextField()
    is_html = models.BooleanField(default=False)
    details = models.JSONField(default=dict)
    as_is = models.BooleanField(default=False)
    publish_at = models.DateTimeField(db_index=True)
    submission = models.UUIDField(editable=False)

    objects = querysets.ScheduledPostQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "submission"), name="scheduled_once"),
        )

    def __str__(self) -> str:
        return f"scheduled by {self.user_id}"

    @property
    def text(self) -> str:
        """What it says, without its layout."""
        return richtext.from_html(self.body).text if self.is_html else self.body
