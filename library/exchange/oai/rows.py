"""The records of the catalogue: every document that is public, or once was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Min, Q
from django.db.models.functions import Coalesce

from core.audience import Level
from library.exchange.oai.errors import IdDoesNotExist
from library.exchange.oai.requests import Harvest
from library.exchange.record import Record, record_of, with_words
from library.models import Document

SIZE = 100
STAMP = Coalesce("left_public_at", "updated_at")


@dataclass(frozen=True)
class Entry:
    """One record: `record` is None once it is deleted. `set` is empty for what left the public
    without being withdrawn: which type it is now is no longer anybody's business."""

    number: int
    stamp: datetime
    set: str
    record: Record | None


def repository() -> str:
    """The name of the repository in identifiers: the host of the site."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def identifier_of(number: int) -> str:
    return f"oai:{repository()}:document-{number}"


def earliest() -> datetime | None:
    found: datetime | None = _rows().aggregate(first=Min(STAMP))["first"]
    return found


def one(identifier: str) -> Entry:
    """Raises `IdDoesNotExist`, alike for what never existed and for what was never public."""
    match = re.fullmatch(re.escape(identifier_of(0))[:-1] + r"(\d{1,18})", identifier, re.ASCII)
    found = with_words(_rows()).filter(pk=int(match[1])).first() if match else None
    if found is None:
        raise IdDoesNotExist("No record has this identifier.")
    return _entry(found)


def some(harvest: Harvest) -> list[Entry]:
    """At most one more than `SIZE` entries of a list, the oldest change first; five queries."""
    rows = _rows()
    if harvest.set:
        # What is not public any more is deleted from every set: none tells where it went.
        rows = rows.filter(Q(type=harvest.set) | ~Q(level=Level.PUBLIC))
    if harvest.since is not None:
        rows = rows.filter(stamp__gte=harvest.since)
    if harvest.before is not None:
        rows = rows.filter(stamp__lt=harvest.before)
    if (after := harvest.after) is not None:
        # The first condition says nothing new: it is the one that the index begins from.
        rows = rows.filter(stamp__gte=after.stamp)
        rows = rows.filter(Q(stamp__gt=after.stamp) | Q(pk__gt=after.number))
    return [_entry(row) for row in with_words(rows.order_by("stamp", "pk"))[: SIZE + 1]]


def _rows() -> Any:
    visitor = AnonymousUser()
    rows: Any = Document.objects.filter(was_public=True).with_rights(visitor)
    return rows.annotate(stamp=STAMP).prefetch_related("replaces")


def _entry(row: Any) -> Entry:
    alive = row.viewer_reads and row.replaced_by_id is None
    return Entry(
        number=row.pk,
        stamp=row.stamp,
        set=row.type if row.level == Level.PUBLIC else "",
        record=record_of(row, replaced=row.replaces.all()) if alive else None,
    )
