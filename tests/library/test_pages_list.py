"""The list of documents: who sees what in it, its filters and their numbers, what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import core.facets
from accounts.models import User
from core import terms
from core.models import Term
from library import facets, filters
from library.models import Document
from tests.conftest import World
from tests.forums.test_budgets import arrived, counted
from tests.library.conftest import make_document

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]

# Session, person, memberships with their spaces, and two when her counters are stale.
SHELL = 5
# Spaces of the filter, rows with their file, keywords, and two for all the numbers.
LIST = 5
PUBLIC = 6


def titles(browser: Client, query: str = "") -> list[str]:
    answer = browser.get(f"/bibliotheque/{query}")
    assert answer.status_code == 200
    return [document.title for document in answer.context["documents"]]


def numbers(browser: Client, facet: str, query: str = "") -> dict[str, int]:
    counts = browser.get(f"/bibliotheque/{query}").context["counts"]
    found = next(one for one in counts.facets if one.name == facet)
    return {option.code: option.count for option in found.options}


@pytest.fixture
def shelf(library: World) -> World:
    """A guide for the community, a tool for everybody, a video of Maude's space."""
    make_document(
        library.maude,
        title="Accueillir après une suspension",
        terms={"publics": ["parents"], "types_intervention": ["raccrochage"]},
        tags=["suspension"],
    )
    make_document(
        library.real,
        title="Une fiche pour l’élève",
        type="fiche-outil",
        issued="2021-05",
        level="public",
        terms={"publics": ["a-risque"], "types_intervention": ["raccrochage"]},
    )
    make_document(
        library.maude,
        title="Vidéo de l’intervention",
        type="video",
        level="sous-communaute",
        space=library.intervention,
        terms={"publics": ["parents", "a-risque"]},
    )
    return library


def test_a_member_sees_what_she_may_read_newest_first(shelf: World, as_: As) -> None:
    assert titles(as_(shelf.maude)) == [
        "Vidéo de l’intervention", "Une fiche pour l’élève", "Accueillir après une suspension",
    ]  # fmt: skip
    assert titles(as_(shelf.real)) == ["Une fiche pour l’élève", "Accueillir après une suspension"]


def test_a_visitor_sees_what_is_public_and_no_more(shelf: World, as_: As) -> None:
    answer = as_(None).get("/bibliotheque/")

    assert [one.title for one in answer.context["documents"]] == ["Une fiche pour l’élève"]
    assert answer.context["counts"].total == 1
    assert "suspension" not in answer.content.decode().lower()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=SUSPENSION apres", {"Accueillir après une suspension"}),
        ("?type=fiche-outil&type=video", {"Une fiche pour l’élève", "Vidéo de l’intervention"}),
        ("?public=parents", {"Accueillir après une suspension", "Vidéo de l’intervention"}),
        ("?public=parents&theme=raccrochage", {"Accueillir après une suspension"}),
        ("?mot=Suspension", {"Accueillir après une suspension"}),
        ("?espace=intervention", {"Vidéo de l’intervention"}),
        ("?de=2022", {"Accueillir après une suspension", "Vidéo de l’intervention"}),
        ("?a=2021", {"Une fiche pour l’élève"}),
        ("?qui=moi", {"Accueillir après une suspension", "Vidéo de l’intervention"}),
        ("?langue=en", set()),
    ],
)
def test_a_filter_of_the_address_narrows_the_list(
    shelf: World, as_: As, query: str, found: set[str]
) -> None:
    assert set(titles(as_(shelf.maude), query)) == found


@pytest.mark.parametrize(
    "query",
    [
        "?type=rien", "?theme=%27", "?espace=direction-administration", "?de=hier", "?a=99999",
        "?etat=attente", "?tri=rien", "?apres=faux", "?q=%20", "?type=" + "x" * 4000,
    ],
)  # fmt: skip
def test_what_an_address_cannot_ask_asks_for_nothing(shelf: World, as_: As, query: str) -> None:
    assert len(titles(as_(shelf.maude), query)) == 3


def test_the_list_can_be_read_by_title_or_year(shelf: World, as_: As) -> None:
    maude = as_(shelf.maude)

    assert titles(maude, "?tri=titre")[0] == "Accueillir après une suspension"
    assert titles(maude, "?tri=annee")[-1] == "Une fiche pour l’élève"


def test_numbers_are_those_of_what_the_viewer_reads(shelf: World, as_: As) -> None:
    assert numbers(as_(shelf.maude), "type") == {"guide": 1, "fiche-outil": 1, "video": 1}
    assert numbers(as_(shelf.real), "type") == {"guide": 1, "fiche-outil": 1}
    assert numbers(as_(shelf.real), "public") == {"parents": 1, "a-risque": 1}
    assert numbers(as_(None), "public") == {"a-risque": 1}


