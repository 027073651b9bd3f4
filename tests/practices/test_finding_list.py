"""The list of sheets: who sees what in it, its filters and their numbers, what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.audience import State
from core.models import Term
from practices.models import Evidence, Sheet, Trial, Version
from practices.services import life
from practices.services.evidence import decide, expire_evidence
from tests.conftest import World
from tests.forums.test_budgets import counted
from tests.practices.conftest import CONTENT, make_published, make_sheet, make_terms, publish_sheet

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]

# The titles that nobody is to meet; two letters of them may stand in a random token.
HIDDEN = re.compile("Zq(?:brouillon|cach)")

# Session, person, memberships with their spaces, and two when her counters are stale.
SHELL = 5
# Rows with their organisation, and four for all the numbers.
LIST = 5
# The same, without the outcome of the trials.
VISITOR = 4


def answer(browser: Client, query: str = "") -> Any:
    found = browser.get(f"/pratiques/{query}")
    assert found.status_code == 200
    return found


def titles(browser: Client, query: str = "") -> list[str]:
    return [sheet.title for sheet in answer(browser, query).context["sheets"]]


def numbers(browser: Client, facet: str, query: str = "") -> dict[str, int]:
    counts = answer(browser, query).context["counts"]
    found = next((one for one in counts.facets if one.name == facet), None)
    return {option.code: option.count for option in found.options} if found else {}


def told(sheet: Sheet, by: User, outcome: str, **fields: Any) -> Trial:
    return Trial.objects.create(
        sheet=sheet,
        version=sheet.current,
        owner=by,
        organisation=by.organisation,
        period="automne",
        outcome=outcome,
        lesson="Commencer plus tôt.",
        **fields,
    )


@pytest.fixture
def shelf(world: World) -> World:
    """Three published sheets: a public one of Maude's, one of Réal's, an archived one; a draft and
    one that Odile set aside, which nobody is told of."""
    make_published(world, public=True, identite={"title": "Le plan de retour"})
    other = make_sheet(
        world.real,
        identite={"title": "La rue des devoirs"},
        public={"levels": ["primaire-c1"], "publics": ["parents"]},
        visees={"determinants": ["fi-anxiete"], "regions": ["11"], "settings": ["urbain"]},
        cout={"band": "100-500"},
    )
    publish_sheet(other, world.odile)
    old = make_published(world, identite={"title": "Une vieille pratique"})
    life.archive(old, by=world.odile, words="Elle a pris fin.")
    make_sheet(world.maude, identite={"title": "Zqbrouillon"})
    hidden = make_published(world, identite={"title": "Zqcachée"})
    life.hide_sheet(hidden, by=world.odile, reason="À vérifier")
    return world


def test_a_member_sees_what_is_published_and_alive(shelf: World, as_: As) -> None:
    assert titles(as_(shelf.real)) == ["La rue des devoirs", "Le plan de retour"]


def test_a_visitor_sees_the_showcase_and_no_more(shelf: World, as_: As) -> None:
    found = answer(as_(None))

    assert [one.title for one in found.context["sheets"]] == ["Le plan de retour"]
    assert found.context["counts"].total == 1
    assert "devoirs" not in found.content.decode()


def test_drafts_and_what_was_set_aside_are_in_no_list_and_no_number(shelf: World, as_: As) -> None:
    for person in (shelf.real, shelf.maude, None):
        page = answer(as_(person)).content.decode()
        assert not HIDDEN.search(page)
        assert numbers(as_(person), "region").get("01") == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=PLAN rétour", {"Le plan de retour"}),
        ("?public=parents", {"La rue des devoirs"}),
        ("?ordre=secondaire-c1&ordre=primaire-c1", {"La rue des devoirs", "Le plan de retour"}),
        ("?determinant=fs-relation", {"Le plan de retour"}),
        ("?type=mediation", {"La rue des devoirs", "Le plan de retour"}),
        ("?region=11", {"La rue des devoirs"}),
        ("?milieu=rural", {"Le plan de retour"}),
        ("?cout=100-500", {"La rue des devoirs"}),
        ("?region=11&milieu=rural", set()),
        ("?qui=organisme", {"La rue des devoirs"}),
        ("?preuve=3", set()),
    ],
)
def test_a_filter_of_the_address_narrows_the_list(
    shelf: World, as_: As, query: str, found: set[str]
) -> None:
    assert set(titles(as_(shelf.real), query)) == found


@pytest.mark.parametrize(
    "query",
    [
        "?public=rien", "?region=%27", "?etat=soumise", "?tri=rien", "?apres=faux", "?q=%20",
        "?region=" + "x" * 4000, "?essai=rien", "?qui=moi",
    ],
)  # fmt: skip
def test_what_an_address_cannot_ask_asks_for_nothing(shelf: World, as_: As, query: str) -> None:
    assert len(titles(as_(shelf.real), query)) == 2


def test_the_list_is_read_by_title_or_by_trials(shelf: World, as_: As) -> None:
    Sheet.objects.filter(title="Le plan de retour").update(trial_count=3)
    real = as_(shelf.real)

    assert titles(real, "?tri=titre") == ["La rue des devoirs", "Le plan de retour"]
    assert titles(real, "?tri=essais") == ["Le plan de retour", "La rue des devoirs"]


def test_abandoned_trials_are_a_facet_for_members_and_nothing_for_visitors(
    shelf: World, as_: As
) -> None:
    plan = Sheet.objects.get(title="Le plan de retour")
    told(plan, shelf.real, "abandonnee")
    told(plan, shelf.eve, "abandonnee")
    told(plan, shelf.eve, "mieux", state=State.HIDDEN)

    assert numbers(as_(shelf.real), "essai") == {"abandonnee": 1}
    assert titles(as_(shelf.real), "?essai=abandonnee") == ["Le plan de retour"]
    assert titles(as_(shelf.real), "?essai=mieux") == []
    assert numbers(as_(None), "essai") == {}
    assert titles(as_(None), "?essai=mieux") == ["Le plan de retour"]


def test_evidence_that_expired_is_found_by_why_and_only_while_it_is_in_force(
    shelf: World, as_: As
) -> None:
    plan = Sheet.objects.get(title="Le plan de retour")
    soon = timezone.localdate() + timedelta(days=1)
    decide(plan, "2", by=shelf.odile, source="Données", review_on=soon)
    Evidence.objects.filter(sheet=plan).update(review_on=timezone.localdate() - timedelta(days=1))
    expire_evidence()
    assert titles(as_(shelf.real), "?perimee=date") == ["Le plan de retour"]
    assert numbers(as_(shelf.real), "perimee") == {"date": 1}

    decide(plan, "2", by=shelf.odile, source="Données")
    assert titles(as_(shelf.real), "?perimee=date") == []


def test_animators_find_what_awaits_them(shelf: World, as_: As) -> None:
    submitted = make_sheet(shelf.maude, identite={"title": "À lire"})
    life.submit(submitted, by=shelf.maude)
    Sheet.objects.filter(title="Le plan de retour").update(review_on=timezone.localdate())
    odile = as_(shelf.odile)

    assert titles(odile, "?etat=soumise") == ["À lire"]
    assert titles(odile, "?etat=a-revoir") == ["Le plan de retour"]
    assert titles(odile, "?etat=archivee") == ["Une vieille pratique"]
    assert "À lire" not in titles(as_(shelf.maude), "?etat=soumise")


def test_determinants_are_below_their_family(shelf: World, as_: As) -> None:
    family = Term.objects.create(scheme="facteurs_risque", code="scolaires", label="À l’école")
    term = Term.objects.get(scheme="facteurs_risque", code="fs-relation")
    term.parent = family
    term.save()

    counts = answer(as_(shelf.real)).context["counts"]
    facet = next(one for one in counts.facets if one.name == "determinant")
    groups = {heading: [one.code for one in options] for heading, options in facet.by_group}
    assert groups["À l’école"] == ["fs-relation"]


def test_nothing_found_is_a_call_to_describe_or_to_ask(shelf: World, as_: As) -> None:
    page = answer(as_(shelf.real), "?region=16&ordre=secondaire-c2").content.decode()

    assert "/discussions/nouveau/" in page
    visited = answer(as_(None), "?region=16&ordre=secondaire-c2").content.decode()
    assert "/discussions/nouveau/" not in visited
    assert "/pratiques/nouvelle/" not in visited


def test_each_chip_takes_its_filter_away(shelf: World, as_: As) -> None:
    chips = answer(as_(shelf.real), "?region=11&q=rue&apres=x").context["chips"]

    assert [chip.without for chip in chips] == ["/pratiques/?region=11", "/pratiques/?q=rue"]


def many(world: World, number: int) -> None:
    """So many published sheets, with words, evidence and trials."""
    make_terms()
    terms = list(Term.objects.filter(scheme__in=("regions", "publics", "facteurs_risque")))
    now = timezone.now()
    sheets = Sheet.objects.bulk_create(
        Sheet(
            bearer=world.relais,
            organisation=world.relais,
            owner=world.maude,
            title=f"Pratique {n}",
            title_key=f"pratique {n}",
            level="public" if n % 2 else "communaute",
            consented_at=now,
            state=State.PUBLISHED,
            progress="",
            evidence=str(n % 5),
            improved_at=now - timedelta(minutes=n),
        )
        for n in range(number)
    )
    versions = Version.objects.bulk_create(
        Version(sheet=sheet, number=1, content=CONTENT, cause="publication") for sheet in sheets
    )
    for sheet, version in zip(sheets, versions, strict=True):
        sheet.current = version
    Sheet.objects.bulk_update(sheets, ["current"])
    Sheet.terms.through.objects.bulk_create(
        Sheet.terms.through(sheet=sheet, term=terms[(n + shift) % len(terms)])
        for n, sheet in enumerate(sheets)
        for shift in range(3)
    )
    for sheet in sheets[::3]:
        told(sheet, world.real, "abandonnee")


@pytest.mark.parametrize("number", [3, 300])
@pytest.mark.parametrize("query", ["", "?region=01&public=parents&essai=abandonnee&q=pratique"])
def test_the_list_costs_the_same_whatever_there_is(
    world: World, as_: As, number: int, query: str
) -> None:
    many(world, number)
    eve, visitor = as_(world.eve), as_(None)
    answer(eve), answer(visitor)
    with counted() as queries:
        answer(eve, query)
    assert len(queries) <= SHELL + LIST, "\n".join(queries)
    with counted() as queries:
        answer(visitor, query)
    assert len(queries) <= VISITOR + (2 if "q=" in query else 0), "\n".join(queries)


def test_the_rest_comes_by_cursor_each_sheet_once(world: World, as_: As) -> None:
    many(world, 45)
    eve, seen, url = as_(world.eve), [], "/pratiques/?tri=titre"
    while url:
        page = eve.get(url)
        seen += [one.pk for one in page.context["sheets"]]
        url = page.context["next_url"]

    assert len(seen) == len(set(seen)) == 45
