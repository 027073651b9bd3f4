"""The index follows the rooms: what `core.content` describes becomes rows, words and pages.

Everything here may be done twice, or again after it was killed: an entry whose fingerprint is the
one that is kept costs a look and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core import content
from core.audience import Level, State
from core.content import Entry, Indexed, Kind
from search import drawing
from search.models import Cell, SearchDocument, SearchPage, Walk
from search.vocabulary import Changes

# What is drawn in one transaction: a second of work at most, for whoever waits behind it.
CHUNK = 100
NOT_YET = (State.DRAFT, State.PENDING)
WRITTEN = [
    field.name
    for field in SearchDocument._meta.local_concrete_fields
    if field.name not in ("id", "kind", "object_id")
]


def indexed_kinds() -> list[Kind]:
    return [kind for kind in content.kinds() if kind.indexed is not None]


def contract(kind: Kind) -> Indexed:
    """How a kind is indexed. Raises `UnknownKind` for one that is not."""
    if kind.indexed is None:
        raise content.UnknownKind(kind.name)
    return kind.indexed


def index(kind: Kind, ids: Iterable[int], *, anew: bool = False) -> int:
    """Look at these objects again: draw those that changed, forget those that are gone.

    Answers how many rows that changed. `anew` says that the index is being rebuilt: what comes is
    then as old as its date, and not news.
    """
    wanted = sorted(set(ids))
    changed = 0
    for at in range(0, len(wanted), CHUNK):
        try:
            changed += _index(kind, wanted[at : at + CHUNK], anew=anew)
        except IntegrityError:
            # Another process drew the same new object first: there is a row to lock now, and its
            # words are counted.
            changed += _index(kind, wanted[at : at + CHUNK], anew=anew)
    return changed


@transaction.atomic
def _index(kind: Kind, ids: Sequence[int], *, anew: bool) -> int:
    # Locked before they are looked at in the rooms: of two who draw, the last has seen the last.
    rows = SearchDocument.objects.filter(kind=kind.name, object_id__in=ids).order_by("pk")
    known = {row.object_id: row for row in rows.select_for_update()}
    entries = {entry.object_id: entry for entry in contract(kind).entries(ids)}
    changed = [
        entry
        for entry in entries.values()
        if entry.object_id not in known
        or known[entry.object_id].fingerprint != drawing.fingerprint(kind.name, entry)
    ]
    gone = [row for object_id, row in known.items() if object_id not in entries]
    if not changed and not gone:
        return 0
    changes = Changes()
    former = [*gone, *(known[e.object_id] for e in changed if e.object_id in known)]
    _forget_words(former, changes)
    SearchPage.objects.filter(document__in=former).delete()
    SearchDocument.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _draw(kind, changed, known, changes, anew=anew)
    changes.save()
    return len(changed) + len(gone)


def _forget_words(rows: Sequence[SearchDocument], changes: Changes) -> None:
    counted = [row for row in rows if row.counted]
    pages: dict[int, list[SearchPage]] = {}
    for page in SearchPage.objects.filter(document__in=counted) if counted else ():
        pages.setdefault(page.document_id, []).append(page)
    for row in counted:
        changes.take_away(row, pages.get(row.pk, ()))


def _draw(
    kind: Kind,
    entries: Sequence[Entry],
    known: dict[int, SearchDocument],
    changes: Changes,
    *,
    anew: bool,
) -> None:
    if not entries:
        return
    cells = _cells(kind, entries)
    now = timezone.now()
    pages: dict[int, list[SearchPage]] = {}
    rows = []
    for entry in entries:
        row = drawing.row_of(kind.name, entry)
        row.cell_id = cells[drawing.cell_code(kind.name, entry)]
        row.since = _since(entry, known.get(entry.object_id), now, anew=anew)
        row.counted = entry.state == State.PUBLISHED
        pages[entry.object_id] = list(drawing.pages_of(entry))
        if row.counted:
            changes.add(row, pages[entry.object_id])
        rows.append(row)
    rows.sort(key=lambda row: row.object_id)
    SearchDocument.objects.bulk_create(row for row in rows if row.object_id not in known)
    SearchDocument.objects.bulk_create(
        (row for row in rows if row.object_id in known),
        update_conflicts=True,
        unique_fields=("kind", "object_id"),
        update_fields=WRITTEN,
    )
    _save_pages(kind, pages)


def _save_pages(kind: Kind, pages: dict[int, list[SearchPage]]) -> None:
    having = [object_id for object_id, found in pages.items() if found]
    if not having:
        return
    rows = SearchDocument.objects.filter(kind=kind.name, object_id__in=having)
    for object_id, pk in rows.values_list("object_id", "pk"):
        for page in pages[object_id]:
            page.document_id = pk
    SearchPage.objects.bulk_create(page for one in having for page in pages[one])


def _since(entry: Entry, row: SearchDocument | None, now: datetime, *, anew: bool) -> datetime:
    """Since when it is there to be found: see `SearchDocument.since`."""
    if row is None:
        return entry.dated_at if anew else now
    if row.state in NOT_YET and entry.state == State.PUBLISHED:
        return now
    return row.since


def _cells(kind: Kind, entries: Sequence[Entry]) -> dict[str, int]:
    """The cells of these entries, made if they are new."""
    wanted = {drawing.cell_code(kind.name, entry): entry for entry in entries}
    found = dict(Cell.objects.filter(code__in=wanted).values_list("code", "pk"))
    new = [
        Cell(
            code=code,
            kind=kind.name,
            level=entry.level,
            space_id=entry.space_id,
            organisation_id=entry.organisation_id if entry.level == Level.ORGANISATION else None,
        )
        for code, entry in wanted.items()
        if code not in found
    ]
    if new:
        Cell.objects.bulk_create(new, ignore_conflicts=True)
        found = dict(Cell.objects.filter(code__in=wanted).values_list("code", "pk"))
    return found


def hide(kind: str, ids: Sequence[int]) -> None:
    """These objects, and what they contain, are not found until they are drawn again."""
    own = Q(kind=kind, object_id__in=ids)
    contained = Q(container_kind=kind, container_id__in=ids)
    rows = SearchDocument.objects.filter(own | contained, state=State.PUBLISHED)
    rows.update(state=State.HIDDEN, fingerprint="")


# ------------------------------------------------------------------ walks over a whole kind


def walk(kind: Kind, *, name: str, anew: bool = False) -> Iterator[tuple[int, int]]:
    """Look at every object of a kind, from the oldest on: (looked at, changed) after each chunk.

    Where it has come is kept with each chunk: who begins again under the same `name` goes on.
    """
    place, _new = Walk.objects.get_or_create(name=name, kind=kind.name)
    while True:
        ids = contract(kind).ids(place.after, CHUNK)
        with transaction.atomic():
            changed = index(kind, ids, anew=anew) + _sweep(kind, place.after, ids)
            if ids:
                place.after = ids[-1]
                place.save(update_fields=("after",))
            else:
                place.delete()
        if not ids:
            return
        yield len(ids), changed


def _sweep(kind: Kind, after: int, ids: Sequence[int]) -> int:
    """Forget the rows of objects that are no more, among those that the walk passes."""
    rows = SearchDocument.objects.filter(kind=kind.name, object_id__gt=after)
    if ids:
        rows = rows.filter(object_id__lte=ids[-1])
    gone = set(rows.values_list("object_id", flat=True)) - set(ids)
    return index(kind, gone) if gone else 0
