"""Nobody finds what she may not read: not by a result, a number, a suggestion, a guess or an order.

The city of the leak matrix, asked by everybody through the search itself.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from community.models import SubCommunity
from core import content
from forums.models import Thread
from search import indexing
from search.finding import Filters, find, suggest
from search.models import SearchDocument
from tests.search.rooms import titles
from tests.test_visibility import EVERYBODY, READERS, City, city, undone, word  # noqa: F401

pytestmark = pytest.mark.django_db

AUTHORS = {"intervention": "maude", "psychosocial": "naima"}
SPACES = {
    "common": "place-commune",
    "intervention": "intervention",
    "direction": "direction-administration",
    "psychosocial": "suivis-psychosociaux",
    "secret": "hors-liste",
}


def finders() -> dict[str, tuple[set[str], str]]:
    """For each canary that an index could hold: who may find it, and in which space it is."""
    found: dict[str, tuple[set[str], str]] = {}
    for key in SPACES:
        for place in ("titre", "texte", "mot"):
            found[word(key, "published", place)] = (READERS[key], key)
        for never in ("hiddenpost", "report"):
            found[word(key, never)] = (set(), key)
    for key, author in AUTHORS.items():
        for state in ("hidden", "removed"):
            found[word(key, state)] = (set(), key)
        # Her own, which awaits approval, while she reads its space.
        found[word(key, "pending")] = ({author}, key)
    found[word("direction", "moved")] = (READERS["intervention"], "intervention")
    return found


def person(city: City, role: str) -> Any:  # noqa: F811
    return AnonymousUser() if role == "visitor" else city.people[role]


def space_of(key: str) -> SubCommunity:
    return SubCommunity.objects.get(slug=SPACES[key])


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_each_person_finds_what_she_reads_and_nothing_else(undone: City, role: str) -> None:  # noqa: F811
    user = person(undone, role)
    for canary, (may, key) in finders().items():
        everywhere = role in may and key != "psychosocial"
        assert find(canary, user=user).count == everywhere, canary
        assert find(canary, user=user, inside=space_of(key)).count == (role in may), canary
        other = "common" if key != "common" else "direction"
        assert find(canary, user=user, inside=space_of(other)).count == 0, canary


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_no_suggestion_nor_guess_says_more(undone: City, role: str) -> None:  # noqa: F811
    user = person(undone, role)
    for canary, (may, key) in finders().items():
        for inside in (None, space_of(key)):
            seen = role in may and (inside is not None or key != "psychosocial")
            offered = " ".join(
                one.text
                for typed in (canary[:-3], f"titre {canary[:-3]}")
                for one in suggest(typed, user=user, inside=inside, size=50)
            )
            assert (canary in offered) <= seen, canary
            mistyped = canary[:4] + canary[5:]
            guessed = find(mistyped, user=user, inside=inside)
            assert (canary in guessed.correction) <= seen, canary
            assert all(canary not in hit.title for hit in guessed.hits) or seen
    assert (
        "zqcommonpublishedtitre" in " ".join(one.text for one in suggest("zqcommon", user=user))
        or role not in READERS["common"]
    )


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_facets_and_numbers_are_of_what_she_reads(undone: City, role: str) -> None:  # noqa: F811
    user = person(undone, role)
    results = find("titre", user=user)
    assert results.count == len(results.hits)
    facets = {facet.name: facet.choices for facet in results.facets}
    may = {key for key, readers in READERS.items() if role in readers and key != "psychosocial"}
    assert {choice.value for choice in facets["space"]} == {str(space_of(key).pk) for key in may}
    assert sum(choice.count for choice in facets["kind"]) == results.count
    for name in SPACES:
        narrowed = find("titre", user=user, filters=Filters(space=space_of(name).pk))
        assert (narrowed.count > 0) == (name in may)


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_what_is_similar_is_what_she_reads(undone: City, role: str) -> None:  # noqa: F811
    user = person(undone, role)
    for thread in Thread.objects.all():
        found = content.similar_to(thread, user, limit=20)
        readable = Thread.objects.readable_by(user)
        assert {one.pk for one in found} <= set(readable.values_list("pk", flat=True))
        assert not found or readable.filter(pk=thread.pk).exists()


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_search_and_list_agree(undone: City, role: str) -> None:  # noqa: F811
    """Whatever the role and the object: what is found is what its own room lists to her."""
    user = person(undone, role)
    apart = SubCommunity.objects.filter(in_global_search=False)
    for kind in indexing.indexed_kinds():
        rows = kind.readable_by(user)
        if kind.indexed and kind.indexed.while_active:
            rows = rows.current()  # type: ignore[attr-defined]
        if kind.name == "post":
            rows = rows.filter(position__gt=1)
        if role == "guest" and kind.name == "member":
            # The directory is not hers, not even for her own page.
            rows = rows.exclude(owner=user)
        if kind.name == "sheet":
            # What has no version yet is in preparation: its makers find it in their own list.
            rows = rows.published()  # type: ignore[attr-defined]  # (sheets have it)
        where = {"post": "thread__space", "trial": "sheet__space"}.get(kind.name, "space")
        listed = set(rows.exclude(**{f"{where}__in": apart}).values_list("pk", flat=True))
        found = SearchDocument.objects.findable_by(user).filter(kind=kind.name)
        if role == "guest" and kind.name == "member":
            found = found.exclude(owner=user)
        assert set(found.values_list("object_id", flat=True)) == listed, kind.name
        for space in SubCommunity.objects.all():
            inside = SearchDocument.objects.findable_by(user, inside=space)
            there = rows.filter(**{where: space}).values_list("pk", flat=True)
            found = inside.filter(kind=kind.name).values_list("object_id", flat=True)
            assert set(found) == set(there), (kind.name, space.slug)


@pytest.mark.parametrize("role", ["eve", "maude", "guest", "visitor"])
def test_and_the_page_agrees(undone: City, role: str) -> None:  # noqa: F811
    user, browser = person(undone, role), Client()
    if role != "visitor":
        browser.force_login(user, backend="accounts.backends.AccountBackend")
    found = set(SearchDocument.objects.findable_by(user).values_list("pk", flat=True))
    rows = SearchDocument.objects.filter(kind__in=("thread", "document", "organisation"))
    assert rows.filter(pk__in=found).exists() == (role != "visitor")
    for row in rows.exclude(space__in_global_search=False):
        answer = browser.get(row.url)
        assert (answer.status_code == 200) == (row.pk in found), row


def test_an_unnamed_author_is_nobodys_search(undone: City) -> None:  # noqa: F811
    for role in ("naima", "odile"):
        user = person(undone, role)
        psycho = space_of("psychosocial")
        assert titles("sans nom", user, inside=psycho)[0] == "Sans nom"
        for typed in ("auteur:Zqsansnom", "auteur:Discrète sans", "auteur:zqsansnom mot"):
            assert find(typed, user=user, inside=psycho).count == 0
        hits = find("mot", user=user, inside=psycho).hits
        assert hits
        assert not any(
            hit.row.author_id or hit.row.author_name for hit in hits if "Sans" in hit.title
        )
    row = SearchDocument.objects.get(kind="thread", title="Sans nom")
    said = {f.name: str(getattr(row, f.attname)) for f in row._meta.local_concrete_fields}
    said.pop("owner")
    assert "zqsansnom" not in str(said).lower()
