"""How far each person has read: marks that only grow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from community.models import Membership, SubCommunity
from core.audience import State
from forums.models import Post, ReadPosition, Thread
from forums.querysets import UNREAD_DAYS

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def mark_read(thread: Thread, position: int, *, by: User) -> None:
    """`by` saw the messages up to `position`, never more than there are."""
    position = min(position, thread.last_position)
    mine = ReadPosition.objects.filter(user_id=by.pk, thread_id=thread.pk)
    if mine.filter(position__lt=position).update(position=position):
        _stale(thread, by)
        return
    if not mine.exists():
        row = ReadPosition(user=by, thread_id=thread.pk, position=position)
        # Two pages opened at once: the second finds the row and moves it, or leaves it.
        ReadPosition.objects.bulk_create([row], ignore_conflicts=True)
        mine.filter(position__lt=position).update(position=position)
        _stale(thread, by)


def visit(thread: Thread, position: int, *, by: User) -> None:
    """A page of `thread` was shown to `by`: her position moves, her visit counts once a day.

    `thread` comes from `with_reading(by)`: what it knows spares the queries that change nothing.
    """
    today = timezone.localdate()
    known: Any = thread
    read_to, counted = known.read_to, known.viewed_on == today
    position = min(position, thread.last_position)
    if counted and read_to >= position:
        return
    with transaction.atomic():
        _note_visit(thread, position, today, by, read_to=read_to, counted=counted)


def _note_visit(
    thread: Thread, position: int, today: date, by: User, *, read_to: int | None, counted: bool
) -> None:
    if read_to is None:
        fresh = _begin(thread, position, today, by)
    else:
        fresh = _go_on(thread, position, today, by, counted=counted)
    if fresh:
        Thread.objects.filter(pk=thread.pk).update(view_count=F("view_count") + 1)
    if (read_to or 0) < thread.newest_position:
        _stale(thread, by)


def _begin(thread: Thread, position: int, today: date, by: User) -> bool:
    """Her first visit. False when another window of hers was quicker."""
    try:
        with transaction.atomic():
            ReadPosition.objects.create(
                user=by, thread_id=thread.pk, position=position, viewed_on=today
            )
    except IntegrityError:
        return False
    return True


def _go_on(thread: Thread, position: int, today: date, by: User, *, counted: bool) -> bool:
    """A later visit. True for the first one of the day."""
    mine = ReadPosition.objects.filter(user_id=by.pk, thread_id=thread.pk)
    further = Greatest("position", Value(position))
    if counted:
        mine.filter(position__lt=position).update(position=further)
        return False
    uncounted = Q(viewed_on=None) | Q(viewed_on__lt=today)
    return bool(mine.filter(uncounted).update(position=further, viewed_on=today))


def first_unread(thread: Thread, *, by: User) -> int:
    """The position of the first message that `by` has not seen and that is recent enough to be
    called unread; the last one that is shown when there is none. `thread` comes from
    `with_reading(by)`."""
    known: Any = thread
    stay = Membership.objects.filter(user_id=by.pk, space_id=thread.space_id, ended_at=None)
    floors = [timezone.now() - timedelta(days=UNREAD_DAYS)]
    floors += stay.values_list("read_floor", flat=True)
    posts = Post.objects.filter(thread_id=thread.pk, state=State.PUBLISHED)
    fresh = posts.filter(position__gt=known.read_to or 0, created_at__gt=max(floors))
    found = fresh.order_by("position").values_list("position", flat=True).first()
    return found or thread.newest_position or 1


def read_along(
    thread: Thread,
    arrived: Sequence[Post],
    *,
    newest: int,
    last_at: datetime | None,
    read: Mapping[int, int],
) -> None:
    """Messages that came to the end of `thread` are no news to who has nothing else to read there.

    `arrived` are those messages, in place; `newest` and `last_at` are what the thread had before
    (0 and None: nothing). `read` says of each person how many of the first of them she had read
    where they were. After what she had read there, what is older than her floor is no news either.
    """
    caught_up = ReadPosition.objects.filter(thread=thread, position__gte=newest)
    here = set(caught_up.values_list("user_id", flat=True))
    floors = _floors(thread, {*here, *read})
    rows = []
    for user, floor in floors.items():
        nothing_else = user in here or last_at is None or last_at <= floor
        count = read.get(user, 0)
        while newest and count < len(arrived) and arrived[count].created_at <= floor:
            count += 1
        if nothing_else and count:
            position = arrived[count - 1].position
            rows.append(ReadPosition(user_id=user, thread=thread, position=position))
    ReadPosition.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=("user", "thread"),
        update_fields=("position", "updated_at"),
    )


def _floors(thread: Thread, people: Collection[int]) -> dict[int, datetime]:
    """The moment before which nothing of this thread's space is unread to each of them."""
    oldest = timezone.now() - timedelta(days=UNREAD_DAYS)
    floors = dict.fromkeys(people, oldest)
    stays = Membership.objects.filter(space_id=thread.space_id, ended_at=None)
    for user, floor in stays.values_list("user_id", "read_floor"):
        if user in floors:
            floors[user] = max(oldest, floor)
    return floors


def _stale(thread: Thread, by: User) -> None:
    """Her kept counter for that space is to be counted again."""
    Membership.objects.filter(user_id=by.pk, space_id=thread.space_id, ended_at=None).update(
        counted_activity=-1
    )


@transaction.atomic
def mark_all_read(space: SubCommunity | None, *, by: User) -> None:
    """Nothing written until now is unread any more, in one space or in all of hers."""
    mine = Membership.objects.filter(user_id=by.pk, ended_at=None)
    if space is not None:
        mine = mine.filter(space_id=space.pk)
    mine.update(read_floor=timezone.now(), unread_threads=0, counted_activity=-1)
