"""What a person is writing, and has not posted."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from forums import querysets


class Draft(models.Model):
    """A text kept, unposted, for its author alone (`thread` null: a new thread).

    `sheet` is the form in which it is written: each window has its own, so that two of them never
    write over each other; `revision` counts how often it was kept. `body` is plain text, or
    sanitised HTML when `is_html`. `details` holds the rest of what was filled in: kind, tags,
    unnamed, parent; `edits` when it changes a message.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    thread = models.ForeignKey(
        "forums.Thread", null=True, on_delete=models.CASCADE, related_name="drafts"
    )
    sheet = models.UUIDField(default=uuid.uuid4, editable=False)
    revision = models.PositiveIntegerField(default=0)
    space = models.ForeignKey("community.SubCommunity", null=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=160, blank=True)
    body = models.TextField(blank=True)
    is_html = models.BooleanField(default=False)
    details = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = querysets.DraftQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "sheet"), name="draft_one_a_sheet"),)
        indexes = (models.Index(fields=("user", "thread"), name="draft_by_place"),)

    def __str__(self) -> str:
        return f"draft of {self.user_id}"

    def get_absolute_url(self) -> str:
        """Where its author finds it again: an address without a word of a title."""
        if self.thread_id is None:
            return f"{reverse('forums:new')}?brouillon={self.sheet}"
        return f"{reverse('forums:thread', args=(self.thread_id,))}?brouillon={self.sheet}#repondre"
