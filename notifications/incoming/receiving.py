"""The one way in of mails, whatever brought them: a webhook, LMTP, a pipe."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404

from accounts.models import User
from core import files, mail, ratelimit
from core.errors import Refused
from notifications.incoming import addresses, handlers
from notifications.incoming.errors import (
    AlreadyReceived,
    MailRefused,
    MailTooLarge,
    MightIdentify,
    NotAuthenticated,
    NothingWritten,
    ReplyFromStranger,
    TooManyMails,
    UnknownAddress,
)
from notifications.incoming.handlers import Done, Said, title_of
from notifications.incoming.message import ReadMail, parse
from notifications.incoming.proof import Proof, proof_of, require_a_person
from notifications.incoming.returned import take_return
from notifications.incoming.trim import Trimmed, trim
from notifications.models import IncomingMail

logger = logging.getLogger(__name__)

MAX_ADDRESSES = 5
MAILS_AN_HOUR = 30
# One polite mail says it; several would be a nuisance that strangers could cause.
ANSWERS_A_DAY = 3
HEADERS_BYTES = 200_000


@dataclass(frozen=True)
class Outcome:
    """What became of a mail at one of our addresses: the object it made or met, or the name of
    the refusal (`ReplyFromStranger`)."""

    obj: Any = None
    error: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Target:
    """Where a mail goes: the person who writes, and what she writes to."""

    person: User
    key: addresses.Key | None
    slug: str = ""


def receive(raw: bytes, *, to: str = "", envelope_sender: str | None = None) -> list[Outcome]:
    """Take in one mail, in the form of RFC 5322, and do what it asks; one outcome an address.

    `to` is the recipient of the envelope; without it, those of the headers are ours to find.
    `envelope_sender` is empty for a bounce: one of a mail of ours is counted, and makes no
    outcome. A refusal is an outcome, never an exception: what is
    raised here is a failure of ours, and the mail is to be brought again.
    """
    if to and take_return(raw, to.strip(" <>").lower().rpartition("@")[0]):
        return []
    try:
        read = parse(raw if len(raw) <= settings.MAIL_MAX_BYTES else _beginning(raw))
        require_a_person(read, envelope_sender)
    except MailRefused as refusal:
        return [_refused(refusal)]
    found = addresses.ours([to] if to else read.to)[:MAX_ADDRESSES]
    if not found:
        return [_answer(read, None, UnknownAddress())]
    return [_take(read, raw, local) for local in found]


def _beginning(raw: bytes) -> bytes:
    """The headers of a mail that is too large to be read whole."""
    return raw[:HEADERS_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"


def _take(read: ReadMail, raw: bytes, local: str) -> Outcome:
    """What becomes of the mail at one address, all or nothing."""
    target = None
    try:
        target = _target(read, local)
        if len(raw) > settings.MAIL_MAX_BYTES:
            raise MailTooLarge
        _require_first(read, local)
        if not ratelimit.hit("mail in", f"user {target.person.pk}", MAILS_AN_HOUR, 3600):
            raise TooManyMails
        with transaction.atomic():
            return _do(read, raw, target, local)
    except Http404:
        return _answer(read, target, UnknownAddress(), local)
    except Refused as refusal:
        return _answer(read, target, refusal, local)


def _target(read: ReadMail, local: str) -> _Target:
    if addresses.is_key(local):
        key = addresses.read_key(local)
        person = User.objects.filter(pk=key.user_id).first()
        if person is None or not person.is_current:
            raise UnknownAddress
        if person.email.lower() != read.sender:
            raise ReplyFromStranger
        return _Target(person, key)
    person = User.objects.filter(email__iexact=read.sender).first()
    if person is None or not person.is_current:
        raise UnknownAddress
    return _Target(person, None, local)


def _require_first(read: ReadMail, local: str) -> None:
    if IncomingMail.objects.filter(identity=read.identity, target=_digest(local)).exists():
        raise AlreadyReceived


def _do(read: ReadMail, raw: bytes, target: _Target, local: str) -> Outcome:
    cut = trim(read.text, sender_name=read.sender_name, keep_forwarded=target.key is None)
    said = _said(read, cut)
    if said.proof is Proof.FAILED:
        raise NotAuthenticated
    row = _claimed(read, target.person, local)
    if target.key is not None:
        done = handlers.reply_handler(target.key.kind)(target.person, target.key.object_id, said)
    else:
        done = handlers.opening_handler()(target.person, target.slug, said)
    _keep(row, raw, done, cut)
    for note in done.notes:
        _tell(read, target, note, link=done.link)
    return Outcome(obj=done.obj, notes=tuple(note.__name__ for note in done.notes))


def _said(read: ReadMail, cut: Trimmed) -> Said:
    if not cut.kept.strip() and not read.attachments:
        raise NothingWritten
    return Said(cut.kept, title_of(read.subject), proof_of(read), read.attachments)


def _claimed(read: ReadMail, person: User, local: str) -> IncomingMail:
    """The row of this mail at this address: of two deliveries at once, one has it."""
    try:
        with transaction.atomic():
            return IncomingMail.objects.create(
                identity=read.identity, target=_digest(local), person=person
            )
    except IntegrityError:
        raise AlreadyReceived from None


def _keep(row: IncomingMail, raw: bytes, done: Done, cut: Trimmed) -> None:
    """What was taken away stays with what was published; the original, for a month."""
    if done.obj is not None:
        row.kind, row.object_id = done.obj._meta.model_name or "", done.obj.pk
    row.elided = cut.elided
    row.original = files.keep_original(raw, to_kind="incomingmail", object_id=row.pk)
    row.save(update_fields=("kind", "object_id", "elided", "original"))


def _digest(local: str) -> str:
    """An address as it is stored: without the key."""
    return hashlib.sha256(local.encode("utf-8", "replace")).hexdigest()[:32]


# ----------------------------------------------------------------------------------- refusals


def _refused(refusal: Refused) -> Outcome:
    name = type(refusal).__name__
    logger.info("a mail was refused: %s", name)
    return Outcome(error=name)


def _answer(read: ReadMail, target: _Target | None, refusal: Refused, local: str = "") -> Outcome:
    """Say once, politely, that the mail was not published."""
    first = True
    if local and not isinstance(refusal, AlreadyReceived):
        _row, first = IncomingMail.objects.get_or_create(
            identity=read.identity,
            target=_digest(local),
            defaults={"person": target.person if target else None, "error": type(refusal).__name__},
        )
    if first and not getattr(refusal, "silent", False):
        _tell(read, target, type(refusal))
    return _refused(refusal)


def _tell(
    read: ReadMail, target: _Target | None, refusal: type[Refused], *, link: str = ""
) -> None:
    """Queue the polite mail. A stranger has it only when her address is proven to be hers: a
    forged sender would have us write to somebody who sent nothing. Few are sent, but to a member
    who is proven to have written: she would believe that the others were published."""
    proven = proof_of(read) is Proof.PASSED
    if target is None and not proven:
        return
    counted = target is None or not (proven or issubclass(refusal, MightIdentify))
    if counted and not ratelimit.hit("mail refused", read.sender, ANSWERS_A_DAY, 86_400):
        return
    data = {"refusal": f"{refusal.__module__}.{refusal.__qualname__}", "link": link}
    if len(read.message_id) <= 200:
        data["answers"] = read.message_id
    to = target.person if target else read.sender
    mail.queue("mail_refused", to=to, data=data)
