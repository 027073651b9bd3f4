"""How far a newcomer is on her welcome path."""

from django.conf import settings
from django.db import models


class WelcomeStep(models.Model):
    """One of the six steps of `parcours_accueil`, done by one person."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="welcome_steps"
    )
    step = models.PositiveSmallIntegerField()
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "step"), name="welcome_step_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} step {self.step}"
