"""The queue of outgoing mail: who is to be told of what, never the text itself."""

from django.conf import settings
from django.db import models


class OutgoingMail(models.Model):
    """One message to one person, written by `core.mail.queue` and rendered only at sending.

    The row names the message and its object; title, text and token are computed when it leaves,
    from what the recipient may read at that moment. `address` serves people without an account
    (an applicant, an invited colleague). `dedupe` makes queueing idempotent.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        CANCELLED = "cancelled"
        FAILED = "failed"

    name = models.CharField(max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    address = models.EmailField(blank=True)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    dedupe = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 (unique)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("not_before", "id"),
                name="mail_waiting",
                condition=models.Q(state="waiting"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"
