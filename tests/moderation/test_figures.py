"""What the console counts says nothing of who wrote without a name, nor of a handful of people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.models import Term
from forums.models import Post, ReadPosition
from forums.services import create_thread, reply
from moderation import chart
from moderation.figures import FEW, figures_for
from tests.conftest import World, make_person


@pytest.fixture
def crowd(world: World) -> list[Any]:
    """Enough people of the psychosocial space to be counted, of Réal's organisation."""
    return [
        make_person(f"Personne{n}", organisation=world.phare, spaces=(world.psychosocial,))
        for n in range(FEW)
    ]


def test_a_signed_question_tells_its_region_and_an_unnamed_one_does_not(world: World) -> None:
    create_thread(by=world.naima, space=world.psychosocial, text="Sans nom.", unnamed=True)
    assert figures_for(world.odile).regions == 0

    create_thread(by=world.real, space=world.common, text="Signée.")
    figures = figures_for(world.odile)
    assert figures.regions == 1
    assert figures.all_regions == Term.objects.filter(scheme="regions").count()


def test_a_share_between_organisations_is_of_what_is_signed_on_both_sides(
    world: World, crowd: list[Any]
) -> None:
    unnamed = create_thread(by=world.naima, space=world.psychosocial, text="?", unnamed=True)
    reply(unnamed, by=crowd[0], text="D’un autre organisme.")
    assert figures_for(world.odile).across is None

    signed = create_thread(by=world.naima, space=world.psychosocial, text="Signée?")
    reply(signed, by=crowd[0], text="Sans mon nom.", unnamed=True)
    assert figures_for(world.odile).across == 0

    reply(signed, by=crowd[1], text="Signée aussi.")
    assert figures_for(world.odile).across == 100


def test_answering_oneself_counts_only_where_it_betrays_nobody(world: World) -> None:
    """Otherwise the share of the answered would say that the unnamed author is the one who
    answered."""
    signed = create_thread(by=world.naima, space=world.psychosocial, text="Signée?")
    reply(signed, by=world.naima, text="Je précise.")
    assert figures_for(world.odile).answered == 0

    unnamed = create_thread(by=world.naima, space=world.psychosocial, text="?", unnamed=True)
    reply(unnamed, by=world.naima, text="Je précise, en signant.")
    assert figures_for(world.odile).answered == 50


def test_who_writes_without_a_name_is_not_one_more_author(world: World, crowd: list[Any]) -> None:
    thread = create_thread(by=crowd[0], space=world.psychosocial, text="Signée?")
    for person in crowd[1:]:
        reply(thread, by=person, text="Oui.")
    assert figures_for(world.odile).writers == FEW

    reply(thread, by=world.naima, text="Sans mon nom.", unnamed=True)
    assert figures_for(world.odile).writers == FEW


def test_a_handful_of_people_is_not_counted(world: World, crowd: list[Any]) -> None:
    thread = create_thread(by=crowd[0], space=world.psychosocial, text="Signée?")
    for person in crowd[1:-1]:
        reply(thread, by=person, text="Oui.")

    figures = figures_for(world.odile)
    assert (figures.readers, figures.writers) == (None, None)


def weeks_ago(number: int) -> datetime:
    """The Wednesday noon of the week that was so many weeks ago."""
    here = timezone.localtime()
    monday = here - timedelta(days=here.weekday(), weeks=number)
    return monday.replace(hour=12, minute=0) + timedelta(days=2)


def test_the_weeks_say_how_many_read_and_wrote(world: World, crowd: list[Any]) -> None:
    thread = create_thread(by=crowd[0], space=world.psychosocial, text="Signée?")
    for person in crowd[1:]:
        reply(thread, by=person, text="Oui.")
    Post.objects.update(created_at=weeks_ago(3))
    ReadPosition.objects.all().delete()
    for person in (*crowd, world.naima):
        ReadPosition.objects.create(user=person, thread=thread, position=1)
    # They began in one week and came again in another: both weeks were read in.
    ReadPosition.objects.update(updated_at=weeks_ago(2), viewed_on=weeks_ago(1).date())

    weeks = chart.weeks_for(world.odile)

    assert len(weeks) == chart.WEEKS
    told = dict(enumerate(reversed(weeks)))
    assert (told[3].readers, told[3].writers) == (None, FEW)
    assert (told[2].readers, told[2].writers) == (FEW + 1, None)
    assert told[1].readers == FEW + 1
    assert (told[5].readers, told[5].writers) == (None, None)
    assert told[2].read.height == chart.HEIGHT
    assert told[3].written.height < chart.HEIGHT
    assert told[5].read.height == 0
    assert told[2].starts == (weeks_ago(2) - timedelta(days=2)).date()


def test_what_she_does_not_moderate_is_not_in_her_weeks(world: World, crowd: list[Any]) -> None:
    karim = make_person("Karim", organisation=world.federation, role="animation")
    thread = create_thread(by=crowd[0], space=world.psychosocial, text="Signée?")
    for person in crowd[1:]:
        reply(thread, by=person, text="Oui.")

    assert chart.weeks_for(world.odile)[-1].writers == FEW
    assert all(week.writers is None for week in chart.weeks_for(karim))


def test_the_weeks_cost_the_same_whatever_happened(
    world: World, crowd: list[Any], django_assert_num_queries: Any
) -> None:
    """First readings, last readings, messages: three questions."""
    for _round in range(2):
        thread = create_thread(by=crowd[0], space=world.psychosocial, text="Signée?")
        for person in crowd[1:]:
            reply(thread, by=person, text="Oui.")
        with django_assert_num_queries(3):
            chart.weeks_for(world.odile)
