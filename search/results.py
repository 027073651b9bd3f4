"""What a search answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.safestring import SafeString

from core import content, terms
from search.models import SearchDocument
from search.query import Query

# More than this is not counted: « 2 000+ ».
CEILING = 2000


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
    """name: "kind", "space", "type" or "year". Counts are of the `CEILING` newest results."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Results:
    """A page of results.

    count       how many there are; `CEILING` when there are more (`capped`)
    next        the cursor of the next page, empty at the end
    correction  another spelling, as a query, that finds something; empty otherwise. What it finds
                is among the hits already
    relaxed     whether nothing holds all that was asked: the hits hold most of it
    """

    query: Query
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    capped: bool = False
    facets: tuple[Facet, ...] = ()
    next: str = ""
    correction: str = ""
    relaxed: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A word to go on typing, or the title of something, with its address and kind."""

    text: str
    url: str = ""
    kind: content.Kind | None = None
