"""What the clock reminds people of: a sheet to look at again, twelve months after its last review.

Each is asked once for each day of review, however late the clock finds it: the journal keeps whom,
since mails are forgotten after a month. What nobody answers stays in the animators' console.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from community.audience import moderators_of
from core import log, mail
from core.models import ActionLog
from core.schedule import daily
from practices.models import Sheet
from practices.querysets import bearers_of

# Its bearers have so many days; then the animators are told.
DAYS = 30
HOUR = 7
ASKED = "sheet.review_asked"
BEARERS, ANIMATION = "bearers", "animation"


@daily(hour=HOUR, name="practices.remind_reviews")
def remind_reviews() -> None:
    """Mail the bearers from the day of the review on; from thirty days later, or at once when
    nobody bears the sheet any more, the animators."""
    for sheet in list(Sheet.objects.due()):
        if sheet.review_on is not None:
            _remind(sheet, sheet.review_on)


@transaction.atomic
def _remind(sheet: Sheet, day: date) -> None:
    bearers = list(bearers_of(sheet.pk))
    people, animators_asked = _asked(sheet, day)
    fresh = [one for one in bearers if one.pk not in people]
    key = f"sheet_review:{sheet.pk}:{day}"
    if fresh:
        mail.queue_many("sheet_review", to=fresh, about=sheet, dedupe=f"{key}:{BEARERS}")
        _note(sheet, day, BEARERS, [one.pk for one in fresh])
    late = timezone.localdate() >= day + timedelta(days=DAYS)
    if (late or not bearers) and not animators_asked:
        others = moderators_of(None)
        mail.queue_many("sheet_review", to=others, about=sheet, dedupe=f"{key}:{ANIMATION}")
        _note(sheet, day, ANIMATION, [])


def _asked(sheet: Sheet, day: date) -> tuple[set[int], bool]:
    """Which bearers were asked for that day of review, and whether the animators were."""
    rows = ActionLog.objects.filter(kind="sheet", object_id=sheet.pk, verb=ASKED)
    said = list(rows.filter(data__review_on=str(day)).values_list("data", flat=True))
    people = {pk for data in said for pk in data["people"]}
    return people, any(data["whom"] == ANIMATION for data in said)


def _note(sheet: Sheet, day: date, whom: str, people: list[int]) -> None:
    log.record(ASKED, sheet, review_on=str(day), whom=whom, people=people)
