"""“I tried it”: what became of a practice elsewhere, the abandoned trials included."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audience import CanBeRead, State
from practices import querysets


class Trial(CanBeRead):
    """One organisation's trial of a sheet, told by one of its people.

    Read by members who read the sheet, never by visitors. The fields on adaptation follow what
    implementation research asks of one: what was changed, by whom, planned or not, faithful to the
    essential components or not, why (FRAME: Wiltsey Stirman, Baumann and Miller, 2019).
    """

    class Outcome(models.TextChoices):
        BETTER = "mieux", _("Better")
        SAME = "pareil", _("No difference")
        WORSE = "pire", _("Worse")
        ABANDONED = "abandonnee", _("Abandoned")

    class Planned(models.TextChoices):
        PLANNED = "prevu", _("Planned before beginning")
        REACTIVE = "reaction", _("Decided along the way")

    class Faithful(models.TextChoices):
        YES = "oui", _("Yes")
        PARTLY = "partie", _("In part")
        NO = "non", _("No")

    sheet = models.ForeignKey("practices.Sheet", on_delete=models.CASCADE, related_name="trials")
    version = models.ForeignKey(
        "practices.Version", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="practice_trials",
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        null=True,
        on_delete=models.PROTECT,
        related_name="practice_trials",
        verbose_name=_("Organisation"),
    )
    # Codes of `milieux` and of `regions`.
    setting = models.CharField(_("Setting"), max_length=20, blank=True)
    region = models.CharField(_("Region"), max_length=4, blank=True)
    period = models.CharField(_("Period"), max_length=60)
    changed = models.TextField(_("What was changed"), max_length=1500, blank=True)
    changed_by = models.CharField(_("Who decided the change"), max_length=200, blank=True)
    planned = models.CharField(_("The change was"), max_length=10, choices=Planned, blank=True)
    faithful = models.CharField(
        _("Essential components kept"), max_length=8, choices=Faithful, blank=True
    )
    why = models.TextField(_("Why this change"), max_length=1500, blank=True)
    young_people = models.PositiveIntegerField(_("Young people"), null=True, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=12, choices=Outcome)
    lesson = models.TextField(_("What is to be remembered"), max_length=1500)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PUBLISHED)
    thanks_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("Told on"), default=timezone.now)
    updated_at = models.DateTimeField(_("Changed on"), default=timezone.now)
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = querysets.TrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        indexes = (
            models.Index(fields=("sheet", "-created_at"), name="trial_of_sheet"),
            models.Index(fields=("outcome", "sheet"), name="trial_outcome"),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        return f"{reverse('practices:sheet', args=(self.sheet_id,))}#essai-{self.pk}"
