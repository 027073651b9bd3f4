"""The mails about documents: what became of a deposit, and what the clock reminds of."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import content, files
from core.audience import State
from core.events import on
from core.mail import Message, message, queue
from core.models import OutgoingMail
from core.site import absolute
from library.models import Document, Licence

Approval = Document.Approval


@on("document.approved")
@on("document.refused")
def tell_depositor(payload: dict[str, Any]) -> None:
    """One mail for each decision, to whoever waits for it."""
    document = Document.objects.select_related("owner").filter(pk=payload["document"]).first()
    if document is not None and document.owner is not None:
        key = f"document_decided:{payload['decision']}"
        queue("document_decided", to=document.owner, about=document, dedupe=key)


@message("document_decided")
def document_decided(mail: OutgoingMail) -> Message | None:
    """To the depositor, while the decision stands; its reason is read on her page of deposits."""
    if mail.recipient is None:
        return None
    rows = Document.objects.readable_by(mail.recipient).select_related("space")
    document = rows.filter(pk=mail.object_id or 0, owner_id=mail.recipient.pk).first()
    if document is None or document.approval not in (Approval.GIVEN, Approval.REFUSED):
        return None
    quiet = document.space is not None and not document.space.content_in_mail
    return Message(
        context={
            "accepted": document.approval == Approval.GIVEN,
            "title": "" if quiet else document.title,
            "until": document.embargo_until if document.state == State.PENDING else None,
            "url": absolute(reverse("library:deposits")),
        },
        why=_("You deposited a document that an animator approves."),
    )


@message("document_review")
def document_review(mail: OutgoingMail) -> Message | None:
    """To the depositor, then to those who animate its place, while the review is still due."""
    document = _of(mail)
    if document is None or document.state != State.PUBLISHED or document.review_on is None:
        return None
    if document.review_on > timezone.localdate():
        return None
    mine = document.owner_id == mail.recipient_id
    return Message(
        context=_context(document) | {"mine": mine, "review_on": document.review_on},
        why=_("You deposited this document.") if mine else _("You animate the library."),
    )


@message("document_permission")
def document_permission(mail: OutgoingMail) -> Message | None:
    """To the depositor, while nobody knows whether the document may be shared."""
    document = _of(mail)
    if document is None or document.licence != Licence.UNKNOWN:
        return None
    if document.owner_id != mail.recipient_id:
        return None
    return Message(context=_context(document), why=_("You deposited this document."))


def _of(mail: OutgoingMail) -> Document | None:
    """The document of a mail, if its recipient reads it or animates its place now."""
    if mail.recipient is None:
        return None
    rows = Document.objects.seen_by(mail.recipient).filter(pk=mail.object_id or 0, replaced_by=None)
    return rows.exclude(state=State.REMOVED).select_related("space").first()


def _context(document: Document) -> dict[str, Any]:
    """Its title, and the way to it without a word of it; of a space that keeps quiet, no title."""
    quiet = document.space is not None and not document.space.content_in_mail
    return {
        "title": "" if quiet else document.title,
        "url": absolute(reverse("library:document", args=(document.pk,))),
    }


@message("attachment_wanted")
def attachment_wanted(mail: OutgoingMail) -> Message | None:
    """To who wrote the message, while she reads it and the file is still there; of a space that
    keeps quiet, neither the name of the file nor of who asks."""
    if mail.recipient is None:
        return None
    try:
        kind = content.get(mail.kind)
        written = kind.for_rows(kind.readable_by(mail.recipient)).get(pk=mail.object_id or 0)
        stored = files.find_readable(uuid.UUID(mail.data["file"]), mail.recipient)
    except (content.UnknownKind, ObjectDoesNotExist):
        return None
    space = kind.space(written)
    quiet = space is not None and not space.content_in_mail
    asker = get_user_model().objects.filter(pk=mail.data.get("asker", 0)).first()
    told = {"name": stored.name, "asker": asker.short_name} if asker and not quiet else {}
    return Message(
        context={
            **told,
            "url": absolute(written.get_absolute_url()),
        },
        why=_("You attached this file to a message."),
    )
