"""What sheets bring to the notification centre of those who bear them: improvements that await an
answer, and the day of the review once it has come."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.text import French
from notifications.centre import Notice, source
from practices.home import asked_at
from practices.models import Proposal, Sheet
from practices.permissions import may_write

if TYPE_CHECKING:
    from accounts.models import User


@source("bearing", on_home=False)
def bearing(person: User, most: int) -> list[Notice]:
    """Of the sheets that she bears, those that await her; both lines of one sheet when both do. One
    query: nobody bears so many."""
    newest = Proposal.objects.waiting().filter(sheet_id=OuterRef("pk")).order_by("-created_at")
    rows = Sheet.objects.borne_by(person).published()
    rows = rows.filter(Q(waiting_count__gt=0) | Q(review_on__lte=timezone.localdate()))
    rows = rows.annotate(proposed_at=Subquery(newest.values("created_at")[:1])).order_by("-pk")
    reviews = may_write(person)
    found = (one for sheet in rows for one in _notices(sheet, reviews=reviews))
    return nlargest(most, found, key=lambda one: one.at)


def _notices(sheet: Any, *, reviews: bool) -> Iterator[Notice]:
    """What a sheet says, whose `proposed_at` is when the last improvement came."""
    if sheet.waiting_count and sheet.proposed_at is not None:
        said = ngettext(
            "%(n)s improvement awaits your answer",
            "%(n)s improvements await your answer",
            sheet.waiting_count,
        )
        yield Notice(
            title=French(sheet.title),
            url=reverse("practices:proposals", args=(sheet.pk,)),
            what=said % {"n": sheet.waiting_count},
            at=sheet.proposed_at,
            space=None,
        )
    if reviews and sheet.is_due:
        yield Notice(
            title=French(sheet.title),
            url=reverse("practices:life", args=(sheet.pk,)),
            what=_("The day of its review has come: does it still hold?"),
            at=asked_at(sheet.review_on),
            space=None,
        )
