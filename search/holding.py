"""Which objects of a kind hold some words: for the list of a room that narrows by a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search import analysis
from search.engines import Search, engine
from search.matching import Match, Way
from search.models import SearchDocument
from search.results import CEILING
from search.scope import scope_of

if TYPE_CHECKING:
    from core.audience import Viewer

# Nobody types more words in the filter of a list.
MOST_WORDS = 8


def holding(kind: str, text: str, viewer: Viewer) -> list[int]:
    """The objects of a kind in which every word of `text` stands, in any of its forms, and that
    `viewer` finds now (`content.holding`). Two statements; no synonym, which would be a third."""
    stems = tuple(dict.fromkeys(analysis.stems(text)))[:MOST_WORDS]
    if not stems:
        return []
    match = Match(groups=tuple((Way((stem,)),) for stem in stems), least=len(stems))
    scope = scope_of(viewer, stems=stems).within(kinds=(kind,))
    rows = SearchDocument.objects.findable_by(viewer).filter(kind=kind)
    found = engine().candidates(Search(rows, scope.ids(), match, limit=CEILING))
    return [one.object_id for one in found]
