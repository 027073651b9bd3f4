"""How much awaits the animators in the room, for the navigation of the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from practices import home, trial_kind

if TYPE_CHECKING:
    from accounts.models import User


def awaiting(user: User) -> int:
    """What `user` is to decide of sheets, improvements and levels of evidence: all that her console
    lists a part of. One query."""
    first, *others = (
        rows.order_by().values("pk")
        for rows in (
            home.in_review(user),
            home.to_open(user),
            home.late(user),
            home.unanswered(user),
            trial_kind.levels_asked(user),
            trial_kind.levels_expired(user),
        )
    )
    return first.union(*others, all=True).count()
