"""The order of what was found: one way to weigh for every engine, and all its constants.

A group of words weighs more when it is rare among what the reader sees, when it stands in a title,
when it comes back in a text, when the words asked for stand side by side. Then recency counts a
little. Nothing here knows of entries that the reader does not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, sqrt

from search.engines import Candidate
from search.matching import Group, Match, Way
from search.scope import Scope

# What a word in the title adds, beside one in the text.
TITLE = 2.2
# How soon a word that comes back again stops counting (BM25's k1), and how much a long text is
# expected to repeat itself (its b, beside a text of so many letters of stems).
SATURATION = 1.2
LENGTH_SHARE = 0.45
USUAL_LENGTH = 900
# Two words asked for in a row that stand in a row.
SIDE_BY_SIDE_TITLE = 0.8
SIDE_BY_SIDE_TEXT = 0.35
# The title holds all that was asked; it is that and nothing else.
WHOLE_TITLE = 0.25
EXACT_TITLE = 0.6
# Less than all that was asked is worth less than its share.
COVERAGE = 1.5
# What is new is worth so much more, and half of it after so many days.
RECENCY = 0.12
HALF_LIFE = 365
# The least that a word counts that an engine found beyond the head of a long text.
BEYOND = 0.5


@dataclass(frozen=True)
class Ranked:
    """A candidate in its place; `whole` when every group of the question is met."""

    score: float
    candidate: Candidate
    whole: bool

    @property
    def key(self) -> tuple[float, int, int]:
        return (self.score, stamp(self.candidate.dated_at), self.candidate.pk)


def stamp(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def by_relevance(
    candidates: Sequence[Candidate], match: Match, scope: Scope, *, now: datetime
) -> list[Ranked]:
    """The candidates, the best first; of equals, the newest."""
    weigher = Weigher(match, scope, now)
    return sorted(map(weigher.rank, candidates), key=lambda ranked: ranked.key, reverse=True)


def by_date(candidates: Sequence[Candidate], match: Match) -> list[Ranked]:
    """The candidates, the newest first."""
    ranked = [Ranked(0.0, candidate, True) for candidate in candidates]
    return sorted(ranked, key=lambda one: one.key, reverse=True)


class Weigher:
    """Weighs candidates for one question."""

    def __init__(self, match: Match, scope: Scope, now: datetime) -> None:
        self.now = now
        self.groups = [(group, scope.weight(group)) for group in match.groups]
        self.total = sum(weight for _group, weight in self.groups) or 1.0
        self.relaxed = match.least < len(match.groups)
        self.pairs = [
            (f" {one[0].stems[-1]} {two[0].stems[0]} ", (a + b) / 2)
            for (one, a), (two, b) in zip(self.groups, self.groups[1:], strict=False)
        ]
        self.exact = " ".join(stem for group in match.groups for stem in group[0].stems)

    def rank(self, candidate: Candidate) -> Ranked:
        title = f" {candidate.title_stems} "
        text = f" {candidate.body_stems} "
        stretch = 1 - LENGTH_SHARE + LENGTH_SHARE * sqrt(len(text) / USUAL_LENGTH)
        score = met = titled = 0.0
        for group, weight in self.groups:
            in_title, in_text = _found(group, title, text, stretch)
            if in_title or in_text:
                met += weight
            elif not self.relaxed:
                in_text = BEYOND
                met += weight
            titled += weight if in_title else 0.0
            score += weight * (TITLE * in_title + in_text)
        for pair, weight in self.pairs:
            if pair in title:
                score += SIDE_BY_SIDE_TITLE * weight
            if pair in text:
                score += SIDE_BY_SIDE_TEXT * weight
        if titled >= self.total:
            score *= 1 + WHOLE_TITLE
            if candidate.title_key and candidate.title_stems.startswith(self.exact):
                score *= 1 + EXACT_TITLE / (1 + title.count(" ") - self.exact.count(" "))
        share = met / self.total
        score *= share**COVERAGE
        score *= 1 + RECENCY * exp(-self._age(candidate) * 0.693 / HALF_LIFE)
        return Ranked(round(score, 6), candidate, share > 0.999)

    def _age(self, candidate: Candidate) -> float:
        """In whole days, so that the order of a search holds from one page to the next."""
        return max(0, (self.now.date() - candidate.dated_at.date()).days)


def _found(group: Group, title: str, text: str, stretch: float) -> tuple[float, float]:
    """How well a group is met in a title (0 to 1) and in a text (0 to 1)."""
    in_title = in_text = 0.0
    for way in group:
        if _times(way, title):
            in_title = max(in_title, way.weight)
        times = _times(way, text)
        if times:
            saturated = times * (SATURATION + 1) / (times + SATURATION * stretch)
            in_text = max(in_text, way.weight * saturated)
    return in_title, in_text


def _times(way: Way, text: str) -> int:
    if way.together or len(way.stems) == 1:
        return text.count(f" {' '.join(way.stems)} ")
    return min(text.count(f" {stem} ") for stem in way.stems)
