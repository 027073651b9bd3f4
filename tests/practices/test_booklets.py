"""Booklets: chosen, made by the worker, taken; and who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core import files
from core.models import OutboxEvent
from practices import booklets, tasks
from practices.errors import NothingChosen, PrinterMissing, TooManyBooklets, TooManySheets
from practices.exchange import printing
from practices.models import Booklet, Sheet
from practices.services import life
from practices.services.taking import ask_booklet
from tests.conftest import World
from tests.practices.conftest import make_published, make_sheet
from tests.practices.test_pdf import text_of

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
State, Failure = Booklet.State, Booklet.Failure


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A printer that draws nothing, and the pages that it was given."""
    given: list[str] = []

    def draw(page: str, things: dict[str, str]) -> bytes:
        given.append(page)
        return b"%PDF-1.7 livret"

    monkeypatch.setattr(printing, "print_apart", draw)
    return given


@pytest.fixture
def two(world: World) -> list[Sheet]:
    return [
        make_published(world, identite={"title": title}) for title in ("La première", "La seconde")
    ]


def post(browser: Client, sheets: list[Sheet], **more: Any) -> Any:
    given = {"fiche": [one.pk for one in sheets], "titre": "Pour l’équipe", **more}
    return browser.post("/pratiques/livret/", given)


# -------------------------------------------------------------------------------------- asking


def test_she_chooses_sheets_and_finds_the_booklet_where_she_left(
    as_: As, world: World, two: list[Sheet], printed: list[str]
) -> None:
    browser = as_(world.eve)
    answer = post(browser, [two[1], two[0]])
    booklet = Booklet.objects.get()
    assert answer.headers["Location"] == f"/pratiques/livret/{booklet.pk}/"
    assert (booklet.owner, booklet.sheets) == (world.eve, [two[1].pk, two[0].pk])

    page = browser.get(answer.headers["Location"]).content.decode()
    assert 'hx-trigger="every 2s"' in page and "no-js" in page
    asked = browser.get(answer.headers["Location"], headers={"HX-Request": "true"})
    assert asked.status_code == 204

    assert booklets.make_next() and not booklets.make_next()
    ready = browser.get(answer.headers["Location"], headers={"HX-Request": "true"})
    assert f"/pratiques/livret/{booklet.pk}/livret.pdf" in ready.content.decode()
    assert "hx-trigger" not in ready.content.decode()
    taken = browser.get(f"/pratiques/livret/{booklet.pk}/livret.pdf")
    assert taken.content == b"%PDF-1.7 livret"
    assert taken.headers["Cache-Control"] == "no-store"
    assert printed[0].index("La seconde") < printed[0].index("La première")
    counts = Sheet.objects.filter(pk__in=booklet.sheets).values_list("download_count", flat=True)
    assert list(counts) == [1, 1]


def test_the_worker_hears_of_it_and_the_tick_finds_it_again(
    world: World, two: list[Sheet], printed: list[str], work: Callable[[], None]
) -> None:
    booklet = ask_booklet([two[0].pk], by=world.eve)
    work()
    tasks.make_booklets.func()
    tasks.wake_booklets()
    booklet.refresh_from_db()
    assert booklet.state == State.MADE


def test_what_she_chose_stays_chosen_while_she_looks_for_others(
    as_: As, world: World, two: list[Sheet]
) -> None:
    answer = post(as_(world.eve), [two[0]], acte="chercher", mot="séconde")
    page = answer.content.decode()

    assert not Booklet.objects.exists()
    assert f'value="{two[0].pk}" checked' in page
    assert "La seconde" in page and 'value="Pour l’équipe"' in page
    page = as_(world.eve).get(f"/pratiques/livret/?fiche={two[1].pk}&fiche=x&fiche=9").content
    assert f'value="{two[1].pk}" checked' in page.decode()


def test_an_empty_choice_is_said_on_the_page(as_: As, world: World, two: list[Sheet]) -> None:
    answer = post(as_(world.eve), [])
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_a_booklet_holds_thirty_sheets_that_she_reads(world: World, two: list[Sheet]) -> None:
    draft = make_sheet(world.real)
    with pytest.raises(NothingChosen):
        ask_booklet([draft.pk, 999_999], by=world.eve)
    with pytest.raises(TooManySheets):
        ask_booklet(range(1, 32), by=world.eve)
    booklet = ask_booklet([draft.pk, two[0].pk, two[0].pk], by=world.eve)
    assert booklet.sheets == [two[0].pk]


def test_three_booklets_of_a_person_wait_at_most(as_: As, world: World, two: list[Sheet]) -> None:
    for _turn in range(3):
        ask_booklet([two[0].pk], by=world.eve)
    with pytest.raises(TooManyBooklets):
        ask_booklet([two[0].pk], by=world.eve)
    assert post(as_(world.eve), two).status_code == 429
    ask_booklet([two[0].pk], by=world.real)
    assert OutboxEvent.objects.filter(name="booklet.asked").count() == 4


# ------------------------------------------------------------------------------------- secrets


def test_a_booklet_is_hers_alone(
    as_: As, world: World, two: list[Sheet], printed: list[str]
) -> None:
    booklet = ask_booklet([two[0].pk], by=world.eve)
    booklets.make_next()
    for path in (f"/pratiques/livret/{booklet.pk}/", f"/pratiques/livret/{booklet.pk}/livret.pdf"):
        for person in (world.maude, world.odile):
            assert as_(person).get(path).status_code == 404
        assert as_(None).get(path).status_code == 302
        assert as_(world.eve).get(path).status_code == 200
    assert as_(None).get("/pratiques/livret/").status_code == 302


