"""How a search is said to people: its name, the chips of its filters, the ways of its facets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import content
from core.formats import active_language, day, grouped
from search import finding, forms
from search.query import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from community.models import SubCommunity
    from search.wanted import Wanted

# What a facet is called in the address.
PARAMETERS = {"kind": "genre", "space": "communaute", "type": "type", "year": "annee"}


@dataclass(frozen=True)
class Chip:
    """One filter in use: what it says, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Way:
    """One value of a facet, and the address that takes it, or leaves it when it is chosen."""

    label: str
    count: str
    chosen: bool
    url: str


def address(wanted: Wanted, **also: str) -> str:
    """The search page with this search in it."""
    query = wanted.address(**also)
    return reverse("search:page") + (f"?{query}" if query else "")


def counted(number: int, *, capped: bool) -> str:
    """`1 250`, or `1 250+` when there may be more than was counted."""
    text = grouped(number, active_language())
    return f"{text}+" if capped else text


def name_of(wanted: Wanted) -> str:
    """What a search is called until its person says better: its words, else its filters."""
    words = wanted.query.text.replace('"', "")
    return (words or ", ".join(chip.label for chip in chips(wanted)))[: forms.NAME_LENGTH]


def chips(wanted: Wanted) -> list[Chip]:
    """The filters in use, those typed in the box too."""
    return [Chip(label, address(without)) for label, without in _filters(wanted)]


def _filters(wanted: Wanted) -> Iterator[tuple[str, Wanted]]:
    """What each filter says, and the same search without it."""
    for name in wanted.kinds:
        kinds = tuple(one for one in wanted.kinds if one != name)
        yield capfirst(str(content.get(name).plural)), replace(wanted, kinds=kinds)
    if wanted.type:
        yield _type_name(wanted.type), replace(wanted, type="")
    if wanted.year:
        yield str(wanted.year), replace(wanted, year=None)
    if wanted.space:
        yield wanted.space.name, replace(wanted, space=None)
    query, lang = wanted.query, active_language()
    for label, value, without in (
        (_("By: %(name)s"), query.author, {"author": ""}),
        (_("In: %(name)s"), query.space, {"space": ""}),
        (_("Type: %(name)s"), query.type, {"type": ""}),
        (_("Since %(name)s"), query.since and day(query.since, lang), {"since": None}),
        (_("Before %(name)s"), query.before and day(query.before, lang), {"before": None}),
    ):
        if value:
            rest: Any = replace(query, **without)
            yield label % {"name": value}, replace(wanted, query=rest)


def _type_name(code: str) -> str:
    labels = {one: str(label) for _kind, group in forms.types() for one, label in group}
    return labels.get(code, code)


def facets(
    wanted: Wanted, results: finding.Results, spaces: Sequence[SubCommunity]
) -> list[tuple[str, list[Way]]]:
    """Each facet in which there is something to choose: its name, and its ways."""
    names = {
        "kind": _("What it is"),
        "space": _("Sub-community"),
        "type": _("Type"),
        "year": _("Year"),
    }
    slugs = {str(space.pk): space.slug for space in spaces}
    found = []
    for facet in results.facets:
        choices: Sequence[finding.Choice] = facet.choices
        if facet.name == "space":
            choices = [
                replace(one, value=slugs[one.value]) for one in choices if one.value in slugs
            ]
        ways = [_way(wanted, facet.name, choice, capped=results.capped) for choice in choices]
        if len(ways) > 1:
            found.append((names[facet.name], ways))
    return found


def _way(wanted: Wanted, facet: str, choice: finding.Choice, *, capped: bool) -> Way:
    """Taken, a kind is added to those that are; another facet has one value at a time.

    Of results that were not counted to the end, each number is a floor."""
    name = PARAMETERS[facet]
    values = wanted.values()
    if facet == "kind":
        others = [kind for kind in wanted.kinds if kind != choice.value]
        values[name] = others if choice.chosen else [*others, choice.value]
    elif choice.chosen:
        values.pop(name, None)
    else:
        values[name] = choice.value
    url = f"{reverse('search:page')}?{urlencode(values, doseq=True)}"
    count = min(choice.count, finding.CEILING)
    return Way(choice.label, counted(count, capped=capped), choice.chosen, url)


def corrected(wanted: Wanted, results: finding.Results) -> str:
    """The address of the other spelling that was found, with the same filters."""
    kept = wanted.query
    query = parse(results.correction)
    query = replace(query, author=kept.author, since=kept.since, before=kept.before)
    return address(replace(wanted, query=query))


def doors(wanted: Wanted, spaces: list[SubCommunity]) -> list[tuple[SubCommunity, str]]:
    """The spaces that are only searched from inside, when this search is of all the others: each
    with the address that asks it the same."""
    if wanted.space is not None:
        return []
    apart = [space for space in spaces if not space.in_global_search]
    return [(space, address(replace(wanted, space=space))) for space in apart]
