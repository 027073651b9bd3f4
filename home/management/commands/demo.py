"""Loads the demonstration community, once."""

import random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core import log
from core.models import ActionLog
from home import founding
from home.demo import around, documents, people, practices, practices_life, threads, told, waiting

LOADED = "demo.loaded"
# The same draw each time, so that two demonstrations are alike.
SEED = 20261122


class Command(BaseCommand):
    help = "Load the demonstration community (ANCRAGE_DEMO=1 only), once."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "La communauté de démonstration ne se charge que sous ANCRAGE_DEMO=1 : "
                "ses comptes sont publics."
            )
        if ActionLog.objects.filter(verb=LOADED).exists():
            return
        with transaction.atomic():
            self._load()
            log.record(LOADED)
        self._say("ce que trouve la recherche")
        call_command("rebuild_index", verbosity=0)

    def _load(self) -> None:
        draw = random.Random(SEED)  # noqa: S311 (nothing secret is drawn)
        founding.found()
        self._say("24 organismes")
        organisations = people.add_organisations()
        self._say("55 membres, leurs espaces et leurs mots-clés")
        persons = people.add_people(organisations)
        spaces = people.add_memberships(persons)
        self._say("12 documents, leurs fichiers et leurs mots-clés")
        documents.add_documents(persons, spaces, organisations)
        self._say("24 fils de discussion et leurs réponses")
        loaded = threads.add_threads(persons, spaces)
        self._say("8 fiches-pratiques et leurs essais")
        practices.add_sheets(persons, organisations, loaded)
        practices_life.add_sheets_in_the_making(persons)
        self._say("les mercis, les lectures et ce qui attend l’animation")
        threads.add_thanks(loaded, draw)
        threads.add_readings(loaded, persons, draw)
        waiting.add_waiting(persons, spaces, loaded)
        told.add_digests(persons)
        around.add_around(persons, loaded, draw)

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"  {sentence}")
        self.stdout.flush()
