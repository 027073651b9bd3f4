"""Who did what: the append-only journal that services write."""

from typing import Any

from django.conf import settings
from django.db import models


class ActionLog(models.Model):
    """One act of one person on one object. Rows are written once and never changed.

    `verb` is a dotted name (`thread.hidden`); `data` holds identifiers and named values, never
    the text of a message. `space` repeats the target's space so that an animator's journal is
    bounded by what she moderates.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verb = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    space = models.ForeignKey(
        "community.SubCommunity", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("kind", "object_id"), name="log_target"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.kind}:{self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The journal is append-only.")
        super().save(*args, **kwargs)
