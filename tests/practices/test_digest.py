"""The weekly digest tells of the practices of the week, to who still reads them when it leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.digests import Span
from practices import digest
from practices.models import Sheet
from practices.services import life
from tests.conftest import World
from tests.practices.conftest import make_published, make_sheet

pytestmark = pytest.mark.django_db


def span(world: World, until: Any = None) -> Span:
    until = until or timezone.now() + timedelta(minutes=1)
    found = digest.note([world.real.pk, world.eve.pk], until)
    return Span(daily=None, weekly=until, until=until, data=found.get(world.real.pk))


def test_real_is_told_of_the_practice_published_this_week(world: World, sheet: Sheet) -> None:
    part = digest.practices(world.real, span(world))

    assert part is not None
    assert [one.title for one in part.entries] == [sheet.title]
    assert sheet.get_absolute_url() in part.entries[0].url
    assert "Racines et Relais" in part.entries[0].note


def test_an_older_one_and_a_draft_are_no_news(world: World) -> None:
    old = make_published(world)
    Sheet.objects.filter(pk=old.pk).update(improved_at=timezone.now() - timedelta(days=8))
    make_sheet(world.maude)

    assert digest.practices(world.real, span(world)) is None


def test_what_is_set_aside_before_it_leaves_is_not_told(world: World, sheet: Sheet) -> None:
    written = span(world)
    life.hide_sheet(sheet, by=world.odile, reason="À vérifier")

    part = digest.practices(world.real, written)

    assert part is not None
    assert list(part.entries) == []


def test_a_week_without_any_costs_nobody_a_query(
    world: World, django_assert_num_queries: Any
) -> None:
    without = span(world)
    with django_assert_num_queries(0):
        assert digest.practices(world.real, without) is None