def test_a_facet_is_counted_under_the_others_and_not_itself(shelf: World, as_: As) -> None:
    maude = as_(shelf.maude)

    assert numbers(maude, "type", "?type=guide") == {"guide": 1, "fiche-outil": 1, "video": 1}
    assert numbers(maude, "public", "?type=guide") == {"parents": 1}
    assert numbers(maude, "type", "?theme=raccrochage") == {"guide": 1, "fiche-outil": 1}
    both = "?theme=raccrochage&public=parents"
    assert numbers(maude, "public", both) == {"parents": 1, "a-risque": 1}
    assert numbers(maude, "theme", both) == {"raccrochage": 1}


def test_every_number_is_what_ticking_the_box_shows(shelf: World, as_: As) -> None:
    """Whatever was ticked before: the numbers keep their word."""
    maude = as_(shelf.maude)
    for before in ("", "public=parents", "theme=raccrochage", "type=guide&type=video"):
        for facet in maude.get(f"/bibliotheque/?{before}").context["counts"].facets:
            others = "&".join(p for p in before.split("&") if not p.startswith(f"{facet.name}="))
            for option in facet.options:
                query = f"?{others}&{facet.name}={option.code}"
                assert len(titles(maude, query)) == option.count, (before, query)


def test_past_the_ceiling_numbers_say_that_there_are_more(
    shelf: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.facets, "CEILING", 2)
    counts = facets.count(filters.Filters(), shelf.maude)

    assert (counts.total, counts.more) == (2, True)
    assert "1+" in as_(shelf.maude).get("/bibliotheque/").content.decode()


def test_a_document_kept_from_its_readers_is_its_depositors_and_the_animators(
    shelf: World, as_: As
) -> None:
    Document.objects.filter(type="guide").update(state="pending", approval="attente")
    late = {"state": "published", "review_on": timezone.localdate() - timedelta(days=1)}
    Document.objects.filter(type="fiche-outil").update(link_state="brise", **late)

    assert "Accueillir après une suspension" in titles(as_(shelf.maude))
    assert "Accueillir après une suspension" not in titles(as_(shelf.real))
    odile = as_(shelf.odile)
    assert titles(odile, "?etat=attente") == ["Accueillir après une suspension"]
    assert titles(odile, "?etat=lien-brise") == ["Une fiche pour l’élève"]
    assert titles(odile, "?etat=a-verifier") == ["Une fiche pour l’élève"]


def test_the_rest_comes_by_cursor_each_document_once(library: World, as_: As) -> None:
    many(library, 45)
    maude, seen, query = as_(library.maude), [], ""
    while True:
        answer = maude.get(f"/bibliotheque/{query}")
        seen += [one.pk for one in answer.context["documents"]]
        if not answer.context["next_url"]:
            break
        query = "?" + answer.context["next_url"].partition("?")[2]

    assert len(seen) == len(set(seen)) == 45


def test_an_empty_library_says_what_comes_here(world: World, as_: As) -> None:
    assert 'class="empty"' in as_(world.maude).get("/bibliotheque/").content.decode()
    answer = as_(world.maude).get("/bibliotheque/?q=rien").content.decode()
    assert 'class="empty"' in answer
    assert 'href="/bibliotheque/"' in answer


def many(world: World, number: int) -> None:
    """Documents with words and keywords, without their files."""
    words = list(Term.objects.exclude(scheme="types_ressource")[:4])
    for n in range(number):
        document = Document.objects.create(
            title=f"Document {n}",
            title_key=f"document {n}",
            publisher_name="Racines et Relais",
            abstract="Un résumé.",
            issued="2024",
            type="guide",
            licence="communaute",
            level="public" if n % 2 else "communaute",
            owner=world.odile,
        )
        document.terms.set(words)
        document.tags.set(["un", "deux"])


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize("query", ["", "?type=guide&public=parents", "?q=document&mot=un"])
def test_the_list_costs_the_same_at_any_length(
    library: World, as_: As, rows: int, query: str
) -> None:
    many(library, rows)
    maude = arrived(as_(library.maude))
    terms.scheme("publics")  # a process reads the words of the lists once in half a minute
    with counted() as found:
        assert maude.get(f"/bibliotheque/{query}").status_code == 200
    assert len(found) <= SHELL + LIST, "\n".join(found)


@pytest.mark.parametrize("rows", [3, 30])
def test_the_public_list_costs_the_same_at_any_length(library: World, as_: As, rows: int) -> None:
    many(library, rows)
    visitor: Any = as_(None)
    visitor.get("/bibliotheque/")
    with counted() as found:
        assert visitor.get("/bibliotheque/?public=parents").status_code == 200
    assert len(found) <= PUBLIC, "\n".join(found)
