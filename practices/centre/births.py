"""What sheets bring to the notification centre: the words that somebody wishes to quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.text import French
from notifications.centre import Notice, source
from practices.models import Passage
from practices.services.accords import passages_of

if TYPE_CHECKING:
    from accounts.models import User

MOST = 50


def waiting_for(person: User, *, of_sheet: int | None = None) -> list[Passage]:
    """The passages that await her answer, or those of one sheet, the oldest first; not those of a
    confidential space that she no longer reads. Two queries at most."""
    rows = Passage.objects.of(person).waiting().select_related("sheet__owner", "sheet__bearer")
    if of_sheet is not None:
        rows = rows.filter(sheet_id=of_sheet)
    return _read_by(person, list(rows.order_by("asked_at", "pk")[:MOST]))


def answered_by(person: User) -> list[Passage]:
    """Those of drafts that she answered, the last first, then those that were done without; with
    the same exception. Two queries at most."""
    rows = Passage.objects.once_of(person).exclude(consent=Passage.Consent.WAITING)
    rows = rows.filter(Q(consent=Passage.Consent.DROPPED) | Q(answered_at__isnull=False))
    rows = rows.select_related("sheet__bearer")
    rows = rows.order_by(F("answered_at").desc(nulls_last=True), "-pk")
    return _read_by(person, list(rows[:MOST]))


def _read_by(person: User, found: list[Passage]) -> list[Passage]:
    hidden = [one.object_id for one in found if not one.text]
    read = passages_of(hidden, person) if hidden else {}
    return [one for one in found if one.text or one.object_id in read]


@source("passages", on_home=False)
def passages(person: User, most: int) -> list[Notice]:
    """One line for each passage: it is hers alone to answer."""
    return [
        Notice(
            title=_("May your words be quoted in a practice sheet?"),
            url=reverse("practices:consent", args=(passage.pk,)),
            what=French(passage.sheet.title) or passage.sheet.bearer.name,
            at=passage.asked_at,
            space=None,
        )
        for passage in waiting_for(person)[:most]
    ]
