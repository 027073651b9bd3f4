"""How an organisation and its people come in: requests, invitations, consents."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import querysets
from accounts.models.organisation import CHARITY_PATTERN, NEQ_PATTERN


class MembershipRequest(models.Model):
    """An organisation's request to join, followed by its applicant through a signed link."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("To be decided")
        MORE = "more", _("Waiting for the applicant")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN = (State.SUBMITTED, State.MORE)
    EDITABLE = (State.DRAFT, State.SUBMITTED, State.MORE)

    class Federated(models.TextChoices):
        YES = "oui", _("Yes")
        NO = "non", _("No")
        UNSURE = "incertain", _("I do not know")

    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    organisation_name = models.CharField(_("Name of the organisation"), max_length=200)
    # Wider than the numbers: a draft keeps what was typed, right or not.
    neq = models.CharField(
        _("Québec enterprise number (NEQ)"), max_length=30, blank=True, validators=[NEQ_PATTERN]
    )
    charity_number = models.CharField(
        _("Charity registration number"), max_length=30, blank=True, validators=[CHARITY_PATTERN]
    )
    mission = models.TextField(_("Your mission, in one sentence"), blank=True, max_length=1000)
    region = models.CharField(_("Administrative region"), max_length=60, blank=True)
    municipality = models.CharField(_("Municipality"), max_length=120, blank=True)
    non_profit = models.BooleanField(_("We are a non-profit community organisation"), default=False)
    against_dropout = models.TextField(
        _("What do you do against school dropout?"), blank=True, max_length=2000
    )
    federated = models.CharField(max_length=10, choices=Federated, blank=True)
    first_name = models.CharField(_("First name"), max_length=80)
    last_name = models.CharField(_("Last name"), max_length=80, blank=True)
    job_title = models.CharField(_("Job title"), max_length=120, blank=True)
    email = models.EmailField(_("E-mail at work"))
    hopes = models.TextField(_("What would you like to find here?"), blank=True, max_length=1000)
    newsletter = models.BooleanField(default=False)
    consented_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=7, default="fr-ca")
    # Of what a draft says, so that saving it twice makes one.
    fingerprint = models.CharField(max_length=64, blank=True, default="", editable=False)
    to_verify = models.BooleanField(
        _("To be checked"), default=False, help_text=_("Sent without the proof against robots.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    message = models.TextField(blank=True, help_text=_("What the animation team asked or decided."))
    reply = models.TextField(blank=True, max_length=4000)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = querysets.MembershipRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership request")
        verbose_name_plural = _("membership requests")
        ordering = ("-submitted_at", "-id")
        constraints = (
            # Twenty identical submissions at once make one request.
            models.UniqueConstraint(
                Lower("email"),
                "neq",
                condition=models.Q(state__in=("submitted", "more")),
                name="request_one_open",
            ),
            models.UniqueConstraint(
                fields=("fingerprint",),
                condition=models.Q(state="draft"),
                name="request_one_draft",
            ),
        )

    def __str__(self) -> str:
        return self.organisation_name

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class Invitation(models.Model):
    """A single-use link for one address; the token is signed, never stored.

    `serial` is part of the token and is bumped when the link is sent again, which kills the
    former one. An invitation that an import prepared waits until somebody sends it.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("To be sent")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        REVOKED = "revoked", _("Revoked")

    class Role(models.TextChoices):
        """The roles of an account that an invitation may give."""

        MEMBER = "membre", _("Member")
        GUEST = "invite", _("Guest, access limited in time")

    OPEN = (State.PREPARED, State.SENT)

    organisation = models.ForeignKey(
        "accounts.Organisation",
        null=True,
        on_delete=models.CASCADE,
        related_name="invitations",
        verbose_name=_("Organisation"),
    )
    email = models.EmailField(_("E-mail"))
    first_name = models.CharField(_("First name"), max_length=80, blank=True)
    last_name = models.CharField(_("Last name"), max_length=80, blank=True)
    job_title = models.CharField(_("Job title"), max_length=120, blank=True)
    role = models.CharField(_("Role"), max_length=10, choices=Role, default=Role.MEMBER)
    access_until = models.DateTimeField(_("Access until"), null=True, blank=True)
    makes_contact = models.BooleanField(default=False)
    spaces = models.ManyToManyField("community.SubCommunity", blank=True, related_name="+")
    message = models.TextField(_("A word of welcome"), blank=True, max_length=1000)
    language = models.CharField(max_length=7, default="fr-ca")
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.SENT)
    serial = models.PositiveSmallIntegerField(default=1)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = querysets.InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)
        constraints = (
            # An organisation never learns that another one invited the same person.
            models.UniqueConstraint(
                Lower("email"),
                Coalesce("organisation", 0),
                condition=models.Q(state__in=("prepared", "sent")),
                name="invitation_one_open",
            ),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_expired(self) -> bool:
        return self.state == self.State.SENT and self.expires_at <= timezone.now()


class Consent(models.Model):
    """One purpose that a person agreed to, in one version of its wording, and since when."""

    class Purpose(models.TextChoices):
        NEWSLETTER = "newsletter", _("Receive the community's newsletter")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents"
    )
    purpose = models.CharField(max_length=20, choices=Purpose)
    version = models.PositiveSmallIntegerField(default=1)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-given_at",)

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"
