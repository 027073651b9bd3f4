"""What may be seen of threads and posts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.utils import timezone

from core.audience import AudienceQuerySet, State, audience_q, moderation_q

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer
    from forums.models import Thread

UNREAD_DAYS = 60
# An announcement awaits no answer.
AWAITS_NOTHING = ("annonce",)


def _memberships(user: Viewer) -> models.QuerySet:
    from community.models import Membership

    return Membership.objects.filter(
        user_id=user.pk or 0, ended_at=None, space_id=OuterRef("space_id")
    )


def unread_q(user: User) -> Q:
    """The SQL condition under which a thread has a post that `user` has not seen.

    Only in her own spaces; nothing older than the later of joining, "mark all read" and 60 days.
    """
    from forums.models import ReadPosition

    mine = _memberships(user).filter(read_floor__lt=OuterRef("last_post_at"))
    seen = ReadPosition.objects.filter(
        user_id=user.pk, thread_id=OuterRef("pk"), position__gte=OuterRef("newest_position")
    )
    return Q(
        Exists(mine),
        ~Exists(seen),
        state=State.PUBLISHED,
        last_post_at__gt=timezone.now() - timedelta(days=UNREAD_DAYS),
    )


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


class ThreadQuerySet(AudienceQuerySet):
    def unanswered(self) -> Self:
        return self.filter(reply_count=0, resolved_at=None).exclude(kind__in=AWAITS_NOTHING)

    def resolved(self) -> Self:
        return self.filter(resolved_at__isnull=False)

    def unread_by(self, user: User) -> Self:
        """Threads of the person's spaces with a post that she has not seen; see `unread_q`."""
        return self.filter(unread_q(user))

    def with_unread(self, user: User) -> Self:
        """Adds `is_unread` to each row."""
        return self.annotate(is_unread=_flag(unread_q(user)))

    def with_rights(self, user: Viewer, *, readable: bool = False) -> Self:
        """Adds what `forums.permissions` needs to know, in the same query. `readable` says that
        these rows come from `readable_by(user)`: there is nothing to ask twice."""
        reads = Value(True, BooleanField()) if readable else _flag(audience_q(user))
        return self.annotate(
            viewer_reads=reads,
            viewer_moderates=_flag(moderation_q(user)),
            viewer_belongs=Exists(_memberships(user)),
        )

    def with_reading(self, user: User) -> Self:
        """Adds how far the person has read, the day of her last counted visit, her word on the
        thread (`attention`, `own_mail`), and whether she has a draft in it."""
        from forums.models import Draft, ReadPosition
        from notifications.models import Subscription

        mine = ReadPosition.objects.filter(user_id=user.pk, thread_id=OuterRef("pk"))
        said = Subscription.objects.to("thread", OuterRef("pk")).filter(user_id=user.pk)
        return self.with_attention(user).annotate(
            read_to=Subquery(mine.values("position")[:1]),
            viewed_on=Subquery(mine.values("viewed_on")[:1]),
            own_mail=Subquery(said.values("mail")[:1]),
            drafted=Exists(Draft.objects.filter(user_id=user.pk, thread_id=OuterRef("pk"))),
        )

    def with_attention(self, user: User) -> Self:
        """Adds what the person's words make of the thread: `attention`, `told_by`."""
        from notifications.attention import with_attention

        return with_attention(  # type: ignore[return-value]
            self,
            "thread",
            user=user.pk,
            object_id=OuterRef("pk"),
            space_id=OuterRef("space_id"),
        )

    def heirs_of(self, pk: int) -> Self:
        """The thread that took the messages of the one of this number, whatever the number."""
        from forums.models import Thread

        return self.filter(merged__in=Thread.objects.filter(pk=pk))

    def followed_by(self, user: User) -> Self:
        """Threads of which the person is told, by her word on them or on their space."""
        from notifications.models import Attention

        return self.with_attention(user).filter(attention=Attention.FOLLOW)

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


class FormerPlaceQuerySet(models.QuerySet):
    def of_number(self, pk: int) -> Self:
        """Those of the thread of this number, whatever the number."""
        from forums.models import Thread

        return self.filter(thread__in=Thread.objects.filter(pk=pk))

    def between(self, first: int, last: int) -> Self:
        return self.filter(position__gte=first, position__lte=last).order_by("position")

    def shown_to(self, user: Viewer) -> Self:
        """Adds `shown`: whether she reads the message where it is now; with what leads there."""
        from forums.models import Post

        read = Post.objects.readable_by(user).filter(pk=OuterRef("post_id"))
        return self.annotate(shown=Exists(read)).select_related("post__thread__space")


class PollQuerySet(AudienceQuerySet):
    audience_prefix = "thread__"


class SynthesisQuerySet(AudienceQuerySet):
    audience_prefix = "thread__"


class BookmarkQuerySet(AudienceQuerySet):
    audience_prefix = "post__thread__"

    def of(self, user: User) -> Self:
        """Hers, of what she still reads."""
        return self.readable_by(user).filter(user_id=user.pk, post__state=State.PUBLISHED)


class ScheduledPostQuerySet(models.QuerySet):
    def of(self, user: User) -> Self:
        """Its author's alone, the next to be published first."""
        return self.filter(user_id=user.pk).order_by("publish_at", "pk")


class DraftQuerySet(models.QuerySet):
    def of(self, user: User) -> Self:
        """A draft is its author's alone, in a place that she still reads."""
        from forums.models import Thread

        here = Thread.objects.readable_by(user).filter(pk=OuterRef("thread_id"))
        return self.filter(Q(thread=None) | Q(Exists(here)), user_id=user.pk).order_by(
            F("updated_at").desc()
        )

    def at(self, thread: Thread | None) -> Self:
        """What was to be posted there: a reply, or a new thread; not the change of a message, nor
        a synthesis."""
        return self.filter(thread=thread).to_be_posted()

    def to_be_posted(self) -> Self:
        return self.exclude(details__has_any_keys=("edits", "synthesis"))
