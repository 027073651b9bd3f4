"""What a person may find now.

    find("retour en classe", user=maude)          →  Results
    suggest("déc", user=maude)                    →  [Suggestion]

A page of results costs four statements at most, however much there is: the cells that she reads
(`search.scope`), the candidates (`search.engines`), sometimes a second look for more of them, the
rows of the page. A word that nobody wrote costs three more: what it looks like, and how frequent
that is. The audience rule is in each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from django.db.models import Q
from django.utils import timezone

from core import content, terms
from search import analysis, drawn, faceting, matching, ranking, spelling
from search.engines import Candidate, Search, engine
from search.matching import Match
from search.models import SearchDocument
from search.query import Query, parse
from search.results import CEILING, Choice, Facet, Filters, Hit, Results, Suggestion
from search.scope import Scope, scope_of
from search.suggesting import suggest

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.audience import Viewer
    from search.querysets import EntryQuerySet

__all__ = [
    "CEILING", "Choice", "Facet", "Filters", "Hit", "Order", "Results", "Suggestion", "find",
    "suggest",
]  # fmt: skip

Order = Literal["relevance", "date"]
EVERYTHING = Filters()

# Fewer results than this, and those that hold most of the words are shown too.
FEW = 10
# How much further back than it should take one looks for enough results.
MARGIN = 2.0
# What is looked up whole, however old: reading so many rows takes less than choosing among them.
EASY = 4 * CEILING


def find(
    query: Query | str,
    *,
    user: Viewer,
    inside: SubCommunity | None = None,
    filters: Filters = EVERYTHING,
    order: Order = "relevance",
    after: str = "",
    size: int = 20,
) -> Results:
    """What `user` finds now: everywhere but in the spaces that keep out of the global search, or
    `inside` one space. A query that asks nothing finds nothing; `after` is `Results.next`."""
    query = parse(query) if isinstance(query, str) else query
    if not query:
        return Results(query)
    asked = Asked(query, user, inside, filters)
    found = asked.candidates()
    kept = faceting.kept(found, filters)
    if order == "date":
        ranked = ranking.by_date(kept)
    else:
        ranked = ranking.by_relevance(kept, asked.match, asked.scope, now=timezone.now())
    start = ranking.after(ranked, after)
    page = ranked[start : start + size]
    more = len(ranked) > start + size
    return Results(
        query,
        hits=drawn.hits(asked.rows, page, asked.match, asked.scope),
        count=min(len(kept), CEILING),
        capped=len(kept) > CEILING,
        facets=faceting.facets(found, filters, asked.scope),
        next=page[-1].cursor if more else "",
        correction=asked.correction(kept),
        relaxed=asked.relaxed and not any(one.whole for one in ranked),
    )


@dataclass
class Asked:
    """One question on its way: who asks what, where, and what was made of it."""

    query: Query
    user: Viewer
    inside: SubCommunity | None
    filters: Filters

    def __post_init__(self) -> None:
        self.match: Match = matching.match(self.query)
        self.relaxed = False
        self.guesses: dict[str, list[spelling.Guess]] = {}

    @cached_property
    def scope(self) -> Scope:
        scope = scope_of(self.user, inside=self.inside, stems=self.match.stems)
        return scope.within(spaces=scope.named(self.query.space)) if self.query.space else scope

    @cached_property
    def rows(self) -> EntryQuerySet:
        """What may be found, with what the query itself demands beside words."""
        rows = SearchDocument.objects.findable_by(self.user, inside=self.inside)
        if self.query.space:
            rows = rows.filter(space_id__in=self.scope.named(self.query.space))
        if self.query.type:
            rows = rows.filter(_of_type(self.query.type))
        if self.query.since:
            rows = rows.filter(dated_at__gte=_midnight(self.query.since))
        if self.query.before:
            rows = rows.filter(dated_at__lt=_midnight(self.query.before))
        if self.filters.came is not None:
            since, until = self.filters.came
            rows = rows.filter(since__gt=since, since__lte=until)
        if self.filters.outside:
            rows = rows.filter(Q(space=None) | Q(space__content_in_mail=True))
        return rows

    def candidates(self) -> list[Candidate]:
        """What matches, before the choices of the facets when these can be counted without a
        second question."""
        unknown = self._guess()
        _likely, most = self.scope.expected(self.match)
        rows, scope = self.rows, self.scope
        if not self.match or most > CEILING:
            rows, scope = self._chosen()
        if len(self.match.groups) < 2:
            return self._ask(rows, scope)
        if unknown:
            return self._relaxed(rows, scope)
        found = self._ask(rows, scope)
        # What is that frequent is not relaxed: there was a second look already.
        few = len(found) < FEW and self._since(scope) is None
        return self._relaxed(rows, scope) if few else found

    def _guess(self) -> bool:
        """Whether a word is unknown to the reader's vocabulary. It is then met by its likeness."""
        unknown = [
            group[0].stems[0]
            for group in self.match.groups
            if len(group[0].stems) == 1 and not any(map(self._known, group))
        ]
        if not unknown:
            return False
        keys = {
            word.key: word.stem
            for written in self.query.words
            for word in analysis.words(written)
            if word.stem in unknown
        }
        found = spelling.guesses(self.scope, keys)
        self.guesses = {keys[key]: looking for key, looking in found.items() if looking}
        self.match = self.match.guessed(
            {stem: [one.stem for one in looking] for stem, looking in self.guesses.items()}
        )
        if self.guesses:
            self.scope.learn(one.stem for looking in self.guesses.values() for one in looking)
        return True

    def _known(self, way: matching.Way) -> bool:
        return all(self.scope.count(stem) for stem in way.stems)

    def _chosen(self) -> tuple[EntryQuerySet, Scope]:
        """The rows and the cells that the choices of the facets leave."""
        filters, rows, scope = self.filters, self.rows, self.scope
        if filters.kinds:
            rows = rows.filter(kind__in=filters.kinds)
        if filters.space is not None:
            rows = rows.filter(space_id=filters.space)
        if filters.type:
            rows = rows.filter(type=filters.type)
        if filters.year is not None:
            first, after = date(filters.year, 1, 1), date(filters.year + 1, 1, 1)
            rows = rows.filter(dated_at__gte=_midnight(first), dated_at__lt=_midnight(after))
        spaces = None if filters.space is None else (filters.space,)
        scope = scope.within(kinds=filters.kinds, spaces=spaces)
        return rows, scope.within(kinds=_kinds_of_type(filters.type)) if filters.type else scope

    def _relaxed(self, rows: EntryQuerySet, scope: Scope) -> list[Candidate]:
        """What holds most of the words, in one statement: of what is frequent, the newest."""
        self.relaxed = True
        weights = {group: self.scope.weight(group) for group in self.match.groups}
        self.match = self.match.relaxed(weights)
        search = Search(rows, scope.ids(), self.match, CEILING + 1, since=self._since(scope))
        return engine().candidates(search)

    def _ask(self, rows: EntryQuerySet, scope: Scope) -> list[Candidate]:
        """The candidates, the newest first; once more, without a date, when these are few."""
        search = Search(rows, scope.ids(), self.match, CEILING + 1)
        since = self._since(scope)
        if since is not None:
            found = engine().candidates(replace(search, since=since))
            first = self._between[0]
            if len(found) > CEILING or since == first:
                return found
            search = replace(search, since=first)
        return engine().candidates(search)

    def _since(self, scope: Scope) -> datetime | None:
        """Since when there should be enough, when there is too much to look everything up."""
        first, before = self._between
        if not self.match:
            enough = scope.since(CEILING * MARGIN, before)
        else:
            likely, _most = scope.expected(self.match)
            # Nobody counted how often words stand side by side, nor what a person wrote.
            if likely <= EASY or self.match.ordered or self.match.author:
                return None
            enough = scope.since(CEILING * MARGIN * scope.documents / likely, before)
        return max((day for day in (first, enough) if day), default=None)

    @cached_property
    def _between(self) -> tuple[datetime | None, datetime | None]:
        """The first day that is asked for, and the one after the last."""
        first, before = [self.query.since], [self.query.before]
        if self.filters.year is not None:
            first.append(date(self.filters.year, 1, 1))
            before.append(date(self.filters.year + 1, 1, 1))
        begin = max(filter(None, first), default=None)
        end = min(filter(None, before), default=None)
        return _midnight(begin) if begin else None, _midnight(end) if end else None

    def correction(self, found: Sequence[Candidate]) -> str:
        """The query with the words that were guessed and that found something."""
        better: dict[str, str] = {}
        for stem, looking in self.guesses.items():
            likeliest = looking[0]
            sought = f" {likeliest.stem} "
            if any(sought in f" {one.title_stems} {one.body_stems} " for one in found):
                better[stem] = likeliest.word
        if not better:
            return ""
        words = tuple(_respelled(written, better) for written in self.query.words)
        return str(replace(self.query, words=words))


def _respelled(written: str, better: dict[str, str]) -> str:
    for word in reversed(analysis.words(written)):
        if word.stem in better:
            written = written[: word.start] + better[word.stem] + written[word.end :]
    return written


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _kinds_of_type(code: str) -> list[str]:
    """The kinds that have such a type; none when nobody knows it, which is then no reason to
    look at fewer of them."""
    return [
        kind.name
        for kind in content.kinds()
        if kind.indexed is not None and terms.known(kind.indexed.scheme, code)
    ]


def _of_type(asked: str) -> Q:
    """The rows of a kind, or of a type of one, by its name or the beginning of it."""
    name = analysis.fold(asked)
    found = Q(pk__in=())
    for kind in content.kinds():
        if kind.indexed is None:
            continue
        if any(analysis.fold(str(one)).startswith(name) for one in (kind.label, kind.plural)):
            found |= Q(kind=kind.name)
        for code, label in terms.scheme(kind.indexed.scheme).items():
            if name in (analysis.fold(code), *(word.key for word in analysis.words(label))):
                found |= Q(kind=kind.name, type=code)
    return found
