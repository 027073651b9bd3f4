"""Words that look like one that nobody wrote: where a correction comes from.

Only words of the cells that the reader searches are known here, and what they suggest is offered
only when it found something (`search.finding`): no word of what she does not read comes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import IntegerField, Q, Sum
from django.db.models.functions import Length

from search.models import USUAL, Word
from search.scope import LARGE, Scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Shorter words are too near to too many others.
SHORTEST = 4
# From so many letters on, two slips are forgiven.
LONG = 8
LOOKED_AT = 400
BEST = 2


@dataclass(frozen=True)
class Guess:
    word: str
    stem: str
    distance: int
    count: int


def guesses(scope: Scope, keys: Iterable[str]) -> dict[str, list[Guess]]:
    """For each of these folded words, those that look like it, the likeliest first: one query, or
    two among many entries, where the usual words are tried first."""
    wanted = [key for key in dict.fromkeys(keys) if len(key) >= SHORTEST and key.isalpha()]
    words = Word.objects.filter(cell__in=scope.known())
    found: dict[str, list[Guess]] = {}
    if wanted and scope.documents > LARGE:
        found = _likest(words.filter(count__gte=USUAL), wanted)
    left = [key for key in wanted if not found.get(key)]
    return found | _likest(words, left) if left else found


def _likest(words: QuerySet[Word], wanted: list[str]) -> dict[str, list[Guess]]:
    """A word with one slip has its first half or its last one right: these are looked up."""
    near = Q()
    for key in wanted:
        half = len(key) // 2
        like = Q(key__begins=key[:half]) | Q(tail__begins=key[::-1][:half])
        near |= like & Q(length__range=(len(key) - 2, len(key) + 2))
    rows = (
        words.annotate(length=Length("key", output_field=IntegerField()))
        .filter(near)
        .values_list("key", "word", "stem")
        .annotate(total=Sum("count"))
        .order_by("-total")[:LOOKED_AT]
    )
    found: dict[str, list[Guess]] = {key: [] for key in wanted}
    for other, word, stem, total in rows:
        for key in wanted:
            most = 2 if len(key) >= LONG else 1
            distance = slips(key, other, most)
            if 0 < distance <= most:
                found[key].append(Guess(word, stem, distance, total))
    for key, looking in found.items():
        looking.sort(key=lambda guess: (guess.distance, -guess.count))
        found[key] = [one for one in looking if one.distance == looking[0].distance][:BEST]
    return found


def slips(one: str, other: str, most: int) -> int:
    """How many letters were added, forgotten, changed or swapped; `most` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, row, last = row, [i], before
        for j, letter2 in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != letter2))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == letter2
            row.append(min(cost, last[j - 2] + 1) if swapped else cost)
        if min(row) > most and min(before) > most:
            return most + 1
    return row[-1]
