"""A search as an address says it: what is asked, in which space, narrowed by what, in what order.

    Wanted.read(request.GET, spaces)  →  .find(user)  →  Results

The page, a saved search, its feed and its mail all begin here, so that they look for the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from django.http import QueryDict
from django.utils.http import urlencode

from community.models import SubCommunity
from search import finding
from search.errors import NoSuchSpace
from search.forms import SearchForm
from search.query import NOTHING, Query, parse

if TYPE_CHECKING:
    from datetime import datetime

    from core.audience import Viewer


def spaces_of(user: Viewer) -> list[SubCommunity]:
    """The spaces that `user` may search in, in their order."""
    return list(SubCommunity.objects.readable_by(user).order_by("position", "name"))


@dataclass(frozen=True)
class Wanted:
    """`query` holds what the box and the panel say together; `space` is searched alone."""

    query: Query = NOTHING
    space: SubCommunity | None = None
    kinds: tuple[str, ...] = ()
    type: str = ""
    year: int | None = None
    order: finding.Order = "relevance"

    @classmethod
    def read(cls, data: QueryDict, spaces: Sequence[SubCommunity]) -> Self:
        """What the parameters of an address ask. Raises `NoSuchSpace` for one that is not among
        `spaces`: to search everywhere instead would answer another question."""
        form = SearchForm(data, spaces=list(spaces))
        chosen = form.chosen()
        slug = data.get("communaute", "")
        if slug and slug not in form.spaces:
            raise NoSuchSpace(slug)
        return cls(
            query=_asked(chosen),
            space=form.spaces.get(slug),
            kinds=tuple(chosen.get("genre", ())),
            type=chosen.get("type", ""),
            year=chosen.get("annee"),
            order="date" if chosen.get("tri") else "relevance",
        )

    @property
    def inside(self) -> SubCommunity | None:
        """The space, when it is only searched from inside."""
        return self.space if self.space and not self.space.in_global_search else None

    @property
    def stays_inside(self) -> bool:
        """Whether its results may not leave the site, by mail or by feed."""
        space = self.space
        return space is not None and not (space.content_in_mail and space.in_global_search)

    @property
    def text(self) -> str:
        """What the box holds: words, phrases, exclusions, and operators without a field."""
        return str(replace(self.query, author="", since=None, before=None))

    def find(
        self,
        user: Viewer,
        *,
        after: str = "",
        size: int = 20,
        came: tuple[datetime, datetime] | None = None,
        outside: bool = False,
    ) -> finding.Results:
        """What `user` finds now; see `finding.find` and `finding.Filters`."""
        ordinary = self.space.pk if self.space and self.inside is None else None
        filters = finding.Filters(
            kinds=self.kinds,
            space=ordinary,
            type=self.type,
            year=self.year,
            came=came,
            outside=outside,
        )
        return finding.find(
            self.query,
            user=user,
            inside=self.inside,
            filters=filters,
            order=self.order,
            after=after,
            size=size,
        )

    def newest(
        self, user: Viewer, *, size: int, came: tuple[datetime, datetime] | None = None
    ) -> finding.Results:
        """For what leaves the site: the newest first, of what may leave it."""
        return replace(self, order="date").find(user, size=size, came=came, outside=True)

    def values(self) -> dict[str, Any]:
        """The fields that say it, those of `SearchForm`; what is not asked is absent."""
        query = self.query
        found = {
            "q": self.text,
            "auteur": query.author,
            "communaute": self.space.slug if self.space else "",
            "genre": list(self.kinds),
            "type": self.type,
            "annee": self.year,
            "apres": query.since,
            "avant": query.before,
            "tri": "date" if self.order == "date" else "",
        }
        return {name: value for name, value in found.items() if value}

    def address(self, **also: str) -> str:
        """The query string that says it, always the same for the same search."""
        return urlencode(self.values() | {name: v for name, v in also.items() if v}, doseq=True)


def _asked(chosen: dict[str, Any]) -> Query:
    """The query of the box, with what the panel adds to it."""
    query = parse(chosen.get("q", ""))
    added = parse(" ".join(f'"{_quoted(text)}"' for text in (chosen.get("phrase"),) if text))
    without = parse(" ".join(f"-{word}" for word in _quoted(chosen.get("sans", "")).split()))
    return replace(
        query,
        words=tuple(dict.fromkeys((*query.words, *added.words))),
        phrases=tuple(dict.fromkeys((*query.phrases, *added.phrases))),
        without=tuple(dict.fromkeys((*query.without, *without.without))),
        author=_quoted(chosen.get("auteur", "")) or query.author,
        since=chosen.get("apres") or query.since,
        before=chosen.get("avant") or query.before,
    )


def _quoted(text: str) -> str:
    """The text without the signs that open and close a phrase."""
    for sign in '"“”«»':
        text = text.replace(sign, " ")
    return " ".join(text.split())
