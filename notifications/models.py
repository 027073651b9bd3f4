"""Who wants to be told of what, and what became of the mails that came in."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications import querysets


class Subscription(models.Model):
    """A person follows one object of a registered kind, or said that she does not (`following`
    false, which outlives the automatic following of what she writes in)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions"
    )
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    following = models.BooleanField(default=True)
    by_hand = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "object_id", "user"), name="subscription_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.kind}:{self.object_id}"


class MailPreference(models.Model):
    """What a person wants by mail from one space; from all of them when `space` is null."""

    class Mode(models.TextChoices):
        FOLLOWED = "suivis", _("Replies in the threads I follow")
        NOTHING = "rien", _("Nothing")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preferences"
    )
    space = models.ForeignKey("community.SubCommunity", null=True, on_delete=models.CASCADE)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.FOLLOWED)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "space"), name="mail_preference_of_space"),
            models.UniqueConstraint(
                fields=("user",), condition=models.Q(space=None), name="mail_preference_default"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.mode}"


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
