"""What a thread comes to, in a few lines pinned above it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.audience import CanBeRead
from forums import querysets


class Synthesis(CanBeRead):
    """The summary of a thread, one at most, always signed. `number` counts its versions."""

    thread = models.OneToOneField(
        "forums.Thread", on_delete=models.CASCADE, related_name="synthesis"
    )
    number = models.PositiveIntegerField()
    html = models.TextField()
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now)

    objects = querysets.SynthesisQuerySet.as_manager()

    def __str__(self) -> str:
        return f"synthesis {self.number} of {self.thread_id}"


class SynthesisVersion(models.Model):
    """What a synthesis said until it was replaced, or withdrawn. `hidden`: it was withdrawn with
    those before it, and only the animators of the space read it."""

    thread = models.ForeignKey(
        "forums.Thread", on_delete=models.CASCADE, related_name="synthesis_versions"
    )
    number = models.PositiveIntegerField()
    html = models.TextField()
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    hidden = models.BooleanField(default=False)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("thread", "number"), name="synthesis_version_once"),
        )

    def __str__(self) -> str:
        return f"synthesis {self.number} of {self.thread_id}"
