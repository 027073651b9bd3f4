"""The mail queue: who is to be told of what, and the worker's part, sending it."""

import logging
import smtplib
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    models,
    transaction,
)
from django.utils import timezone, translation

from core import events, leases
from core.mail.messages import renderer
from core.mail.render import build, domain
from core.mail.returns import return_address
from core.mail.transport import AddressRefused, MailServerAway, Transport
from core.models import OutgoingMail, Schedule

logger = logging.getLogger(__name__)
State = OutgoingMail.State

# The row of `Schedule` that says until when nobody tries the mail server again.
SERVER = "mail server"
PAUSE = timedelta(minutes=1)
# A mail that could not leave for so long has lost its sense.
TOO_OLD = timedelta(days=5)


def queue(
    name: str,
    *,
    to: Any,
    about: models.Model | None = None,
    data: Mapping[str, Any] | None = None,
    not_before: datetime | None = None,
    dedupe: str | None = None,
) -> OutgoingMail:
    """Ask that the message called `name` be sent `to` a user, or to a bare address.

    `about` is the object that the renderer will look up again; `data` holds identifiers only.
    With `dedupe`, asking twice gives the same row and one mail. Nothing leaves before the
    transaction is committed.
    """
    row = _row(name, to, about, data, not_before, dedupe)
    if dedupe is None:
        row.save()
    else:
        defaults = {
            field.attname: getattr(row, field.attname)
            for field in OutgoingMail._meta.concrete_fields
            if not field.primary_key and field.name != "dedupe"
        }
        row, _created = OutgoingMail.objects.get_or_create(dedupe=dedupe, defaults=defaults)
    events.wake("core.tasks.deliver_mail")
    return row


def queue_many(
    name: str,
    *,
    to: Iterable[Any],
    about: models.Model | None = None,
    data: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] | None = None,
    not_before: datetime | None = None,
    dedupe: str,
) -> None:
    """The same message to many people, in a few statements; `data` may be asked for each.

    `dedupe` begins each row's own key (`reply:12` → `reply:12:345`), so that an event handled
    twice writes to nobody twice.
    """
    rows = (
        _row(
            name,
            one,
            about,
            data(one) if callable(data) else data,
            not_before,
            f"{dedupe}:{getattr(one, 'pk', one)}",
        )
        for one in to
    )
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    events.wake("core.tasks.deliver_mail")


def _row(
    name: str,
    to: Any,
    about: models.Model | None,
    data: Mapping[str, Any] | None,
    not_before: datetime | None,
    dedupe: str | None,
) -> OutgoingMail:
    whom = {"address": to} if isinstance(to, str) else {"recipient": to}
    return OutgoingMail(
        name=name,
        kind=(about._meta.model_name or "") if about is not None else "",
        object_id=about.pk if about is not None else None,
        data=dict(data or {}),
        not_before=not_before or timezone.now(),
        dedupe=dedupe,
        **whom,
    )


def waiting() -> models.QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(state=State.WAITING)


def deliver(limit: int = 100) -> int:
    """Send the mails that are due, oldest first; answer how many were taken.

    When the mail server is away the queue waits for it, whole, and is tried again after a pause;
    that counts against no mail. A worker killed between sending and writing it down sends that
    one mail a second time, with the same Message-ID.
    """
    if _paused():
        return 0
    taken = 0
    with Transport() as transport:
        while taken < limit and not leases.stopping.is_set():
            mail = leases.take_one(waiting())
            if mail is None:
                break
            taken += 1
            if not _deliver_one(mail, transport):
                break
    return taken


