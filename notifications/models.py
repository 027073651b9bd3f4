"""What a person follows, how she is told of it, what she was named in; the mails that came in.

`Subscription` says the first two at three levels: one object, its space, everything. What is said
nearest wins.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications import querysets

# `Subscription.kind` of a person's word on a space, and on everything.
SPACE = "space"
EVERYTHING = ""


class Attention(models.TextChoices):
    """What a person follows. `PART` is a word on a place: the threads that she writes in."""

    FOLLOW = "suivre", _("Everything")
    PART = "participe", _("The threads in which I write")
    MENTIONS = "mentions", _("Only what mentions me")
    SILENCE = "silence", _("Silence")


class Delivery(models.TextChoices):
    """How she is told of it by mail."""

    EACH = "chaque", _("Every message")
    FIRST = "premier", _("The first unread message only")
    DAILY = "jour", _("A daily digest")
    WEEKLY = "semaine", _("A weekly digest")
    NOTHING = "rien", _("Nothing")


class Subscription(models.Model):
    """The word of a person on one object of a registered kind, on a space (`SPACE`) or on
    everything (`EVERYTHING`, 0).

    An empty `attention` or `mail` says nothing at that level. `by_hand` is about `attention`:
    what came by itself, because she wrote there, gives way to what she said of the space.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions"
    )
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField()
    attention = models.CharField(
        max_length=10, choices=Attention, blank=True, default=Attention.FOLLOW
    )
    mail = models.CharField(max_length=10, choices=Delivery, blank=True)
    by_hand = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "object_id", "user"), name="subscription_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.attention} {self.kind}:{self.object_id}"


class Mention(models.Model):
    """A person is named in one object of a registered kind."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "object_id", "user"), name="mention_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.kind}:{self.object_id}"


class Digest(models.Model):
    """When the digest of a person leaves, how long it is, and up to when she was told.

    `next_at` is empty when nothing of hers comes by digest, and while she is away for long
    (`stopped_at`). `daily_until` and `weekly_until` are where the next one begins.
    """

    class Minutes(models.IntegerChoices):
        SHORT = 5, _("5 minutes")
        MEDIUM = 20, _("20 minutes")
        LONG = 60, _("60 minutes")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest"
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.MONDAY)
    hour = models.PositiveSmallIntegerField(default=7)
    zone = models.CharField(max_length=40, default="America/Toronto")
    minutes = models.PositiveSmallIntegerField(choices=Minutes, default=Minutes.SHORT)
    daily = models.BooleanField(default=False)
    weekly = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)
    daily_until = models.DateTimeField(null=True)
    weekly_until = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("next_at",),
                name="digest_due",
                condition=models.Q(next_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"digest of {self.user_id}"

    def has_weekly(self, now: datetime) -> bool:
        """Whether, by her own clock, the day of her weekly digest came since this one was due."""
        if self.next_at is None:
            return False
        zone = ZoneInfo(self.zone)
        days = range((now - self.next_at).days + 1)
        due = (self.next_at.astimezone(zone) + timedelta(days=number) for number in days)
        return any(moment.weekday() == self.weekday for moment in due)

    def after(self, moment: datetime) -> datetime | None:
        """The next time at which a digest of hers is due, or None when none is wanted."""
        if not (self.daily or self.weekly):
            return None
        zone = ZoneInfo(self.zone)
        day = moment.astimezone(zone).date()
        for ahead in range(9):
            date = day + timedelta(days=ahead)
            due = datetime(date.year, date.month, date.day, self.hour, tzinfo=zone)
            if due > moment and (self.daily or due.weekday() == self.weekday):
                return due
        raise AssertionError("nine days hold every weekday")


class IncomingMail(models.Model):
    """One mail that came to one of our addresses, so that a second delivery of it does nothing.

    `identity` and `target` are digests. Of a mail that was published, `kind` and `object_id` say as
    what, `elided` is what was not published, for its author alone, and `original` the whole mail,
    for a month. Of a mail that was refused, `error` is the name of the refusal, and nothing else.
    """

    identity = models.CharField(max_length=64)
    target = models.CharField(max_length=32)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    received_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    elided = models.TextField(blank=True)
    original = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = querysets.IncomingMailQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("identity", "target"), name="incoming_mail_once"),
        )
        indexes = (
            models.Index(fields=("kind", "object_id"), name="incoming_mail_made"),
            models.Index(fields=("received_at",), name="incoming_mail_age"),
        )

    def __str__(self) -> str:
        return f"incoming mail {self.pk}"
