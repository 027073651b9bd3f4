"""« Reporter le reste à lundi »: out of one's own list for a while, and of nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.tasks import tick
from forums.models import Thread
from forums.services import create_thread, reply
from moderation import agenda, handlers, services
from moderation.models import Greeting, Postponement, Report
from tests.conftest import World, make_person

As = Callable[[User | None], Client]
PUT_OFF, BRING_BACK = reverse("admin:put_off"), reverse("admin:bring_back")


@pytest.fixture
def report(world: World) -> Report:
    """Something to look at in Intervention, on a quiet day otherwise."""
    for person in (world.maude, world.real, world.naima, world.eve):
        Greeting.objects.create(user=person, by=world.odile, message="Bonjour")
    thread = create_thread(by=world.maude, space=world.intervention, text="Une question.")
    return services.file_report(thread, by=world.maude, reason="autre")


def awaits(user: User) -> list[str]:
    return [task.sort for task in agenda.agenda_for(user).tasks]


def test_the_rest_leaves_her_list_until_monday_and_no_other_s(
    world: World, report: Report, as_: As
) -> None:
    karim = make_person("Karim", organisation=world.federation, role="animation")
    before = awaits(world.odile)
    assert "report" in before

    answer = as_(world.odile).post(PUT_OFF)

    assert answer["Location"] == reverse("admin:index")
    assert awaits(world.odile) == []
    assert agenda.agenda_for(world.odile).put_off == len(before)
    assert awaits(karim) == before
    # The side navigation still says the truth: the report is there.
    page = as_(world.odile).get(reverse("admin:index"))
    assert page.context["agenda"].put_off == len(before)
    assert [link.count for link in page.context["desk"].links if "report" in link.url] == [1]


def test_it_comes_back_on_monday(world: World, report: Report) -> None:
    services.put_off(by=world.odile)
    Postponement.objects.update(until=timezone.now() - timedelta(seconds=1))

    assert "report" in awaits(world.odile)
    assert agenda.agenda_for(world.odile).put_off == 0


def test_what_may_be_a_danger_is_never_put_off(world: World, report: Report) -> None:
    services.put_off(by=world.odile)
    thread = create_thread(by=world.eve, space=world.common, text="Je m’inquiète.")
    danger = services.file_report(thread, by=world.real, reason="danger")
    assert awaits(world.odile)[0] == "report"

    services.put_off(by=world.odile)
    shown = agenda.agenda_for(world.odile)
    assert [task.url for task in shown.tasks] == [
        reverse("admin:moderation_report_change", args=(danger.pk,))
    ]
    assert not shown.can_be_put_off
    # Nor what becomes one: she completes her report.
    services.file_report(Thread.objects.get(pk=report.object_id), by=world.maude, reason="danger")
    assert len(agenda.agenda_for(world.odile).tasks) == 2


def test_what_comes_afterwards_is_listed(world: World, report: Report) -> None:
    services.put_off(by=world.odile)

    make_person("Fatou", organisation=world.relais, spaces=(world.common,))

    assert awaits(world.odile) == ["newcomer"]


def test_what_waited_behind_the_first_twelve_is_put_off_too(world: World, report: Report) -> None:
    people = [make_person(f"Personne{n}", spaces=(world.common,)) for n in range(20)]
    assert awaits(world.odile).count("newcomer") == 12

    services.put_off(by=world.odile)
    assert "newcomer" not in awaits(world.odile)
    assert agenda.agenda_for(world.odile).put_off >= len(people)
    late = [make_person(f"Tard{n}", spaces=(world.common,)) for n in range(3)]
    assert awaits(world.odile) == ["newcomer"] * len(late)


def test_what_was_dealt_with_in_the_meantime_is_counted_no_more(
    world: World, report: Report
) -> None:
    services.put_off(by=world.odile)
    before = agenda.agenda_for(world.odile).put_off

    services.close_report(report, by=world.odile, outcome=Report.Outcome.KEPT)

    assert agenda.agenda_for(world.odile).put_off == before - 1


def test_she_sees_it_again_when_she_likes(world: World, report: Report, as_: As) -> None:
    before = awaits(world.odile)
    services.put_off(by=world.odile)

    as_(world.odile).post(BRING_BACK)

    assert awaits(world.odile) == before


def test_monday_s_mail_says_all_of_it(world: World, report: Report, mailoutbox: list[Any]) -> None:
    services.put_off(by=world.odile)
    handlers.monday_mail()
    tick()

    url = reverse("admin:moderation_report_change", args=(report.pk,))
    assert [mail for mail in mailoutbox if mail.to == [world.odile.email] and url in mail.body]


@pytest.mark.parametrize("url", [PUT_OFF, BRING_BACK])
def test_only_a_press_changes_something_and_only_of_who_moderates(
    world: World, report: Report, as_: As, url: str
) -> None:
    assert as_(world.odile).get(url).status_code == 405
    assert as_(world.maude).post(url).status_code in (302, 404)
    assert not Postponement.objects.exists()


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-22 23:30", "2026-11-23"),  # a Sunday night
        ("2026-11-23 07:00", "2026-11-30"),  # a Monday is not put off until itself
        ("2026-11-26 12:00", "2026-11-30"),
        ("2026-10-31 12:00", "2026-11-02"),  # the clocks change in between
    ],
)
def test_monday_is_the_next_one_here(now: str, monday: str) -> None:
    here = timezone.make_aware(datetime.fromisoformat(now))

    found = timezone.localtime(agenda.next_monday(here))

    assert (str(found.date()), found.hour, found.minute) == (monday, 0, 0)


def test_the_console_costs_one_question_more_when_something_is_put_off(
    world: World, report: Report, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            agenda.agenda_for(world.odile)
        return len(captured)

    usual = cost()
    services.put_off(by=world.odile)
    for _ in range(3):
        thread = create_thread(by=world.real, space=world.common, text="Une autre?")
        services.file_report(
            reply(thread, by=world.eve, text="Non."), by=world.real, reason="autre"
        )
    assert cost() == usual
