"""What a document holds: its files, one a version, and what was read in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.audience import CanBeRead
from library import querysets
from library.extraction.errors import sentence

if TYPE_CHECKING:
    from community.models import SubCommunity


class Version(CanBeRead):
    """One file of a document. Numbers run from 1 and are never reused; the file never changes.

    Its audience is its document's. `reading` says how far the extraction went; `failure` names
    why it stopped (`library.extraction.errors`), which the depositor sees as a sentence: with
    `lu`, of a file that was read in part.

    What waits for `library.reading` is leased row by row (`core.leases`).
    """

    class Reading(models.TextChoices):
        WAITING = "attente", _("Being read")
        RECOGNISING = "images", _("Being read, image by image")
        DONE = "lu", _("Text read")
        EMPTY = "sans-texte", _("No text in it")
        FAILED = "echec", _("Could not be read")

    document = models.ForeignKey(
        "library.Document", on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField(_("Number"))
    label = models.CharField(_("Label"), max_length=60, blank=True)
    note = models.CharField(_("What changed"), max_length=400, blank=True)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    restored_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("Deposited on"), default=timezone.now)
    reading = models.CharField(max_length=10, choices=Reading, default=Reading.WAITING)
    failure = models.CharField(max_length=60, blank=True)
    page_count = models.PositiveIntegerField(null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)
    ocr = models.BooleanField(default=False)
    not_before = models.DateTimeField(default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    # WebP of the first page, 96 and 320 pixels wide.
    thumb_small = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    thumb_large = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = querysets.VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="version_number"),
        )
        indexes = (
            models.Index(
                fields=("not_before", "id"),
                name="version_waiting",
                condition=models.Q(reading__in=("attente", "images")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"

    @property
    def is_being_read(self) -> bool:
        return self.reading in (self.Reading.WAITING, self.Reading.RECOGNISING)

    @property
    def trouble(self) -> str | Promise:
        """Why it was not read, or not whole: a sentence for those who may mend it."""
        return sentence(self.failure)

    @property
    def space(self) -> SubCommunity | None:
        return self.document.space


class Page(models.Model):
    """The text of one page of a version, as extracted; sheets and slides are pages too."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("version", "number"), name="version_page_once"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} p. {self.number}"


class Download(models.Model):
    """How many downloads in a month: a number, and never whose."""

    document = models.ForeignKey(
        "library.Document", on_delete=models.CASCADE, related_name="downloads"
    )
    month = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "month"), name="download_month_once"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.month:%Y-%m}"
