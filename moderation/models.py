"""Reports to the animation team, and what the console remembers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import content
from moderation import querysets


class Report(models.Model):
    """A person asks the animation team to look at something.

    `snapshot` is what it said then, kept whatever becomes of it. `space` is the object's at that
    moment and follows a move, so that the report goes to those who moderate it. `author` is who
    wrote it, unnamed or not: kept so that she never meets the report, and shown nowhere.
    """

    class Reason(models.TextChoices):
        IDENTIFIES = "identifie", _("Could identify a young person")
        CONFIDENTIAL = "confidentiel", _("Breaks confidentiality")
        HURTFUL = "blessant", _("Is hurtful")
        DANGER = "danger", _("Somebody may be in danger")
        ADVERTISING = "vente", _("Sells something")
        OTHER = "autre", _("Something else")

    class Outcome(models.TextChoices):
        KEPT = "garde", _("Left as it is")
        HIDDEN = "retire", _("Set aside")
        LOCKED = "verrouille", _("Thread locked")
        MOVED = "deplace", _("Moved")

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    space = models.ForeignKey(
        "community.SubCommunity", null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.CharField(_("Reason"), max_length=12, choices=Reason)
    details = models.TextField(_("Details"), blank=True, max_length=2000)
    snapshot = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("Received on"), auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    answer = models.TextField(_("Answer to the person who reported"), blank=True, max_length=2000)

    objects = querysets.ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "object_id", "reporter"),
                condition=models.Q(closed_at=None),
                name="report_one_open_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"

    @property
    def headline(self) -> str:
        """The reason and the kind of content, in a line that quotes nothing."""
        other = self.reason == self.Reason.OTHER
        return _("%(reason)s: %(kind)s") % {
            "reason": _("Another reason") if other else self.get_reason_display(),
            "kind": str(content.get(self.kind).label).lower(),
        }

    @property
    def topic(self) -> list[str]:
        """The title of what is reported, where titles may be shown beside their place."""
        title = self.snapshot.get("title") or self.snapshot.get("name")
        quiet = self.space is not None and self.space.confidential
        return [] if quiet or not title else [title]


class Greeting(models.Model):
    """A newcomer was greeted by an animator, so that nobody greets her twice or never."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="greeting"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    message = models.TextField(max_length=2000)

    def __str__(self) -> str:
        return f"{self.user_id} greeted"


class Postponement(models.Model):
    """What an animator put off until Monday: out of her own list until then, of nobody else's.

    `keys` are those of the tasks that waited when she did (`console.Task.key`), so that what comes
    in the meantime is listed.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="postponement"
    )
    keys = models.JSONField(default=list)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} until {self.until:%Y-%m-%d}"
