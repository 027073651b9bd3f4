"""That somebody was asked to look at a thread."""

from django.conf import settings
from django.db import models


class Ask(models.Model):
    """One person was asked to look at a thread: by an animator, or by who opened it. `by` is
    nobody when who opened it is unnamed, or her space keeps names out of mails."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="asked"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "object_id", "person"), name="ask_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} asked about {self.kind}:{self.object_id}"
