"""Fills the index in bulk, past the rooms: rows as `search.indexing` draws them, sent by COPY.

The people, the spaces and their memberships are real (bench.generate), and so is the audience of
each row. The entries have no post or document behind them: what is measured is the search.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.speed.french import Language
from core.audience import Level
from core.text import fold
from search import analysis, drawing
from search.models import Cell, SearchDocument, SearchPage, Word

FIRST = 10_000_000
YEARS = 5
POSTS_A_THREAD = 18
BATCH = 5000
TYPES = ("guide", "trousse", "recherche", "fiche-outil", "depliant")


class Filling:
    """Rows of one size of community; `words` and `months` are what the vocabulary will say."""

    def __init__(self, spaces: list[int], people: list[tuple[int, str]], seed: int = 22) -> None:
        self.language = Language(seed)
        self.rng = random.Random(seed + 1)
        self.spaces = spaces
        # Some spaces are busier than others.
        self.busy = [1 / (n + 1) for n in range(len(spaces))]
        self.people = people
        self.now = timezone.now()
        self.cells: dict[tuple[str, int | None, str], Cell] = {}
        self.words: dict[int, Counter[int]] = {}
        self.months: dict[int, Counter[str]] = {}
        self.pages: list[tuple[int, int, str, str]] = []
        self.number = FIRST

    def cell(self, kind: str, space: int | None, level: str) -> Cell:
        key = (kind, space, level)
        if key not in self.cells:
            code = f"{kind}:{level}:{space or 0}:0"
            self.cells[key], _new = Cell.objects.get_or_create(
                code=code, defaults={"kind": kind, "level": level, "space_id": space}
            )
            self.words[self.cells[key].pk] = Counter()
            self.months[self.cells[key].pk] = Counter()
        return self.cells[key]

    def posts(self, count: int) -> Iterator[dict[str, Any]]:
        """Messages from the oldest on, more of them each year; one in eighteen opens a thread."""
        thread, title, space = 0, [0], self.spaces[0]
        for n in range(count):
            age = YEARS * 365 * (1 - (n / count) ** 0.6)
            ranks = self.language.draw(min(400, int(self.rng.lognormvariate(4.0, 0.6)) + 4))
            opens = n % POSTS_A_THREAD == 0
            if opens:
                space = self.rng.choices(self.spaces, weights=self.busy)[0]
                title, thread = self.language.draw(self.rng.randint(5, 10)), self.number
            yield self._row(
                "thread" if opens else "post",
                self.cell("thread" if opens else "post", space, Level.SPACE),
                title=title,
                titled=opens,
                pages=[ranks],
                dated_at=self.now - timedelta(days=age),
                container=None if opens else ("thread", thread),
                type="question" if opens else "",
            )

    def documents(self, count: int) -> Iterator[dict[str, Any]]:
        """Documents of some pages, most of them for the whole community."""
        for _ in range(count):
            draw = self.rng.random()
            if draw < 0.6:
                cell = self.cell("document", None, Level.COMMUNITY)
            elif draw < 0.75:
                cell = self.cell("document", None, Level.PUBLIC)
            else:
                space = self.rng.choices(self.spaces, weights=self.busy)[0]
                cell = self.cell("document", space, Level.SPACE)
            length = self.rng.randint(1, 8)
            pages = [self.language.draw(self.rng.randint(120, 260)) for _ in range(length)]
            yield self._row(
                "document",
                cell,
                title=self.language.draw(self.rng.randint(4, 9)),
                titled=True,
                pages=pages,
                dated_at=self.now - timedelta(days=self.rng.random() * YEARS * 365),
                type=self.rng.choice(TYPES),
            )

    def _row(
        self,
        kind: str,
        cell: Cell,
        *,
        title: list[int],
        titled: bool,
        pages: list[list[int]],
        dated_at: datetime,
        container: tuple[str, int] | None = None,
        type: str = "",
    ) -> dict[str, Any]:
        language = self.language
        self.number += 1
        person, name = self.rng.choice(self.people)
        shown = language.text(title)[:300]
        held = {rank for page in pages for rank in page} | set(title if titled else ())
        self.words[cell.pk].update(held)
        self.months[cell.pk][f"{dated_at:%Y-%m}"] += 1
        if len(pages) > 1:
            self.pages += [
                (self.number, number, language.text(page), f" {language.stemmed(page)} ")
                for number, page in enumerate(pages, start=1)
            ]
        head, more = drawing.halves(" ".join(language.stemmed(page) for page in pages))
        return {
            "id": self.number,
            "level": cell.level,
            "state": "published",
            "kind": kind,
            "object_id": self.number,
            "container_kind": container[0] if container else "",
            "container_id": container[1] if container else None,
            "type": type,
            "title": shown,
            "title_key": fold(shown)[:300] if titled else "",
            "title_stems": language.stemmed(title) if titled else "",
            "keywords": "",
            "body": language.text(pages[0]) if len(pages) == 1 else "",
            "body_stems": head,
            "more_stems": more,
            "author_name": name,
            "author_key": " ".join(word.key for word in analysis.words(name)),
            "url": f"/essai/{self.number}/",
            "dated_at": dated_at,
            "meta": "{}",
            "fingerprint": hashlib.sha256(str(self.number).encode()).hexdigest(),
            "counted": True,
            "since": dated_at,
            "indexed_at": self.now,
            "author_id": person,
            "cell_id": cell.pk,
            "organisation_id": None,
            "owner_id": person,
            "space_id": cell.space_id,
        }

    def save(self, rows: Iterable[dict[str, Any]]) -> None:
        """Send rows, and the pages that go with them."""
        rows = iter(rows)
        with transaction.atomic():
            while batch := list(islice(rows, BATCH)):
                send(SearchDocument, [tuple(row.values()) for row in batch], tuple(batch[0]))
                names = ("document_id", "number", "text", "stems")
                send(SearchPage, self.pages, names)
                self.pages = []

    def save_vocabulary(self) -> None:
        """What `search.vocabulary` would have counted. Stop words are none of its business."""
        names = ("cell_id", "word", "key", "tail", "stem", "count")
        analysed = [
            (found[0].plain, found[0].key, found[0].key[::-1], found[0].stem) if found else None
            for found in map(analysis.words, self.language.words)
        ]
        with transaction.atomic():
            for cell, counts in self.words.items():
                rows = [
                    (cell, *word, count)
                    for rank, count in counts.items()
                    if (word := analysed[rank]) is not None
                ]
                send(Word, rows, names)
                months = self.months[cell]
                Cell.objects.filter(pk=cell).update(documents=months.total(), months=dict(months))


def send(model: Any, rows: list[tuple[Any, ...]], names: tuple[str, ...]) -> None:
    """Rows into a table: by COPY on PostgreSQL."""
    table = model._meta.db_table
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(names))
            insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
            cursor.executemany(insert, rows)
            return
        lines = io.StringIO()
        for row in rows:
            lines.write("\t".join("\\N" if v is None else str(v) for v in row) + "\n")
        lines.seek(0)
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", lines)
