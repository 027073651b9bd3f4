"""Suggestions while typing: words and titles that the reader may see now, and no others."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core import content
from core.text import fold
from search import analysis
from search.engines import engine
from search.engines.base import Wanted
from search.engines.database import FREQUENT
from search.matching import Match, Way
from search.models import USUAL, SearchDocument, Word
from search.results import Suggestion
from search.scope import LARGE, Scope, scope_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from community.models import SubCommunity
    from core.audience import Viewer
    from search.querysets import EntryQuerySet

SHORTEST = 2
# Of two letters the titles are too many to be worth their place.
SHORTEST_TITLE = 3
WORDS = 5
TITLES = 5
# The most frequent of the words that begin so, in their cells.
LOOKED_AT = 300
# So few letters begin more words than can be gone through, where there is a lot: the usual ones are
# enough.
BRIEF = 3
# Some more words than are shown, for those that turn out not to stand anywhere any more.
SPARE = 5

_LAST = re.compile(r"[^\W_]+$")


def suggest(
    prefix: str, *, user: Viewer, inside: SubCommunity | None = None, size: int = 8
) -> list[Suggestion]:
    """How `prefix` may go on: words of the reader's vocabulary, each found at this moment in
    something that she may see, then titles. Six statements at most."""
    prefix = prefix[-200:].replace("\0", " ").lstrip()
    if len(fold(prefix)) < SHORTEST:
        return []
    rows = SearchDocument.objects.findable_by(user, inside=inside)
    words = _words(prefix, rows, scope_of(user, inside=inside))
    titles = _titles(prefix, rows)
    kept = words[: max(WORDS, size - len(titles))]
    return [*kept, *titles][:size]


@dataclass
class _Found:
    """A word that begins so: how often it stands in its cells, and its stem in the first."""

    stem: str
    cells: list[int] = field(default_factory=list)
    count: int = 0
    most: int = 0

    @property
    def where(self) -> list[int]:
        """The cells where it is enough to look for it."""
        return self.cells[:1] if self.most >= USUAL else self.cells


def _words(prefix: str, rows: EntryQuerySet, scope: Scope) -> list[Suggestion]:
    match = _LAST.search(prefix)
    key = analysis.fold(match.group()) if match else ""
    if match is None or len(key) < SHORTEST or key.isdigit():
        return []
    before = prefix[: match.start()]
    likely = _likely(key, scope)
    typed = [word for word, found in likely if word != match.group().lower()]
    found = dict(likely)
    wanted = [
        Wanted(found[word].where, _only(found[word].stem), found[word].most > FREQUENT)
        for word in typed
    ]
    alive = engine().alive(rows, wanted) if wanted else []
    offered = [word for word, is_there in zip(typed, alive, strict=True) if is_there]
    return [Suggestion(before + word) for word in offered]


def _likely(key: str, scope: Scope) -> list[tuple[str, _Found]]:
    """The most frequent words that begin with `key`, their richest cell first."""
    words = Word.objects.filter(cell__in=scope.known(), key__begins=key, count__gt=0)
    words = words.order_by("-count")
    brief = len(key) <= BRIEF and scope.documents > LARGE
    rows = _likeliest(words.filter(count__gte=USUAL)) if brief else []
    rows = rows or _likeliest(words)
    # Looked for by their stem: « titre » is rarer than « titre » and « titres ».
    stems: Counter[tuple[str, int]] = Counter()
    found: dict[str, _Found] = {}
    for word, stem, cell, count in rows:
        stems[stem, cell] += count
        one = found.setdefault(word, _Found(stem))
        one.cells.append(cell)
        one.count += count
    for one in found.values():
        one.most = stems[one.stem, one.cells[0]]
    return sorted(found.items(), key=lambda item: (-item[1].count, item[0]))[: WORDS + SPARE]


def _likeliest(words: QuerySet[Word]) -> list[tuple[str, str, int, int]]:
    return list(words.values_list("word", "stem", "cell_id", "count")[:LOOKED_AT])


def _only(stem: str) -> Match:
    return Match(groups=((Way((stem,)),),), least=1)


def _titles(prefix: str, rows: EntryQuerySet) -> list[Suggestion]:
    if len(fold(prefix)) < SHORTEST_TITLE:
        return []
    begun = rows.filter(title_key__begins=fold(prefix)).exclude(title_key="")
    found = begun.order_by("title_key", "pk").values_list("title", "url", "kind")[:TITLES]
    return [Suggestion(title, url, content.get(kind)) for title, url, kind in found]
