"""What the clock reminds people of: a sheet to look at again, on the day of its review.

Each is asked once for each day of review, however late the clock finds it: the journal keeps whom,
since mails are forgotten after a month. What nobody answers stays in the animators' console.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from community.audience import moderators_of
from core import log, mail
from core.models import ActionLog
from core.schedule import daily
from practices.models import Sheet
from practices.querysets import bearers_by_sheet

# Its bearers have so many days from when they were asked; then the animators are told.
DAYS = 30
HOUR = 7
ASKED = "sheet.review_asked"
BEARERS, ANIMATION = "bearers", "animation"


@dataclass
class Asked:
    """Who was asked for the day of review of a sheet: which bearers, the first of them on which
    day, and whether the animators were."""

    bearers: set[int] = field(default_factory=set)
    first: date | None = None
    animators: bool = False


@daily(hour=HOUR, name="practices.remind_reviews")
def remind_reviews() -> None:
    """Mail the bearers from the day of the review on; thirty days after they were, or at once when
    nobody bears the sheet any more, the animators. A next version in review is an answer."""
    sheets = list(Sheet.objects.unanswered())
    bearers = bearers_by_sheet([sheet.pk for sheet in sheets])
    asked = _asked(sheets)
    for sheet in sheets:
        _remind(sheet, bearers.get(sheet.pk, []), asked[sheet.pk])


def animators_on(sheet: Sheet) -> date | None:
    """The day on which the animators are told of a due sheet that nobody answers; None once they
    were."""
    asked = _asked([sheet])[sheet.pk]
    return None if asked.animators else _end(asked)


def _remind(sheet: Sheet, bearers: list[User], asked: Asked) -> None:
    fresh = [one for one in bearers if one.pk not in asked.bearers]
    late = timezone.localdate() >= _end(asked)
    if fresh:
        _ask(sheet, BEARERS, fresh)
    if (late or not bearers) and not asked.animators:
        # An animator who was just asked as a bearer reads one mail of a morning.
        others = moderators_of(None).exclude(pk__in=[one.pk for one in fresh])
        _ask(sheet, ANIMATION, others)


@transaction.atomic
def _ask(sheet: Sheet, whom: str, people: Iterable[User]) -> None:
    """Mail them, and note it; of the animators, that they were told is enough."""
    key = f"sheet_review:{sheet.pk}:{sheet.review_on}:{whom}"
    mail.queue_many("sheet_review", to=people, about=sheet, dedupe=key)
    bearers = [one.pk for one in people] if whom == BEARERS else []
    log.record(ASKED, sheet, review_on=str(sheet.review_on), whom=whom, people=bearers)


def _end(asked: Asked) -> date:
    """Thirty days after the first bearers were asked: the clock may have found the sheet late. Who
    was not asked yet is asked today."""
    return (asked.first or timezone.localdate()) + timedelta(days=DAYS)


def _asked(sheets: Iterable[Sheet]) -> dict[int, Asked]:
    """Who was asked for the day of review of each of these sheets: one query."""
    days = {sheet.pk: str(sheet.review_on) for sheet in sheets}
    found = {pk: Asked() for pk in days}
    rows = ActionLog.objects.filter(kind="sheet", object_id__in=days, verb=ASKED)
    for pk, at, data in rows.order_by("at", "pk").values_list("object_id", "at", "data"):
        if pk is None or data["review_on"] != days[pk]:
            continue
        asked = found[pk]
        if data["whom"] == ANIMATION:
            asked.animators = True
        else:
            asked.bearers |= set(data["people"])
            asked.first = asked.first or timezone.localdate(at)
    return found
