"""What the clock reminds people of: a document to review, a permission to ask for.

Each mail is asked for once: past the days in which it makes sense, silence. What is late stays in
the filters of the list.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from community.audience import moderators_of
from core import mail
from core.audience import State
from core.schedule import daily
from library.models import Document, Licence

# Who deposited it has so many days, then its animators have as many.
OWNER_DAYS = 14
# A permission: first after two weeks, then each month, six times in all.
FIRST_DAYS, EACH_DAYS, MOST = 14, 30, 6


@daily(hour=7, name="library.remind_reviews")
def remind_reviews() -> None:
    """Mail the depositor on the day of the review; two weeks later, or if she is no longer there,
    those who animate its place."""
    today = timezone.localdate()
    since = today - timedelta(days=2 * OWNER_DAYS)
    rows = Document.objects.filter(state=State.PUBLISHED, replaced_by=None)
    rows = rows.filter(review_on__lte=today, review_on__gt=since)
    for document in rows.select_related("owner", "space").iterator():
        _remind_review(document, today)


def _remind_review(document: Document, today: date) -> None:
    owner = document.owner
    key = f"document_review:{document.pk}:{document.review_on}"
    here = owner is not None and owner.is_current and document.can_be_read_by(owner)
    hers_until = (document.review_on or today) + timedelta(days=OWNER_DAYS)
    if here and today < hers_until:
        mail.queue("document_review", to=owner, about=document, dedupe=f"{key}:{document.owner_id}")
        return
    others = moderators_of(document.space).exclude(pk=document.owner_id or 0)
    mail.queue_many("document_review", to=others, about=document, dedupe=f"{key}:animation")


@daily(hour=7, name="library.remind_permissions")
def remind_permissions() -> None:
    """Mail who deposited a document whose permission is unknown, until it is known."""
    today = timezone.localdate()
    rows = Document.objects.filter(licence=Licence.UNKNOWN, replaced_by=None)
    rows = rows.filter(state__in=(State.PUBLISHED, State.PENDING)).exclude(owner=None)
    last = timezone.now() - timedelta(days=FIRST_DAYS + MOST * EACH_DAYS + 1)
    for document in rows.filter(created_at__gt=last).select_related("owner").iterator():
        number = times_due(timezone.localdate(document.created_at), today)
        if 1 <= number <= MOST:
            key = f"document_permission:{document.pk}:{number}"
            mail.queue("document_permission", to=document.owner, about=document, dedupe=key)


def times_due(deposited: date, today: date) -> int:
    """How many reminders should have left by today."""
    days = (today - deposited).days
    return 0 if days < FIRST_DAYS else 1 + (days - FIRST_DAYS) // EACH_DAYS
