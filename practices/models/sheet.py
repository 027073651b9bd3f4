"""A practice sheet: its published versions, the copy that its bearers work on, who is credited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.audience import Audienced, CanBeRead, Level, State
from practices import querysets
from practices.sections import COSTS, RUNNING

if TYPE_CHECKING:
    from community.models import SubCommunity
    from practices.content import Content


class Sheet(Audienced):
    """One practice, as its bearers know it today.

    Who reads it: its level is `communaute`, or `public` with the consent of `bearer`, the
    organisation that bears it; it is in no space. `owner` began it. `state` says all that the
    audience rule needs: `draft` and `pending` until its first version is published, then
    `published` whatever is being prepared beside it; `removed` leaves a tombstone.

    `progress` is where what is being prepared stands: the sheet itself until `current` exists, its
    next version after. `claimed_by` is the animator who reviews it.

    From `title` to `running`, and `terms`, the columns are those of the published content (of the
    work in progress, before the first version): lists and filters read them and no content.
    """

    class Progress(models.TextChoices):
        NONE = "", _("Nothing in preparation")
        DRAFT = "brouillon", _("In preparation")
        SUBMITTED = "soumise", _("Submitted")
        REVIEW = "revision", _("In review")
        CORRECTIONS = "corrections", _("Corrections asked")
        REFUSED = "refusee", _("Refused")

    # What is prepared is in the hands of the animators.
    IN_REVIEW = (Progress.SUBMITTED, Progress.REVIEW)

    class EvidenceLevel(models.TextChoices):
        """Codes of the taxonomy `niveaux_preuve`, which holds their words."""

        UNDOCUMENTED = "0", "0"
        LOGIC = "1", "1"
        DATA = "2", "2"
        COMPARED = "3", "3"
        REPLICATED = "4", "4"
        SCALED = "5", "5"
        NO_EFFECT = "NE", "NE"

    bearer = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        related_name="borne_sheets",
        verbose_name=_("Bearing organisation"),
    )
    title = models.CharField(_("Title"), max_length=160, blank=True)
    slug = models.SlugField(max_length=80, editable=False, blank=True)
    # Folded, for the words of the list's filter.
    title_key = models.CharField(max_length=200, db_index=True, editable=False, blank=True)
    summary = models.TextField(_("Summary"), max_length=500, blank=True)
    cost_band = models.CharField(
        _("Cost per young person"), max_length=12, choices=COSTS, blank=True
    )
    running = models.CharField(_("Where it stands"), max_length=10, choices=RUNNING, blank=True)
    terms = models.ManyToManyField("core.Term", through="practices.SheetTerm", related_name="+")
    percent = models.PositiveSmallIntegerField(_("Completeness"), default=0, editable=False)

    progress = models.CharField(
        _("In preparation"),
        max_length=12,
        choices=Progress,
        default=Progress.DRAFT,
        blank=True,
    )
    current = models.ForeignKey(
        "practices.Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("Reviewed by"),
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(_("First published on"), null=True, blank=True)
    improved_at = models.DateTimeField(_("Last improved on"), null=True, blank=True)
    review_on = models.DateField(_("To be reviewed on"), null=True, blank=True)
    archived_at = models.DateTimeField(_("Archived on"), null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_reason = models.CharField(max_length=400, blank=True)

    # The consent of the bearing organisation to the showcase.
    consented_at = models.DateTimeField(_("Consent to publish"), null=True, blank=True)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The consent is given, and no animator has opened the sheet, nor kept it for members, since.
    awaits_opening = models.BooleanField(default=False, editable=False)

    derived_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="adaptations",
        verbose_name=_("Adapted from"),
    )
    # [{"component": an essential component of the other sheet, "instead": what is done here}]
    differs = models.JSONField(default=list, blank=True)

    # The thread that it was made from.
    born_of = models.BigIntegerField(null=True, blank=True, editable=False, db_index=True)

    # The decision in force is a row of `Evidence`; this column is kept for the lists.
    evidence = models.CharField(
        _("Level of evidence"), max_length=2, choices=EvidenceLevel, blank=True
    )
    # Why that decision expired (`Evidence.Expiry`); empty while it holds.
    evidence_expiry = models.CharField(max_length=8, blank=True, editable=False)

    thanks_count = models.PositiveIntegerField(default=0, editable=False)
    useful_count = models.PositiveIntegerField(default=0, editable=False)
    trial_count = models.PositiveIntegerField(_("Trials"), default=0, editable=False)
    abandoned_count = models.PositiveIntegerField(_("Abandoned trials"), default=0, editable=False)
    adaptation_count = models.PositiveIntegerField(_("Adaptations"), default=0, editable=False)
    waiting_count = models.PositiveIntegerField(
        _("Improvements awaiting an answer"), default=0, editable=False
    )
    download_count = models.PositiveIntegerField(_("Downloads"), default=0, editable=False)
    created_at = models.DateTimeField(_("Begun on"), default=timezone.now)
    updated_at = models.DateTimeField(_("Changed on"), default=timezone.now)
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = querysets.SheetQuerySet.as_manager()

    class Meta(Audienced.Meta):
        verbose_name = _("practice sheet")
        verbose_name_plural = _("practice sheets")
        indexes = (
            models.Index(fields=("-improved_at", "-id"), name="sheet_improved"),
            models.Index(fields=("-created_at", "-id"), name="sheet_recent"),
            models.Index(fields=("review_on",), name="sheet_review"),
            models.Index(fields=("progress", "submitted_at"), name="sheet_progress"),
        )
        constraints = (
            *Audienced.Meta.constraints,
            models.CheckConstraint(
                name="sheet_in_no_space",
                condition=models.Q(space=None, level__in=("communaute", "public")),
            ),
            # What the showcase shows has the consent of who bears it: the database says so too.
            models.CheckConstraint(
                name="sheet_public_with_consent",
                condition=~models.Q(level="public") | models.Q(consented_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        # Not the title: this is what logs and the history of the admin show of it.
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = slugify(self.title)[:80].strip("-")
        if (named := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {"slug"}.union(named)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        args = (self.pk, self.slug) if self.slug else (self.pk,)
        return reverse("practices:sheet", args=args)

    @property
    def is_published(self) -> bool:
        """Whether a version of it is there for its readers (archived included)."""
        return self.state == State.PUBLISHED and self.current_id is not None

    @property
    def is_public(self) -> bool:
        """Whether it is in the showcase."""
        return self.is_published and self.level == Level.PUBLIC

    @property
    def is_due(self) -> bool:
        """Whether the day of its review has come."""
        due = self.review_on is not None and self.review_on <= timezone.localdate()
        return self.is_published and self.archived_at is None and due

    @property
    def content(self) -> Content:
        """The published content; none before the first version."""
        return self.current.content if self.current is not None else {}


class SheetTerm(models.Model):
    """A word of a taxonomy that the published content says: level, determinant, region…"""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="said_terms")
    term = models.ForeignKey("core.Term", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sheet", "term"), name="sheet_term_once"),)

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.term_id}"


class Version(CanBeRead):
    """One published state of a sheet. Numbers run from 1; a version never changes.

    `content` is whole (`practices.sections` says its shape); `changed` names the sections that
    differ from the version before. `restored_from` is the version that it brings back.
    """

    class Cause(models.TextChoices):
        PUBLICATION = "publication", _("Publication")
        BEARERS = "porteuses", _("Change by its bearers")
        PROPOSAL = "bonification", _("Improvement")
        RESTORATION = "restauration", _("Restoration")

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("Number"))
    content = models.JSONField()
    changed = models.JSONField(default=list)
    cause = models.CharField(max_length=12, choices=Cause)
    note = models.CharField(_("What changed"), max_length=400, blank=True)
    restored_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("Published on"), default=timezone.now)

    objects = querysets.VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a sheet")
        verbose_name_plural = _("versions of sheets")
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("sheet", "number"), name="sheet_version_number"),
        )

    def __str__(self) -> str:
        return f"{self.sheet_id} v{self.number}"


class WorkingSection(models.Model):
    """One section of the copy that bearers and animators prepare.

    `revision` grows by one at each save: who saves says which one she began from, and meets
    `SectionChanged` when it is not the last. `base` is the number of the published version whose
    text it started from (0 before the first): when an improvement of the same section is published
    meanwhile, the two part, and the next person to open it is shown both.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="working_sections")
    name = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    base = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sheet", "name"), name="working_section_once"),
        )

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.name}"


class Bearer(models.Model):
    """Somebody whom the bearing organisation names to look after the sheet. She does only while
    she belongs to that organisation (`SheetQuerySet.borne_by`)."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="bearers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="borne_sheets"
    )
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("bearer")
        verbose_name_plural = _("bearers")
        constraints = (models.UniqueConstraint(fields=("sheet", "user"), name="bearer_once"),)

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.user_id}"


class Credit(models.Model):
    """To whom a sheet owes something: a person, and the organisation she was in then.

    Credits are only ever added. `version` is the first one that holds what she gave.
    """

    class Role(models.TextChoices):
        AUTHOR = "redaction", _("Writing")
        PROPOSAL = "bonification", _("Improvement")
        PASSAGE = "passage", _("Words of a thread")
        ORIGIN = "origine", _("Practice of origin")

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="credits")
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.SET_NULL, related_name="credits"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=12, choices=Role)
    proposal = models.OneToOneField(
        "practices.Proposal",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="credit",
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.person_id} {self.role}"


def space_of(row: Any) -> SubCommunity | None:
    """Sheets and what stands in them live in no space (`core.content.Kind.space`)."""
    return None
