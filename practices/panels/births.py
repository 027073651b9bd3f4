"""On the page of a sheet: what it was born of, and what goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core import content
from core.links import End, end
from practices import laying
from practices.models import Passage, Sheet
from practices.sections import BY_NAME
from practices.services.accords import Hold, hold_of, left_of, passages_of
from practices.services.births import THREAD, may_change

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from accounts.models import User
    from practices.content import Content
    from practices.permissions import Rights


WAITING = (Sheet.Progress.SUBMITTED, Sheet.Progress.REVIEW)


@dataclass(frozen=True)
class Quoted:
    """A passage as who makes the sheet sees it. `source` is its message, for who reads it there;
    others are told only that words await their writer."""

    passage: Passage
    section: Any
    source: content.Passage | None
    hold: Hold | None
    # Of words that were rewritten, whether something is left in the sheet to ask about.
    some_left: bool
    # When the animators received the sheet, while they have it.
    submitted_at: datetime | None

    @property
    def silent(self) -> bool:
        """Whether nobody can be asked."""
        waits = self.passage.consent == Passage.Consent.WAITING
        return waits and self.source is not None and not self.source.reachable

    @property
    def rewritten(self) -> bool:
        """Whether its words are not those that were agreed to any more."""
        return self.hold == Hold.REWRITTEN

    @property
    def refused_since(self) -> bool:
        """Whether its writer refused while the animators had the sheet."""
        passage, at = self.passage, self.passage.answered_at
        refused = passage.consent in (Passage.Consent.REFUSED, Passage.Consent.DROPPED)
        submitted = self.submitted_at
        return refused and at is not None and submitted is not None and at > submitted

    @property
    def returns(self) -> bool:
        """Whether it can be put back: done without, or agreed to with nothing of it left."""
        done_without = self.passage.done_without and self.source is not None
        return done_without or (self.rewritten and not self.some_left)

    @property
    def words(self) -> str:
        """Its words: for who reads its message, or once its writer has consented."""
        given = self.passage.consent == Passage.Consent.GIVEN
        return self.passage.text if given or self.source is not None else ""


def panel(request: HttpRequest, sheet: Sheet, rights: Rights, said: Content) -> dict[str, Any]:
    """The thread that it was made from, for who reads it; while it is being made, the passages
    that it quotes. No query for a sheet that was born of nothing; one when it is published, three
    before."""
    user = request.user
    if sheet.born_of is None or not user.is_authenticated:
        return {}
    making = sheet.current_id is None and rights.edit
    return {
        "born_of": _thread(sheet.born_of, user),
        "passages": _passages(sheet, user, said) if making else [],
        "may_change": may_change(sheet, rights),
    }


def _thread(number: int, user: User) -> End | None:
    kind = content.get(THREAD)
    found = kind.for_rows(kind.readable_by(user).filter(pk=number)).first()
    return end(found, user) if found is not None else None


def _passages(sheet: Sheet, user: User, said: Content) -> list[Quoted]:
    rows = list(Passage.objects.in_sheet(sheet).order_by("pk"))
    read = passages_of([one.object_id for one in rows], user)
    submitted_at = sheet.submitted_at if sheet.progress in WAITING else None
    reading = laying.Reading(said)
    holds = [hold_of(one, reading) for one in rows]
    return [
        Quoted(
            one,
            BY_NAME[one.section].label,
            read.get(one.object_id),
            hold,
            hold == Hold.REWRITTEN and bool(left_of(one, said, rows)),
            submitted_at,
        )
        for one, hold in zip(rows, holds, strict=True)
    ]
