"""The mails about passages: consent asked, asked once more, answered, not answered; published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core import content
from core.audience import State
from core.mail import Message, message
from core.models import OutgoingMail
from core.site import absolute
from practices.centre.births import waiting_for
from practices.models import Passage, Sheet
from practices.services.accords import MESSAGE, hold_of, shown_to
from practices.services.common import working_content

if TYPE_CHECKING:
    from accounts.models import User

Progress = Sheet.Progress
MAKING = (State.DRAFT, State.PENDING)
# So many words of each passage are in the mail; the others are read on the site.
WORDS = 80


@message("passages_asked")
def passages_asked(mail: OutgoingMail) -> Message | None:
    """To who wrote the words, while she has not answered, with these words; `again` when they were
    rewritten since she agreed."""
    person = mail.recipient
    if person is None:
        return None
    waiting = waiting_for(person, of_sheet=mail.object_id)
    return _asking(person, waiting, again=bool(mail.data.get("again")))


@message("passages_reminded")
def passages_reminded(mail: OutgoingMail) -> Message | None:
    """Once more, all that awaits her answer, of whatever sheet."""
    person = mail.recipient
    return _asking(person, waiting_for(person), reminder=True) if person is not None else None


def _asking(
    person: User, waiting: list[Passage], *, again: bool = False, reminder: bool = False
) -> Message | None:
    """Of what she wrote without her name or in a confidential space: neither the words, nor who
    asks, nor for which sheet."""
    if not waiting:
        return None
    sheets = {one.sheet_id: one.sheet for one in waiting}
    sheet = waiting[0].sheet
    quiet = any(one.quiet or one.unnamed for one in waiting)
    told = not quiet and len(sheets) == 1 and sheet.owner is not None
    return Message(
        template="passages_asked",
        context={
            "again": again,
            "reminder": reminder,
            "sheets": len(sheets),
            "title": sheet.title if told else "",
            "asker": sheet.owner.short_name if told and sheet.owner else "",
            "quotes": [] if quiet else _quotes(waiting, person),
            "url": absolute(reverse("practices:consents")),
        },
        why=_("You wrote something that somebody wishes to quote."),
    )


def _quotes(waiting: list[Passage], person: User) -> list[str]:
    """The beginning of her words that stand in the draft, of spaces whose mails may say them."""
    kind = content.get(MESSAGE)
    rows = kind.readable_by(person).filter(pk__in=[one.object_id for one in waiting])
    spaces = {row.pk: kind.space(row) for row in kind.for_rows(rows)}
    said = []
    for one in waiting:
        space = spaces.get(one.object_id)
        shown = shown_to(one, person) if space is not None and space.content_in_mail else None
        if shown is not None and not shown.rewritten and not shown.absent:
            said.append(Truncator(shown.words).words(WORDS))
    return said


@message("passages_stuck")
def passages_stuck(mail: OutgoingMail) -> Message | None:
    """To who makes the sheet, while words still wait: whoever wrote them has left (`gone`), or was
    asked twice and did not answer. Never who."""
    sheet = Sheet.objects.select_related("owner").filter(pk=mail.object_id or 0).first()
    if sheet is None or not _makes(sheet, mail.recipient):
        return None
    gone = bool(mail.data.get("gone"))
    waiting = sheet.passages.waiting().exclude(reminded_at=None).select_related("writer")
    rows = [one for one in waiting if one.left == gone]
    if not rows:
        return None
    return Message(
        context={
            "gone": gone,
            "title": "" if any(one.quiet for one in rows) else sheet.title,
            "url": absolute(reverse("practices:sheet", args=(sheet.pk,))) + "#passages",
        },
        why=_("You are making this practice sheet."),
    )


@message("passages_published")
def passages_published(mail: OutgoingMail) -> Message | None:
    """To who agreed, once the sheet is published, if she reads it. Of what she wrote without her
    name or in a confidential space, the title is not said."""
    person = mail.recipient
    if person is None:
        return None
    rows = Passage.objects.published_of(person).filter(sheet_id=mail.object_id or 0)
    found = list(rows.select_related("sheet"))
    if not found:
        return None
    quiet = any(one.quiet or one.unnamed for one in found)
    return Message(
        context={
            "title": "" if quiet else found[0].sheet.title,
            "url": absolute(reverse("practices:consents")),
        },
        why=_("You agreed to be quoted in this practice sheet."),
    )


@message("passage_answered")
def passage_answered(mail: OutgoingMail) -> Message | None:
    """To who makes the sheet, or reviews it: that somebody answered, never who; nothing when the
    answer, or what was made of it, is another by now."""
    rows = Passage.objects.select_related("sheet__owner").filter(pk=mail.object_id or 0)
    passage = rows.first()
    if passage is None:
        return None
    makes = _makes(passage.sheet, mail.recipient)
    if not makes and not _reviews(passage.sheet, mail.recipient):
        return None
    yes, held = bool(mail.data.get("yes")), passage.consent == Passage.Consent.REFUSED
    if yes != (passage.consent == Passage.Consent.GIVEN):
        return None
    stood = bool(mail.data.get("stood", 1))
    absent = yes and hold_of(passage, working_content(passage.sheet)) is not None
    return Message(
        context={
            "yes": yes,
            "held": held,
            "absent": absent,
            # Of a confidential space, or once refused, they enter with her answer.
            "entered": yes and not stood and not absent,
            "stood": stood,
            "reviewing": not makes,
            # What leaves it while it is reviewed may leave a question without an answer.
            "submitted": passage.sheet.progress in (Progress.SUBMITTED, Progress.REVIEW),
            "title": "" if passage.quiet else passage.sheet.title,
            "url": absolute(reverse("practices:sheet", args=(passage.sheet_id,))),
        },
        why=_("You are making this practice sheet.")
        if makes
        else _("You are reviewing this practice sheet."),
    )


def _makes(sheet: Sheet, person: Any) -> bool:
    """Whether she is still making it."""
    making = sheet.current_id is None and sheet.state in MAKING
    return making and person is not None and sheet.owner_id == person.pk


def _reviews(sheet: Sheet, person: Any) -> bool:
    """Whether she is the animator who has its first version in review."""
    reviewed = sheet.current_id is None and sheet.progress == Progress.REVIEW
    mine = person is not None and sheet.claimed_by_id == person.pk and person.is_animator
    return reviewed and mine and sheet.state == State.PENDING
