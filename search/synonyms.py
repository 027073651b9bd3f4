"""Words that mean the same: how an animator's line is read, and what a search makes of it."""

from __future__ import annotations

import unicodedata

from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext as _

from core.text import fold
from search import analysis
from search.models import SynonymSet

LONGEST = 60


def split(line: str) -> list[str]:
    """The words and groups of words of a line, each once however it is written.

    Whoever writes « PEI, plan d’intervention » means two; « TDAH, tdah » is one.
    """
    found: dict[str, str] = {}
    for part in unicodedata.normalize("NFC", line).replace(";", ",").split(","):
        word = " ".join(part.split())
        if word:
            found.setdefault(fold(word), word)
    return list(found.values())


def tidy(line: str) -> str:
    """The line as it is kept. Raises `ValidationError` when it says nothing."""
    words = split(line)
    if len(words) < 2:
        raise ValidationError(_("Write at least two words, separated by commas."))
    long = [word for word in words if len(word) > LONGEST]
    if long:
        raise ValidationError(
            _("“%(word)s…” is too long: %(limit)s characters at most.")
            % {"word": long[0][:20], "limit": LONGEST}
        )
    return ", ".join(words)


# ------------------------------------------------------------------ as the search uses them

CACHE_KEY = "synonyms"
SECONDS = 30

Stems = tuple[str, ...]


def expansions() -> dict[Stems, list[Stems]]:
    """For each word or group of words of a line, in stems: the others of its line.

    Each process keeps them for half a minute, as `core.terms` does; one that edits forgets at once.
    """
    found = caches["local"].get(CACHE_KEY)
    if found is None:
        found = {}
        for line in SynonymSet.objects.values_list("words", flat=True):
            ways = list(dict.fromkeys(tuple(analysis.stems(part)) for part in split(line)))
            for way in filter(None, ways):
                others = found.setdefault(way, [])
                others += [other for other in ways if other not in (way, (), *others)]
        caches["local"].set(CACHE_KEY, found, SECONDS)
    return found


def _forget(**kwargs: object) -> None:
    caches["local"].delete(CACHE_KEY)


post_save.connect(_forget, sender=SynonymSet, dispatch_uid="synonyms.forget")
post_delete.connect(_forget, sender=SynonymSet, dispatch_uid="synonyms.forget")
