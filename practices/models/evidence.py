"""How well a practice is known to work: decisions, dated, with their source and their end."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practices import querysets
from practices.models.sheet import Sheet


class Evidence(models.Model):
    """One decision on the level of a sheet; the newest is in force, the others are its history.

    From 2 on it names its source; from 3 on, and for “no effect”, an animator decided it. It
    expires, and says why, when its source no longer answers, when `review_on` has passed or when
    trials contradict it (`practices.services.evidence`); its level is never mixed with thanks.
    """

    class Expiry(models.TextChoices):
        NONE = "", _("In force")
        SOURCE = "source", _("Its source no longer answers")
        DATE = "date", _("Its review date has passed")
        TRIALS = "essais", _("Trials contradict it")

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="evidence_decisions")
    level = models.CharField(_("Level"), max_length=2, choices=Sheet.EvidenceLevel)
    source = models.CharField(_("Source"), max_length=400, blank=True)
    source_url = models.URLField(_("Link to the source"), max_length=600, blank=True)
    reason = models.TextField(_("Why this level"), max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided on"), default=timezone.now)
    review_on = models.DateField(_("To be reviewed on"), null=True, blank=True)
    expiry = models.CharField(max_length=8, choices=Expiry, default="", blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    link_checked_at = models.DateTimeField(null=True, blank=True)
    link_failures = models.PositiveSmallIntegerField(default=0)

    objects = querysets.OfSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on evidence")
        verbose_name_plural = _("decisions on evidence")
        ordering = ("-decided_at", "-id")

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.level}"


class EvidenceRequest(models.Model):
    """The bearers ask an animator for a level that is not theirs to decide.

    `evidence` is the decision that answered it; settled without one, it was not granted.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="evidence_requests")
    level = models.CharField(_("Level"), max_length=2, choices=Sheet.EvidenceLevel)
    source = models.CharField(_("Source"), max_length=400)
    source_url = models.URLField(_("Link to the source"), max_length=600, blank=True)
    words = models.TextField(_("Why this level"), max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    evidence = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.OfSheetQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("sheet",),
                condition=models.Q(settled_at=None),
                name="evidence_request_waits_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sheet_id} asks for {self.level}"

    def get_absolute_url(self) -> str:
        return reverse("practices:evidence", args=(self.sheet_id,))
