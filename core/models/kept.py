"""What somebody sent after her session had ended: kept for her, undone."""

from django.conf import settings
from django.db import models


class KeptForm(models.Model):
    """The fields of one form of one person, by the page that shows it (`core.keeping`)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=300)
    # Where the form is sent; the page may hold others.
    action = models.CharField(max_length=300)
    # {name: [value, …]}, as a browser sends them.
    fields = models.JSONField()
    kept_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "page"), name="kept_form_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"
