"""Where a mail goes that could not be delivered: an address that says which mail it was.

Mail servers send the report of a failure to the sender of the envelope, hours later and without
saying whom they could not reach in a form that one may believe. The address is sealed, so that
nobody makes a member's address count as dead; nothing is stored.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from core.models import OutgoingMail

FORM = struct.Struct(">Q")
SEAL_BYTES = 12
LOCAL = re.compile(r"retour-([a-z2-7]{32})")


def return_address(mail: OutgoingMail) -> str:
    """The sender of the envelope of this mail; nothing when returns do not come to us."""
    if not settings.MAIL_RETURNS:
        return ""
    said = FORM.pack(mail.pk)
    key = base64.b32encode(said + _seal(said)).decode().lower()
    return f"retour-{key}@{settings.MAIL_DOMAIN}"


def read_return(local: str) -> int | None:
    """The number of the mail whose return address has this part before its @, if it is one that
    we made."""
    match = LOCAL.fullmatch(local)
    if match is None:
        return None
    try:
        whole = base64.b32decode(match[1].upper())
    except (binascii.Error, ValueError):
        return None
    said, seal = whole[: FORM.size], whole[FORM.size :]
    if not constant_time_compare(seal, _seal(said)):
        return None
    return int(FORM.unpack(said)[0])


def _seal(said: bytes) -> bytes:
    return salted_hmac("ancrage.return-address", said, algorithm="sha256").digest()[:SEAL_BYTES]
