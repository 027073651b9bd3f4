"""What was born of the threads of the file: a published sheet, and a draft that awaits consent."""

from __future__ import annotations

from accounts.models import User
from home.demo.threads import Loaded
from practices import laying
from practices.models import Passage, Sheet
from practices.services import accords, births
from practices.services.births import Chosen

# The sheet that the file itself says was made from a thread.
BORN = {"fp-01": "fil-08"}
ABOUT = "fil-11"
TITLE = "Soutenir les jeunes quand le dernier autobus part tôt"
ASKER = "mem-06"


def add_births(
    sheets: dict[str, Sheet], threads: dict[str, Loaded], people: dict[str, User]
) -> None:
    """The thread of each such sheet is marked; somebody makes a draft of another, and waits for
    Tristan's answer."""
    for sheet, thread in BORN.items():
        number = threads[thread].thread.pk
        Sheet.objects.filter(pk=sheets[sheet].pk).update(born_of=number)
        births.mark_thread(number)
    _draft(threads[ABOUT], people)


def _draft(loaded: Loaded, people: dict[str, User]) -> None:
    asker = people[ASKER]
    if asker.organisation is None:
        return
    chosen = [
        Chosen(post.pk, laying.propose(post.text, "question" if post.is_opening else "").target)
        for post in loaded.posts
    ]
    sheet = births.begin_from_thread(
        loaded.thread.pk, chosen, by=asker, bearer=asker.organisation, title=TITLE
    )
    tristan = people["mem-05"]
    for passage in sheet.passages.exclude(writer=tristan).select_related("writer"):
        if passage.consent == Passage.Consent.WAITING and passage.writer is not None:
            words = accords.digest(passage.text)
            births.answer(passage, by=passage.writer, yes=True, named=True, seen=words)
