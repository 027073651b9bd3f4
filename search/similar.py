"""What is about the same: the words that tell most of an entry, looked for in the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from core import content
from core.content import Kind
from search import analysis, ranking
from search.engines import Search, engine
from search.matching import Match, Way
from search.models import SearchDocument
from search.scope import Scope, scope_of

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.audience import Viewer

# The words that are looked for, and from how many of an entry they are chosen.
WORDS = 6
CONSIDERED = 60
# A word of the title counts as so many of the text.
TITLE = 4
# What is in more entries than this tells nothing; how many entries are compared.
COMMON = 2000
COMPARED = 300
# How many of the words something must share to be called similar.
SHARED = 2


def similar(kind: str, object_id: int, viewer: Viewer, limit: int) -> list[Any]:
    """The objects of a kind that share the telling words of this one (`content.similar_to`):
    within the space of the object, when it is only searched from inside. Four statements."""
    rows = SearchDocument.objects.readable_by(viewer).filter(kind=kind, object_id=object_id)
    row = rows.select_related("space").first()
    if row is None:
        return []
    apart = row.space is not None and not row.space.in_global_search
    inside = row.space if apart else None
    return _near(kind, _counts(row), viewer, inside, limit, but=row.pk)


def resembling(
    kind: str, text: str, viewer: Viewer, space: SubCommunity | None, limit: int
) -> list[Any]:
    """The objects of a kind that share the telling words of a text that is being written for
    `space`, or for none (`content.resembling`); nothing of the text is kept. Three statements."""
    counts = Counter(analysis.stems(text))
    known = Counter(dict(counts.most_common(CONSIDERED)))
    words = Counter({stem: count for stem, count in known.items() if not stem.isdigit()})
    inside = None if space is None or space.in_global_search else space
    return _near(kind, words, viewer, inside, limit)


def _near(
    kind: str,
    counts: Counter[str],
    viewer: Viewer,
    inside: SubCommunity | None,
    limit: int,
    *,
    but: int = 0,
) -> list[Any]:
    scope = scope_of(viewer, inside=inside, stems=counts).within(kinds=(kind,))
    match = _telling(counts, scope)
    if len(match.groups) < SHARED:
        return []
    others = SearchDocument.objects.findable_by(viewer, inside=inside).filter(kind=kind)
    others = others.exclude(pk=but)
    found = engine().candidates(Search(others, scope.ids(), match, limit=COMPARED))
    ranked = ranking.by_relevance(found, match, scope, now=timezone.now())[:limit]
    return _objects(content.get(kind), [one.candidate.object_id for one in ranked], viewer)


def _counts(row: SearchDocument) -> Counter[str]:
    counts = Counter(row.body_stems.split())
    for stem in row.title_stems.split():
        counts[stem] += TITLE
    known = Counter(dict(counts.most_common(CONSIDERED)))
    return Counter({stem: count for stem, count in known.items() if not stem.isdigit()})


def _telling(counts: Counter[str], scope: Scope) -> Match:
    """The words that weigh most: often here, seldom elsewhere, and somewhere else all the same."""
    worth = {}
    for stem, count in counts.items():
        group = (Way((stem,)),)
        if 1 < scope.count(stem) <= COMMON:
            worth[group] = scope.weight(group) * min(count, 2 * TITLE)
    groups = tuple(sorted(worth, key=lambda group: -worth[group])[:WORDS])
    return Match(groups=groups, least=min(SHARED, len(groups)))


def _objects(kind: Kind, ids: Sequence[int], viewer: Viewer) -> list[Any]:
    """The objects themselves, asked of their own kind: it has the last word on who reads them."""
    rows = kind.readable_by(viewer).filter(pk__in=ids)
    found = {obj.pk: obj for obj in kind.for_rows(rows)}
    return [found[pk] for pk in ids if pk in found]
