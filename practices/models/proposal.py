"""A proposed improvement of one section of a published sheet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audience import CanBeRead, State
from practices import querysets


class Proposal(CanBeRead):
    """Anybody's text for one section, with why; the bearers or an animator answer.

    `before` is the section that its author saw, of version `base`; `values` what she proposes;
    `settled` what was published in the end, when it is not the same (amended, or put together with
    what had changed since). `organisation` is hers when she proposed. `state` is the house's own:
    who animates may set it aside.
    """

    class Answer(models.TextChoices):
        WAITING = "attente", _("Awaiting an answer")
        ACCEPTED = "acceptee", _("Accepted")
        AMENDED = "amendee", _("Accepted with changes")
        REFUSED = "refusee", _("Not taken up")
        TAKEN_BACK = "retiree", _("Taken back by its author")

    sheet = models.ForeignKey("practices.Sheet", on_delete=models.CASCADE, related_name="proposals")
    section = models.CharField(_("Section"), max_length=20)
    base = models.ForeignKey(
        "practices.Version", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    settled = models.JSONField(null=True, blank=True)
    why = models.TextField(_("Why"), max_length=1000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="practice_proposals",
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.CharField(_("Answer"), max_length=10, choices=Answer, default=Answer.WAITING)
    reply = models.TextField(_("Answer to its author"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(
        "practices.Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PUBLISHED)
    thanks_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("Proposed on"), default=timezone.now)
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = querysets.ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed improvement")
        verbose_name_plural = _("proposed improvements")
        indexes = (
            models.Index(fields=("sheet", "answer", "-created_at"), name="proposal_of_sheet"),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("practices:proposal", args=(self.sheet_id, self.pk))

    @property
    def is_waiting(self) -> bool:
        return self.answer == self.Answer.WAITING

    @property
    def published_values(self) -> dict[str, Any]:
        """What was published of it: what was settled, or her own text."""
        return self.values if self.settled is None else self.settled
