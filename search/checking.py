"""Whether the index says what the rooms say, and the mending of what does not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from core.content import Kind
from core.integrity import Found, check
from core.schedule import daily
from search import drawing, indexing, vocabulary
from search.models import Cell, SearchDocument

logger = logging.getLogger(__name__)

# How many objects of each kind are looked at again in one night: a part, so that a large community
# is looked at whole in some weeks.
A_NIGHT = 20_000
NIGHTLY = "nightly"


@dataclass(frozen=True)
class Differences:
    """missing from the index, stale in it, gone from the rooms: how many of each."""

    looked_at: int = 0
    missing: int = 0
    stale: int = 0
    gone: int = 0

    @property
    def count(self) -> int:
        return self.missing + self.stale + self.gone

    def __add__(self, other: Differences) -> Differences:
        return Differences(
            self.looked_at + other.looked_at,
            self.missing + other.missing,
            self.stale + other.stale,
            self.gone + other.gone,
        )


def compare(kind: Kind, *, repair: bool = False) -> Iterator[Differences]:
    """What differs, chunk after chunk; mended with `repair`."""
    indexed = indexing.contract(kind)
    after = 0
    while True:
        ids = indexed.ids(after, indexing.CHUNK)
        rows = SearchDocument.objects.filter(kind=kind.name, object_id__gt=after)
        if ids:
            rows = rows.filter(object_id__lte=ids[-1])
        known = dict(rows.values_list("object_id", "fingerprint"))
        said = {e.object_id: drawing.fingerprint(kind.name, e) for e in indexed.entries(ids)}
        missing = said.keys() - known.keys()
        gone = known.keys() - said.keys()
        stale = {pk for pk in said.keys() & known.keys() if said[pk] != known[pk]}
        if repair:
            indexing.index(kind, missing | gone | stale)
        yield Differences(len(ids), len(missing), len(stale), len(gone))
        if not ids:
            return
        after = ids[-1]


def check_words(cell: Cell, *, repair: bool = False) -> bool:
    """Whether the vocabulary of a cell is that of its entries; counted again with `repair`."""
    right = vocabulary.is_right(cell)
    if not right and repair:
        vocabulary.recount(cell)
    return right


@check("search.index")
def check_index(*, repair: bool) -> Found:
    """Compare every kind, then the vocabulary of every cell."""
    found = Found()
    for kind in indexing.indexed_kinds():
        told = sum(compare(kind, repair=repair), Differences())
        found.looked_at += told.looked_at
        if told.count:
            found.tell(
                f"{kind.name}: {told.missing} missing, {told.stale} not as they are, "
                f"{told.gone} too many",
                told.count,
            )
    for cell in Cell.objects.order_by("pk"):
        if not check_words(cell, repair=repair):
            found.tell(f"{cell.code}: its words are not those of its entries")
    found.mended = found.wrong if repair else 0
    return found


@daily(hour=4, name="search.look_again")
def look_again() -> None:
    """Look at a part of every kind again, and at the words of one cell, and mend what an event
    that was given up left behind."""
    for kind in indexing.indexed_kinds():
        seen = mended = 0
        for looked_at, changed in indexing.walk(kind, name=NIGHTLY):
            seen += looked_at
            mended += changed
            if seen >= A_NIGHT:
                break
        if mended:
            logger.warning("search: %s entries of %s were mended", mended, kind.name)
    cells = list(Cell.objects.order_by("pk"))
    if cells:
        tonight = cells[timezone.localdate().toordinal() % len(cells)]
        if not check_words(tonight, repair=True):
            logger.warning("search: the words of cell %s were counted again", tonight.pk)
