"""Makes the booklets that were asked for: one at a time, in a child held to limits.

What waits is in their rows, leased one at a time (`core.leases`); the child works outside of any
transaction. What goes in is asked again at the moment of making, for whoever asked.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.utils import timezone

from core import files, leases, schedule
from core.events import on, wake
from practices.errors import PrinterMissing
from practices.exchange import pages, printing
from practices.exchange.paper import Paper, paper_of
from practices.models import Booklet, Sheet

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
NAME = "livret.pdf"
State, Failure = Booklet.State, Booklet.Failure


@on("booklet.asked")
def start(payload: dict[str, int]) -> None:
    wake("practices.tasks.make_booklets")


def readable(booklet: Booklet, viewer: User) -> list[Sheet]:
    """Its sheets that `viewer` reads now, in their order."""
    rows = Sheet.objects.readable_by(viewer).published().filter(pk__in=booklet.sheets)
    found = {sheet.pk: sheet for sheet in rows.select_related("bearer", "current")}
    return [found[pk] for pk in booklet.sheets if pk in found]


def make_next() -> bool:
    """Make the booklet that has waited longest; False when none is due."""
    booklet = leases.take_one(Booklet.objects.filter(state=State.WAITING))
    if booklet is None:
        return False
    if leases.worn_out(booklet.attempts):
        _settle(booklet, Failure.GIVEN_UP)
        return True
    try:
        _settle(booklet, _made(booklet))
    except PrinterMissing:
        _settle(booklet, Failure.MISSING)
    except printing.PrinterStopped:
        _settle(booklet, Failure.STOPPED)
    except Exception as error:
        logger.warning("booklet %s was not made: %s", booklet.pk, leases.error_name(error))
        later = leases.next_try(booklet.attempts) or timezone.now()
        Booklet.objects.filter(pk=booklet.pk).update(leased_until=None, not_before=later)
    return True


def _made(booklet: Booklet) -> str:
    """Make it and keep it; why it could not be, or nothing."""
    papers = _papers(booklet)
    if not papers:
        return Failure.GONE
    page = pages.booklet_page(booklet.title, timezone.localdate(), papers)
    content = printing.print_apart(page, pages.things(papers))
    files.forget_made(booklet.kept_as)
    files.keep_made(booklet.kept_as, NAME, content)
    return Failure.NONE


def _papers(booklet: Booklet) -> list[Paper]:
    return [paper_of(sheet, booklet.owner) for sheet in readable(booklet, booklet.owner)]


def _settle(booklet: Booklet, failure: str) -> None:
    state = State.FAILED if failure else State.MADE
    changes = {"state": state, "failure": failure, "leased_until": None}
    Booklet.objects.filter(pk=booklet.pk).update(**changes)


@schedule.daily(hour=4, name="practices.sweep_booklets")
def sweep() -> None:
    """Forget the booklets of last week, and their PDF."""
    for booklet in Booklet.objects.filter(created_at__lt=timezone.now() - Booklet.KEPT):
        files.forget_made(booklet.kept_as)
        booklet.delete()
