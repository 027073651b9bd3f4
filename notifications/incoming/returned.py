"""Mails of ours that come back: what the report of the mail server says (RFC 3464)."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.message import Message

from core.events import emit
from core.mail import read_return
from core.models import OutgoingMail

STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# A mailbox that is full today is not an address that is dead.
FULL = ("2", "2")


def take_return(raw: bytes, local: str) -> bool:
    """Whether `local` is a return address of ours; what came back to it is then counted, once for
    each mail of the queue. An absence notice, or a delay, is not a mail that came back."""
    number = read_return(local)
    if number is None:
        return False
    failed = failure(raw)
    if failed is not None and OutgoingMail.objects.filter(pk=number).exists():
        emit("mail.came_back", mail=number, hard=failed == "hard")
    return True


def failure(raw: bytes) -> str | None:
    """What a report says of the delivery: "hard", "soft", or None when it did not fail."""
    for block in _blocks(email.message_from_bytes(raw)):
        action = str(block.get("Action", "")).strip().lower()
        status = STATUS.search(str(block.get("Status", "")))
        if action == "failed" and status is not None:
            dead = status[1] == "5" and (status[2], status[3]) != FULL
            return "hard" if dead else "soft"
    return None


def _blocks(mail: Message) -> Iterator[Message]:
    """What the report says of each recipient."""
    if mail.get_content_type() != "multipart/report":
        return
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (one for one in part.get_payload() if isinstance(one, Message))
