"""What an animator has before her today, and what she put off until Monday."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from moderation.console import EACH, Task, tasks_for
from moderation.models import Postponement

# Putting off reaches further than the console shows; nobody has so much before her.
ALL = 500


@dataclass(frozen=True)
class Agenda:
    """The tasks of today; how many others are put off, and until when."""

    tasks: list[Task]
    put_off: int = 0
    until: datetime | None = None

    @property
    def can_be_put_off(self) -> bool:
        return any(not task.urgent for task in self.tasks)


def agenda_for(user: User) -> Agenda:
    """What awaits `user`, less what she put off and still waits."""
    off = standing(user)
    if off is None:
        return Agenda(tasks_for(user))
    hidden = set(off.keys)
    waiting = tasks_for(user, each=EACH + len(hidden))
    kept = [task for task in waiting if task.urgent or task.key not in hidden]
    return Agenda(_capped(kept), len(waiting) - len(kept), off.until)


def standing(user: User) -> Postponement | None:
    return Postponement.objects.filter(user=user, until__gt=timezone.now()).first()


def to_put_off(user: User) -> list[str]:
    """The keys of all that awaits her and can wait a little more."""
    return [task.key for task in tasks_for(user, each=ALL) if not task.urgent]


def next_monday(now: datetime) -> datetime:
    """The first moment of the next Monday, never today."""
    today = timezone.localdate(now)
    monday = today + timedelta(days=7 - today.weekday())
    return datetime.combine(monday, time(), timezone.get_current_timezone())


def _capped(tasks: list[Task]) -> list[Task]:
    """At most `EACH` of a sort, as where nothing was put off."""
    shown: Counter[str] = Counter()
    kept = []
    for task in tasks:
        shown[task.sort] += 1
        if shown[task.sort] <= EACH:
            kept.append(task)
    return kept
