"""What may be seen of people and organisations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.audience import AudienceQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer


def active_q(prefix: str = "", now: datetime | None = None) -> Q:
    """An account that may act now: active, and not a guest past her date."""
    until = f"{prefix}access_until"
    return Q(**{f"{prefix}is_active": True}) & (
        Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gt": now or timezone.now()})
    )


class OrganisationQuerySet(AudienceQuerySet):
    def members(self) -> Self:
        """Member organisations, without the federation and its partners."""
        return self.filter(category="membre")


class ProfileQuerySet(AudienceQuerySet):
    def of(self, user: User) -> Self:
        """One's own."""
        return self.filter(owner=user)

    def current(self) -> Self:
        """Profiles of people whose account is active now."""
        return self.filter(active_q("owner__"))


class SkillQuerySet(AudienceQuerySet):
    audience_prefix = "profile__"

    def of(self, profile: Any, direction: str) -> Self:
        """The keywords of one profile (or of the outer query's) in one direction. Who may see
        them is the business of who asks: `fields.visible_q`."""
        return self.filter(profile=profile, direction=direction)


class MembershipRequestQuerySet(models.QuerySet):
    def moderated_by(self, user: Viewer) -> Self:
        """Requests are decided by the federation's animators, and by them alone."""
        if user.is_authenticated and user.is_animator and user.is_current:
            return self.exclude(state="draft")
        return self.none()

    def open(self) -> Self:
        return self.filter(state__in=("submitted", "more"))

    def in_order_of_work(self) -> Self:
        """What waits for us, then for the applicant, then what is decided; the oldest first.

        Each row gets `rank`, and `known_neq`: an organisation has this NEQ already.
        """
        rank = models.Case(
            models.When(state="submitted", then=models.Value(0)),
            models.When(state="more", then=models.Value(1)),
            default=models.Value(2),
        )
        organisation: Any = self.model._meta.get_field("organisation").related_model
        known = organisation._default_manager.filter(neq=models.OuterRef("neq")).exclude(neq="")
        rows = self.annotate(rank=rank, known_neq=models.Exists(known))
        return rows.order_by("rank", "submitted_at", "pk")


class InvitationQuerySet(models.QuerySet):
    def moderated_by(self, user: Viewer) -> Self:
        if user.is_authenticated and user.is_animator and user.is_current:
            return self
        return self.none()

    def made_for(self, organisation_id: int | None) -> Self:
        return self.filter(organisation_id=organisation_id) if organisation_id else self.none()
