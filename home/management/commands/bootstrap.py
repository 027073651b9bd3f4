"""Prepares the database of any installation; may be run at each start."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from home import founding


class Command(BaseCommand):
    help = "Add what every installation begins with: cache table, words, spaces, charters."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("createcachetable", verbosity=0)
        founding.found()
        # A community that was there before the search was: everything it holds becomes findable.
        call_command("rebuild_index", if_empty=True, verbosity=0)
