"""What happens around a sheet: the steps of its review, who is writing, who may try it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from practices import querysets
from practices.models.sheet import Sheet


class Step(models.Model):
    """One step of the life of a sheet, with the words that went with it.

    Read by its bearers and by animators, never by readers.
    """

    class Act(models.TextChoices):
        SUBMITTED = "soumise", _("Submitted")
        CLAIMED = "prise", _("Taken for review")
        RELEASED = "rendue", _("Given back")
        CORRECTIONS = "corrections", _("Corrections asked")
        PUBLISHED = "publiee", pgettext_lazy("a practice sheet", "Published")
        REFUSED = "refusee", _("Refused")
        REVIEWED = "revue", _("Reviewed: still good")
        ARCHIVED = "archivee", _("Archived")
        REOPENED = "rouverte", _("Brought back")
        TAKEN_BACK = "reprise", _("Taken back to be changed")
        CONSENTED = "consentie", _("Consent to the showcase given")
        NOTED = "notee", _("Consent to the showcase received and noted")
        UNCONSENTED = "retrait", _("Consent to the showcase taken back")

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField(max_length=12, choices=Act)
    words = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.act}"


class Presence(models.Model):
    """Somebody has a section open. Forgotten a minute after her page last said so."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="presences")
    section = models.CharField(max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sheet", "section", "user"), name="presence_once"),
        )
        indexes = (models.Index(fields=("seen_at",), name="presence_seen"),)

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.section} {self.user_id}"


class Interest(models.Model):
    """A person who kept or downloaded a sheet: asked once, four weeks later, whether she tried it.

    `saved_at` is null when she only downloaded it, or no longer keeps it. `ask_on` is the day of
    the question, emptied when it is not to be asked; `answer` is what she said.
    """

    class Answer(models.TextChoices):
        NONE = "", _("No answer")
        YES = "oui", _("Yes")
        NOT_YET = "pas-encore", _("Not yet")
        NO = "non", _("No")

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="interests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_sheets"
    )
    saved_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)
    ask_on = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.NONE, blank=True)

    objects = querysets.InterestQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sheet", "user"), name="interest_once"),)
        indexes = (
            models.Index(
                fields=("user", "-asked_at"),
                name="interest_asked",
                condition=models.Q(answer="", asked_at__isnull=False),
            ),
            models.Index(
                fields=("ask_on",),
                name="interest_to_ask",
                condition=models.Q(asked_at=None, ask_on__isnull=False),
            ),
            models.Index(
                fields=("user", "-saved_at"),
                name="interest_saved",
                condition=models.Q(saved_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.user_id}"
