"""What is taken away from the directory: downloads, and booklets to be made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.events import emit
from core.text import one_line
from practices.content import CONTROLS
from practices.errors import NothingChosen, TooManyBooklets, TooManySheets
from practices.models import Booklet, Sheet

if TYPE_CHECKING:
    from accounts.models import User

MOST_SHEETS = 30
# Of one person, at once.
MOST_WAITING = 3
TITLE_LENGTH = 120


@transaction.atomic
def count_downloads(sheets: Collection[int], *, by: User) -> None:
    """One more for each of these sheets. That `by` took them is said to whoever will ask her what
    came of it, and kept nowhere else."""
    # Locked in one order: two people who take the same booklet would each wait for the other.
    rows = Sheet.objects.filter(pk__in=sheets)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    rows.update(download_count=F("download_count") + 1)
    for pk in sheets:
        emit("sheet.downloaded", sheet=pk, user=by.pk)


@transaction.atomic
def ask_booklet(sheets: Sequence[int], *, title: str = "", by: User) -> Booklet:
    """Have the worker make a booklet of these sheets, in this order; those that she does not read
    are left out as if they were not there.

    Raises `NothingChosen`, `TooManySheets`, `TooManyBooklets`.
    """
    wanted = list(dict.fromkeys(sheets))
    if len(wanted) > MOST_SHEETS:
        raise TooManySheets
    read = set(Sheet.objects.readable_by(by).published().filter(pk__in=wanted).values_list("pk"))
    chosen = [pk for pk in wanted if (pk,) in read]
    if not chosen:
        raise NothingChosen
    # One request of a person at a time, so that two cannot take the same last place.
    get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
    waiting = Booklet.objects.of(by).filter(state=Booklet.State.WAITING)
    if waiting.count() >= MOST_WAITING:
        raise TooManyBooklets
    booklet = Booklet.objects.create(
        owner=by,
        title=one_line(CONTROLS.sub("", title))[:TITLE_LENGTH] or _("Practices to take away"),
        sheets=chosen,
    )
    emit("booklet.asked", booklet=booklet.pk)
    return booklet
