"""The tiny first act: *merci*, *utile*, *moi aussi*, on any content."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community import querysets


class Reaction(models.Model):
    """One gesture of one person on one object of a registered kind."""

    class Type(models.TextChoices):
        THANKS = "merci", _("Thank you")
        USEFUL = "utile", _("Useful")
        SAME = "moi-aussi", _("Me too")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions"
    )
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    type = models.CharField(max_length=10, choices=Type)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.ReactionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "object_id", "user", "type"), name="reaction_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.kind}:{self.object_id}"
