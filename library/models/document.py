"""A document of the library: what is said of it. What it holds is in its versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from core.audience import Audienced, Level, State
from library import querysets

if TYPE_CHECKING:
    from accounts.models import User

ISSUED = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
LANGUAGES = (
    ("fr-CA", _("French (Canada)")),
    ("fr", _("French")),
    ("en", _("English")),
    ("iu", _("Inuktitut")),
    ("cr", _("Cree")),
    ("moe", _("Innu")),
    ("es", _("Spanish")),
    ("ar", _("Arabic")),
    ("zxx", _("Without words")),
)


class Licence(models.TextChoices):
    """What others may do with a document. `unknown` never leaves the community."""

    COMMUNITY = "communaute", _("To share within the community, adaptation with credit")
    COMMUNITY_READ = "communaute-lecture", _("To read within the community, without adapting")
    CC_BY = "cc-by", _("CC BY 4.0")
    CC_BY_SA = "cc-by-sa", _("CC BY-SA 4.0")
    CC_BY_NC = "cc-by-nc", _("CC BY-NC 4.0")
    CC_BY_NC_SA = "cc-by-nc-sa", _("CC BY-NC-SA 4.0")
    CC_BY_ND = "cc-by-nd", _("CC BY-ND 4.0")
    CC_BY_NC_ND = "cc-by-nc-nd", _("CC BY-NC-ND 4.0")
    CC0 = "cc0", _("Public domain (CC0)")
    PERMISSION = "permission", _("All rights reserved, published with permission")
    UNKNOWN = "inconnue", _("Permission unknown")


def check_issued(value: str) -> None:
    """A year, a year and a month, or a date (W3CDTF, as Dublin Core asks)."""
    if not ISSUED.fullmatch(value):
        raise ValidationError(_("Write a year (2024) or a date (2024-05-31)."))


class Document(Audienced):
    """One work, whatever the versions of its file; or a link to one elsewhere (`link`).

    The Dublin Core element of each column is in docs/library-metadata.md. `owner` deposited it.
    `state` says all that the audience rule needs: a document under embargo, or awaiting approval,
    is `pending` until services publish it; one withdrawn is `removed`, and `withdrawn_at` leaves
    its tombstone; `replaced_by` is where its address leads after a merge. `publisher_name` is what
    readers read, whether the organisation is of the community or not.
    """

    class Approval(models.TextChoices):
        NONE = "", _("No approval needed")
        WAITING = "attente", _("Awaiting approval")
        GIVEN = "donnee", _("Approved")
        REFUSED = "refusee", _("Refused")

    class LinkState(models.TextChoices):
        UNKNOWN = "", _("Not checked yet")
        ALIVE = "vivant", _("Answers")
        FAILING = "incertain", _("Did not answer the last time")
        BROKEN = "brise", _("Broken")

    title = models.CharField(_("Title"), max_length=250)
    slug = models.SlugField(max_length=80, editable=False)
    alternative = models.CharField(_("Other title"), max_length=250, blank=True)
    # Folded, for near-titles (`library.duplicates`).
    title_key = models.CharField(max_length=250, db_index=True, editable=False)
    authors = models.CharField(_("Authors"), max_length=400, blank=True)
    publisher = models.ForeignKey(
        "accounts.Organisation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="published_documents",
        verbose_name=_("Publishing organisation"),
    )
    publisher_name = models.CharField(_("Publishing organisation"), max_length=200)
    # [{"name": …, "role": …}]
    contributors = models.JSONField(_("Contributors"), default=list, blank=True)
    abstract = models.TextField(_("Abstract"), max_length=3000)
    issued = models.CharField(_("Date"), max_length=10, validators=[check_issued])
    type = models.CharField(_("Type"), max_length=60)
    language = models.CharField(_("Language"), max_length=8, choices=LANGUAGES, default="fr-CA")
    extent = models.CharField(_("Extent"), max_length=60, blank=True)
    period = models.CharField(_("Period covered"), max_length=60, blank=True)
    isbn = models.CharField(_("ISBN"), max_length=17, blank=True)
    doi = models.CharField(_("DOI"), max_length=120, blank=True)
    link = models.URLField(_("Link"), max_length=600, blank=True)
    source = models.CharField(_("Source"), max_length=300, blank=True)
    licence = models.CharField(_("Licence"), max_length=20, choices=Licence)
    rights_holder = models.CharField(_("Rights holder"), max_length=200, blank=True)
    embargo_until = models.DateField(_("Embargo until"), null=True, blank=True)
    review_on = models.DateField(_("To be reviewed on"), null=True, blank=True)
    approval = models.CharField(max_length=8, choices=Approval, default="", blank=True)
    approval_reason = models.CharField(max_length=400, blank=True)
    current = models.ForeignKey(
        "library.Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    # The number after which its versions follow those of `replaced_by`; null when they stayed.
    merged_after = models.PositiveIntegerField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=400, blank=True)
    # Whether it was ever public: then its tombstone is too, and OAI-PMH says that it is deleted,
    # since `left_public_at`. `save` keeps both.
    was_public = models.BooleanField(default=False, editable=False)
    left_public_at = models.DateTimeField(null=True, blank=True, editable=False)
    link_state = models.CharField(max_length=10, choices=LinkState, default="", blank=True)
    link_checked_at = models.DateTimeField(null=True, blank=True)
    link_failures = models.PositiveSmallIntegerField(default=0)
    thanks_count = models.PositiveIntegerField(default=0)
    useful_count = models.PositiveIntegerField(_("Useful"), default=0)
    download_count = models.PositiveIntegerField(_("Downloads"), default=0)
    created_at = models.DateTimeField(_("Deposited on"), default=timezone.now)
    updated_at = models.DateTimeField(_("Changed on"), default=timezone.now)
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    terms = models.ManyToManyField("core.Term", through="library.DocumentTerm", related_name="+")
    tags = TaggableManager(_("Keywords"), blank=True)

    objects = querysets.DocumentQuerySet.as_manager()

    class Meta(Audienced.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="document_recent"),
            models.Index(fields=("space", "-created_at"), name="document_space_recent"),
            models.Index(fields=("updated_at", "id"), name="document_changed"),
            models.Index(fields=("type",), name="document_type"),
            # The walk of OAI-PMH (`library.exchange.oai`).
            models.Index(
                Coalesce("left_public_at", "updated_at"),
                "id",
                name="document_harvest",
                condition=models.Q(was_public=True),
            ),
        )

    def __str__(self) -> str:
        # Not the title: this is what logs and the history of the admin show of it.
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.slug = slugify(self.title)[:80].strip("-")
        changed = {"slug", *self._note_publicity()}
        if (named := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = changed.union(named)  # type: ignore[arg-type]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it."""
        published = self.level == Level.PUBLIC and self.state == State.PUBLISHED
        return published and self.replaced_by_id is None

    def _note_publicity(self) -> set[str]:
        """Remember since when it is no longer public, if it ever was; that it has become public
        is a change of it. Answers the names of the fields that were set.

        Here and not in services: whoever changes a level, a state or a merge saves the row.
        """
        if self.is_public and (not self.was_public or self.left_public_at is not None):
            self.was_public, self.left_public_at = True, None
            self.updated_at = timezone.now() if self.pk else self.updated_at
            return {"was_public", "left_public_at", "updated_at"}
        if not self.is_public and self.was_public and self.left_public_at is None:
            self.left_public_at = timezone.now()
            return {"left_public_at"}
        return set()

    def get_absolute_url(self) -> str:
        """Its address: with words in it, except where even the title is confidential."""
        if not self.slug or (self.space is not None and self.space.confidential):
            return reverse("library:document", args=(self.pk,))
        return reverse("library:document", args=(self.pk, self.slug))

    @property
    def author(self) -> User | None:
        """Who deposited it."""
        return self.owner

    @property
    def withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def year(self) -> str:
        return self.issued[:4]


class DocumentTerm(models.Model):
    """A word of a taxonomy said of a document: determinant, theme, audience, level, region…"""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="said_terms")
    term = models.ForeignKey("core.Term", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "term"), name="document_term_once"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.term_id}"
