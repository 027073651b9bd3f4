"""What may be done to a thread and its posts: plain predicates over facts read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forums.models import Post, Thread

if TYPE_CHECKING:
    from accounts.models import User
    from community.models import SubCommunity
    from core.audience import Viewer


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do in one thread.

    reads       sees it at all
    belongs     is a current member of its space
    moderates   animates its space
    owns        opened it
    open        neither locked nor in an archived space
    """

    user_id: int | None
    reads: bool
    belongs: bool
    moderates: bool
    owns: bool
    open: bool

    @property
    def write(self) -> bool:
        """Has a place here: who only looks in (an exceptional access) does not speak."""
        return self.reads and (self.belongs or self.moderates)

    @property
    def reply(self) -> bool:
        return self.write and self.open

    @property
    def conclude(self) -> bool:
        """Retain an answer, resolve, reopen."""
        return self.reads and (self.owns or self.moderates)

    def summarise(self, user: User) -> bool:
        """Write or change the synthesis: members while the thread is open, and its animators."""
        return self.moderates or (self.reply and not user.is_guest)

    def edit(self, post: Post) -> bool:
        mine = self.user_id is not None and post.author_id == self.user_id
        return self.moderates or (mine and self.write and self.open)

    def see_versions(self, post: Post) -> bool:
        mine = self.user_id is not None and post.author_id == self.user_id
        return self.moderates or (mine and self.reads)


def rights_of(user: Viewer, thread: Thread) -> Rights:
    """The person's rights; no query when `thread` came from `with_rights(user)`."""
    known: Any = thread
    if not hasattr(thread, "viewer_reads"):
        known = Thread.objects.with_rights(user).filter(pk=thread.pk).only("pk").first()
    return Rights(
        user_id=user.pk,
        reads=bool(known and known.viewer_reads),
        belongs=bool(known and known.viewer_belongs),
        moderates=bool(known and known.viewer_moderates),
        owns=user.pk is not None and thread.owner_id == user.pk,
        open=not thread.locked and thread.space.archived_at is None,
    )


def can_reply(user: Viewer, thread: Thread) -> bool:
    return rights_of(user, thread).reply


def can_moderate(user: Viewer, thread: Thread) -> bool:
    return rights_of(user, thread).moderates


def may_start_in(user: User, space: SubCommunity) -> bool:
    """Members of the space, and those who animate it, start threads; guests only reply."""
    from community.models import Membership, SubCommunity

    if not user.is_current or user.is_guest or space.archived_at is not None:
        return False
    belongs = Membership.objects.filter(user_id=user.pk, space_id=space.pk, ended_at=None)
    return belongs.exists() or SubCommunity.objects.moderated_by(user).filter(pk=space.pk).exists()
