"""The index beside the rooms: drawn again, compared, mended, and killed at any moment."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from core import content
from forums.models import Post, Thread
from forums.services import create_thread, hide_thread, reply
from search import checking, indexing
from search.models import Cell, SearchDocument, SearchPage, Walk, Word
from tests.conftest import World, build_world
from tests.search.rooms import exact, heard, index_all, titles

pytestmark = pytest.mark.django_db

CHECK = ("check_integrity", "search.index")


def run(name: str, *args: str, **options: Any) -> str:
    said = io.StringIO()
    call_command(name, *args, stdout=said, **options)
    return said.getvalue()


def lines(said: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)


@pytest.fixture
def rooms(world: World) -> list[Thread]:
    made = []
    for number in range(5):
        space = world.intervention if number % 2 else world.common
        thread = create_thread(by=world.maude, space=space, title=f"Zq{number}", text="Retour")
        reply(thread, by=world.maude, text=f"Réponse zqr{number}")
        made.append(thread)
    return made


def state() -> dict[str, Any]:
    """All that the index says, but for its own numbers and hours."""
    rows = SearchDocument.objects.order_by("kind", "object_id")
    cells = dict(Cell.objects.values_list("pk", "code"))
    return {
        "rows": [
            (row.kind, row.object_id, row.level, row.space_id, row.state, row.fingerprint)
            for row in rows
        ],
        "words": sorted(
            (cells[cell], word, count)
            for cell, word, count in Word.objects.values_list("cell", "word", "count")
        ),
        "pages": SearchPage.objects.count(),
    }


# ------------------------------------------------------------------ drawn again


def test_a_rebuild_draws_everything_and_again_nothing(world: World, rooms: list[Thread]) -> None:
    said = lines(run("rebuild_index"))
    assert said["thread"] == "5 (5 drawn)"
    assert said["post"] == "5 (5 drawn)"
    assert titles("zqr3", world.maude) == ["Zq3"]
    assert exact()
    before = state()
    assert lines(run("rebuild_index"))["thread"] == "5 (0 drawn)"
    assert state() == before
    assert not Walk.objects.exists()


def test_what_is_drawn_anew_is_what_the_events_had_drawn(world: World, rooms: list[Thread]) -> None:
    heard()
    index_all()
    before = state()
    run("rebuild_index", "--anew", verbosity=0)
    assert state() == before
    assert exact()


def test_one_kind_may_be_drawn_alone(world: World, rooms: list[Thread]) -> None:
    run("rebuild_index", "--kind", "thread")
    kinds = set(SearchDocument.objects.values_list("kind", flat=True))
    assert kinds == {"thread"}
    with pytest.raises(CommandError, match="Nothing is searched under fil"):
        run("rebuild_index", "--kind", "fil")


def test_a_start_draws_an_empty_index_and_leaves_another(world: World, rooms: list[Thread]) -> None:
    run("rebuild_index", "--if-empty")
    assert SearchDocument.objects.filter(kind="post").count() == 5
    SearchDocument.objects.filter(kind="post").delete()
    run("rebuild_index", "--if-empty")
    assert not SearchDocument.objects.filter(kind="post").exists()
    # One that was killed is gone on with.
    Walk.objects.create(name="rebuild", kind="thread")
    run("rebuild_index", "--if-empty")
    assert SearchDocument.objects.filter(kind="post").count() == 5


def test_a_rebuild_forgets_what_is_no_more(world: World, rooms: list[Thread]) -> None:
    index_all()
    for gone in (rooms[0], rooms[2], rooms[4]):
        Post.objects.filter(thread=gone).delete()
        gone.delete()
    run("rebuild_index")
    left = {rooms[1].pk, rooms[3].pk}
    found = SearchDocument.objects.filter(kind="thread").values_list("object_id", flat=True)
    assert set(found) == left
    assert SearchDocument.objects.filter(kind="post").count() == 2
    assert exact()


# ------------------------------------------------------------------ killed


class Killed(BaseException):
    """What nothing catches, as a kill is."""


@contextmanager
def killed_at(number: int) -> Iterator[None]:
    """The process dies before its n-th statement: what was not committed was never done."""
    count = itertools.count(1)

    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        own = sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        if not own and next(count) == number:
            raise Killed
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield


def test_killed_at_any_moment_it_is_as_before_or_as_after(
    world: World, rooms: list[Thread]
) -> None:
    index_all()
    hide_thread(rooms[0], by=world.odile, reason="Essai")
    Post.objects.filter(thread=rooms[1]).update(html="<p>Zqneuf</p>")
    before = state()
    for number in itertools.count(1):
        try:
            with transaction.atomic(), killed_at(number):
                index_all()
        except Killed:
            assert state() == before, number
            continue
        break
    assert number > 20
    assert state() != before
    assert exact()


def test_killed_between_two_parts_it_goes_on_where_it_was(
    world: World, rooms: list[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "CHUNK", 2)
    kind = content.get("thread")
    walk = indexing.walk(kind, name="rebuild")
    assert next(walk) == (2, 2)
    walk.close()
    assert Walk.objects.get().after == rooms[1].pk
    assert [seen for seen, _changed in indexing.walk(kind, name="rebuild")] == [2, 1]
    assert SearchDocument.objects.filter(kind="thread").count() == 5
    assert not Walk.objects.exists()


# ------------------------------------------------------------------ two at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_draw_the_same_make_one_row_and_count_it_once() -> None:
    world = build_world()
    made = [
        create_thread(by=world.maude, space=world.common, title=f"Zq{n}", text="Retour").pk
        for n in range(20)
    ]
    kind = content.get("thread")

    def draw(ids: list[int]) -> None:
        try:
            indexing.index(kind, ids)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(draw, made) for _ in range(4)]:
            done.result()
    assert SearchDocument.objects.filter(kind="thread").count() == 20
    assert exact()


# ------------------------------------------------------------------ compared


def spoil(rooms: list[Thread]) -> None:
    """One row is missing, one is not as it is, one is too many; a word is counted wrong."""
    rows = SearchDocument.objects.filter(kind="thread")
    rows.get(object_id=rooms[0].pk).delete()
    rows.filter(object_id=rooms[1].pk).update(fingerprint="another")
    Post.objects.filter(thread=rooms[2]).delete()
    rooms[2].delete()
    word = Word.objects.filter(word="retour").first()
    assert word is not None
    Word.objects.filter(pk=word.pk).update(count=40)


def test_a_comparison_says_what_differs_and_touches_nothing(
    world: World, rooms: list[Thread]
) -> None:
    index_all()
    assert " 0 wrong" in run(*CHECK)
    spoil(rooms)
    before = state()
    said = io.StringIO()
    with pytest.raises(CommandError, match=r"^5 wrong\.$"):
        call_command(*CHECK, stdout=said)
    found = lines(said.getvalue())
    assert found["  thread"] == "1 missing, 1 not as they are, 1 too many"
    assert found["  post"] == "0 missing, 0 not as they are, 1 too many"
    assert "its words are not those of its entries" in said.getvalue()
    assert state() == before


def test_a_repair_mends_it(world: World, rooms: list[Thread]) -> None:
    index_all()
    spoil(rooms)
    assert "mended" in run(*CHECK, "--repair")
    assert " 0 wrong" in run(*CHECK)
    assert exact()


def test_the_night_mends_what_an_event_left_behind(
    world: World, rooms: list[Thread], caplog: pytest.LogCaptureFixture
) -> None:
    index_all()
    SearchDocument.objects.filter(kind="thread").update(fingerprint="another", title="Autre")
    checking.look_again()
    assert titles("zq1", world.maude) == ["Zq1"]
    assert "5 entries of thread were mended" in caplog.text


def test_a_night_looks_at_a_part_and_the_next_goes_on(
    world: World, rooms: list[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "CHUNK", 2)
    monkeypatch.setattr(checking, "A_NIGHT", 2)
    for night in (2, 4, 5):
        checking.look_again()
        assert SearchDocument.objects.filter(kind="thread").count() == night
