"""The weekly mail of saved searches: one a person, only what is new, never twice, never empty."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership, SubCommunity
from core import mail, schedule
from core.models import OutgoingMail
from search import services
from search.mail import weekly_mail
from search.models import SavedSearch, SearchDocument
from search.wanted import Wanted, spaces_of
from tests.conftest import World
from tests.search.entries import entry

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=timezone.get_default_timezone())
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    """The clock, stopped on the Monday before."""
    with time_machine.travel(MONDAY - WEEK, tick=False) as coordinates:
        yield coordinates


def followed(user: User, query: str = "q=retour", name: str = "Le retour") -> SavedSearch:
    wanted = Wanted.read(QueryDict(query), spaces_of(user))
    return services.save_search(wanted, by=user, name=name, by_mail=True)


def came(title: str, **fields: Any) -> Any:
    """Something that came on the Thursday of that week."""
    return entry(title, since=MONDAY - 4 * DAY, dated_at=MONDAY - 4 * DAY, **fields)


def leave() -> list[Any]:
    """The mails that leave now."""
    outbox.outbox.clear()
    while mail.deliver():
        pass
    return list(outbox.outbox)


def monday(clock: time_machine.Coordinates, moment: datetime = MONDAY) -> list[Any]:
    clock.move_to(moment)
    weekly_mail()
    return leave()


def whole(message: Any) -> str:
    bodies = [str(message.body), *(str(content) for content, _type in message.alternatives)]
    return "\n".join([message.subject, *bodies, str(message.extra_headers)])


def test_maude_has_one_mail_for_her_searches_with_what_is_new_in_each(
    world: World, clock: time_machine.Coordinates
) -> None:
    followed(world.maude)
    followed(world.maude, "q=budget", name="L’argent")
    followed(world.real, "q=budget", name="Le budget")
    entry("Vieux retour", space=world.common, since=MONDAY - 8 * DAY)
    came("Retour en classe", space=world.intervention, url="/discussions/7/")
    came("Budget du retour", space=world.direction)
    came("Un budget commun", space=world.common)
    (hers, his) = sorted(monday(clock), key=lambda one: one.to[0])
    assert hers.to == [world.maude.email] and his.to == [world.real.email]
    text = whole(hers)
    for said in (
        "Le retour",
        "Retour en classe",
        "/discussions/7/",
        "L’argent",
        "Un budget commun",
    ):
        assert said in text
    assert "Vieux retour" not in text and "Budget du retour" not in text
    assert "Budget du retour" in whole(his) and "Un budget commun" in whole(his)
    assert hers.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_clock_asks_for_it_on_monday(
    world: World, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    (weekly,) = [duty for duty in schedule.duties() if duty.run is weekly_mail]
    monkeypatch.setattr(schedule, "_duties", {weekly.name: weekly})
    followed(world.maude)
    came("Retour en classe", space=world.common)
    schedule.run_due()
    clock.move_to(MONDAY - timedelta(minutes=1))
    assert schedule.run_due() == []
    clock.move_to(MONDAY)
    assert schedule.run_due() == ["search.weekly"]
    assert schedule.run_due() == []
    assert len([one for one in leave() if "Retour en classe" in whole(one)]) == 1


def test_nothing_new_is_no_mail(world: World, clock: time_machine.Coordinates) -> None:
    followed(world.maude)
    entry("Vieux retour", space=world.common, since=MONDAY - 30 * DAY)
    came("Retour du budget", space=world.direction)
    assert monday(clock) == []
    assert OutgoingMail.objects.get().state == OutgoingMail.State.CANCELLED


def test_nothing_is_told_twice_and_nothing_is_forgotten(
    world: World, clock: time_machine.Coordinates
) -> None:
    followed(world.maude)
    came("Premier retour", space=world.common)
    assert "Premier retour" in whole(monday(clock)[0])
    # The duty again, the same week: a worker was killed before it said that it was done.
    came_after = entry("Deuxième retour", space=world.common, since=MONDAY + DAY)
    clock.move_to(MONDAY + 2 * DAY)
    weekly_mail()
    assert leave() == []
    (message,) = monday(clock, MONDAY + WEEK)
    assert came_after.title in whole(message)
    assert "Premier retour" not in whole(message)
    assert monday(clock, MONDAY + 2 * WEEK) == []


def test_a_mail_that_leaves_late_says_what_it_was_to_say(
    world: World, clock: time_machine.Coordinates
) -> None:
    followed(world.maude)
    came("Premier retour", space=world.common)
    clock.move_to(MONDAY)
    weekly_mail()
    entry("Deuxième retour", space=world.common, since=MONDAY + timedelta(hours=5))
    clock.move_to(MONDAY + DAY)
    (message,) = leave()
    assert "Premier retour" in whole(message) and "Deuxième" not in whole(message)


def test_the_queue_holds_neither_her_search_nor_what_was_found(
    world: World, clock: time_machine.Coordinates
) -> None:
    followed(world.maude, "q=perroquet", name="Mon perroquet")
    came("Titre perroquet", space=world.common)
    clock.move_to(MONDAY)
    weekly_mail()
    assert "perroquet" not in str(list(OutgoingMail.objects.values()))


def left(world: World) -> None:
    Membership.objects.filter(user=world.maude, space=world.intervention).delete()


def set_aside(world: World) -> None:
    SearchDocument.objects.update(state="hidden")


def kept_in(world: World) -> None:
    SubCommunity.objects.filter(pk=world.intervention.pk).update(content_in_mail=False)


def out_of_the_global_search(world: World) -> None:
    SubCommunity.objects.filter(pk=world.intervention.pk).update(in_global_search=False)


def confidential(world: World) -> None:
    space = SubCommunity.objects.filter(pk=world.intervention.pk)
    space.update(confidentiality="elevee", content_in_mail=False, in_global_search=False)


def deactivated(world: World) -> None:
    User.objects.filter(pk=world.maude.pk).update(is_active=False)


def stopped(world: World) -> None:
    services.stop_all_mail(by=world.maude)


def forgotten(world: World) -> None:
    for saved in SavedSearch.objects.all():
        services.forget_search(saved, by=world.maude)


@pytest.mark.parametrize("query", ["q=retour", "q=retour&communaute=intervention"])
@pytest.mark.parametrize(
    "change",
    [
        left,
        set_aside,
        kept_in,
        out_of_the_global_search,
        confidential,
        deactivated,
        stopped,
        forgotten,
    ],
)
def test_what_changes_before_it_leaves_is_looked_at_again(
    world: World, clock: time_machine.Coordinates, change: Callable[[World], None], query: str
) -> None:
    followed(world.maude, query)
    came("Retour ici", space=world.intervention)
    clock.move_to(MONDAY)
    weekly_mail()
    assert OutgoingMail.objects.filter(state="waiting").count() == 1
    change(world)
    assert leave() == []


def test_a_confidential_space_is_in_no_mail_even_its_members(
    world: World, clock: time_machine.Coordinates
) -> None:
    followed(world.naima)
    came("Retour perroquet", space=world.psychosocial)
    came("Retour commun", space=world.common)
    (message,) = monday(clock)
    assert "perroquet" not in whole(message) and "psychosoc" not in whole(message)


def test_who_begins_again_is_told_of_what_comes_from_then_on(
    world: World, clock: time_machine.Coordinates
) -> None:
    saved = followed(world.maude)
    services.stop_mail(saved, by=world.maude)
    came("Retour en classe", space=world.common)
    clock.move_to(MONDAY - DAY)
    services.follow_by_mail(saved, Wanted.read(QueryDict("q=retour"), []), by=world.maude)
    assert monday(clock) == []


def test_who_asks_twice_misses_nothing(world: World, clock: time_machine.Coordinates) -> None:
    saved = followed(world.maude)
    came("Retour en classe", space=world.common)
    clock.move_to(MONDAY - DAY)
    services.follow_by_mail(saved, Wanted.read(QueryDict("q=retour"), []), by=world.maude)
    assert "Retour en classe" in whole(monday(clock)[0])


def test_one_press_in_the_mail_stops_them_all(
    world: World, clock: time_machine.Coordinates
) -> None:
    followed(world.maude)
    followed(world.maude, "q=classe", name="La classe")
    followed(world.real)
    came("Retour en classe", space=world.common)
    hers = next(one for one in monday(clock) if one.to == [world.maude.email])
    link = re.search(
        r"<https?://[^/]+(/recherche/arret/[^>]+)>", hers.extra_headers["List-Unsubscribe"]
    )
    assert link is not None
    nobody = Client(enforce_csrf_checks=True)
    # Mail scanners follow links: a GET asks and stops nothing.
    assert nobody.get(link[1]).status_code == 200
    assert SavedSearch.objects.filter(user=world.maude, by_mail=True).count() == 2
    assert nobody.post(link[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not SavedSearch.objects.filter(user=world.maude, by_mail=True).exists()
    assert SavedSearch.objects.filter(user=world.real, by_mail=True).exists()
    assert nobody.post("/recherche/arret/faux/").status_code == 404


def test_a_long_list_is_cut_and_says_where_the_rest_is(
    world: World, clock: time_machine.Coordinates
) -> None:
    followed(world.maude)
    for number in range(12):
        came(f"Retour numéro {number}", space=world.common)
    (message,) = monday(clock)
    assert str(message.body).count("Retour numéro") == 8
    assert "/recherche/?q=retour" in str(message.body)
    assert "12" in str(message.body)
