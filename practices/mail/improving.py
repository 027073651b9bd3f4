"""The mails of improvements: proposed, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.models import User
from community.audience import moderators_of
from core.events import on
from core.mail import Message, message, queue, queue_many
from core.site import absolute
from practices.differences import Difference, between, told
from practices.models import Proposal
from practices.permissions import rights_of
from practices.querysets import bearers_of
from practices.sections import BY_NAME
from practices.services.improving import changes_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.models import OutgoingMail

Answer = Proposal.Answer
# A mail tells no more lines that differ than this; the page has them all.
MOST_CHANGES = 8


@on("proposal.created")
def tell_bearers(payload: dict[str, Any]) -> None:
    """Those who bear the sheet; the animators when nobody else does."""
    proposal = Proposal.objects.waiting().filter(pk=payload["proposal"]).first()
    if proposal is not None:
        key = f"proposal_arrived:{proposal.pk}"
        queue_many("proposal_arrived", to=_deciders(proposal), about=proposal, dedupe=key)


def _deciders(proposal: Proposal) -> QuerySet[User]:
    author = proposal.owner_id or 0
    bearers = bearers_of(proposal.sheet_id).exclude(pk=author)
    return bearers if bearers.exists() else moderators_of(None).exclude(pk=author)


@on("proposal.answered")
def tell_author(payload: dict[str, Any]) -> None:
    """Whoever proposed it."""
    proposal = Proposal.objects.select_related("owner").filter(pk=payload["proposal"]).first()
    if proposal is not None and proposal.owner is not None:
        key = f"proposal_answered:{proposal.pk}"
        queue("proposal_answered", to=proposal.owner, about=proposal, dedupe=key)


@message("proposal_arrived")
def proposal_arrived(mail: OutgoingMail) -> Message | None:
    """To who may answer it, while it waits."""
    proposal = _readable(mail)
    if proposal is None or not proposal.is_waiting or mail.recipient is None:
        return None
    rights = rights_of(mail.recipient, proposal.sheet)
    if not rights.edit:
        return None
    bears = rights.bears
    differences = between(BY_NAME[proposal.section], proposal.before, proposal.values)
    return Message(
        context=_context(proposal)
        | _changes(differences, _("Before:"), _("After:"))
        | {"because": proposal.why},
        why=_("You bear this practice sheet.") if bears else _("You animate the directory."),
    )


@message("proposal_answered")
def proposal_answered(mail: OutgoingMail) -> Message | None:
    """To its author, with the answer and, when it was published, the thanks."""
    proposal = _readable(mail)
    if proposal is None or proposal.owner_id != mail.recipient_id:
        return None
    if proposal.answer not in (Answer.ACCEPTED, Answer.AMENDED, Answer.REFUSED):
        return None
    version = proposal.version.number if proposal.version is not None else None
    return Message(
        context=_context(proposal)
        | _changes(changes_of(proposal), _("Your text:"), _("The published text:"))
        | {
            "answer": proposal.answer,
            "accepted": proposal.answer != Answer.REFUSED,
            "version": version,
            "reply": proposal.reply,
            "by": proposal.answered_by.full_name if proposal.answered_by is not None else "",
        },
        why=_("You proposed an improvement of this practice sheet."),
    )


def _readable(mail: OutgoingMail) -> Proposal | None:
    """The proposal of a mail, if its recipient reads it now."""
    if mail.recipient is None:
        return None
    rows = Proposal.objects.readable_by(mail.recipient).filter(pk=mail.object_id or 0)
    rows = rows.select_related("sheet__bearer", "owner", "organisation", "version", "answered_by")
    return rows.first()


def _changes(differences: list[Difference], was: str, now: str) -> dict[str, Any]:
    """What the mail tells of them, each state under its name, and whether there are more."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    room = MOST_CHANGES
    for one in differences:
        texts = told(one)
        if texts[:room]:
            found.append((str(one.field.label), texts[:room]))
        room -= len(texts)
        if room < 0:
            break
    return {"changes": found, "more": room < 0, "was": was, "now": now}


def _context(proposal: Proposal) -> dict[str, Any]:
    return {
        "title": proposal.sheet.title,
        "section": str(BY_NAME[proposal.section].label),
        "name": proposal.owner.full_name if proposal.owner is not None else "",
        "organisation": proposal.organisation.name if proposal.organisation is not None else "",
        "url": absolute(proposal.get_absolute_url()),
    }
