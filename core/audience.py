"""Who may read what: one set of columns, one condition in SQL, for every kind of content.

The rule itself needs to know memberships and grants, which live above: `community` registers
it here at start (`register_rule`). Everything that lists, counts, suggests, mails or serves
content starts from `Model.objects.readable_by(user)`, and the check of a single object is
derived from the same condition, so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    Viewer: TypeAlias = User | AnonymousUser


class Level(models.TextChoices):
    """How far a thing is shared. Codes are those of `visibilites` in the demo data.

    `membres` is ours: the community less its dated guests, for the members' directory.
    """

    PUBLIC = "public", _("Public")
    COMMUNITY = "communaute", _("The whole community")
    MEMBERS = "membres", _("Members, without guests")
    ORGANISATION = "organisme", _("My organisation only")
    SPACE = "sous-communaute", _("The sub-community only")
    ANIMATION = "animation", _("The animation team only")


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PENDING = "pending", _("Awaiting approval")
    PUBLISHED = "published", _("Published")
    HIDDEN = "hidden", _("Set aside by the animation team")
    REMOVED = "removed", _("Removed")


Rule = Callable[["Viewer", str], Q]
_rules: dict[str, Rule] = {}


def register_rule(*, readable: Rule, moderated: Rule) -> None:
    """Install the audience rule; `community` does it once, in its `ready()`."""
    _rules.update(readable=readable, moderated=moderated)


def audience_q(user: Viewer, prefix: str = "") -> Q:
    """The SQL condition under which `user` may read a row with the audience columns.

    `prefix` leads to the columns from another model (`"thread__"` from a post). Active account,
    guest end date, current membership and unexpired grant are tested inside the condition, so a
    user object loaded long ago gives nothing away.
    """
    return _rules["readable"](user, prefix)


def moderation_q(user: Viewer, prefix: str = "") -> Q:
    """The SQL condition under which `user` moderates a row with the audience columns."""
    return _rules["moderated"](user, prefix)


class AudienceQuerySet(models.QuerySet):
    """Queryset of a kind that has the audience columns, or reaches them by `audience_prefix`."""

    audience_prefix = ""

    def readable_by(self, user: Viewer) -> Self:
        """The rows that `user` may read now."""
        return self.filter(audience_q(user, self.audience_prefix))

    def moderated_by(self, user: Viewer) -> Self:
        """The rows, whatever their state, that `user` moderates now."""
        return self.filter(moderation_q(user, self.audience_prefix))

    def with_pk(self, pk: int) -> Any:
        """The row of this number, or None. `first()` would put the one row in order, and a wide
        query takes longer to be given an order than to be answered."""
        return next(iter(self.filter(pk=pk).order_by()), None)


class CanBeRead(models.Model):
    """The single-object checks, derived from the querysets."""

    class Meta:
        abstract = True

    def can_be_read_by(self, user: Viewer) -> bool:
        manager: Any = type(self)._default_manager
        return manager.filter(pk=self.pk).readable_by(user).exists()

    def can_be_moderated_by(self, user: Viewer) -> bool:
        manager: Any = type(self)._default_manager
        return manager.filter(pk=self.pk).moderated_by(user).exists()


class Audienced(CanBeRead):
    """The audience columns."""

    level = models.CharField(max_length=16, choices=Level)
    space = models.ForeignKey(
        "community.SubCommunity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
    )
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PUBLISHED)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_space_level",
                condition=~Q(level="sous-communaute") | Q(space__isnull=False),
            ),
        )
