"""Words of a thread that a sheet was made from, and the consent of who wrote them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practices import querysets
from practices.models.sheet import Sheet


class Passage(models.Model):
    """One message, or a part of it, laid into a section of a draft.

    `kind` and `object_id` name the message (`core.content`), `paragraphs` those that were chosen
    of it (none: all of it). `writer` is who wrote it, whom consent is asked of; when she is
    `unnamed` there, nobody is shown who she is. `text` is what was laid; of a confidential space
    (`quiet`) it is empty until she has consented, and is then read from the message again. `mended`
    says that what could identify a young person is replaced in it. A sheet is not submitted while
    a passage waits, nor while refused words are still in it; `text` is forgotten once they are out.
    """

    class Consent(models.TextChoices):
        OWN = "propre", _("Her own words")
        WAITING = "attente", _("Awaiting consent")
        GIVEN = "donne", _("Consent given")
        REFUSED = "refuse", _("Consent refused")
        DROPPED = "ecarte", _("Taken out of the sheet")

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="passages")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    thread_id = models.BigIntegerField()
    paragraphs = models.JSONField(default=list, blank=True)
    section = models.CharField(max_length=20)
    field = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    unnamed = models.BooleanField(default=False)
    quiet = models.BooleanField(default=False)
    mended = models.BooleanField(default=False)
    consent = models.CharField(max_length=8, choices=Consent, default=Consent.WAITING)
    # Whether she wishes to be named among the credits.
    credited = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.PassageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sheet", "kind", "object_id"), name="passage_once"),
        )
        indexes = (models.Index(fields=("writer", "consent"), name="passage_to_answer"),)

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.kind}:{self.object_id}"

    @property
    def reachable(self) -> bool:
        """Whether its writer can be asked."""
        return self.writer is not None and self.writer.is_current

    @property
    def done_without(self) -> bool:
        """Whether whoever makes the sheet did without it, rather than its writer refuse."""
        return self.consent == self.Consent.DROPPED and self.answered_at is None

    @property
    def left(self) -> bool:
        """Whether it may be said that its writer is gone: never of who is unnamed."""
        return not self.unnamed and not self.reachable
