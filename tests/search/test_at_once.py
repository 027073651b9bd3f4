"""What changes changes what is found at once, before any worker has heard of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import Profile, User
from accounts.services import people
from community.models import Membership
from community.services import leave
from core.audience import State
from forums.models import Post, Thread
from forums.services import (
    create_thread,
    edit_post,
    hide_post,
    hide_thread,
    move_thread,
    reply,
    restore_thread,
)
from search.finding import find, suggest
from search.models import SearchDocument
from tests.conftest import World
from tests.search.entries import entry
from tests.search.rooms import exact, heard, index_all, titles

pytestmark = pytest.mark.django_db


def test_what_is_elsewhere_changes_neither_order_nor_weight(world: World) -> None:
    """A word may be everywhere in a space that Ève does not read: her results are the same."""
    for number in range(12):
        entry(f"Retour {number}", "classe " * (number % 4), space=world.common)
        entry(f"Classe {number}", "retour", space=world.common)

    def answer() -> list[Any]:
        results = find("retour classe", user=world.eve, size=5)
        return [[hit.row.pk for hit in results.hits], results.next, results.count]

    before = answer()
    for _number in range(40):
        entry("Retour retour", "retour " * 9, space=world.direction)
    assert answer() == before
    entry("Retour retour", "retour " * 9, space=world.common)
    assert answer() != before


@pytest.fixture
def thread(world: World) -> Thread:
    made = create_thread(by=world.maude, space=world.intervention, title="Zqtitre", text="Zqtexte")
    reply(made, by=world.maude, text="Zqreponse")
    heard()
    return made


def found(user: User, *queries: str) -> list[int]:
    return [find(query, user=user).count for query in queries or ("zqtitre", "zqreponse")]


def test_a_membership_that_ends_or_begins_counts_at_once(world: World, thread: Thread) -> None:
    assert found(world.maude) == [1, 1]
    assert found(world.eve) == [0, 0]
    leave(world.intervention, by=world.maude)
    Membership.objects.create(user=world.eve, space=world.intervention)
    assert found(world.maude) == [0, 0]
    assert found(world.eve) == [1, 1]
    assert [one.text for one in suggest("zqt", user=world.maude)] == []
    assert "zqtexte" in [one.text for one in suggest("zqt", user=world.eve)]


def test_a_guest_whose_time_is_over_finds_nothing(world: World) -> None:
    entry("Zqtitre", space=world.common)
    User.objects.filter(pk=world.eve.pk).update(
        role=User.Role.GUEST, access_until=timezone.now() + timedelta(days=2)
    )
    guest = User.objects.get(pk=world.eve.pk)
    assert found(guest, "zqtitre") == [1]
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert found(guest, "zqtitre") == [0]


def test_what_is_set_aside_is_found_no_more_at_once(world: World, thread: Thread) -> None:
    post = Post.objects.get(thread=thread, position=2)
    hide_post(post, by=world.odile, reason="Essai")
    assert found(world.maude) == [1, 0]
    hide_thread(thread, by=world.odile, reason="Essai")
    assert found(world.maude) == [0, 0]
    assert suggest("zq", user=world.maude) == []
    heard()
    assert found(world.maude) == [0, 0]
    restore_thread(thread, by=world.odile)
    heard()
    assert found(world.maude) == [1, 0]
    assert exact()


def test_what_moves_leaves_its_readers_at_once(world: World, thread: Thread) -> None:
    move_thread(thread, world.direction, by=world.odile)
    assert found(world.maude) == found(world.real) == [0, 0]
    assert suggest("zq", user=world.maude) == suggest("zq", user=world.real) == []
    heard()
    assert found(world.maude) == [0, 0]
    assert found(world.real) == [1, 1]
    assert exact()


def test_what_a_refused_change_did_is_undone(world: World, thread: Thread) -> None:
    """The row is hidden in the transaction of the service, and with it only."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        hide_thread(thread, by=world.odile, reason="Essai")
        assert found(world.maude) == [0, 0]
        raise ZeroDivisionError
    assert found(world.maude) == [1, 1]


