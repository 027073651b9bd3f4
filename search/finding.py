"""What a person may find now: results with their facets, suggestions, what is similar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from django.db.models import Q
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core import content, terms
from core.text import fold
from search import analysis
from search.models import SearchDocument, SearchPage
from search.query import Match, Query, match, parse

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.audience import Viewer

Order = Literal["relevance", "date"]
CEILING = 2000
EXCERPT = 240


@dataclass(frozen=True)
class Filters:
    """What narrows a search, from the panel or a facet; empty filters narrow nothing.

    kinds    names of registered kinds; type: a code of their taxonomies; space: an identifier
    came     what came after the first moment, up to the second (a saved search's news)
    outside  for what leaves the site: nothing of a space that keeps its content out of mails
    """

    kinds: tuple[str, ...] = ()
    space: int | None = None
    type: str = ""
    year: int | None = None
    came: tuple[datetime, datetime] | None = None
    outside: bool = False


@dataclass(frozen=True)
class Hit:
    """One result. `title` and `excerpt` are HTML, escaped, with the words found in <mark>.

    `url` leads to the page where the words are, when the kind has pages (`page`).
    """

    row: SearchDocument
    kind: content.Kind
    title: SafeString
    excerpt: SafeString
    url: str
    page: int | None = None

    @property
    def type_label(self) -> str:
        scheme = self.kind.indexed.scheme if self.kind.indexed else ""
        return terms.label(scheme, self.row.type) if scheme and self.row.type else ""


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what goes in the address, what people read, how many results."""

    value: str
    label: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """name: "kind", "space", "type" or "year". Counts are of the first `CEILING` results."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Results:
    """A page of results.

    count       how many there are; `CEILING` when there are more (`capped`)
    next        the cursor of the next page, empty at the end
    correction  another spelling, as a query, when little was found; empty otherwise
    """

    query: Query
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    capped: bool = False
    facets: tuple[Facet, ...] = ()
    next: str = ""
    correction: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A word to go on typing, or the title of something, with its address and kind."""

    text: str
    url: str = ""
    kind: content.Kind | None = None


def find(
    query: Query | str,
    *,
    user: Viewer,
    inside: SubCommunity | None = None,
    filters: Filters = Filters(),
    order: Order = "relevance",
    after: str = "",
    size: int = 20,
) -> Results:
    """What `user` finds now: everywhere but in the spaces that keep out of the global search, or
    `inside` one space. A query that asks nothing finds nothing."""
    query = parse(query) if isinstance(query, str) else query
    if not query:
        return Results(query)
    wanted = match(query)
    rows = SearchDocument.objects.findable_by(user, inside=inside).filter(_narrowed(filters))
    for group in wanted.groups:
        either = Q()
        for stems in group:
            text = " ".join(stems)
            either |= Q(title_stems__contains=text) | Q(body_stems__contains=text)
        rows = rows.filter(either)
    if query.author:
        rows = rows.filter(author_key__contains=fold(query.author))
    start = int(after) if after.isdigit() else 0
    page = list(rows.select_related("space").order_by("-dated_at", "-id")[start : start + size + 1])
    count = rows[: CEILING + 1].count()
    return Results(
        query,
        hits=[_hit(row, wanted) for row in page[:size]],
        count=min(count, CEILING),
        capped=count > CEILING,
        next=str(start + size) if len(page) > size else "",
    )


def suggest(
    prefix: str, *, user: Viewer, inside: SubCommunity | None = None, size: int = 8
) -> list[Suggestion]:
    """Titles that `user` may find now and that begin like `prefix`, and words."""
    key = fold(prefix)
    if len(key) < 2:
        return []
    rows = SearchDocument.objects.findable_by(user, inside=inside).filter(title_key__startswith=key)
    return [
        Suggestion(row.title, row.url, content.get(row.kind))
        for row in rows.order_by("title_key")[:size]
    ]


def _narrowed(filters: Filters) -> Q:
    q = Q()
    if filters.kinds:
        q &= Q(kind__in=filters.kinds)
    if filters.space is not None:
        q &= Q(space_id=filters.space)
    if filters.type:
        q &= Q(type=filters.type)
    if filters.year is not None:
        q &= Q(dated_at__year=filters.year)
    if filters.came is not None:
        q &= Q(since__gt=filters.came[0], since__lte=filters.came[1])
    if filters.outside:
        q &= Q(space=None) | Q(space__content_in_mail=True)
    return q


def _hit(row: SearchDocument, wanted: Match) -> Hit:
    found = SearchPage.objects.filter(document=row).order_by("number")
    page = next((p for p in found if wanted.stems & set(p.stems.split())), None)
    text = page.text if page else row.body
    return Hit(
        row=row,
        kind=content.get(row.kind),
        title=_marked(row.title, wanted.stems),
        excerpt=_marked(text[:EXCERPT], wanted.stems),
        url=f"{row.url}#page-{page.number}" if page else row.url,
        page=page.number if page else None,
    )


def _marked(text: str, stems: Sequence[str] | frozenset[str]) -> SafeString:
    parts, at = [], 0
    for word in analysis.words(text):
        if word.stem in stems:
            parts += [escape(text[at : word.start]), "<mark>", escape(word.text), "</mark>"]
            at = word.end
    return mark_safe("".join([*parts, escape(text[at:])]))  # noqa: S308
