"""A tie between two objects of registered kinds: this thread discusses that document."""

from django.conf import settings
from django.db import models


class Link(models.Model):
    """Symmetrical in use, directed in words: `source` speaks of `target`.

    A link shows nothing by itself: who reads one end sees the other only if she may read it
    (`core.links`).
    """

    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("source_kind", "source_id", "target_kind", "target_id"), name="link_once"
            ),
        )
        indexes = (models.Index(fields=("target_kind", "target_id"), name="link_target"),)

    def __str__(self) -> str:
        return f"{self.source_kind}:{self.source_id} → {self.target_kind}:{self.target_id}"
