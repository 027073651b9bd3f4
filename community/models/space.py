"""Sub-communities, who is in them, and on which terms."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from community import querysets
from core.history import KeptHistoryManager


class SubCommunity(models.Model):
    """A space: the common one, or a private sub-community.

    A *confidential* space (`confidentiality` high) sends no content by mail, stays out of the
    global search and shows bare identifiers in its addresses. `activity` grows by one at each
    change of what may be unread, so that members' kept counters know when they are stale.
    """

    class JoinPolicy(models.TextChoices):
        OPEN = "ouverte", _("Open to all members")
        REQUEST = "demande", _("On request")
        INVITATION = "invitation", _("By invitation")

    class Confidentiality(models.TextChoices):
        ORDINARY = "courante", _("Ordinary")
        REINFORCED = "renforcee", _("Reinforced")
        HIGH = "elevee", _("High")

    class Hue(models.TextChoices):
        GREEN = "vert", _("Green")
        BLUE = "bleu", _("Blue")
        VIOLET = "violet", _("Violet")
        AMBER = "ambre", _("Amber")
        RED = "rouge", _("Red")
        TEAL = "sarcelle", _("Teal")
        PINK = "rose", _("Pink")
        SLATE = "ardoise", _("Slate")

    name = models.CharField(_("Name"), max_length=80, unique=True)
    slug = models.SlugField(_("Address"), max_length=60, unique=True)
    purpose = models.TextField(_("Purpose"), max_length=600)
    hue = models.CharField(_("Hue"), max_length=10, choices=Hue, default=Hue.GREEN)
    icon = models.SlugField(_("Icon"), max_length=30, default="spaces")
    position = models.PositiveSmallIntegerField(_("Order"), default=0)
    is_common = models.BooleanField(_("The common space"), default=False, editable=False)
    listed = models.BooleanField(
        _("Listed"), default=True, help_text=_("An unlisted space is known to its members only.")
    )
    join_policy = models.CharField(
        _("Joining"), max_length=10, choices=JoinPolicy, default=JoinPolicy.REQUEST
    )
    functions = models.JSONField(_("Functions it is suggested to"), default=list, blank=True)
    confidentiality = models.CharField(
        _("Confidentiality"),
        max_length=10,
        choices=Confidentiality,
        default=Confidentiality.ORDINARY,
    )
    content_in_mail = models.BooleanField(_("Text in e-mails"), default=True)
    in_global_search = models.BooleanField(_("In the global search"), default=True)
    unnamed_posts = models.BooleanField(_("Unnamed posts allowed"), default=False)
    approves_documents = models.BooleanField(
        _("Documents await approval"),
        default=False,
        help_text=_(
            "A deposited document is read by others once an animator has approved it. The common "
            "space's choice holds for documents that belong to no space."
        ),
    )
    danger_notice = models.BooleanField(
        _("Urgent-danger notice beside the composer"), default=False
    )
    activity = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = querysets.SubCommunityQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["activity"], history_manager=KeptHistoryManager)

    class Meta:
        verbose_name = _("sub-community")
        verbose_name_plural = _("sub-communities")
        ordering = ("position", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("is_common",),
                condition=models.Q(is_common=True),
                name="space_one_common",
            ),
            models.CheckConstraint(
                name="space_confidential_keeps_quiet",
                condition=~models.Q(confidentiality="elevee")
                | models.Q(content_in_mail=False, in_global_search=False),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def confidential(self) -> bool:
        return self.confidentiality == self.Confidentiality.HIGH

    @property
    def hue_class(self) -> str:
        return f"hue-{self.hue}"


class Membership(models.Model):
    """One stay of one person in one space. A stay that ended keeps its row and gives nothing.

    `unread_threads` is a kept counter, true as of `counted_activity` of the space.
    `read_floor` is the later of joining and the last "mark all read": nothing before is unread.
    """

    class Role(models.TextChoices):
        MEMBER = "membre", _("Member")
        COANIMATION = "coanimation", _("Co-animation")
        ANIMATION = "animation", _("Animation")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("Person"),
    )
    space = models.ForeignKey(
        SubCommunity,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("Sub-community"),
    )
    role = models.CharField(_("Role"), max_length=12, choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(_("Here since"), default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    read_floor = models.DateTimeField(default=timezone.now)
    last_visit_at = models.DateTimeField(null=True, blank=True)
    unread_threads = models.PositiveIntegerField(default=0)
    counted_activity = models.BigIntegerField(default=-1)

    objects = querysets.MembershipQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["read_floor", "last_visit_at", "unread_threads", "counted_activity"],
        history_manager=KeptHistoryManager,
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "space"),
                condition=models.Q(ended_at=None),
                name="membership_one_current",
            ),
        )
        indexes = (
            models.Index(
                fields=("space", "user"),
                name="membership_current",
                condition=models.Q(ended_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.space_id}"


class Charter(models.Model):
    """One version of a space's charter, or of the code of conduct when `space` is null.

    `articles` is a list of {"title", "text"}. A version is never edited: the next one replaces it.
    """

    space = models.ForeignKey(
        SubCommunity, null=True, blank=True, on_delete=models.CASCADE, related_name="charters"
    )
    version = models.PositiveSmallIntegerField(_("Version"))
    articles = models.JSONField(default=list)
    published_at = models.DateTimeField(_("Published on"), default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("Published by"),
    )

    objects = querysets.CharterQuerySet.as_manager()

    class Meta:
        verbose_name = _("charter")
        verbose_name_plural = _("charters")
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=("space", "version"), name="charter_version"),
            models.UniqueConstraint(
                fields=("version",), condition=models.Q(space=None), name="conduct_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.space or _('Code of conduct')} v{self.version}"


class CharterAcceptance(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="charter_acceptances"
    )
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "charter"), name="charter_accepted_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} accepts {self.charter_id}"


class JoinRequest(models.Model):
    """A member asks to enter a space, or an animator invites her in (`INVITED`)."""

    class State(models.TextChoices):
        PENDING = "pending", _("To be decided")
        INVITED = "invited", _("Invited")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="join_requests",
        verbose_name=_("Person"),
    )
    space = models.ForeignKey(
        SubCommunity,
        on_delete=models.CASCADE,
        related_name="join_requests",
        verbose_name=_("Sub-community"),
    )
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    message = models.TextField(_("Why you would like to join"), blank=True, max_length=1000)
    answer = models.TextField(_("Answer"), blank=True, max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = querysets.JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to join a space")
        verbose_name_plural = _("requests to join a space")
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "space"),
                condition=models.Q(state__in=("pending", "invited")),
                name="join_request_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} → {self.space}"


class BreakGlassGrant(models.Model):
    """A dated right of an administrator to read a space, with its reason.

    The animators of the space are told.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="break_glass_grants",
        verbose_name=_("Person"),
    )
    space = models.ForeignKey(
        SubCommunity,
        on_delete=models.CASCADE,
        related_name="grants",
        verbose_name=_("Sub-community"),
    )
    reason = models.TextField(_("Reason"), max_length=1000)
    created_at = models.DateTimeField(_("Opened on"), auto_now_add=True)
    expires_at = models.DateTimeField(_("Until"))

    objects = querysets.BreakGlassGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("exceptional access")
        verbose_name_plural = _("exceptional accesses")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.user} → {self.space}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A grant is never changed: it expires.")
        super().save(*args, **kwargs)
