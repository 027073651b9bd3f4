"""Whether the contents that were kept are still there, and still the same."""

from __future__ import annotations

import logging

from django.core.files.storage import storages
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from core import schedule
from core.files.store import measured
from core.integrity import Found, check
from core.models import StoredFile

logger = logging.getLogger(__name__)
Damage = StoredFile.Damage
# How much is read in one night: a part, so that a large library is read whole in some weeks.
A_NIGHT_BYTES = 2_000_000_000
A_NIGHT = 20_000
BATCH = 200


@check("core.files")
def check_files(*, repair: bool) -> Found:
    """Read every file again. What is lost or altered cannot be mended here: it comes back from a
    backup, and the next reading says so."""
    found = Found()
    began = timezone.now()
    unread = StoredFile.objects.filter(Q(checked_at=None) | Q(checked_at__lt=began))
    while batch := list(_kept(unread)[:BATCH]):
        for stored in batch:
            _check(stored, found)
    return found


@schedule.daily(hour=4, name="core.read_files")
def read_nightly() -> None:
    """Read a part of the files again: the damaged ones, then those read the longest ago."""
    found = Found()
    left = A_NIGHT_BYTES
    for stored in _kept(StoredFile.objects.all())[:A_NIGHT]:
        if left < 0:
            break
        _check(stored, found)
        left -= stored.size
    for line in found.lines:
        logger.error("integrity: %s", line)


def _kept(rows: QuerySet[StoredFile]) -> QuerySet[StoredFile]:
    """Those that should have a content, in the order in which they are read."""
    kept = rows.exclude(state=StoredFile.State.INFECTED)
    return kept.order_by(F("damage").desc(), F("checked_at").asc(nulls_first=True), "pk")


def _check(stored: StoredFile, found: Found) -> None:
    """Note what became of one content; a file that was let go meanwhile is no matter."""
    damage = _damage(stored)
    row = StoredFile.objects.filter(pk=stored.pk)
    if not row.update(checked_at=timezone.now(), damage=damage):
        return
    found.looked_at += 1
    if damage:
        of = f" of {stored.kind} {stored.object_id}" if stored.kind else ""
        found.tell(f"file {stored.pk}{of} ({stored.file.name}): {damage}")


def _damage(stored: StoredFile) -> str:
    try:
        with storages["private"].open(stored.file.name or "") as content:
            return "" if measured(content)[1] == stored.sha256 else Damage.ALTERED
    except OSError:
        return Damage.LOST
