"""Mails that came back."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Bounce(models.Model):
    """A mail to this person came back: for now (1 point) or for good (2)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bounces"
    )
    points = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    # Told once of each mail, whatever told it: the server at once, or a report that came later.
    mail = models.BigIntegerField(null=True, unique=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.points}"
