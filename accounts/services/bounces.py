"""Addresses from which mails come back: counted, then left alone until their owner says so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Bounce, User
from core import log

if TYPE_CHECKING:
    from core.models import OutgoingMail

SOFT, HARD = 1, 2
LIMIT = 4
COUNTED = timedelta(days=30)


@transaction.atomic
def note_bounce(user: User, *, hard: bool, mail: OutgoingMail | None = None) -> None:
    """A mail to `user` came back, for good (`hard`) or for now. At `LIMIT` points within
    `COUNTED`, nothing of the queue is written to her any more. The same `mail` counts once."""
    user = User.objects.select_for_update().get(pk=user.pk)
    points = HARD if hard else SOFT
    if mail is None:
        Bounce.objects.create(user=user, points=points)
    else:
        _row, new = Bounce.objects.get_or_create(
            mail=mail.pk, defaults={"user": user, "points": points}
        )
        if not new:
            return
    recent = Bounce.objects.filter(user=user, at__gt=timezone.now() - COUNTED)
    score = recent.aggregate(score=Sum("points"))["score"]
    if score >= LIMIT and user.mail_stopped_at is None:
        user.mail_stopped_at = timezone.now()
        user.save(update_fields=["mail_stopped_at"])
        log.record("account.mail_stopped", user)


@transaction.atomic
def try_again(*, by: User) -> None:
    """`by` says that her address works: it is written to, and what came back is forgotten."""
    _forget(by)
    log.record("account.mail_resumed", by, by=by)


def forget_bounces(user: User) -> None:
    """Another address has another record."""
    _forget(user)


def _forget(user: User) -> None:
    Bounce.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(mail_stopped_at=None)
    user.mail_stopped_at = None


def purge() -> None:
    """Forget what no longer counts."""
    Bounce.objects.filter(at__lte=timezone.now() - COUNTED).delete()
