"""Organisations, and the people's pages inside the community."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts import querysets
from core.audience import Audienced, CanBeRead, Level
from core.history import KeptHistoryManager
from core.text import fold

if TYPE_CHECKING:
    from accounts.models.user import User

# Patterns of `champs_organisation`: they block. The checksums only tell the animator.
NEQ_PATTERN = RegexValidator(r"^11\d{8}$", _("A NEQ has ten digits and begins with 11."))
CHARITY_PATTERN = RegexValidator(
    r"^\d{9} ?RR\d{4}$", _("Nine digits, the letters RR, then four digits.")
)


class Organisation(Audienced):
    """A community organisation, with the 27 membership facts of `champs_organisation`.

    Taxonomy facts hold codes of `core.Term`; `visibility` holds, by field name, the levels that
    the organisation chose in place of the defaults of `accounts.fields`.
    """

    class Category(models.TextChoices):
        MEMBER = "membre", _("Member organisation")
        FEDERATION = "regroupement", _("Federation")
        PARTNER = "partenaire", _("Partner")

    category = models.CharField(
        _("Category"), max_length=12, choices=Category, default=Category.MEMBER
    )
    name = models.CharField(_("Name of the organisation"), max_length=200)
    acronym = models.CharField(_("Acronym"), max_length=30, blank=True)
    slug = models.SlugField(max_length=80, editable=False)
    mission = models.TextField(_("Mission"), blank=True, max_length=2000)
    founded_in = models.PositiveSmallIntegerField(_("Founded in"), null=True, blank=True)
    neq = models.CharField(
        _("Québec enterprise number (NEQ)"), max_length=10, blank=True, validators=[NEQ_PATTERN]
    )
    charity_number = models.CharField(
        _("Charity registration number"), max_length=16, blank=True, validators=[CHARITY_PATTERN]
    )
    region = models.CharField(_("Administrative region"), max_length=60, blank=True)
    municipality = models.CharField(_("Municipality"), max_length=120, blank=True)
    territory = models.CharField(_("Territory served"), max_length=300, blank=True)
    setting = models.CharField(_("Setting"), max_length=60, blank=True)
    territory_markers = models.JSONField(_("Territory"), default=list, blank=True)
    school_boards = models.JSONField(_("Partner school service centres"), default=list, blank=True)
    age_groups = models.JSONField(_("Age groups"), default=list, blank=True)
    publics = models.JSONField(_("Young people reached"), default=list, blank=True)
    school_levels = models.JSONField(_("School levels"), default=list, blank=True)
    interventions = models.JSONField(_("Types of intervention"), default=list, blank=True)
    youth_per_year = models.PositiveIntegerField(
        _("Young people reached in a year"), null=True, blank=True
    )
    families_per_year = models.PositiveIntegerField(
        _("Families reached in a year"), null=True, blank=True
    )
    staff_fte = models.DecimalField(
        _("Team (full-time equivalents)"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    volunteers = models.PositiveIntegerField(_("Volunteers"), null=True, blank=True)
    budget_band = models.CharField(_("Yearly budget (band)"), max_length=60, blank=True)
    funding_sources = models.JSONField(_("Funding sources"), default=list, blank=True)
    consultation_places = models.JSONField(_("Places of concertation"), default=list, blank=True)
    languages = models.JSONField(_("Languages of intervention"), default=list, blank=True)
    offers = models.TextField(_("What we can share"), blank=True, max_length=2000)
    seeks = models.TextField(_("What we are looking for"), blank=True, max_length=2000)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Contact person (référente)"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contact_for",
    )
    privacy_officer = models.CharField(
        _("Person responsible for personal information"), max_length=200, blank=True
    )
    member_since = models.DateField(_("Member of the federation since"), null=True, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    website = models.URLField(_("Website"), blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    visibility = models.JSONField(default=dict, blank=True, editable=False)
    # Name, acronym and place without accents, for the directory's search box.
    folded = models.CharField(max_length=400, default="", editable=False)
    twin = models.ForeignKey(
        "self",
        verbose_name=_("Twin organisation"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="twinned_by",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = querysets.OrganisationQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["visibility", "folded"], history_manager=KeptHistoryManager
    )

    class Meta(Audienced.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        constraints = (
            *Audienced.Meta.constraints,
            models.UniqueConstraint(
                fields=("neq",), condition=~models.Q(neq=""), name="organisation_unique_neq"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = slugify(self.name)[:80].strip("-") or "organisme"
        self.level = self.level or Level.COMMUNITY
        self.folded = fold(f"{self.name} {self.acronym} {self._known_place()}")[:400]
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("accounts:organisation", args=(self.pk, self.slug))

    def _known_place(self) -> str:
        """The municipality, unless the organisation keeps it to itself: a search tells."""
        shared = self.visibility.get("municipality", Level.PUBLIC)
        return self.municipality if shared in (Level.PUBLIC, Level.COMMUNITY) else ""


class Profile(Audienced):
    """What a person says of herself to the community. One a person, made with the account.

    `owner` is the person and `organisation` hers; `visibility` holds, by field name, the levels
    she chose in place of the defaults of `accounts.fields`.
    """

    pronoun = models.CharField(_("Pronoun"), max_length=30, blank=True)
    function = models.CharField(_("Function"), max_length=60, blank=True)
    region = models.CharField(_("Region"), max_length=60, blank=True)
    bio = models.TextField(_("About me"), blank=True, max_length=1200)
    phone = models.CharField(_("Telephone at work"), max_length=30, blank=True)
    visibility = models.JSONField(default=dict, blank=True)
    folded_name = models.CharField(max_length=200, editable=False, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = querysets.ProfileQuerySet.as_manager()

    class Meta(Audienced.Meta):
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = (
            *Audienced.Meta.constraints,
            models.UniqueConstraint(fields=("owner",), name="profile_one_a_person"),
        )

    def __str__(self) -> str:
        return str(self.owner)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.owner is not None:
            self.folded_name = fold(self.owner.full_name)[:200]
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return self.owner.get_absolute_url() if self.owner else ""


class Skill(CanBeRead):
    """One keyword of a profile: *je peux aider* or *je cherche*."""

    class Direction(models.TextChoices):
        HELPS = "aide", _("I can help")
        SEEKS = "cherche", _("I am looking for")

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="skills")
    direction = models.CharField(max_length=8, choices=Direction)
    word = models.CharField(max_length=60)
    folded = models.CharField(max_length=60, db_index=True)

    objects = querysets.SkillQuerySet.as_manager()

    class Meta:
        ordering = ("direction", "word")
        constraints = (
            models.UniqueConstraint(
                fields=("profile", "direction", "folded"), name="skill_once_a_profile"
            ),
        )

    def __str__(self) -> str:
        return self.word


def is_contact(user: User, organisation: Organisation | None) -> bool:
    """Whether `user` is the référente of `organisation`."""
    return organisation is not None and organisation.contact_id == user.pk
