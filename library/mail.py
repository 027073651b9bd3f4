"""The mails about documents: what became of a deposit."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.audience import State
from core.events import on
from core.mail import Message, message, queue
from core.models import OutgoingMail
from core.site import absolute
from library.models import Document

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
