"""Keeping a sheet, having downloaded it, and the one question that follows: was it tried?

Four weeks after she kept or downloaded a sheet, a person is asked once, by mail and in her notices,
whether she tried it. Once ever for a sheet; never when she told a trial of it, bears it, may not
read it any more, cannot tell one (guests read), or asked not to be asked (`QUESTION`).

One mail asks about all the sheets of a day, `MOST` at most: a booklet holds thirty, and those that
are left over are asked about a week later.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import log, mail
from core.audience import State
from core.events import on
from core.schedule import daily
from notifications import questions
from practices.models import Interest, Sheet, Trial
from practices.permissions import may_write
from practices.services.common import Missing

if TYPE_CHECKING:
    from core.audience import Viewer

WEEKS = 4
# What one mail asks about; the others wait for the next one, a week later.
MOST = 5
LATER = timedelta(weeks=1)
# Of `notifications.questions`: what she may ask to hear no more.
QUESTION = "trial_question"
Answer = Interest.Answer


def _readable(sheet: Sheet, by: Viewer) -> Sheet:
    """Raises `Missing`."""
    found = Sheet.objects.readable_by(by).published().filter(pk=sheet.pk).first()
    if found is None:
        raise Missing
    return found


def _row(sheet: Sheet, by: User) -> Interest:
    """Her row, locked."""
    row, _made = Interest.objects.get_or_create(sheet=sheet, user=by)
    return Interest.objects.select_for_update().get(pk=row.pk)


def _plan(row: Interest) -> None:
    """The day of the question, unless it was asked or has its day already."""
    if row.asked_at is None and row.ask_on is None:
        row.ask_on = timezone.localdate() + timedelta(weeks=WEEKS)


@transaction.atomic
def keep(sheet: Sheet, *, by: User) -> Interest:
    """Keep a sheet to come back to it; keeping again changes nothing. Raises `Missing`."""
    row = _row(_readable(sheet, by), by)
    if row.saved_at is None:
        row.saved_at = timezone.now()
        _plan(row)
        row.save(update_fields=("saved_at", "ask_on"))
    return row


@transaction.atomic
def let_go(sheet: Sheet, *, by: User) -> None:
    """Keep it no more. Always allowed; a question not asked yet is not asked, unless she downloaded
    the sheet."""
    row = Interest.objects.select_for_update().filter(sheet_id=sheet.pk, user=by).first()
    if row is None or row.saved_at is None:
        return
    row.saved_at = None
    if row.downloaded_at is None and row.asked_at is None:
        row.ask_on = None
    row.save(update_fields=("saved_at", "ask_on"))


@transaction.atomic
def note_download(sheet: Sheet, *, by: Viewer) -> None:
    """She took the sheet away in a file: a PDF, a booklet, its record. The first time counts; a
    visitor's never does, nor what she may not read. The page to print is looked at, and counts for
    nothing."""
    if not by.is_authenticated or not sheet.can_be_read_by(by):
        return
    row = _row(sheet, by)
    if row.downloaded_at is None:
        row.downloaded_at = timezone.now()
        _plan(row)
        row.save(update_fields=("downloaded_at", "ask_on"))


@on("sheet.downloaded")
def hear_download(payload: dict[str, Any]) -> None:
    """What leaves the directory says so; heard twice, it is noted once."""
    sheet = Sheet.objects.filter(pk=payload["sheet"]).first()
    person = User.objects.filter(pk=payload["user"]).first()
    if sheet is not None and person is not None:
        note_download(sheet, by=person)


@transaction.atomic
def answer(sheet: Sheet, said: str, *, by: User) -> None:
    """What she answers to the question. “Not yet” is an answer: she is not asked again.

    Raises `Missing` when she was not asked; `ValueError` for a word that there is not.
    """
    if said not in Answer.values or said == Answer.NONE:
        raise ValueError(said)
    rows = Interest.objects.select_for_update().filter(sheet_id=sheet.pk, user=by)
    if not rows.filter(asked_at__isnull=False).update(answer=said):
        raise Missing


def told(sheet: Sheet, by: User) -> None:
    """She told a trial: that is the answer, whether the question was asked or not."""
    rows = Interest.objects.filter(sheet=sheet, user=by)
    rows.filter(asked_at__isnull=False).update(answer=Answer.YES)
    rows.filter(asked_at=None).update(ask_on=None)


# ---------------------------------------------------------------------------- the question


def may_be_asked(row: Interest) -> bool:
    """Whether the question still makes sense for that person. Asked when the mail is decided, and
    again when it leaves."""
    person, sheet = row.user, row.sheet
    if not may_write(person) or questions.is_silenced(QUESTION, person):
        return False
    if sheet.state != State.PUBLISHED or not sheet.can_be_read_by(person):
        return False
    if Sheet.objects.filter(pk=sheet.pk).borne_by(person).exists():
        return False
    return not Trial.objects.filter(sheet=sheet, owner=person).exists()


@daily(hour=7, name="practices.ask_trials")
def ask_trials() -> None:
    """Ask those whose day has come. Each person is settled in her own transaction, the marks and
    the mail together: who runs it again after a cut asks nobody twice."""
    due = Interest.objects.filter(asked_at=None, ask_on__lte=timezone.localdate())
    for person in list(due.order_by("user_id").values_list("user_id", flat=True).distinct()):
        _ask(person)


@transaction.atomic
def _ask(person: int) -> None:
    """One mail about her sheets of the day; what goes beyond `MOST` waits for another day."""
    today = timezone.localdate()
    rows = Interest.objects.select_for_update(of=("self",)).select_related("user", "sheet")
    asked: list[Interest] = []
    for row in rows.filter(user=person, asked_at=None, ask_on__lte=today).order_by("ask_on", "pk"):
        if not may_be_asked(row):
            # Were she to keep or download it again, she could be asked then.
            row.ask_on = None
        elif len(asked) == MOST:
            row.ask_on = today + LATER
        else:
            row.asked_at = timezone.now()
            asked.append(row)
            # Of whom, the journal does not say: what one keeps is nobody's business.
            log.record("sheet.trial_asked", row.sheet)
        row.save(update_fields=("ask_on", "asked_at"))
    if asked:
        mail.queue(
            "trial_question",
            to=asked[0].user,
            about=asked[0],
            data={"rows": [row.pk for row in asked]},
            dedupe=f"trial_question:{asked[0].pk}",
        )
