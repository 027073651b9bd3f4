"""What sheets bring to the notification centre: improvements that await an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import ngettext

from notifications.centre import Notice, source
from practices.models import Proposal, Sheet

if TYPE_CHECKING:
    from accounts.models import User


@source("improvements", on_home=False)
def improvements(person: User, most: int) -> list[Notice]:
    """The sheets that she bears, with improvements that await an answer."""
    newest = Proposal.objects.waiting().filter(sheet_id=OuterRef("pk")).order_by("-created_at")
    rows = Sheet.objects.borne_by(person).published().filter(waiting_count__gt=0)
    rows = rows.annotate(proposed_at=Subquery(newest.values("created_at")[:1]))
    found = rows.filter(proposed_at__isnull=False).order_by("-proposed_at", "-pk")[:most]
    return [_notice(sheet) for sheet in found]


def _notice(sheet: Sheet) -> Notice:
    said = ngettext(
        "%(n)s improvement awaits your answer",
        "%(n)s improvements await your answer",
        sheet.waiting_count,
    )
    return Notice(
        title=sheet.title,
        url=reverse("practices:proposals", args=(sheet.pk,)),
        what=said % {"n": sheet.waiting_count},
        at=sheet.proposed_at,  # type: ignore[attr-defined]
        space=None,
    )
