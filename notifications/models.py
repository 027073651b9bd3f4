"""Who wants to be told of what."""

from django.conf import settings
from django.db import models
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
