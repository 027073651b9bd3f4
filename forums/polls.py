"""A poll as one person may see it: the one place that says what of it is shown.

Pages, the admin and whatever exports it start from `shown`. Of an unnamed poll, the counts wait
until it is closed (looking before and after somebody answers would tell what she chose), and few
answers are not told at all: among four people, everybody knows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from forums.models import Ballot, Choice, Poll

if TYPE_CHECKING:
    from accounts.models import User
    from forums.permissions import Rights

# Of an unnamed poll, fewer answers than this are told neither by choice nor by number.
FEW = 5
# A page names at most so many answers; the counts are of all.
NAMES = 300


@dataclass
class Line:
    """One choice: how many made it (None: not shown), whether the viewer did, and who."""

    pk: int
    label: str
    votes: int | None
    mine: bool
    people: list[User] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """What one person sees of a poll, and may do with it.

    `voters` is None when it is not told; `few` says that it is because there are few.
    """

    poll: Poll
    lines: list[Line]
    answered: bool
    votes: bool
    manages: bool
    removes: bool
    voters: int | None
    few: bool

    @property
    def counted(self) -> bool:
        return any(line.votes is not None for line in self.lines)


def tells_counts(poll: Poll) -> bool:
    """Whether the number of each choice may be told to who reads the poll."""
    return not poll.unnamed or (poll.closed and poll.voters >= FEW)


def shown(poll: Poll, viewer: User, rights: Rights) -> Shown:
    """The poll for `viewer`, who reads its thread. Two queries, whatever the number of answers."""
    mine: set[int] = set()
    if poll.unnamed:
        answered = Ballot.objects.filter(poll=poll, user=viewer).exists()
    else:
        hers = Choice.objects.filter(ballot__poll=poll, ballot__user=viewer)
        mine = set(hers.values_list("option_id", flat=True))
        answered = bool(mine)
    told = tells_counts(poll)
    few = poll.unnamed and poll.voters < FEW
    return Shown(
        poll=poll,
        lines=[
            Line(one.pk, one.label, one.votes if told else None, one.pk in mine)
            for one in poll.options.all()
        ],
        answered=answered,
        votes=rights.reply and not poll.closed and not (poll.unnamed and answered),
        manages=rights.conclude,
        removes=rights.moderates or (rights.conclude and not poll.voters),
        voters=None if few else poll.voters,
        few=few,
    )


def with_names(found: Shown) -> Shown:
    """The same with who chose what: of a named poll only. One query."""
    if found.poll.unnamed:
        return found
    by_option = defaultdict(list)
    rows = Choice.objects.filter(option__poll=found.poll).select_related("ballot__user")
    for row in rows.order_by("ballot__user__first_name", "ballot__user__last_name")[:NAMES]:
        by_option[row.option_id].append(row.ballot.user)
    for line in found.lines:
        line.people = by_option[line.pk]
    return found
