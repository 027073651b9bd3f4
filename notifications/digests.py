"""The digests: who is due, and the register of what the rooms put in them.

The clock writes one row a person in the mail queue, with the moments between which things are new;
what is in it is looked up when it leaves. A room registers its part:

    @section("threads", position=10)
    def threads(person: User, span: Span) -> Part | None: ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import User
from accounts.querysets import active_q
from core.formats import WORDS_A_MINUTE
from core.mail import queue_many
from core.schedule import every
from notifications.models import Digest

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.models import OutgoingMail

BATCH = 500
ABSENT = timedelta(days=180)


@dataclass(frozen=True)
class Span:
    """What one digest tells of: between these moments and `until`. `daily` or `weekly` is None
    when nothing of that rhythm leaves in it; `data` is what the section prepared for her."""

    daily: datetime | None
    weekly: datetime | None
    until: datetime
    data: Any = None


@dataclass(frozen=True)
class Entry:
    """One thing to read. `said` are pairs of who and what; `words` is what it costs to read; what
    is `first` goes before the rest: a question without an answer."""

    title: str
    url: str
    note: str
    words: int
    first: bool = False
    said: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Part:
    """What one room has for a digest. `quiet` says that there is more in spaces whose mails say
    nothing; `left`, how many things the room itself left out."""

    title: str | Promise
    entries: Sequence[Entry] = ()
    quiet: bool = False
    left: int = 0


@dataclass(frozen=True)
class Composed:
    """What fits in the time of a person: parts with entries, and how many things do not fit."""

    parts: list[Part]
    quiet: bool
    left: int


Draw = Callable[[User, Span], Part | None]
Prepare = Callable[[Sequence[int], datetime], Mapping[int, Any]]


@dataclass(frozen=True)
class Registered:
    name: str
    position: int
    draw: Draw
    prepare: Prepare | None


_sections: dict[str, Registered] = {}


def section(name: str, *, position: int, prepare: Prepare | None = None) -> Callable[[Draw], Draw]:
    """Register what a room puts in digests.

    `prepare(people, until)` is called once for many people, in the transaction that queues their
    weekly digests: identifiers by person, which come back in `Span.data`.
    """

    def register(draw: Draw) -> Draw:
        _sections[name] = Registered(name, position, draw, prepare)
        return draw

    return register


def sections() -> list[Registered]:
    return sorted(_sections.values(), key=lambda one: (one.position, one.name))


# ---------------------------------------------------------------------------------- who is due


def have_a_digest() -> QuerySet:
    """The people to whom a digest comes: what a room sends each week goes there."""
    return Digest.objects.filter(next_at__isnull=False).values("user_id")


@every(minutes=5, name="notifications.digests")
def queue_digests() -> None:
    """Ask for the digests that are due, in batches: each person's moments and her next digest are
    written with her mail, or not at all."""
    now = timezone.now()
    _wake_who_came_back(now)
    due = Digest.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    ids = list(due.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        _queue(ids[start : start + BATCH], now)


def _wake_who_came_back(now: datetime) -> None:
    """Who was away for long is here again: her digests go on from now."""
    back = Digest.objects.filter(stopped_at__lt=F("user__last_seen_at")).select_for_update(
        of=("self",)
    )
    with transaction.atomic():
        rows = list(back)
        for digest in rows:
            digest.stopped_at = None
            digest.daily_until = digest.weekly_until = now
            digest.next_at = digest.after(now)
        Digest.objects.bulk_update(
            rows, ("stopped_at", "daily_until", "weekly_until", "next_at"), batch_size=BATCH
        )


@transaction.atomic
def _queue(ids: Sequence[int], now: datetime) -> None:
    rows = Digest.objects.filter(pk__in=ids, next_at__lte=now).select_for_update(of=("self",))
    absent = Q(seen__lt=now - ABSENT)
    seen = rows.annotate(seen=Coalesce("user__last_seen_at", "user__created_at"))
    gone = list(seen.filter(absent).select_related("user"))
    here = list(seen.filter(~absent, active_q("user__", now)).select_related("user"))
    asleep = {one.pk for one in (*gone, *here)}
    Digest.objects.filter(pk__in=ids, next_at__lte=now).exclude(pk__in=asleep).update(next_at=None)
    _say_goodbye(gone, now)
    _queue_each(here, now)


def _say_goodbye(gone: Sequence[Digest], now: datetime) -> None:
    for digest in gone:
        digest.stopped_at, digest.next_at = now, None
    Digest.objects.bulk_update(gone, ("stopped_at", "next_at"), batch_size=BATCH)
    people = [digest.user for digest in gone]
    queue_many("digest_goodbye", to=people, dedupe=f"digest-goodbye:{now:%Y%m%d}")


def _queue_each(here: Sequence[Digest], now: datetime) -> None:
    weekly = [one.user_id for one in here if one.has_weekly(now)]
    prepared = {
        one.name: one.prepare(weekly, now)
        for one in sections()
        if one.prepare is not None and weekly
    }
    data: dict[int, dict[str, Any]] = {}
    for digest in here:
        hers = data[digest.user_id] = {
            "until": now.isoformat(),
            "parts": {
                name: found[digest.user_id]
                for name, found in prepared.items()
                if digest.user_id in found
            },
        }
        if digest.daily and digest.daily_until:
            hers["daily"] = digest.daily_until.isoformat()
            digest.daily_until = now
        if digest.has_weekly(now) and digest.weekly_until:
            hers["weekly"] = digest.weekly_until.isoformat()
            digest.weekly_until = now
        digest.next_at = digest.after(now)
    Digest.objects.bulk_update(here, ("daily_until", "weekly_until", "next_at"), batch_size=BATCH)
    queue_many(
        "digest",
        to=[digest.user for digest in here],
        data=lambda person: data[person.pk],
        dedupe=f"digest:{now:%Y%m%d%H%M}",
    )


# ------------------------------------------------------------------------------ what is in one


def span_of(mail: OutgoingMail, name: str) -> Span:
    """The moments that a queued digest was given, for one section."""

    def moment(key: str) -> datetime | None:
        said = mail.data.get(key)
        return datetime.fromisoformat(said) if said else None

    return Span(
        daily=moment("daily"),
        weekly=moment("weekly"),
        until=datetime.fromisoformat(mail.data["until"]),
        data=mail.data["parts"].get(name),
    )


def compose(person: User, mail: OutgoingMail, minutes: int) -> Composed:
    """What `person` may read now of what is new, within her time: what goes first, then the rest
    in the order of the rooms. One thing at least, however long."""
    drawn = [one.draw(person, span_of(mail, one.name)) for one in sections()]
    parts = [part for part in drawn if part is not None]
    words = minutes * WORDS_A_MINUTE
    chosen: set[int] = set()
    everything = [entry for part in parts for entry in part.entries]
    for entry in sorted(everything, key=lambda one: not one.first):
        if chosen and entry.words > words:
            continue
        chosen.add(id(entry))
        words -= entry.words
    kept = [
        Part(part.title, [entry for entry in part.entries if id(entry) in chosen]) for part in parts
    ]
    return Composed(
        parts=[part for part in kept if part.entries],
        quiet=any(part.quiet for part in parts),
        left=len(everything) - len(chosen) + sum(part.left for part in parts),
    )
