"""Collections and reading lists: chosen documents, in an order, with a word on each."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.audience import Audienced
from library import querysets


class Collection(Audienced):
    """A list somebody made and shares with an audience of its own.

    It shows of its documents only those that its reader may read. A draft is its owner's alone.
    """

    title = models.CharField(_("Title"), max_length=160)
    slug = models.SlugField(max_length=80, editable=False)
    purpose = models.TextField(_("What it is for"), max_length=1000, blank=True)
    thanks_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("Made on"), default=timezone.now)
    updated_at = models.DateTimeField(_("Changed on"), auto_now=True)

    objects = querysets.CollectionQuerySet.as_manager()

    class Meta(Audienced.Meta):
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        indexes = (models.Index(fields=("-updated_at", "-id"), name="collection_recent"),)

    def __str__(self) -> str:
        # Not the title: this is what logs and the history of the admin show of it.
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.slug = slugify(self.title)[:80].strip("-")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        if not self.slug or (self.space is not None and self.space.confidential):
            return reverse("library:collection", args=(self.pk,))
        return reverse("library:collection", args=(self.pk, self.slug))


class CollectionItem(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    document = models.ForeignKey(
        "library.Document", on_delete=models.CASCADE, related_name="collected"
    )
    position = models.PositiveIntegerField()
    note = models.CharField(_("A word on it"), max_length=400, blank=True)

    objects = querysets.CollectionItemQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("collection", "document"), name="collection_item_once"),
        )

    def __str__(self) -> str:
        return f"{self.collection_id}: {self.document_id}"
