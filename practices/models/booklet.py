"""A booklet: sheets that somebody chose, made into one PDF by the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from core.audience import Viewer


class BookletQuerySet(models.QuerySet["Booklet"]):
    def of(self, user: Viewer) -> Self:
        """Hers; nobody else has a use for it."""
        return self.filter(owner_id=user.pk or 0)


class Booklet(models.Model):
    """What one person asked for, and where its making stands. The PDF is kept some days beside the
    files (`core.files.made`), then both are forgotten.

    `sheets` are numbers of sheets, in their order in the booklet.
    """

    class State(models.TextChoices):
        WAITING = "attente", _("Being made")
        MADE = "faite", _("Ready")
        FAILED = "echouee", _("Could not be made")

    class Failure(models.TextChoices):
        NONE = "", ""
        MISSING = "machine", _("This installation cannot make PDF files.")
        STOPPED = "limites", _("It is too long to be made at once: choose fewer sheets.")
        GONE = "retirees", _("None of these sheets can be read any more.")
        GIVEN_UP = "abandon", _("Something went wrong, several times. The animators can look.")

    KEPT = timedelta(days=7)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="practice_booklets"
    )
    title = models.CharField(_("Title"), max_length=120)
    sheets = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    failure = models.CharField(max_length=10, choices=Failure, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    objects = BookletQuerySet.as_manager()

    class Meta:
        verbose_name = _("booklet")
        verbose_name_plural = _("booklets")
        indexes = (
            models.Index(
                fields=("not_before", "id"),
                name="booklet_waiting",
                condition=models.Q(state="attente"),
            ),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def kept_as(self) -> str:
        """Where its PDF is kept."""
        return f"booklet-{self.pk}"
