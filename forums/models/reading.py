"""How far each person has read."""

from django.conf import settings
from django.db import models


class ReadPosition(models.Model):
    """The highest position that a person saw in a thread. It only grows.

    `viewed_on` is the last day on which her visit was counted, so that she counts once a day.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="read_positions"
    )
    thread = models.ForeignKey(
        "forums.Thread", on_delete=models.CASCADE, related_name="read_positions"
    )
    position = models.PositiveIntegerField(default=0)
    viewed_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "thread"), name="read_position_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} read {self.thread_id} up to {self.position}"
