"""A question with choices, in a thread.

Who voted is kept apart from what was voted. Of a named poll, a `Choice` ties the two, and readers
of the thread see it. Of an unnamed one there is no such row, ever: a `Ballot` says that a person
answered, `PollOption.votes` how many chose it, and nothing leads from one to the other; a ballot
has neither date nor number, so that their order tells nothing either.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audience import CanBeRead
from forums import querysets

if TYPE_CHECKING:
    from community.models import SubCommunity


class Poll(CanBeRead):
    """One a thread, read by whoever reads the thread. Whether it is `unnamed` never changes."""

    thread = models.OneToOneField("forums.Thread", on_delete=models.CASCADE, related_name="poll")
    question = models.CharField(_("Question"), max_length=200)
    multiple = models.BooleanField(_("Several choices"), default=False)
    unnamed = models.BooleanField(_("Without names"), default=False)
    voters = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("Opened on"), default=timezone.now)
    closes_at = models.DateTimeField(_("Open until"))

    objects = querysets.PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def closed(self) -> bool:
        return self.closes_at <= timezone.now()

    @property
    def space_id(self) -> int:
        return self.thread.space_id

    @property
    def space(self) -> SubCommunity:
        return self.thread.space


class PollOption(models.Model):
    """One choice, and how many people made it."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=120)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("poll", "position"), name="poll_option_position"),
        )

    def __str__(self) -> str:
        return f"{self.poll_id}/{self.position}"


class Ballot(models.Model):
    """That a person answered; what, only of a named poll (`Choice`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("poll", "user"), name="ballot_one_a_person"),
        )

    def __str__(self) -> str:
        return f"ballot of poll {self.poll_id}"


class Choice(models.Model):
    """What a person chose, in a named poll."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="choices")
    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="choices")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("ballot", "option"), name="choice_once"),)

    def __str__(self) -> str:
        return f"choice of {self.option_id}"
