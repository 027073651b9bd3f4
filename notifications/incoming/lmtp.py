"""A server that speaks LMTP (RFC 2033): the mail server in front of us hands mails to it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connections

from core.leases import error_name
from notifications.incoming.receiving import receive

logger = logging.getLogger(__name__)

ACCEPTED = "250 2.0.0 Taken"
# A refusal of ours is answered by our own mail, or by nothing: a bounce of the server in front
# would go to whoever a forger named.
LATER = "451 4.3.0 Not now, try again"
ELSEWHERE = "550 5.1.2 Not for this server"


class Door:
    """What aiosmtpd asks: is this recipient ours, and here is the mail."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.rpartition("@")[2].lower() != settings.MAIL_DOMAIN:
            return ELSEWHERE
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One answer a recipient, as LMTP wants it."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        sender = envelope.mail_from or ""
        answers = [await asyncio.to_thread(_take, raw, to, sender) for to in envelope.rcpt_tos]
        return "\r\n".join(answers)


def _take(raw: bytes, to: str, sender: str) -> str:
    try:
        receive(raw, to=to, envelope_sender=sender)
    except Exception as error:
        logger.error("a mail could not be taken: %s", error_name(error))
        return LATER
    finally:
        # This thread may take no other mail for hours.
        connections.close_all()
    return ACCEPTED


def protocol() -> LMTP:
    """One connection."""
    return LMTP(Door(), data_size_limit=settings.MAIL_MAX_BYTES, hostname=settings.MAIL_DOMAIN)


async def serve(host: str, port: int) -> asyncio.base_events.Server:
    """The server, listening."""
    loop = asyncio.get_running_loop()
    server: Any = await loop.create_server(protocol, host, port)
    return server
