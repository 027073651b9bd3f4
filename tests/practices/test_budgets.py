"""What the pages of the directory cost when a sheet has everything around it: the same at 3 rows
and at 300, on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.services.reactions import react
from core import links
from forums.services import create_thread
from practices.models import (
    Credit,
    Evidence,
    EvidenceRequest,
    Interest,
    Passage,
    Presence,
    Proposal,
    Sheet,
    Step,
    Trial,
    Version,
)
from practices.services import writing
from tests.conftest import World
from tests.forums.test_budgets import arrived, counted
from tests.practices.conftest import make_published

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]

SHELL = 5
SHEET, PUBLIC, LIST, INSIDE = 8, 6, 5, 8


def around(world: World, sheet: Sheet, rows: int) -> None:
    """`rows` of all that stands around a sheet: trials, improvements, adaptations, credits,
    decisions, requests, steps, people who keep it and who write in it, versions, ties."""
    version, now = sheet.current, timezone.now()
    people = (world.real, world.naima, world.eve)
    made: dict[Any, list[Any]] = {}
    for n in range(rows):
        for row in _one(sheet, version, people[n % 3], n, now - timedelta(minutes=n)):
            made.setdefault(type(row), []).append(row)
    for model, found in made.items():
        model.objects.bulk_create(found)
    _around_once(world, sheet, rows)


def _one(sheet: Sheet, version: Any, by: User, n: int, at: datetime) -> list[Any]:
    told: dict[str, Any] = {
        "sheet": sheet, "owner": by, "organisation": by.organisation, "created_at": at,
    }  # fmt: skip
    waits = n % 2 == 0
    return [
        Trial(
            version=version, period="Automne", lesson="Retenir", **told,
            outcome=Trial.Outcome.values[n % 4],
        ),
        Proposal(
            section="besoin", base=version, why="Plus clair", **told,
            before=sheet.content["besoin"], values={"context": f"Autre {n}"},
            answer="attente" if waits else "acceptee", answered_at=None if waits else at,
            version=None if waits else version,
        ),
        Credit(sheet=sheet, person=by, organisation=by.organisation, role=Credit.Role.PROPOSAL),
        Evidence(sheet=sheet, level="2", source="Bilan", by=by, decided_at=at),
        EvidenceRequest(sheet=sheet, level="3", source="Bilan", by=by, settled_at=at),
        Step(sheet=sheet, act=Step.Act.CORRECTIONS, words="À revoir", by=by, at=at),
        Passage(
            sheet=sheet, kind="post", object_id=1000 + n, thread_id=1, section="besoin",
            field="context", writer=by, consent=Passage.Consent.GIVEN, credited=True,
        ),
        Version(
            sheet=sheet, number=100 + n, content=sheet.content, changed=["besoin"],
            cause=Version.Cause.BEARERS, by=by,
        ),
    ]  # fmt: skip


def _around_once(world: World, sheet: Sheet, rows: int) -> None:
    """What there is one of, or one of for a person; and the kept counters."""
    for person in (world.real, world.naima, world.eve, world.odile):
        Interest.objects.create(sheet=sheet, user=person, saved_at=timezone.now())
        Presence.objects.create(sheet=sheet, section="lecons", user=person)
    react(sheet, "merci", by=world.eve)
    thread = create_thread(by=world.maude, space=world.common, title="Un fil", text="Texte")
    links.link(sheet, thread, by=world.maude)
    given = sheet.content["lecons"] | {"mistakes": ["Autre chose"]}
    writing.save_section(sheet, "lecons", given, by=world.maude, revision=0)
    derived(sheet, min(rows, 30))
    Sheet.objects.filter(pk=sheet.pk).update(
        born_of=thread.pk, trial_count=rows, abandoned_count=rows // 4, waiting_count=rows // 2,
        adaptation_count=min(rows, 30), progress=Sheet.Progress.CORRECTIONS,
        claimed_by=world.odile, evidence="2", evidence_expiry=Evidence.Expiry.DATE,
        review_on=timezone.localdate(), derived_from=copy_of(sheet, title="L’origine"),
    )  # fmt: skip


def copy_of(sheet: Sheet, **changes: Any) -> Sheet:
    """Another published sheet, that says the same."""
    made = Sheet.objects.get(pk=sheet.pk)
    made.pk, made.submission = None, uuid.uuid4()
    made._state.adding = True
    for name, value in changes.items():
        setattr(made, name, value)
    made.save()
    version = Version.objects.create(
        sheet=made, number=1, content=sheet.content, cause=Version.Cause.PUBLICATION
    )
    Sheet.objects.filter(pk=made.pk).update(current=version)
    return made


def derived(sheet: Sheet, rows: int) -> None:
    """Adaptations of it, and their own."""
    for n in range(rows):
        copy_of(sheet, title=f"Adaptation {n}", derived_from=sheet)


def cost(browser: Client, path: str) -> list[str]:
    """The queries of one page, by somebody who is there already."""
    browser.get(path)
    arrived(browser)
    with counted() as queries:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        if answer.streaming:
            b"".join(answer.streaming_content)
    return list(queries)


@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("public", [False, True], ids=["membres", "publique"])
def test_a_sheet_with_everything_around_it_costs_eight_queries(
    world: World, as_: As, rows: int, public: bool
) -> None:
    """To who reads it, bears it, animates; whatever is around it, and before its first visit."""
    sheet = make_published(world, public=public)
    around(world, sheet, rows)
    sheet.refresh_from_db()
    for person in (world.eve, world.real, world.maude, world.odile):
        queries = cost(as_(person), sheet.get_absolute_url())
        assert len(queries) <= SHELL + SHEET, "\n".join([person.first_name, *queries])
        assert not [sql for sql in queries if "OFFSET" in sql]


@pytest.mark.parametrize("rows", [3, 300])
def test_a_public_sheet_with_everything_around_it_costs_a_visitor_six_queries(
    world: World, as_: As, rows: int
) -> None:
    sheet = make_published(world, public=True)
    around(world, sheet, rows)
    sheet.refresh_from_db()
    caches["local"].clear()
    with counted() as queries:
        assert as_(None).get(sheet.get_absolute_url()).status_code == 200
    assert len(queries) <= PUBLIC, "\n".join(queries)


# The pages around a sheet, and what each may cost beside the frame.
PAGES = {
    "versions/": INSIDE, "versions/100/": INSIDE, "versions/101/?avec=100": INSIDE,
    "bonifications/": INSIDE, "essais/": INSIDE, "essais/?resultat=abandonnee": INSIDE,
    "arbre/": INSIDE, "lies/": INSIDE, "preuve/": INSIDE, "chez-nous/": INSIDE,
    "imprimer/": INSIDE, "fiche.json": INSIDE,
}  # fmt: skip
HERS = {"vie/": INSIDE, "rediger/": INSIDE, "rediger/lecons/": INSIDE}
LISTS = {
    "/pratiques/": INSIDE, "/pratiques/mes-fiches/": LIST, "/pratiques/gardees/": LIST,
    "/pratiques/carte/": INSIDE, "/pratiques/consentements/": LIST,
}  # fmt: skip


@pytest.mark.parametrize("rows", [3, 300])
def test_each_page_around_a_sheet_costs_the_same_at_any_length(
    world: World, as_: As, rows: int
) -> None:
    sheet = make_published(world)
    around(world, sheet, rows)
    over = []
    for person, pages in (
        (world.eve, PAGES),
        (world.maude, PAGES | HERS),
        (world.odile, PAGES | HERS),
    ):
        browser = as_(person)
        paths = {f"/pratiques/{sheet.pk}/{path}": most for path, most in pages.items()}
        for path, most in (paths | LISTS).items():
            queries = cost(browser, path)
            if len(queries) > SHELL + most:
                over.append((person.first_name, path, len(queries) - SHELL))
    assert over == []
