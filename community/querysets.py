"""What may be seen of spaces, and who is in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.querysets import active_q

if TYPE_CHECKING:
    from core.audience import Viewer


class SubCommunityQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Spaces that are not archived."""
        return self.filter(archived_at=None)

    def listed_to(self, user: Viewer) -> Self:
        """The spaces that `user` knows of: listed ones, her own, and those she is invited to."""
        from community import audience

        return self.filter(audience.listed_spaces_q(user))

    def readable_by(self, user: Viewer) -> Self:
        """The spaces whose content `user` may read now."""
        from community import audience

        return self.filter(audience.readable_spaces_q(user))

    def moderated_by(self, user: Viewer) -> Self:
        """The spaces that `user` moderates now."""
        from community import audience

        return self.filter(audience.moderated_spaces_q(user))

    def with_access(self, user: Viewer) -> Self:
        """Adds `readable`, `mine` (a current stay) and `visited_at` (the last visit of it)."""
        from community.models import Membership, SubCommunity

        stay = Membership.objects.current().filter(space=OuterRef("pk"), user_id=user.pk or 0)
        return self.annotate(
            readable=Exists(SubCommunity.objects.readable_by(user).filter(pk=OuterRef("pk"))),
            mine=Exists(stay),
            visited_at=Subquery(stay.values("last_visit_at")[:1]),
        )

    def with_moderated(self, user: Viewer) -> Self:
        """Adds `moderated`: whether `user` moderates the space."""
        from community import audience

        rule = ExpressionWrapper(audience.moderated_spaces_q(user), BooleanField())
        return self.annotate(moderated=rule)

    def with_members(self) -> Self:
        """Adds `member_count`: the people whose stay and account are current."""
        from community.models import Membership

        stays = Membership.objects.current().of_active().filter(space=OuterRef("pk"))
        counted = stays.order_by().values("space").annotate(n=Count("pk")).values("n")
        return self.annotate(member_count=Coalesce(Subquery(counted), 0))


class MembershipQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def of(self, user: Viewer) -> Self:
        """Her own current stays."""
        return self.filter(user_id=user.pk or 0, ended_at=None)

    def readable_by(self, user: Viewer) -> Self:
        """The stays, past ones too, in the spaces that `user` reads."""
        from community import audience

        return self.filter(audience.readable_spaces_q(user, "space__"))

    def of_active(self) -> Self:
        """Stays of people whose account may act now."""
        return self.filter(active_q("user__"))

    def with_people(self) -> Self:
        """Stays of active people, with them and their organisation."""
        return self.of_active().select_related("user__organisation")

    def moderated_by(self, user: Viewer) -> Self:
        from community import audience

        return self.filter(audience.moderated_spaces_q(user, "space__"))


class CharterQuerySet(models.QuerySet):
    def moderated_by(self, user: Viewer) -> Self:
        """Charters of the spaces `user` moderates; the code of conduct is the federation's."""
        from community import audience

        of_spaces = Q(space__isnull=False) & audience.moderated_spaces_q(user, "space__")
        if user.is_authenticated and user.is_animator and user.is_current:
            return self.filter(of_spaces | Q(space=None))
        return self.filter(of_spaces)


class JoinRequestQuerySet(models.QuerySet):
    def pending(self) -> Self:
        return self.filter(state="pending")

    def of(self, user: Viewer) -> Self:
        """Her own requests and invitations."""
        return self.filter(user_id=user.pk or 0)

    def open(self) -> Self:
        """Requests to be decided, and invitations that wait for an answer."""
        return self.filter(state__in=("pending", "invited"))

    def to_follow(self, since: datetime) -> Self:
        """What the person waits for, and what was decided since then."""
        return self.filter(
            Q(state__in=("pending", "invited"))
            | Q(state__in=("accepted", "refused"), decided_at__gte=since)
        )

    def moderated_by(self, user: Viewer) -> Self:
        from community import audience

        return self.filter(audience.moderated_spaces_q(user, "space__"))


class BreakGlassGrantQuerySet(models.QuerySet):
    def current(self, now: datetime | None = None) -> Self:
        """Grants that still open something: not past their hour, of somebody who is still an
        administrator."""
        return self.filter(expires_at__gt=now or timezone.now(), user__is_superuser=True)

    def moderated_by(self, user: Viewer) -> Self:
        """A space's animators see who was let in; an administrator sees her own."""
        from community import audience

        mine = Q(user_id=user.pk) if user.is_authenticated else Q(pk__in=())
        return self.filter(audience.moderated_spaces_q(user, "space__") | mine)


class ReactionQuerySet(models.QuerySet):
    def on(self, kind: str, ids: list[int]) -> Self:
        return self.filter(kind=kind, object_id__in=ids)
