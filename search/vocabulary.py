"""The vocabulary: which words stand in how many published entries of each cell, kept exact.

Every change of an entry comes here as differences, in the transaction of the change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction

from core.audience import State
from search import drawing
from search.analysis import Word as Written
from search.models import Cell, SearchDocument, SearchPage, Word

BATCH = 500
ROWS = 500


@dataclass
class Changes:
    """Words and entries that came and went, by cell."""

    words: Counter[tuple[int, str]] = field(default_factory=Counter)
    months: Counter[tuple[int, str]] = field(default_factory=Counter)
    written: dict[str, Written] = field(default_factory=dict)

    def add(self, row: SearchDocument, pages: Iterable[SearchPage]) -> None:
        self._count(row, pages, 1)

    def take_away(self, row: SearchDocument, pages: Iterable[SearchPage]) -> None:
        self._count(row, pages, -1)

    def _count(self, row: SearchDocument, pages: Iterable[SearchPage], by: int) -> None:
        found = drawing.words_of(row, pages)
        self.written |= found
        for plain in found:
            self.words[row.cell_id, plain] += by
        self.months[row.cell_id, f"{row.dated_at:%Y-%m}"] += by

    def save(self) -> None:
        """Write them down. The cells are locked first, so that two transactions take turns."""
        words = sorted((key, by) for key, by in self.words.items() if by)
        months = {key: by for key, by in self.months.items() if by}
        for cell in locked({cell for cell, _month in months}):
            for (cell_id, month), by in months.items():
                if cell_id == cell.pk:
                    count = cell.months.get(month, 0) + by
                    cell.documents += by
                    cell.months[month] = count
            cell.months = {month: n for month, n in sorted(cell.months.items()) if n > 0}
            cell.save(update_fields=("documents", "months"))
        _upsert((cell, self.written[plain], plain, by) for (cell, plain), by in words)
        _drop({key for key, by in words if by < 0})


def locked(ids: Iterable[int]) -> list[Cell]:
    """These cells, locked until the end of the transaction."""
    return list(Cell.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk"))


def _upsert(rows: Iterator[tuple[int, Written, str, int]]) -> None:
    while batch := list(islice(rows, BATCH)):
        params: list[Any] = []
        for cell, word, plain, by in batch:
            params += [cell, plain, word.key, word.key[::-1], word.stem, by]
        values = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(batch))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO search_word (cell_id, word, key, tail, stem, count) "  # noqa: S608
                f"VALUES {values} ON CONFLICT (cell_id, word) "
                "DO UPDATE SET count = search_word.count + excluded.count",
                params,
            )


def _drop(words: set[tuple[int, str]]) -> None:
    """Forget the words that stand nowhere any more."""
    for cell in sorted({cell for cell, _plain in words}):
        plains = sorted(plain for cell_id, plain in words if cell_id == cell)
        for at in range(0, len(plains), BATCH):
            gone = Word.objects.filter(cell_id=cell, word__in=plains[at : at + BATCH])
            gone.filter(count__lte=0).delete()


# ------------------------------------------------------------------ counting again


def counted(cell: Cell) -> tuple[Changes, set[int]]:
    """What the vocabulary of a cell should say, from its published entries; and those whose
    `counted` says otherwise."""
    found = Changes()
    wrong = set()
    rows = SearchDocument.objects.filter(cell=cell).order_by("pk")
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:ROWS]):
        last = chunk[-1].pk
        pages: dict[int, list[SearchPage]] = {}
        for page in SearchPage.objects.filter(document__in=chunk):
            pages.setdefault(page.document_id, []).append(page)
        for row in chunk:
            if row.counted != (row.state == State.PUBLISHED):
                wrong.add(row.pk)
            if row.state == State.PUBLISHED:
                found.add(row, pages.get(row.pk, ()))
    return found, wrong


def is_right(cell: Cell) -> bool:
    """Whether the vocabulary of a cell says what its entries hold."""
    found, wrong = counted(cell)
    said = dict(Word.objects.filter(cell=cell).values_list("word", "count"))
    cell.refresh_from_db()
    months = {month: count for (_cell, month), count in found.months.items()}
    words = {plain: count for (_cell, plain), count in found.words.items()}
    return not wrong and said == words and cell.months == months


@transaction.atomic
def recount(cell: Cell) -> None:
    """Write the vocabulary of a cell anew. Whoever indexes in it meanwhile waits."""
    for one in locked([cell.pk]):
        found, wrong = counted(one)
        SearchDocument.objects.filter(pk__in=wrong, state=State.PUBLISHED).update(counted=True)
        SearchDocument.objects.filter(pk__in=wrong).exclude(state=State.PUBLISHED).update(
            counted=False
        )
        Word.objects.filter(cell=one).delete()
        Cell.objects.filter(pk=one.pk).update(documents=0, months={})
        found.save()
