"""What a person was writing when something stopped her."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from forums import querysets


class Draft(models.Model):
    """A text kept, unposted, for its author alone; one a place (`thread` null: a new thread).

    `body` is plain text, or sanitised HTML when `is_html`. `details` holds the rest of what was
    filled in: kind, tags, unnamed, parent.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    thread = models.ForeignKey(
        "forums.Thread", null=True, on_delete=models.CASCADE, related_name="drafts"
    )
    space = models.ForeignKey("community.SubCommunity", null=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=160, blank=True)
    body = models.TextField(blank=True)
    is_html = models.BooleanField(default=False)
    details = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = querysets.DraftQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "thread"), name="draft_one_a_thread"),
            models.UniqueConstraint(
                fields=("user",), condition=models.Q(thread=None), name="draft_one_new_thread"
            ),
        )

    def __str__(self) -> str:
        return f"draft of {self.user_id}"

    def get_absolute_url(self) -> str:
        """Where its author finds it again: an address without a word of a title."""
        if self.thread_id is None:
            return reverse("forums:new") + "?brouillon=1"
        return reverse("forums:thread", args=(self.thread_id,)) + "?brouillon=1#repondre"
