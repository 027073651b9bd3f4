"""The transactional outbox."""

from django.db import models


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction in which it happened.

    `payload` holds identifiers only. `handled` lists the handlers that already ran, so that a
    retry after a crash runs only the others. `leased_until` is held by the worker that drains.
    """

    name = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    handled = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("not_before", "id"),
                name="outbox_waiting",
                condition=models.Q(done_at=None, failed_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"
