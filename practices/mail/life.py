"""The mails of the life of a sheet: decided by the animators, to be reviewed.

What awaits the animators is in their console and in Monday's mail; none of these tells them so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audience import State
from core.events import on
from core.mail import Message, message, queue_many
from core.site import absolute
from practices.models import Sheet, Step
from practices.permissions import rights_of
from practices.querysets import bearers_of
from practices.services.reminders import animators_on

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import OutgoingMail

DECISIONS = (Step.Act.CORRECTIONS, Step.Act.PUBLISHED, Step.Act.REFUSED)


@on("sheet.decided")
def tell_bearers(payload: dict[str, Any]) -> None:
    """One mail to each of those who look after the sheet, for each decision; not to who took it."""
    rows = Step.objects.select_related("sheet__owner").filter(pk=payload["step"])
    step = rows.filter(act__in=DECISIONS).first()
    if step is None:
        return
    others = [one for one in followers(step.sheet) if one.pk != step.by_id]
    data, key = {"step": step.pk}, f"sheet_decided:{step.pk}"
    queue_many("sheet_decided", to=others, about=step.sheet, data=data, dedupe=key)


def followers(sheet: Sheet) -> list[User]:
    """Its bearers, and who began it while nothing of it was published."""
    people = {one.pk: one for one in bearers_of(sheet.pk)}
    owner = sheet.owner
    if owner is not None and owner.is_current and sheet.versions.count() <= 1:
        people.setdefault(owner.pk, owner)
    return list(people.values())


@message("sheet_decided")
def sheet_decided(mail: OutgoingMail) -> Message | None:
    """While the decision is the last one, to who may still change the sheet, or began it. The
    words of the animators are read on the sheet."""
    sheet = _of(mail)
    if sheet is None:
        return None
    step = Step.objects.filter(sheet=sheet, act__in=DECISIONS).first()
    if step is None or step.pk != mail.data.get("step"):
        return None
    return Message(
        context=_context(sheet) | {"act": step.act, "words": bool(step.words)},
        why=_("You look after this sheet."),
    )


@message("sheet_review")
def sheet_review(mail: OutgoingMail) -> Message | None:
    """To those who bear it, then to the animators, while the review is still due and no next
    version is in review. The bearers are told when the animators are; these, whether somebody
    bears it."""
    sheet = _of(mail)
    if sheet is None or not sheet.is_due or sheet.progress in Sheet.IN_REVIEW:
        return None
    rights = rights_of(mail.recipient, sheet) if mail.recipient else None
    bears = rights is not None and rights.bears
    said = {
        "mine": bears,
        "review_on": sheet.review_on,
        "today": sheet.review_on == timezone.localdate(),
        "told_on": animators_on(sheet) if bears else None,
        "borne": bears or bearers_of(sheet.pk).exists(),
    }
    return Message(
        context=_context(sheet) | said,
        why=_("You look after this sheet.") if bears else _("You animate the directory."),
    )


def _of(mail: OutgoingMail) -> Sheet | None:
    """The sheet of a mail, if its recipient may change it, or began it, now."""
    user = mail.recipient
    if user is None:
        return None
    rows = Sheet.objects.seen_by(user).with_rights(user).select_related("bearer", "current")
    rows = rows.exclude(state__in=(State.REMOVED, State.HIDDEN))
    sheet = rows.filter(pk=mail.object_id or 0).first()
    if sheet is None:
        return None
    return sheet if rights_of(user, sheet).edit or sheet.owner_id == user.pk else None


def _context(sheet: Sheet) -> dict[str, Any]:
    """Its title, which no space keeps quiet, and the way to it."""
    return {
        "title": sheet.title or _("Sheet without a title"),
        "url": absolute(reverse("practices:sheet", args=(sheet.pk,))),
    }