def test_what_was_withdrawn_between_asking_and_making_is_not_in_it(
    world: World, two: list[Sheet], printed: list[str]
) -> None:
    booklet = ask_booklet([one.pk for one in two], by=world.eve)
    life.withdraw(two[0], by=world.odile, reason="Trop tôt")
    booklets.make_next()
    assert "La première" not in printed[0]

    life.withdraw(two[1], by=world.odile, reason="Aussi")
    other = Booklet.objects.create(owner=world.eve, title="Vide", sheets=booklet.sheets)
    booklets.make_next()
    other.refresh_from_db()
    assert (other.state, other.failure) == (State.FAILED, Failure.GONE)


def test_what_was_withdrawn_after_the_making_is_given_no_more(
    as_: As, world: World, two: list[Sheet], printed: list[str]
) -> None:
    booklet = ask_booklet([one.pk for one in two], by=world.eve)
    booklets.make_next()
    life.hide_sheet(two[0], by=world.odile, reason="À revoir")
    answer = as_(world.eve).get(f"/pratiques/livret/{booklet.pk}/livret.pdf")

    assert answer.status_code == 410
    assert b"%PDF" not in answer.content
    assert "La première" not in answer.content.decode()


# ------------------------------------------------------------------------------------ troubles


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [(PrinterMissing(), Failure.MISSING), (printing.PrinterStopped(), Failure.STOPPED)],
)
def test_why_it_could_not_be_made_is_said(
    as_: As, world: World, two: list[Sheet], trouble: Exception, failure: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def fail(*_given: Any) -> bytes:
        raise trouble

    monkeypatch.setattr(printing, "print_apart", fail)
    booklet = ask_booklet([two[0].pk], by=world.eve)
    booklets.make_next()
    booklet.refresh_from_db()
    assert (booklet.state, booklet.failure) == (State.FAILED, failure)
    page = as_(world.eve).get(f"/pratiques/livret/{booklet.pk}/").content.decode()
    assert f"fiche={two[0].pk}" in page


def test_an_accident_is_tried_again_later_and_given_up_in_the_end(
    world: World, two: list[Sheet], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_given: Any) -> bytes:
        raise OSError

    monkeypatch.setattr(printing, "print_apart", fall)
    booklet = ask_booklet([two[0].pk], by=world.eve)
    turns = 0
    while booklet.state == State.WAITING:
        Booklet.objects.update(not_before=timezone.now())
        assert booklets.make_next()
        booklet.refresh_from_db()
        turns += 1
    assert (booklet.state, booklet.failure) == (State.FAILED, Failure.GIVEN_UP)
    assert turns == 7


def test_a_booklet_that_a_killed_worker_left_is_taken_again(
    world: World, two: list[Sheet], printed: list[str]
) -> None:
    booklet = ask_booklet([two[0].pk], by=world.eve)
    Booklet.objects.update(leased_until=timezone.now() + timedelta(minutes=1), attempts=1)
    assert not booklets.make_next()
    Booklet.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert booklets.make_next()
    booklet.refresh_from_db()
    assert booklet.state == State.MADE


def test_booklets_are_forgotten_after_a_week(
    as_: As, world: World, two: list[Sheet], printed: list[str]
) -> None:
    old, new = (ask_booklet([two[0].pk], by=world.eve) for _turn in range(2))
    while booklets.make_next():
        pass
    Booklet.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    booklets.sweep()

    assert list(Booklet.objects.all()) == [new]
    assert files.made(old.kept_as, booklets.NAME) is None
    assert files.made(new.kept_as, booklets.NAME)
    files.forget_made(new.kept_as)
    page = as_(world.eve).get(f"/pratiques/livret/{new.pk}/livret.pdf")
    assert page.status_code == 410


@pytest.mark.parametrize("rows", [3, 300])
def test_choosing_costs_the_same_at_any_length(as_: As, world: World, rows: int) -> None:
    from tests.forums.test_budgets import arrived, counted

    sheet = make_published(world)
    columns = {"bearer": sheet.bearer, "owner": sheet.owner, "state": "published"}
    more = {"level": sheet.level, "current": sheet.current, "improved_at": sheet.improved_at}
    Sheet.objects.bulk_create(
        Sheet(title=f"Fiche {n}", slug=f"fiche-{n}", **columns, **more) for n in range(rows)
    )
    browser = arrived(as_(world.eve))
    with counted() as queries:
        assert browser.get(f"/pratiques/livret/?fiche={sheet.pk}").status_code == 200

    assert len(queries) <= 5 + 4, queries


# --------------------------------------------------------------------------------------- paper


@pytest.mark.pango
def test_a_booklet_has_a_title_page_its_contents_the_sheets_and_the_credits(
    as_: As, world: World
) -> None:
    sheets = [
        make_published(
            world,
            identite={"title": title},
            perennite={"adapting": "mention"},
            deroulement={"steps": [{"title": "Une étape", "text": "À petits pas. " * 130}] * 6},
        )
        for title in ("L’été qui relie", "Noël à l’école")
    ]
    booklet = ask_booklet([one.pk for one in sheets], title="Pour la rentrée", by=world.eve)
    booklets.make_next()
    content = as_(world.eve).get(f"/pratiques/livret/{booklet.pk}/livret.pdf").content
    document = pypdfium2.PdfDocument(content)
    pages = [" ".join(page.get_textpage().get_text_range().split()) for page in document]

    assert "Pour la rentrée" in pages[0]
    for title in ("L’été qui relie", "Noël à l’école"):
        where = next(n for n, said in enumerate(pages[2:], start=3) if title in said)
        line = pages[1].split(title)[1]
        assert line.strip(" .").split()[0].strip(".") == str(where), pages[1]
    assert "Racines et Relais" in pages[-1]
    assert "Noël" in text_of(content)
