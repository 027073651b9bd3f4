"""Messages that go to another thread, and threads that become one.

What a position is does not change (docs/decisions/0013): the messages take the next positions of
where they go, and those that they leave are kept as `FormerPlace`. Everything that hangs on a
message by its number (files, thanks, versions, replies to it) follows by itself; what hangs on a
thread is carried here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from community.models import SubCommunity
from core import links, log
from core.audience import Level, State
from core.errors import NotAllowed
from core.events import emit, hook, run_hooks
from forums.errors import (
    NotAnAnswer,
    OpeningHidden,
    OpeningStays,
    SameThread,
    SpaceClosed,
    TwoAnswers,
    TwoPolls,
    TwoSyntheses,
    UnnamedStay,
)
from forums.models import (
    Ask,
    FormerPlace,
    Poll,
    Post,
    ReadPosition,
    ScheduledPost,
    Synthesis,
    SynthesisVersion,
    Thread,
)
from forums.services.common import (
    KEPT,
    Missing,
    bump,
    checked_kind,
    checked_title,
    locked,
    recount,
    require,
)
from forums.services.drafts import carry_drafts
from forums.services.reading import read_along
from forums.titles import proposed_title
from notifications.services import follow_along, stop

if TYPE_CHECKING:
    from accounts.models import User

# Rows written by one statement.
BATCH = 500
CARRIED = (*KEPT, "resolved_at")


def receiving(thread: Thread, *, by: User) -> QuerySet[Thread]:
    """The threads that could take messages of `thread` from `by`, those that moved last first."""
    spaces = SubCommunity.objects.open().moderated_by(by)
    rows = Thread.objects.moderated_by(by).filter(state=State.PUBLISHED, space__in=spaces)
    return rows.exclude(pk=thread.pk).select_related("space").recent_first()


@transaction.atomic
def move_posts(
    post: Post,
    target: Thread,
    *,
    by: User,
    onward: bool = False,
    retained: Post | None = None,
    reason: str = "",
) -> Post:
    """Take `post`, or everything from it on (`onward`), to the end of another thread.

    `by` moderates both. Who does not read the other thread is told nothing. Unnamed messages only
    go where they are protected. When both threads have a retained answer, `retained` says which
    one is kept. Raises `Missing`, `NotAllowed`, `SameThread`, `OpeningStays`, `UnnamedStay`,
    `SpaceClosed`, `TwoAnswers`, `NotAnAnswer`.
    """
    origin, target = _both(Thread(pk=post.thread_id), target, by)
    moved = _chosen(post, origin, onward=onward)
    _require_room(origin, target.space, moved)
    _settle_answer(origin, target, moved, retained)
    authors = {one.author_id for one in moved if one.author_id is not None}
    _carry(origin, target, moved, reason=reason, by=by, verb="thread.posts_in")
    follow_along("thread", origin.pk, target.pk, people=authors)
    post.refresh_from_db()
    return post


@transaction.atomic
def split(
    post: Post,
    *,
    by: User,
    onward: bool = False,
    space: SubCommunity | None = None,
    title: str = "",
    kind: str = "question",
    reason: str = "",
) -> Thread:
    """A new thread that begins with `post`, and goes on with what followed when `onward`; in the
    same space, or in another one that `by` moderates too.

    Without a title, one is made of the first sentence. Its author is who wrote `post`. Raises
    what `move_posts` does, and `OpeningHidden`, `TitleTooLong`, `UnknownKind`.
    """
    title, kind = checked_title(title), checked_kind(kind)
    origin, rights = locked(Thread(pk=post.thread_id), by)
    require(rights.moderates)
    _require_shown(origin)
    moved = _chosen(post, origin, onward=onward)
    first = moved[0]
    if first.state != State.PUBLISHED:
        raise OpeningHidden
    place = _moderated(space or origin.space, by)
    _require_room(origin, place, moved)
    author = first.author
    made = Thread.objects.create(
        level=Level.SPACE,
        space=place,
        owner=author,
        organisation_id=author.organisation_id if author is not None else None,
        title=title or proposed_title(first.text),
        kind=kind,
        unnamed=first.unnamed,
        outsider=first.outsider,
        created_at=first.created_at,
    )
    if origin.answer_id == first.pk:
        # What opens a thread is not its answer.
        origin.answer = None
    _settle_answer(origin, made, moved, None)
    _carry(origin, made, moved, reason=reason, by=by, verb="thread.split")
    follow_along("thread", origin.pk, made.pk)
    return made


@transaction.atomic
def merge(
    thread: Thread,
    target: Thread,
    *,
    by: User,
    retained: Post | None = None,
    reason: str = "",
) -> Thread:
    """All messages of `thread` go to the end of `target`, and its address leads there.

    Its poll, its synthesis, its followers, its ties, what is asked, written or scheduled for it and
    the reports follow. Raises what `move_posts` does, and `TwoPolls`, `TwoSyntheses`.
    """
    origin, target = _both(thread, target, by)
    moved = list(_of(origin))
    _require_room(origin, target.space, moved)
    _require_one_of_each(origin, target)
    _settle_answer(origin, target, moved, retained)
    origin.merged_into, origin.state, origin.pinned = target, State.REMOVED, False
    origin.reply_count = origin.newest_position = 0
    origin.save(update_fields=("merged_into", "state", "pinned"))
    # What had been merged into it leads straight there.
    Thread.objects.filter(merged_into=origin).update(merged_into=target)
    _carry(origin, target, moved, reason=reason, by=by, verb="thread.merged")
    _carry_what_stands_around(origin, target)
    follow_along("thread", origin.pk, target.pk)
    links.move("thread", origin.pk, target.pk)
    run_hooks("thread.merged", thread=origin, opening=moved[0].pk)
    run_hooks("audience.changed", kind="thread", ids=[origin.pk])
    return target


@hook("subscription.stopped")
def stop_merged(*, kind: str, object_id: int, by: User) -> None:
    """The link of a mail about a thread that was merged since stops the mails of the other."""
    if kind == "thread":
        row = Thread.objects.filter(pk=object_id).values_list("merged_into", flat=True).first()
        if row is not None:
            stop("thread", row, by=by)


# ------------------------------------------------------------------------- what must be true


def _both(origin: Thread, target: Thread, by: User) -> tuple[Thread, Thread]:
    """Both threads, locked in the order of their numbers: of two moves at once, one waits."""
    if origin.pk == target.pk:
        raise SameThread
    found = {}
    for pk in sorted((origin.pk, target.pk)):
        found[pk], rights = locked(Thread(pk=pk), by)
        require(rights.moderates)
        _require_shown(found[pk])
    return found[origin.pk], found[target.pk]


def _require_shown(thread: Thread) -> None:
    """Messages of a thread that is set aside would come out of it, or go into it, unseen."""
    if thread.state != State.PUBLISHED:
        raise Missing


def _moderated(space: SubCommunity, by: User) -> SubCommunity:
    found = SubCommunity.objects.moderated_by(by).filter(pk=space.pk).first()
    if found is None:
        raise NotAllowed
    return found


def _of(thread: Thread) -> QuerySet[Post]:
    return Post.objects.filter(thread_id=thread.pk).select_related("author").order_by("position")


def _chosen(post: Post, origin: Thread, *, onward: bool) -> list[Post]:
    """The message, or it and those after it, as they are now."""
    first = _of(origin).filter(pk=post.pk).first()
    if first is None:
        raise Missing
    if first.is_opening:
        raise OpeningStays
    return list(_of(origin).filter(position__gte=first.position)) if onward else [first]


def _require_room(origin: Thread, space: SubCommunity, moved: Sequence[Post]) -> None:
    if space.archived_at is not None:
        raise SpaceClosed
    if space.pk != origin.space_id and not space.unnamed_posts and any(p.unnamed for p in moved):
        raise UnnamedStay


def _require_one_of_each(origin: Thread, target: Thread) -> None:
    for model, refusal in ((Poll, TwoPolls), (Synthesis, TwoSyntheses)):
        if model.objects.filter(thread__in=(origin, target)).count() > 1:
            raise refusal


def _settle_answer(
    origin: Thread, target: Thread, moved: Sequence[Post], retained: Post | None
) -> None:
    """A retained answer stays one where it goes, unless another is kept."""
    coming = next((post for post in moved if post.pk == origin.answer_id), None)
    if coming is None:
        return
    kept = coming.pk
    if target.answer_id is not None:
        if retained is None:
            raise TwoAnswers
        kept = retained.pk
        if kept not in (coming.pk, target.answer_id):
            raise NotAnAnswer
    origin.answer = None
    target.answer_id = kept
    target.resolved_at = target.resolved_at or timezone.now()


# ------------------------------------------------------------------------- what is carried


def _carry(
    origin: Thread, target: Thread, moved: Sequence[Post], *, reason: str, by: User, verb: str
) -> None:
    """Give `moved` the next positions of `target`, in their order, with all that follows them."""
    left = [post.position for post in moved]
    first, newest = target.last_position + 1, target.newest_position
    last_at = target.last_post_at if newest else None
    _renumber(origin, target, moved, first)
    target.last_position += len(moved)
    for thread in (origin, target):
        recount(thread)
        thread.save(update_fields=CARRIED)
    marks = ReadPosition.objects.filter(thread=origin, position__gte=left[0])
    read = {user: bisect_right(left, at) for user, at in marks.values_list("user_id", "position")}
    read_along(target, moved, newest=newest, last_at=last_at, read=read)
    carry_drafts(origin, target, {post.pk for post in moved})
    # A line in the journal of each thread: the animators of both find it in theirs.
    log.record(verb, target, by=by, reason=reason, origin=origin.pk, posts=len(moved))
    log.record("thread.posts_out", origin, by=by, reason=reason, target=target.pk, posts=len(moved))
    emit(
        "posts.moved",
        origin=origin.pk,
        thread=target.pk,
        first=first,
        last=target.last_position,
    )
    run_hooks("audience.changed", kind="post", ids=[post.pk for post in moved])
    run_hooks("thread.moved", thread=target)
    bump(origin.space_id, target.space_id)


def _carry_what_stands_around(origin: Thread, target: Thread) -> None:
    """What a thread that is merged had besides its messages. The versions of its synthesis come
    after those that the other one had before it was withdrawn."""
    Poll.objects.filter(thread=origin).update(thread=target)
    last = target.synthesis_versions.aggregate(last=Max("number"))["last"] or 0
    for model in (Synthesis, SynthesisVersion):
        mine = model.objects.filter(thread=origin)
        mine.update(thread=target, number=F("number") + last)
    asked = Ask.objects.filter(kind="thread", object_id=target.pk)
    others = Ask.objects.filter(kind="thread", object_id=origin.pk)
    others.exclude(person__in=list(asked.values_list("person", flat=True))).update(
        object_id=target.pk
    )
    # Each is looked at again when its hour comes: who may no longer write there has it back.
    ScheduledPost.objects.filter(thread=origin).update(thread=target)


def _renumber(origin: Thread, target: Thread, moved: Sequence[Post], first: int) -> None:
    FormerPlace.objects.bulk_create(
        (FormerPlace(thread=origin, position=post.position, post=post) for post in moved),
        batch_size=BATCH,
    )
    for position, post in enumerate(moved, first):
        post.thread, post.position = target, position
    Post.objects.bulk_update(moved, ("thread", "position"), batch_size=BATCH)
