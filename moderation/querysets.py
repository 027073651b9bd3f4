from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer


class ReportQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of(self, user: User) -> Self:
        """The reports that she made herself."""
        return self.filter(reporter=user)

    def moderated_by(self, user: Viewer) -> Self:
        """Reports in the spaces that `user` moderates; those without a space are the
        federation's. Never one about her own words: she neither deals with it nor learns who
        made it."""
        from community.models import SubCommunity

        if not user.is_authenticated:
            return self.none()
        mine = Q(space__in=SubCommunity.objects.moderated_by(user))
        if user.is_animator and user.is_current:
            mine |= Q(space=None)
        return self.filter(mine).exclude(author=user)
