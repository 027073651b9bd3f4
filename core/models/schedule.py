"""What the worker does by the clock, and when it last did it."""

from django.db import models


class Schedule(models.Model):
    """One recurring duty, by name. The row is its memory and its lock, for all workers.

    `leased_until` is held by the worker that runs the duty, and by the pause after a failure.
    The rows `worker` (heartbeat) and `mail server` (pause while it is away) belong to no duty.
    """

    name = models.CharField(max_length=60, unique=True)
    last_run_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
