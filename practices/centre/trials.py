"""What sheets bring to the notification centre: the questions that wait for an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.text import French
from notifications import questions
from notifications.centre import Notice, source
from practices.models import Interest
from practices.permissions import may_write
from practices.services.interest import QUESTION

if TYPE_CHECKING:
    from accounts.models import User

# What nobody answered by then leaves by itself.
DAYS = 60


@source("trials", on_home=False)
def have_you_tried(person: User, most: int) -> list[Notice]:
    """The sheets of which she was asked whether she tried them, and did not say yet."""
    if not may_write(person):
        return []
    since = timezone.now() - timedelta(days=DAYS)
    rows = Interest.objects.of(person).to_answer().filter(asked_at__gt=since)
    found = list(rows.select_related("sheet").order_by("-asked_at", "-pk")[:most])
    if not found or questions.is_silenced(QUESTION, person):
        return []
    return [
        Notice(
            title=French(row.sheet.title),
            url=reverse("practices:asked", args=(row.sheet_id,)),
            what=_("Have you tried it?"),
            at=row.asked_at,
            space=None,
        )
        for row in found
        if row.asked_at is not None
    ]
