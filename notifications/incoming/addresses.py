"""The addresses to which members write: one of each space, and one of each copy of a mail.

A reply address is a key: it says whose copy of which message it is, until when, and a seal of 128
bits proves that we said so. Nothing is stored. Mail servers may change the case of an address:
the key is in base 32.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.incoming.errors import AddressExpired, UnknownAddress

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User
    from community.models import SubCommunity

KEPT = timedelta(days=90)
DAY = 86_400
FORM = struct.Struct(">BQQH")
SEAL_BYTES = 16
KEY_LENGTH = -(-(FORM.size + SEAL_BYTES) * 8 // 5)
# Handlers of replies by the number that stands in keys: it never changes.
CODES: dict[str, int] = {"post": 1}


@dataclass(frozen=True)
class Key:
    """What a reply address says: the copy of `user_id` of a mail about that object."""

    kind: str
    user_id: int
    object_id: int


def reply_address(obj: Model, *, to: User) -> str:
    """The address that answers the copy sent `to` her of a mail about `obj`; nothing when
    this installation receives no mail."""
    if not settings.MAIL_DOMAIN:
        return ""
    until = int((timezone.now() + KEPT).timestamp()) // DAY
    said = FORM.pack(CODES[obj._meta.model_name or ""], to.pk, obj.pk, until)
    key = base64.b32encode(said + _seal(said)).decode().rstrip("=").lower()
    return f"{key}@{settings.MAIL_DOMAIN}"


def space_address(space: SubCommunity) -> str:
    """The address that opens a thread in `space`; nothing when no mail is received."""
    return f"{space.slug}@{settings.MAIL_DOMAIN}" if settings.MAIL_DOMAIN else ""


def read_key(local: str) -> Key:
    """What a reply address says, by the part before its @.

    Raises `UnknownAddress` when we did not make it, `AddressExpired` when it is too old.
    """
    try:
        padding = "=" * (-len(local) % 8)
        whole = base64.b32decode(local.upper() + padding)
    except (binascii.Error, ValueError):
        raise UnknownAddress from None
    said, seal = whole[: FORM.size], whole[FORM.size :]
    if len(whole) != FORM.size + SEAL_BYTES or not constant_time_compare(seal, _seal(said)):
        raise UnknownAddress
    code, user_id, object_id, until = FORM.unpack(said)
    kind = next((name for name, number in CODES.items() if number == code), None)
    if kind is None:
        raise UnknownAddress
    if int(timezone.now().timestamp()) // DAY > until:
        raise AddressExpired
    return Key(kind, user_id, object_id)


def is_key(local: str) -> bool:
    """Whether a local part has the form of a key; a space's address is shorter."""
    return len(local) == KEY_LENGTH and all(
        char in "abcdefghijklmnopqrstuvwxyz234567" for char in local
    )


def ours(addresses: list[str]) -> list[str]:
    """The local parts of those that are at our domain, once each, in order."""
    found = (address.strip(" <>").lower().rpartition("@") for address in addresses)
    return list(
        dict.fromkeys(
            local for local, _at, domain in found if domain == settings.MAIL_DOMAIN and local
        )
    )


def _seal(said: bytes) -> bytes:
    return salted_hmac("ancrage.reply-address", said, algorithm="sha256").digest()[:SEAL_BYTES]
