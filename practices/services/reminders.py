"""What the clock reminds people of: a sheet to look at again, twelve months after its last review.

Each mail is asked for once: past the days in which it makes sense, silence. What is late stays in
the animators' list.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from community.audience import moderators_of
from core import mail
from core.schedule import daily
from practices.models import Sheet
from practices.querysets import bearers_of

# Its bearers have so many days, then the animators have as many.
DAYS = 30


@daily(hour=7, name="practices.remind_reviews")
def remind_reviews() -> None:
    """Mail the bearers on the day of the review; thirty days later, or at once when nobody bears
    the sheet any more, the animators."""
    today = timezone.localdate()
    rows = Sheet.objects.due().filter(review_on__gt=today - timedelta(days=2 * DAYS))
    for sheet in rows.iterator():
        if sheet.review_on is None:
            continue
        key = f"sheet_review:{sheet.pk}:{sheet.review_on}"
        people = list(bearers_of(sheet.pk))
        if people and today < sheet.review_on + timedelta(days=DAYS):
            mail.queue_many("sheet_review", to=people, about=sheet, dedupe=f"{key}:bearers")
            continue
        others = moderators_of(None)
        mail.queue_many("sheet_review", to=others, about=sheet, dedupe=f"{key}:animation")
