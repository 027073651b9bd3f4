"""Taxonomies: the lists of words that the federation chose, with stable codes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Term(models.Model):
    """One entry of a taxonomy (a region, a type of thread, a school level…).

    `scheme` and `code` are those of `taxonomies` in the demo data and never change; `label`
    is French and is edited in the admin. A term is retired, not deleted, so that what was
    filed under it keeps its word.
    """

    scheme = models.SlugField(_("List"), max_length=40)
    code = models.CharField(_("Code"), max_length=60)
    label = models.CharField(_("Words"), max_length=200)
    description = models.CharField(_("Description"), max_length=400, blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("Below"),
    )
    position = models.PositiveSmallIntegerField(_("Order"), default=0)
    retired = models.BooleanField(_("No longer offered"), default=False)

    class Meta:
        ordering = ("scheme", "position", "label")
        verbose_name = _("word of a list")
        verbose_name_plural = _("Words of the lists")
        constraints = (models.UniqueConstraint(fields=("scheme", "code"), name="term_unique_code"),)

    def __str__(self) -> str:
        return self.label