def _deliver_one(mail: OutgoingMail, transport: Transport) -> bool:
    """Send one leased mail and write the outcome. False when the server is away."""
    try:
        if leases.worn_out(mail.attempts):
            _settle(mail, State.FAILED, error="WorkerKilled")
        elif mail.not_before < timezone.now() - TOO_OLD:
            _settle(mail, State.FAILED, error="TooOld")
        elif mail.recipient is not None and mail.recipient.mail_stopped_at is not None:
            _settle(mail, State.CANCELLED, error="AddressStopped")
        elif (built := _build(mail)) is None:
            _settle(mail, State.CANCELLED)
        else:
            transport.send(built)
            _mark_sent(mail, built.extra_headers["Message-ID"])
    except MailServerAway as away:
        _wait_for_server(mail, away)
        return False
    except AddressRefused as refused:
        with transaction.atomic():
            _settle(mail, State.FAILED, error=leases.error_name(refused.__cause__ or refused))
            _came_back(mail, refused.__cause__, hard=True)
    except (OperationalError, InterfaceError):
        # The database, not the mail: the lease ends by itself and another worker takes over.
        raise
    except Exception as error:
        with transaction.atomic():
            if not _try_later(mail, leases.error_name(error)):
                _came_back(mail, error, hard=False)
    return True


def _came_back(mail: OutgoingMail, error: BaseException | None, *, hard: bool) -> None:
    """Announce that the server will not have the address of somebody with an account, for good
    (`hard`) or after it was tried for hours. A refused content is not her address's fault."""
    if mail.recipient_id is not None and isinstance(error, smtplib.SMTPRecipientsRefused):
        events.emit("mail.came_back", mail=mail.pk, hard=hard)


def _build(mail: OutgoingMail) -> Any:
    """The mail as it may be read by its recipient now, or None."""
    person = mail.recipient
    if person is not None and not person.is_current:
        return None
    address = person.email if person is not None else mail.address
    language = getattr(person, "language", "") or mail.data.get("language", "")
    language = language or settings.LANGUAGE_CODE
    with translation.override(language):
        message = renderer(mail.name)(mail)
    if message is None or not address:
        return None
    built = build(mail.name, address, message, language=language, recipient=person)
    if not message.message_id:
        # The same at each try: a mail sent twice is one mail to whoever reads it.
        moment = mail.created_at.strftime("%Y%m%d%H%M%S")
        built.extra_headers["Message-ID"] = f"<{moment}.{mail.pk}@{domain()}>"
    if back := return_address(mail):
        built.extra_headers["From"], built.from_email = built.from_email, back
    return built


def _settle(mail: OutgoingMail, state: str, *, error: str = "", **changes: Any) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=state, leased_until=None, last_error=error, **changes
    )
    if state == State.FAILED:
        logger.error("mail %s #%s is given up: %s", mail.name, mail.pk, error)


def _mark_sent(mail: OutgoingMail, message_id: str) -> None:
    """Write that the mail left, and insist: forgetting it would send it twice."""
    _insist(lambda: _settle(mail, State.SENT, sent_at=timezone.now(), message_id=message_id[:200]))


def _insist(write: Callable[[], None], pauses: tuple[float, ...] = (1, 2, 4, 8)) -> None:
    for pause in pauses:
        try:
            return write()
        except DatabaseError:
            if connection.in_atomic_block:
                raise
            connections.close_all()
            time.sleep(pause)
    return write()


def _try_later(mail: OutgoingMail, error: str) -> bool:
    """Put it back for later. False when it was tried often enough: it is given up."""
    later = leases.next_try(mail.attempts)
    if later is None:
        _settle(mail, State.FAILED, error=error)
    else:
        logger.warning("mail %s #%s failed with %s", mail.name, mail.pk, error)
        _settle(mail, State.WAITING, error=error, not_before=later)
    return later is not None


def _paused() -> bool:
    return Schedule.objects.filter(name=SERVER, leased_until__gt=timezone.now()).exists()


def _wait_for_server(mail: OutgoingMail, away: MailServerAway) -> None:
    error = leases.error_name(away.__cause__ or away)
    logger.warning("the mail server is away (%s): the queue waits", error)
    _settle(mail, State.WAITING, error=error, attempts=mail.attempts - 1)
    Schedule.objects.update_or_create(
        name=SERVER, defaults={"leased_until": timezone.now() + PAUSE, "last_error": error}
    )