def test_a_word_that_was_edited_away_is_gone_with_the_worker(world: World, thread: Thread) -> None:
    opening = Post.objects.get(thread=thread, position=1)
    edit_post(opening, by=world.maude, text="Autre chose", title="Zqnouveau")
    heard()
    assert found(world.maude, "zqtexte", "zqtitre", "zqnouveau") == [0, 0, 1]
    # The reply shows the thread's title of today.
    assert titles("zqreponse", world.maude) == ["Zqnouveau"]
    assert exact()


def test_a_space_that_leaves_the_global_search_leaves_it_at_once(
    world: World, thread: Thread
) -> None:
    world.intervention.in_global_search = False
    world.intervention.save()
    assert found(world.maude) == [0, 0]
    assert find("zqtitre", user=world.maude, inside=world.intervention).count == 1


# ------------------------------------------------------------------ people


def test_an_account_that_ends_is_found_no_more_at_once(world: World) -> None:
    index_all()
    assert titles("Tremblay", world.eve) == ["Maude Tremblay"]
    people.deactivate(world.maude, by=world.odile)
    assert found(world.eve, "Tremblay") == [0]
    heard()
    assert not SearchDocument.objects.filter(kind="member", owner=world.maude).exists()
    people.reactivate(world.maude, by=world.odile)
    heard()
    assert titles("Tremblay", world.eve) == ["Maude Tremblay"]


def test_a_guests_profile_is_found_while_her_time_lasts(world: World) -> None:
    """Nothing happens when a date passes: the condition is in the question."""
    User.objects.filter(pk=world.real.pk).update(
        role=User.Role.GUEST, access_until=timezone.now() + timedelta(days=2)
    )
    index_all()
    assert titles("Lavoie", world.eve) == ["Réal Lavoie"]
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert found(world.eve, "Lavoie") == [0]


def test_a_fact_kept_for_some_is_found_by_nobody(world: World) -> None:
    people.update_profile(
        world.maude, by=world.maude, bio="Zqbio", phone="418 555-0134", helps=["Zqaide"]
    )
    heard()
    assert found(world.eve, "zqbio", "zqaide", "0134") == [1, 1, 0]
    people.update_profile(
        world.maude, by=world.maude, visibility={"bio": "organisme", "helps": "animation"}
    )
    # At once, nothing of her; then what she still shares.
    assert found(world.eve, "zqbio", "zqaide", "Tremblay") == [0, 0, 0]
    heard()
    for person_ in (world.eve, world.naima, world.odile):
        assert found(person_, "zqbio", "zqaide", "Tremblay") == [0, 0, 1]
    assert exact()


def test_a_guest_does_not_find_the_members(world: World) -> None:
    User.objects.filter(pk=world.eve.pk).update(
        role=User.Role.GUEST, access_until=timezone.now() + timedelta(days=2)
    )
    index_all()
    guest = User.objects.get(pk=world.eve.pk)
    assert found(guest, "Tremblay", "Racines") == [0, 1]
    assert titles("Dubois", guest) == ["Ève Dubois"]
    assert suggest("trem", user=guest) == suggest("dub", user=guest)[1:] == []


def test_who_changes_her_name_is_found_by_it(world: World, thread: Thread) -> None:
    people.update_profile(world.maude, by=world.maude, first_name="Mahaut")
    heard()
    assert found(world.odile, "auteur:Mahaut zqtitre", "auteur:Mahaut zqreponse") == [1, 1]
    assert found(world.odile, "auteur:Maude", "Mahaut") == [0, 1]


def test_one_sees_what_of_ones_own_awaits(world: World) -> None:
    entry("Zqtitre", space=world.common, state=State.PENDING, owner=world.eve)
    assert found(world.eve, "zqtitre", "zqtitre absent") == [1, 1]
    assert found(world.odile, "zqtitre") == [0]
    assert not SearchDocument.objects.get(title="Zqtitre").counted


def test_profiles_that_nobody_indexed_yet_are_nobodys(world: World) -> None:
    assert Profile.objects.exists()
    assert found(world.eve, "Tremblay") == [0]
