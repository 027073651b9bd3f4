"""The mails about passages: consent asked, asked once more, and answered."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.audience import State
from core.mail import Message, message
from core.models import OutgoingMail
from core.site import absolute
from practices.centre.births import waiting_for
from practices.models import Passage, Sheet

MAKING = (State.DRAFT, State.PENDING)


@message("passages_asked")
def passages_asked(mail: OutgoingMail) -> Message | None:
    """To who wrote the words, while she has not answered: never the words themselves; of what she
    wrote without her name or in a confidential space, neither who asks nor for which sheet."""
    if mail.recipient is None:
        return None
    waiting = [one for one in waiting_for(mail.recipient) if one.sheet_id == mail.object_id]
    if not waiting:
        return None
    sheet = waiting[0].sheet
    quiet = any(one.quiet or one.unnamed for one in waiting)
    asker = sheet.owner.short_name if sheet.owner is not None else ""
    return Message(
        context={
            "count": len(waiting),
            "title": "" if quiet else sheet.title,
            "asker": "" if quiet else asker,
            "url": absolute(reverse("practices:consents")),
        },
        why=_("You wrote something that somebody wishes to quote."),
    )


@message("passage_answered")
def passage_answered(mail: OutgoingMail) -> Message | None:
    """To who makes the sheet: that somebody answered, never who."""
    rows = Passage.objects.select_related("sheet__owner").filter(pk=mail.object_id or 0)
    passage = rows.first()
    if passage is None or not _makes(passage.sheet, mail.recipient):
        return None
    return Message(
        context={
            "yes": bool(mail.data.get("yes")),
            "held": passage.consent == Passage.Consent.REFUSED,
            "title": "" if passage.quiet else passage.sheet.title,
            "url": absolute(reverse("practices:sheet", args=(passage.sheet_id,))),
        },
        why=_("You are making this practice sheet."),
    )


def _makes(sheet: Sheet, person: Any) -> bool:
    """Whether she is still making it."""
    making = sheet.current_id is None and sheet.state in MAKING
    return making and person is not None and sheet.owner_id == person.pk
