"""What awaits Maude's word and Odile's on their home: how much, where, and at no query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from accounts.models import User
from core import content
from home.page import MemberHome, Waiting
from home.shell import Shell
from notifications.centre import notices
from practices.models import Bearer, Proposal, Sheet
from practices.services import improving, life
from tests.clock import noon
from tests.conftest import World, make_person
from tests.forums.test_budgets import arrived, counted
from tests.practices.conftest import make_published, make_sheet
from tests.practices.test_improving import proposed

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
ANSWERS = ("proposal", "Bonification")
REVIEWS = ("sheet", "Fiche-pratique")
DUE = "À revoir"


def awaits(user: User, rf: RequestFactory) -> list[Waiting]:
    """The lines of her home that sheets bring."""
    request = rf.get("/")
    request.user = user
    chips = {ANSWERS[1], REVIEWS[1], DUE}
    with translation.override("fr"):
        found = MemberHome(User.objects.get(pk=user.pk), Shell(request), None).waiting
    return [one for one in found if one.chip in chips]


def test_the_bearer_of_a_sheet_is_told_of_its_improvements_and_led_to_them(
    world: World, as_: As, rf: RequestFactory, sheet: Sheet
) -> None:
    assert awaits(world.maude, rf) == []
    for person in (world.real, world.eve):
        proposed(sheet, person)

    (line,) = awaits(world.maude, rf)
    assert line.title == "2 bonifications attendent votre réponse"
    assert line.url == f"/pratiques/{sheet.pk}/bonifications/"
    page = as_(world.maude).get("/").content.decode()
    assert "Ce qui vous attend" in page and f'href="{line.url}">{line.title}' in page
    for person in (world.real, world.naima, world.eve):
        assert awaits(person, rf) == [], "a colleague, or who proposed, bears nothing"
        assert line.title not in as_(person).get("/").content.decode()


def test_the_notice_of_a_review_is_of_the_midnight_of_its_day(world: World, sheet: Sheet) -> None:
    """Seen in the night, it is not new again at the hour of the mail."""
    night = noon() - timedelta(hours=9)
    Sheet.objects.update(review_on=noon().date())
    with time_machine.travel(night, tick=False), translation.override("fr"):
        (notice,) = [one for one in notices(world.maude) if one.what.startswith("Le jour")]

    assert timezone.localtime(notice.at) == noon().replace(hour=0)


def test_those_of_several_sheets_are_told_together_and_lead_to_her_sheets(
    world: World, rf: RequestFactory, sheet: Sheet
) -> None:
    other = make_published(world)
    proposed(sheet, world.real)
    proposed(other, world.real)
    proposed(other, world.eve)

    (line,) = awaits(world.maude, rf)
    assert line.title == "3 bonifications attendent votre réponse"
    assert line.url == "/pratiques/mes-fiches/"


def test_what_is_answered_taken_back_or_set_aside_awaits_nobody(
    world: World, rf: RequestFactory, sheet: Sheet
) -> None:
    answered, taken, hidden = (proposed(sheet, p) for p in (world.real, world.eve, world.naima))
    improving.refuse(answered, by=world.maude, reply="Merci.")
    improving.take_back(taken, by=world.eve)
    assert awaits(world.maude, rf)[0].title == "1 bonification attend votre réponse"
    improving.hide_proposal(hidden, by=world.odile, reason="Hors sujet")
    assert awaits(world.maude, rf) == []


def test_a_sheet_that_is_no_longer_there_awaits_nobody(
    world: World, rf: RequestFactory, sheet: Sheet
) -> None:
    proposed(sheet, world.real)
    life.hide_sheet(sheet, by=world.odile, reason="À relire")
    assert awaits(world.maude, rf) == []


def test_who_left_the_organisation_or_only_reads_is_told_of_nothing(
    world: World, as_: As, rf: RequestFactory, sheet: Sheet
) -> None:
    proposed(sheet, world.real)
    assert len(awaits(world.maude, rf)) == 1
    world.maude.organisation = world.phare
    world.maude.save()
    assert awaits(world.maude, rf) == []
    assert "votre réponse" not in as_(world.maude).get("/").content.decode()

    until = timezone.now() + timedelta(days=9)
    guest = make_person("Guy", role="invite", organisation=world.relais, access_until=until)
    Bearer.objects.create(sheet=sheet, user=guest)
    assert awaits(guest, rf) == []


def test_an_animator_is_told_of_the_sheets_to_review_but_those_a_colleague_took(
    world: World, as_: As, rf: RequestFactory, draft: Sheet
) -> None:
    assert awaits(world.odile, rf) == [], "a draft awaits nobody"
    life.submit(draft, by=world.maude)
    (line,) = awaits(world.odile, rf)
    assert line.title == "1 fiche-pratique soumise à réviser"
    assert line.url == f"/pratiques/{draft.pk}/vie/"
    assert f'href="{line.url}"' in as_(world.odile).get("/").content.decode()
    assert awaits(world.maude, rf) == [], "who submitted it reviews nothing"

    paul = make_person("Paul", role="animation", organisation=world.federation)
    life.claim(draft, by=paul)
    assert awaits(world.odile, rf) == []
    assert len(awaits(paul, rf)) == 1
    for _more in range(2):
        life.submit(make_sheet(world.maude), by=world.maude)
    (line,) = awaits(world.odile, rf)
    assert line.title == "2 fiches-pratiques soumises à réviser"
    assert line.url == "/admin/"


def test_the_bearer_is_told_of_the_sheets_to_look_at_again_until_somebody_does(
    world: World, as_: As, rf: RequestFactory, sheet: Sheet
) -> None:
    Sheet.objects.update(review_on=timezone.localdate() + timedelta(days=1))
    assert awaits(world.maude, rf) == []
    Sheet.objects.update(review_on=timezone.localdate())
    (line,) = awaits(world.maude, rf)
    assert (line.chip, line.title) == (DUE, "1 fiche dont vous prenez soin est à revoir")
    assert line.url == f"/pratiques/{sheet.pk}/vie/"
    assert f'href="{line.url}"' in as_(world.maude).get("/").content.decode()
    for person in (world.real, world.odile, world.eve):
        assert awaits(person, rf) == [], "who bears nothing is told of nothing"

    make_published(world)
    Sheet.objects.update(review_on=timezone.localdate())
    (line,) = awaits(world.maude, rf)
    assert line.title == "2 fiches dont vous prenez soin sont à revoir"
    assert line.url == "/pratiques/mes-fiches/"
    life.archive(sheet, by=world.maude)
    assert awaits(world.maude, rf)[0].title.startswith("1 fiche")
    for one in Sheet.objects.live():
        life.confirm_review(one, by=world.maude)
    assert awaits(world.maude, rf) == []


@pytest.mark.parametrize("rows", [1, 30])
def test_what_awaits_her_costs_her_home_no_query(world: World, as_: As, rows: int) -> None:
    sheet = make_published(world)
    browsers = {one: as_(one) for one in (world.maude, world.odile)}
    before = {one: cost(browser) for one, browser in browsers.items()}
    for _n in range(rows):
        proposed(sheet, world.real)
    waiting = make_sheet(world.maude)
    life.submit(waiting, by=world.maude)
    Sheet.objects.filter(pk=sheet.pk).update(review_on=timezone.localdate())

    assert Proposal.objects.waiting().count() == rows
    for one, browser in browsers.items():
        assert len(cost(browser)) == len(before[one])
        page = browsers[world.maude].get("/").content.decode()
        assert "bonification" in page and "est à revoir" in page


def cost(browser: Client) -> list[str]:
    """The queries of her home, once its counters are kept."""
    browser.get("/")
    arrived(browser)
    with counted() as queries:
        assert browser.get("/").status_code == 200
    return list(queries)


def test_the_kinds_say_it_themselves() -> None:
    """Home knows neither sheets nor improvements: another kind would be told likewise."""
    assert {one.name for one in content.kinds() if one.tallies} == {ANSWERS[0], REVIEWS[0]}
