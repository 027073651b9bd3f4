"""Draws the search's index again from the rooms."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from search import indexing
from search.models import Cell, SearchDocument, Walk, Word

NAME = "rebuild"
CHUNK = 2000


class Command(BaseCommand):
    help = (
        "Looks at everything that is searched, from the oldest on, and draws what changed. May run "
        "beside a live site; killed, it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", action="append", default=[], help="only this kind")
        parser.add_argument(
            "--anew",
            action="store_true",
            help="forget everything first: nothing is found meanwhile",
        )

        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there is an index already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and SearchDocument.objects.exists() and not unfinished():
            return
        kinds = indexing.indexed_kinds()
        if unknown := set(options["kind"]) - {kind.name for kind in kinds}:
            known = ", ".join(kind.name for kind in kinds)
            raise CommandError(f"Nothing is searched under {', '.join(unknown)}: {known}.")
        if options["anew"]:
            forget(options["kind"])
        for kind in kinds:
            if not options["kind"] or kind.name in options["kind"]:
                self._walk(kind, quiet=options["verbosity"] == 0)

    def _walk(self, kind: Any, *, quiet: bool) -> None:
        seen = changed = 0
        for looked_at, drawn in indexing.walk(kind, name=NAME, anew=True):
            seen += looked_at
            changed += drawn
            if not quiet and seen % 10_000 < looked_at:
                self.stdout.write(f"  {kind.name}: {seen}…")
                self.stdout.flush()
        if not quiet:
            self.stdout.write(f"{kind.name}: {seen} ({changed} drawn)")


def unfinished() -> bool:
    """Whether a rebuild was killed before its end."""
    return Walk.objects.filter(name=NAME).exists()


def forget(kinds: list[str]) -> None:
    """Empty the index, of these kinds or of all."""
    chosen = Q(kind__in=kinds) if kinds else Q()
    rows = SearchDocument.objects.filter(chosen)
    Walk.objects.filter(chosen, name=NAME).delete()
    while chunk := list(rows.values_list("pk", flat=True)[:CHUNK]):
        SearchDocument.objects.filter(pk__in=chunk).delete()
    Word.objects.filter(cell__in=Cell.objects.filter(chosen)).delete()
    Cell.objects.filter(chosen).update(documents=0, months={})
