"""Who did what: the append-only journal that services write."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import verbs


class ActionLog(models.Model):
    """One act of one person on one object. Rows are written once and never changed.

    `verb` is a dotted name (`thread.hidden`); `data` holds identifiers and named values, never
    the text of a message. `space` repeats the target's space so that an animator's journal is
    bounded by what she moderates.
    """

    at = models.DateTimeField(_("When"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("Who"),
    )
    verb = models.CharField(_("What"), max_length=60, db_index=True)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    space = models.ForeignKey(
        "community.SubCommunity",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("Space"),
    )
    reason = models.TextField(_("Reason"), blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("line of the journal")
        verbose_name_plural = _("Journal")
        indexes = (models.Index(fields=("kind", "object_id"), name="log_target"),)

    def __str__(self) -> str:
        return self.what

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The journal is append-only.")
        super().save(*args, **kwargs)

    @property
    def what(self) -> str:
        """The act in the words of people."""
        return verbs.label(self.verb)
