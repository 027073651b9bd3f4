"""What may be seen of threads and posts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from core.audience import AudienceQuerySet, State

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer

UNREAD_DAYS = 60


class ThreadQuerySet(AudienceQuerySet):
    def unanswered(self) -> Self:
        return self.filter(reply_count=0, resolved_at=None)

    def resolved(self) -> Self:
        return self.filter(resolved_at__isnull=False)

    def unread_by(self, user: User) -> Self:
        """Threads of the person's spaces with a post that she has not seen.

        Nothing older than the later of joining, "mark all read" and 60 days is unread.
        """
        from community.models import Membership
        from forums.models import ReadPosition

        mine = Membership.objects.filter(
            user_id=user.pk,
            ended_at=None,
            space_id=OuterRef("space_id"),
            read_floor__lt=OuterRef("last_post_at"),
        )
        seen = ReadPosition.objects.filter(
            user_id=user.pk, thread_id=OuterRef("pk"), position__gte=OuterRef("last_position")
        )
        return self.filter(
            Exists(mine),
            ~Exists(seen),
            state=State.PUBLISHED,
            last_post_at__gt=timezone.now() - timedelta(days=UNREAD_DAYS),
        )

    def recent_first(self) -> Self:
        return self.order_by("-last_post_at", "-id")


class PostQuerySet(AudienceQuerySet):
    audience_prefix = "thread__"

    def readable_by(self, user: Viewer) -> Self:
        """Posts that are not set aside, in threads that `user` may read."""
        return super().readable_by(user).filter(state=State.PUBLISHED)

    def between(self, first: int, last: int) -> Self:
        """Positions `first` to `last`, both included, in order."""
        return self.filter(position__gte=first, position__lte=last).order_by("position")


class DraftQuerySet(models.QuerySet):
    def of(self, user: User) -> Self:
        """A draft is its author's alone, in a place that she still reads."""
        from forums.models import Thread

        here = Thread.objects.readable_by(user).filter(pk=OuterRef("thread_id"))
        return self.filter(Q(thread=None) | Q(Exists(here)), user_id=user.pk).order_by(
            F("updated_at").desc()
        )
