"""Labels of taxonomy codes, cached: they change a few times a year and are on every page.

The cache is each process's own, for half a minute: the shared one may be a table of the
database, and a page's budget has no query to spare for words.
"""

from typing import Any, NamedTuple

from django.core.cache import caches
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.utils.functional import Promise

from core.models import Term
from core.text import French

CACHE_KEY = "terms"
SECONDS = 30


def scheme(name: str) -> dict[str, str]:
    """The live terms of a scheme, code → label, in their order."""
    return {code: one.label for code, one in _all().get(name, {}).items() if not one.retired}


def above(name: str) -> dict[str, str]:
    """The words of a scheme that stand below another, code → code of the one above."""
    return {code: one.above for code, one in _all().get(name, {}).items() if one.above}


def headings(name: str) -> set[str]:
    """The words of a scheme that others stand below: they title them, and say nothing alone."""
    return set(above(name).values())


def by_family(name: str) -> dict[str, str]:
    """The live terms of a scheme, code → label, each followed by those that stand below it."""
    words, parents = scheme(name), above(name)
    rank = {code: number for number, code in enumerate(words)}

    def place(code: str) -> tuple[int, bool]:
        parent = parents.get(code, "")
        return rank.get(parent, rank[code]), parent in rank

    return {code: words[code] for code in sorted(words, key=place)}


def under_headings(name: str) -> dict[str, dict[str, str]]:
    """The live terms of a scheme that say something by themselves, code → label, by the label of
    the heading that they stand below: headings hold others and are no word. Those below none come
    under an empty one."""
    parents, titles = above(name), headings(name)
    found: dict[str, dict[str, str]] = {}
    for code, words in by_family(name).items():
        if code not in titles:
            heading = label(name, parents[code]) if code in parents else ""
            found.setdefault(heading, {})[code] = words
    return found


def label(name: str, code: str) -> str:
    """The label of a code, retired or not; the code itself when nobody knows it."""
    found = _all().get(name, {}).get(code)
    return found.label if found else code


def known(name: str, code: str) -> bool:
    """Whether a scheme has the code, retired or not."""
    return code in _all().get(name, {})


def labels(name: str, codes: list[str]) -> list[str]:
    return [label(name, code) for code in codes]


def choices(name: str, *, blank: str | Promise | None = None) -> list[tuple[str, Any]]:
    """Choices of a form field, with a first empty one when `blank` says how it reads."""
    first: list[tuple[str, Any]] = [("", blank)] if blank is not None else []
    return first + list(scheme(name).items())


def choices_by_heading(name: str, *, blank: str | Promise) -> list[tuple[Any, Any]]:
    """The same, below their headings."""
    found: list[tuple[Any, Any]] = [("", blank)]
    for heading, words in under_headings(name).items():
        found += [(heading, list(words.items()))] if heading else words.items()
    return found


class Word(NamedTuple):
    """What is kept of a term: `above` is the code of the one that it stands below, or nothing."""

    label: French
    retired: bool
    above: str


def _all() -> dict[str, dict[str, Word]]:
    found = caches["local"].get(CACHE_KEY)
    if found is None:
        found = {}
        rows = Term.objects.order_by("scheme", "position", "label")
        for term in rows.annotate(above=F("parent__code")):
            word = Word(French(term.label), term.retired, term.above or "")
            found.setdefault(term.scheme, {})[term.code] = word
        caches["local"].set(CACHE_KEY, found, SECONDS)
    return found


def _forget(**kwargs: object) -> None:
    caches["local"].delete(CACHE_KEY)


post_save.connect(_forget, sender=Term, dispatch_uid="terms.forget")
post_delete.connect(_forget, sender=Term, dispatch_uid="terms.forget")
