"""Polls: one a thread, opened by who opened the thread or animates its space."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import log
from core.text import one_line
from forums.errors import (
    AlreadyAnswered,
    NoSuchChoice,
    NotAMember,
    OnePoll,
    PollClosed,
    QuestionNeeded,
    WrongChoices,
    WrongClosing,
)
from forums.models import Ballot, Choice, Poll, PollOption, Thread
from forums.services.common import (
    Missing,
    locked,
    named,
    require,
    require_open,
    require_reason,
)

if TYPE_CHECKING:
    from accounts.models import User
    from forums.permissions import Rights

MAX_QUESTION = 200
MAX_LABEL = 120
FEWEST, MOST = 2, 10
LONGEST = timedelta(days=91)


@transaction.atomic
def open_poll(
    thread: Thread,
    *,
    by: User,
    question: str,
    labels: Iterable[str],
    closes_at: datetime,
    multiple: bool = False,
    unnamed: bool = False,
) -> Poll:
    """Ask the readers of `thread` to choose, until `closes_at`.

    Raises `Missing`, `NotAllowed`, `ThreadClosed`, `SpaceClosed`, `OnePoll`, `QuestionNeeded`,
    `WrongChoices`, `WrongClosing`.
    """
    thread, rights = locked(thread, by)
    require(rights.conclude)
    require_open(thread)
    question = _one_line(question)
    if not question or len(question) > MAX_QUESTION:
        raise QuestionNeeded
    choices = _checked(labels)
    now = timezone.now()
    if not now < closes_at <= now + LONGEST:
        raise WrongClosing
    if Poll.objects.filter(thread=thread).exists():
        raise OnePoll
    poll = Poll.objects.create(
        thread=thread,
        question=question,
        multiple=multiple,
        unnamed=unnamed,
        created_at=now,
        closes_at=closes_at,
    )
    PollOption.objects.bulk_create(
        PollOption(poll=poll, position=position, label=label)
        for position, label in enumerate(choices, start=1)
    )
    log.record("poll.opened", thread, by=named(thread, by), poll=poll.pk)
    return poll


def _one_line(text: str) -> str:
    return one_line(text.replace("\0", ""))


def _checked(labels: Iterable[str]) -> list[str]:
    found = [line for line in map(_one_line, labels) if line]
    apart = {line.casefold() for line in found}
    if not FEWEST <= len(found) <= MOST or len(apart) < len(found):
        raise WrongChoices
    if any(len(line) > MAX_LABEL for line in found):
        raise WrongChoices
    return found


def _held(poll: Poll, by: User) -> tuple[Poll, Rights]:
    """The poll as it is now, held with its thread, and the rights of `by`. Raises `Missing`."""
    thread, rights = locked(Thread(pk=poll.thread_id), by)
    fresh = Poll.objects.filter(pk=poll.pk, thread=thread).first()
    if fresh is None or not rights.reads:
        raise Missing
    fresh.thread = thread
    return fresh, rights


@transaction.atomic
def vote(poll: Poll, options: Collection[int], *, by: User) -> None:
    """Answer with the identifiers of one option, or of several where the poll takes several. A
    second answer replaces the first one of a named poll.

    Not journaled: the journal would tell when, and so what. Raises `Missing`, `NotAMember`,
    `ThreadClosed`, `SpaceClosed`, `PollClosed`, `NoSuchChoice`, `AlreadyAnswered`.
    """
    poll, rights = _held(poll, by)
    if not rights.write:
        raise NotAMember
    require_open(poll.thread)
    if poll.closed:
        raise PollClosed
    chosen = set(PollOption.objects.filter(poll=poll, pk__in=options).values_list("pk", flat=True))
    if not chosen or chosen != set(options) or (len(chosen) > 1 and not poll.multiple):
        raise NoSuchChoice
    ballot, first = Ballot.objects.get_or_create(poll=poll, user=by)
    if poll.unnamed and not first:
        raise AlreadyAnswered
    if first:
        Poll.objects.filter(pk=poll.pk).update(voters=F("voters") + 1)
    if poll.unnamed:
        _count(chosen, 1)
        return
    before = set(ballot.choices.values_list("option_id", flat=True))
    ballot.choices.exclude(option_id__in=chosen).delete()
    Choice.objects.bulk_create(Choice(ballot=ballot, option_id=pk) for pk in chosen - before)
    _count(before - chosen, -1)
    _count(chosen - before, 1)


def _count(options: Collection[int], delta: int) -> None:
    PollOption.objects.filter(pk__in=options).update(votes=F("votes") + delta)


@transaction.atomic
def close_poll(poll: Poll, *, by: User) -> Poll:
    """No more answers, from now on. Raises `Missing`, `NotAllowed`."""
    poll, rights = _held(poll, by)
    require(rights.conclude)
    if not poll.closed:
        poll.closes_at = timezone.now()
        poll.save(update_fields=("closes_at",))
        log.record("poll.closed", poll.thread, by=named(poll.thread, by), poll=poll.pk)
    return poll


@transaction.atomic
def remove_poll(poll: Poll, *, by: User, reason: str = "") -> None:
    """Erase the poll and its answers: the animators with a reason, who opened the thread while
    nobody answered. Raises `Missing`, `NotAllowed`, `ReasonNeeded`."""
    poll, rights = _held(poll, by)
    require(rights.moderates or (rights.conclude and not poll.voters))
    if poll.voters:
        reason = require_reason(reason)
    log.record(
        "poll.removed", poll.thread, by=named(poll.thread, by), reason=reason[:200], poll=poll.pk
    )
    poll.delete()
