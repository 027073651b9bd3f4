"""Compares the search's index with the rooms."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.content import Kind
from search import checking
from search.indexing import indexed_kinds
from search.models import Cell


class Command(BaseCommand):
    help = (
        "Says where the index differs from the rooms, and where its vocabulary is not what its "
        "entries hold. Ends with 1 when it does, unless --repair has mended it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="mend what differs")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        wrong = sum(self._kind(kind, repair=repair) for kind in indexed_kinds())
        wrong += sum(self._cell(cell, repair=repair) for cell in Cell.objects.order_by("pk"))
        if not wrong:
            self.stdout.write("The index is right.")
        elif repair:
            self.stdout.write(f"{wrong} repaired.")
        else:
            raise CommandError(f"{wrong} differ: run manage.py check_index --repair.")

    def _kind(self, kind: Kind, *, repair: bool) -> int:
        found = checking.Differences()
        for some in checking.compare(kind, repair=repair):
            found += some
        self.stdout.write(
            f"{kind.name}: {found.looked_at} looked at, {found.missing} missing, "
            f"{found.stale} not as they are, {found.gone} too many"
        )
        return found.count

    def _cell(self, cell: Cell, *, repair: bool) -> bool:
        right = checking.check_words(cell, repair=repair)
        if not right:
            self.stdout.write(f"{cell.code}: its words are not those of its entries")
        return not right
