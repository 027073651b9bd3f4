"""The hits of one page of results: their rows, and in documents the page where the words are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Case, FloatField, JSONField, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONObject

from core import content
from search.marking import excerpt, marked
from search.matching import Match
from search.models import SearchDocument, SearchPage
from search.ranking import Ranked
from search.results import Hit
from search.scope import Scope

if TYPE_CHECKING:
    from search.querysets import EntryQuerySet

NOT_SHOWN = ("title_stems", "body_stems", "more_stems", "keywords")


def hits(rows: EntryQuerySet, page: Sequence[Ranked], match: Match, scope: Scope) -> list[Hit]:
    """The hits of a page, in its order: one query. `rows` say again, now, what may be shown."""
    wanted = [ranked.candidate.id for ranked in page]
    if not wanted:
        return []
    shown = rows.filter(pk__in=wanted).select_related("space", "author").defer(*NOT_SHOWN)
    found = {row.pk: row for row in shown.annotate(best=_best_page(match, scope))}
    stems = match.stems
    return [_hit(found[pk], stems) for pk in wanted if pk in found]


def _best_page(match: Match, scope: Scope) -> Case:
    """Of what has pages, the page that holds most of what was asked, and how much of it."""
    held: Any = Value(0.0, output_field=FloatField())
    for group in match.groups:
        weight = Value(scope.weight(group))
        for way in group:
            for text in [" ".join(way.stems)] if way.together else way.stems:
                stands = When(stems__contains=f" {text} ", then=weight)
                held += Case(stands, default=Value(0.0), output_field=FloatField())
    pages = SearchPage.objects.filter(document=OuterRef("pk")).annotate(held=held)
    best = pages.order_by("-held", "number").values(
        page=JSONObject(number="number", text="text", held="held")
    )[:1]
    return Case(When(body="", then=Subquery(best)), output_field=JSONField())


def _hit(row: Any, stems: frozenset[str]) -> Hit:
    best = row.best or {"text": row.body, "held": 0}
    number = best["number"] if best["held"] else None
    return Hit(
        row=row,
        kind=content.get(row.kind),
        title=marked(row.title, stems),
        excerpt=excerpt(best["text"], stems),
        url=_address(row, number),
        page=number,
    )


def _address(row: SearchDocument, page: int | None) -> str:
    """Where a hit leads: to the page itself, when its kind says how pages are reached."""
    if page is None:
        return row.url
    before = row.meta.get("page_url")
    return f"{before}{page}" if before else f"{row.url}#page-{page}"
