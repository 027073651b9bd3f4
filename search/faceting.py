"""Facets: how the results fall into kinds, spaces, types and years.

Counted from the candidates, which the audience rule has already narrowed. A facet in which
something is chosen still counts what its other values would find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from core import content, terms
from search.engines import Candidate
from search.results import Choice, Facet, Filters
from search.scope import Scope

MOST = 12

ZONE = timezone.get_default_timezone()
VALUES: dict[str, Callable[[Candidate], Any]] = {
    "kind": attrgetter("kind"),
    "space": attrgetter("space_id"),
    "type": attrgetter("type"),
    "year": lambda candidate: candidate.dated_at.astimezone(ZONE).year,
}


def chosen(filters: Filters) -> dict[str, tuple[Any, ...]]:
    """What the filters choose in each facet."""
    return {
        "kind": filters.kinds,
        "space": () if filters.space is None else (filters.space,),
        "type": (filters.type,) if filters.type else (),
        "year": () if filters.year is None else (filters.year,),
    }


def kept(candidates: Sequence[Candidate], filters: Filters, *, but: str = "") -> list[Candidate]:
    """The candidates that the choices keep, but for those in the facet called `but`."""
    asked = [
        (VALUES[name], values) for name, values in chosen(filters).items() if values and name != but
    ]
    if not asked:
        return list(candidates)
    return [one for one in candidates if all(of(one) in values for of, values in asked)]


def facets(candidates: Sequence[Candidate], filters: Filters, scope: Scope) -> tuple[Facet, ...]:
    """The four facets, with those of their values that there are."""
    found = []
    for name, values in chosen(filters).items():
        counts = Counter(map(VALUES[name], kept(candidates, filters, but=name)))
        for value in values:
            counts.setdefault(value, 0)
        for nothing in (None, ""):
            counts.pop(nothing, None)
        order = sorted(counts, key=_order(name, counts))[:MOST]
        labels = _labels(name, candidates, scope)
        choices = (
            Choice(str(value), labels(value), counts[value], value in values) for value in order
        )
        found.append(Facet(name, tuple(choices)))
    return tuple(found)


def _order(name: str, counts: Counter[Any]) -> Callable[[Any], Any]:
    if name == "year":
        return lambda value: -value
    return lambda value: (-counts[value], str(value))


def _labels(name: str, candidates: Sequence[Candidate], scope: Scope) -> Callable[[Any], str]:
    if name == "kind":
        return lambda value: capfirst(str(content.get(value).plural))
    if name == "space":
        return lambda value: scope.spaces[value][0] if value in scope.spaces else ""
    if name == "type":
        kinds = {candidate.type: candidate.kind for candidate in candidates}
        return lambda value: _type_label(value, kinds.get(value, ""))
    return str


def _type_label(code: str, kind: str) -> str:
    indexed = content.get(kind).indexed if kind else None
    return terms.label(indexed.scheme, code) if indexed is not None else code
