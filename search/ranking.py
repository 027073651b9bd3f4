"""The order of what was found: one way to weigh for every engine, and all its constants.

A group of words weighs more when it is rare among what the reader sees, when it stands in a title,
when it comes back in a text, when the words asked for stand side by side. Then recency counts a
little. Nothing here knows of entries that the reader does not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import sqrt
from operator import itemgetter
from typing import NamedTuple

from core import content
from search import analysis
from search.engines import Candidate
from search.matching import Group, Match
from search.scope import Scope

# What a word in the title adds, beside one in the text.
TITLE = 2.0
# How soon a word that comes back again stops counting (BM25's k1), and how much a long text is
# expected to repeat itself (its b, beside a text of so many letters of stems).
SATURATION = 1.2
LENGTH_SHARE = 0.45
USUAL_LENGTH = 900
# Two words asked for in a row that stand in a row.
SIDE_BY_SIDE_TITLE = 0.8
SIDE_BY_SIDE_TEXT = 0.6
# Title and keywords hold all that was asked; the title is that and nothing else.
WHOLE_TITLE = 0.25
EXACT_TITLE = 1.5
# Less than all that was asked is worth less than its share.
COVERAGE = 2.0
# What is new is worth so much more, and half of it after so many days.
RECENCY = 0.12
HALF_LIFE = 365
# The least that a word counts that an engine found beyond the head of a long text.
BEYOND = 0.5


class Ranked(NamedTuple):
    """A candidate in its place, the first three in the order of the results; `whole` when every
    group of the question is met."""

    score: float
    dated_at: datetime
    id: int
    candidate: Candidate
    whole: bool

    @property
    def cursor(self) -> str:
        return f"{self.score}_{self.dated_at.timestamp():.6f}_{self.id}"


_place = itemgetter(0, 1, 2)


def by_relevance(
    candidates: Sequence[Candidate], match: Match, scope: Scope, *, now: datetime
) -> list[Ranked]:
    """The candidates, the best first; of equals, the newest."""
    weigher = Weigher(match, scope, now)
    return sorted(map(weigher.rank, candidates), key=_place, reverse=True)


def by_date(candidates: Sequence[Candidate]) -> list[Ranked]:
    """The candidates, the newest first."""
    ranked = (Ranked(0.0, one.dated_at, one.id, one, True) for one in candidates)
    return sorted(ranked, key=_place, reverse=True)


def after(ranked: Sequence[Ranked], cursor: str) -> int:
    """Where the page that follows a cursor begins; the first page for a cursor of nobody's."""
    try:
        score, moment, pk = cursor.split("_")
        last = (float(score), datetime.fromtimestamp(float(moment), UTC), int(pk))
    except (ValueError, OverflowError, OSError):
        return 0
    return next((n for n, one in enumerate(ranked) if one[:3] < last), len(ranked))


class Weigher:
    """Weighs candidates for one question."""

    def __init__(self, match: Match, scope: Scope, now: datetime) -> None:
        self.today = now.date()
        weights = [scope.weight(group) for group in match.groups]
        self.groups = [(_sought(g), w) for g, w in zip(match.groups, weights, strict=True)]
        self.total = sum(weights) or 1.0
        self.relaxed = match.least < len(match.groups)
        self.pairs = [
            (f" {one[0].stems[-1]} {two[0].stems[0]} ", (a + b) / 2)
            for (one, two), (a, b) in zip(pairwise(match.groups), pairwise(weights), strict=True)
        ]
        self.asked = [stem for group in match.groups for stem in group[0].stems]
        self.exact = f"{' '.join(self.asked)} "
        self.kinds = {
            kind.name: kind.indexed.weight for kind in content.kinds() if kind.indexed is not None
        }

    def rank(self, candidate: Candidate) -> Ranked:
        title = f" {candidate.title_stems} "
        text = f" {candidate.body_stems} "
        stretch = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * sqrt(len(text) / USUAL_LENGTH))
        score = met = titled = 0.0
        for ways, weight in self.groups:
            in_title, in_text = _found(ways, title, text, stretch)
            if in_title or in_text:
                met += weight
            elif not self.relaxed:
                in_text = BEYOND
                met += weight
            if in_title:
                titled += weight
            score += weight * (TITLE * in_title + in_text)
        for pair, weight in self.pairs:
            if pair in title:
                score += SIDE_BY_SIDE_TITLE * weight
            if pair in text:
                score += SIDE_BY_SIDE_TEXT * weight
        if titled >= self.total:
            score *= 1 + WHOLE_TITLE + EXACT_TITLE * self._likeness(candidate)
        share = met / self.total
        # In whole days, so that the order of a search holds from one page to the next.
        age = max(0, (self.today - candidate.dated_at.date()).days)
        score *= self.kinds.get(candidate.kind, 1.0) * share**COVERAGE
        score *= 1 + RECENCY * 0.5 ** (age / HALF_LIFE)
        return Ranked(round(score, 6), candidate.dated_at, candidate.id, candidate, share > 0.999)

    def _likeness(self, candidate: Candidate) -> float:
        """How far its title is what was asked: 1 when it is nothing else, 0 when it is twice as
        long or begins otherwise."""
        if not candidate.title_key or not f"{candidate.title_stems} ".startswith(self.exact):
            return 0.0
        return max(0.0, 2 - len(analysis.stems(candidate.title_key)) / len(self.asked))


# What is counted in a text for each way of a group, the fewest of them, and what the way weighs.
Ways = list[tuple[list[str], float]]


def _sought(group: Group) -> Ways:
    return [
        (
            [f" {' '.join(way.stems)} "] if way.together else [f" {s} " for s in way.stems],
            way.weight,
        )
        for way in group
    ]


def _found(ways: Ways, title: str, text: str, stretch: float) -> tuple[float, float]:
    """How well a group is met in a title (0 to 1) and in a text (0 to 1)."""
    in_title = in_text = 0.0
    for sought, weight in ways:
        if len(sought) == 1:
            stands, times = sought[0] in title, text.count(sought[0])
        else:
            stands = all(one in title for one in sought)
            times = min(map(text.count, sought))
        if stands and weight > in_title:
            in_title = weight
        if times:
            in_text = max(in_text, weight * times * (SATURATION + 1) / (times + stretch))
    return in_title, in_text
