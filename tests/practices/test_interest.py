"""Keeping a sheet, and being asked once whether it was tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import events
from core.events import emit
from core.mail import deliver
from core.models import OutgoingMail
from notifications import questions
from notifications.centre import notices
from practices.models import Bearer, Interest, Sheet
from practices.services import interest, trials
from practices.services.common import Missing
from practices.services.life import hide_sheet
from tests.conftest import World, make_person
from tests.practices.conftest import make_published, make_sheet

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
FAR = datetime(2100, 1, 1, tzinfo=UTC)
START = datetime(2026, 3, 2, 15, tzinfo=UTC)
SAID = {"period": "Automne 2025", "outcome": "mieux", "lesson": "Cela a suffi."}


def at(day: int) -> Any:
    return time_machine.travel(START + timedelta(days=day), tick=False)


def duty(day: int, *, send: bool = False) -> None:
    with at(day):
        interest.ask_trials()
        if send:
            deliver()


def asked() -> list[User | None]:
    rows = OutgoingMail.objects.filter(name="trial_question").order_by("pk")
    return [row.recipient for row in rows.select_related("recipient")]


@pytest.fixture
def kept(world: World) -> Sheet:
    """Ève kept, on the first day, a sheet that Maude bears."""
    sheet = make_published(world)
    with at(0):
        interest.keep(sheet, by=world.eve)
    return sheet


def test_she_is_asked_four_weeks_later_once_whatever_is_cut_and_run_again(
    kept: Sheet, world: World, mailoutbox: list[Any]
) -> None:
    duty(27)
    assert asked() == []
    for day in (28, 28, 29, 60, 400):
        duty(day, send=True)
    assert asked() == [world.eve] and len(mailoutbox) == 1
    body = mailoutbox[0].body
    assert f"/pratiques/{kept.pk}/essai/" in body and "reponse=pas-encore" in body


def test_keeping_again_asks_no_second_time(kept: Sheet, world: World) -> None:
    duty(28)
    with at(30):
        interest.let_go(kept, by=world.eve)
        interest.keep(kept, by=world.eve)
        interest.note_download(kept, by=world.eve)
    duty(90)
    assert asked() == [world.eve]


def test_what_she_keeps_no_more_is_not_asked_unless_she_downloaded_it(
    kept: Sheet, world: World
) -> None:
    with at(1):
        interest.let_go(kept, by=world.eve)
        interest.note_download(kept, by=world.real)
        interest.keep(kept, by=world.real)
        interest.let_go(kept, by=world.real)
    duty(40)
    assert asked() == [world.real]


def test_a_download_that_is_announced_is_noted_once_and_asked_about(world: World) -> None:
    sheet = make_published(world)
    with at(0), transaction.atomic():
        for _time in range(2):
            emit("sheet.downloaded", sheet=sheet.pk, user=world.eve.pk)
        emit("sheet.downloaded", sheet=0, user=world.eve.pk)
    with at(0):
        while events.drain():
            pass
    assert Interest.objects.get().downloaded_at
    duty(28)
    assert asked() == [world.eve]


def test_nobody_is_asked_who_cannot_answer_or_has_answered(world: World) -> None:
    sheet = make_published(world)
    guest = make_person("Gilles", role=User.Role.GUEST, access_until=FAR)
    gone = make_person("Ghislaine", organisation=world.phare)
    with at(0):
        for one in (world.maude, world.real, world.naima, guest, gone):
            interest.keep(sheet, by=one)
    trials.tell(sheet, by=world.real, **SAID)
    questions.set_wanted((), by=world.naima)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    duty(28)
    # Maude bears it, Réal told it, Naïma wants no question, guests read, Ghislaine left.
    assert asked() == []


def test_what_she_may_no_longer_read_is_not_asked_nor_said(
    kept: Sheet, world: World, mailoutbox: list[Any]
) -> None:
    duty(28)
    hide_sheet(kept, by=world.odile, reason="À revoir")
    with at(28):
        deliver()
    assert asked() == [world.eve] and not mailoutbox
    assert notices(world.eve) == []


def booklet(world: World, number: int) -> list[Sheet]:
    """Ève takes so many sheets away at once, on the first day."""
    sheets = [make_published(world, identite={"title": f"Fiche {one}"}) for one in range(number)]
    with at(0):
        for sheet in sheets:
            interest.note_download(sheet, by=world.eve)
    return sheets


def test_a_booklet_asks_by_one_mail_that_lists_its_sheets(
    world: World, mailoutbox: list[Any]
) -> None:
    sheets = booklet(world, 3)
    for _time in range(2):
        duty(28, send=True)
    (mail,) = mailoutbox
    for sheet in sheets:
        for part in (mail.body, mail.alternatives[0][0]):
            assert sheet.title in part and f"/pratiques/{sheet.pk}/essai/" in part
            assert f"/pratiques/{sheet.pk}/essayee/?reponse=pas-encore" in part
            assert f"/pratiques/{sheet.pk}/essayee/?reponse=non" in part
    assert "List-Unsubscribe" in mail.extra_headers
    with at(28):
        assert len(notices(world.eve)) == 3


def test_one_mail_asks_about_five_sheets_and_the_others_a_week_later(
    world: World, mailoutbox: list[Any]
) -> None:
    sheets = booklet(world, 7)
    for day in (28, 28, 29, 34):
        duty(day, send=True)
    assert len(mailoutbox) == 1 and mailoutbox[0].body.count("/essai/") == 5
    for day in (35, 36, 90):
        duty(day, send=True)
    assert len(mailoutbox) == 2 and mailoutbox[1].body.count("/essai/") == 2
    said = "".join(mail.body for mail in mailoutbox)
    assert all(said.count(f"/pratiques/{sheet.pk}/essai/") == 1 for sheet in sheets)


def test_a_sheet_that_lost_its_sense_leaves_the_mail_and_one_alone_is_asked_as_ever(
    world: World, mailoutbox: list[Any]
) -> None:
    told, answered, left = booklet(world, 3)
    duty(28)
    trials.tell(told, by=world.eve, **SAID)
    interest.answer(answered, "non", by=world.eve)
    with at(28):
        deliver()
    (mail,) = [one for one in mailoutbox if one.to == [world.eve.email]]
    assert left.title in mail.subject
    for sheet in (told, answered):
        assert sheet.title not in mail.body


@pytest.mark.parametrize("between", ["told", "answered", "stopped", "bears"])
def test_the_mail_is_not_sent_when_it_lost_its_sense_meanwhile(
    kept: Sheet, world: World, mailoutbox: list[Any], between: str
) -> None:
    duty(28)
    if between == "told":
        trials.tell(kept, by=world.eve, **SAID)
    elif between == "answered":
        interest.answer(kept, "non", by=world.eve)
    elif between == "stopped":
        questions.set_wanted((), by=world.eve)
    else:
        Bearer.objects.create(sheet=kept, user=world.eve)
        User.objects.filter(pk=world.eve.pk).update(organisation=world.relais)
    with at(28):
        deliver()
    assert not mailoutbox


def test_one_click_in_the_mail_stops_these_questions_and_the_choices_bring_them_back(
    kept: Sheet, world: World, as_: As, mailoutbox: list[Any]
) -> None:
    duty(28, send=True)
    (mail,) = mailoutbox
    header = mail.extra_headers["List-Unsubscribe"]
    path = re.search(r"https?://[^/]+(/[^>]+)>", header)[1]  # type: ignore[index]
    with at(28):
        asks = as_(None).get(path)
        assert "si j’ai essayé" in asks.content.decode().lower()
        assert asks.status_code == 200 and not questions.is_silenced("trial_question", world.eve)
        as_(None).post(path)
    assert questions.is_silenced("trial_question", world.eve)
    page = as_(world.eve).get(reverse("notifications:preferences"))
    assert "trial_question" not in page.context["form"].initial["questions"]
    questions.set_wanted(("trial_question",), by=world.eve)
    assert not questions.is_silenced("trial_question", world.eve)


def test_what_she_may_be_asked_is_among_her_choices(world: World, as_: As) -> None:
    eve, url = as_(world.eve), reverse("notifications:preferences")
    form = eve.get(url).context["form"]
    names = ("attention", "mail", "minutes", "hour", "weekday", "zone", "questions")
    said = {name: form[name].value() for name in names}
    assert set(said["questions"]) == {"trial_question", "outcome_question"}

    assert eve.post(url, said | {"questions": ["outcome_question"]}).status_code == 302
    assert questions.silenced(world.eve) == {"trial_question"}
    assert eve.post(url, said | {"questions": ["une-autre"]}).status_code == 200
    eve.post(url, said)
    assert questions.silenced(world.eve) == set()


def test_the_question_waits_in_her_notices_until_she_answers(
    kept: Sheet, world: World, as_: As
) -> None:
    duty(28)
    with at(29):
        (notice,) = notices(world.eve)
        assert (notice.title, notice.space) == (kept.title, None)
        eve = as_(world.eve)
        assert kept.title in eve.get("/avis/").content.decode()
        assert eve.get(notice.url).status_code == 200
        assert len(notices(world.eve)) == 1  # looking answers nothing
        eve.post(notice.url, {"reponse": "pas-encore"})
        assert notices(world.eve) == []
    assert Interest.objects.get(user=world.eve).answer == "pas-encore"


def test_telling_a_trial_is_the_answer(kept: Sheet, world: World) -> None:
    duty(28)
    trials.tell(kept, by=world.eve, **SAID)
    assert Interest.objects.get(user=world.eve).answer == "oui"
    with at(29):
        assert notices(world.eve) == []


def test_the_page_of_the_question_is_there_only_for_who_was_asked(
    kept: Sheet, world: World, as_: As
) -> None:
    url = f"/pratiques/{kept.pk}/essayee/"
    assert as_(world.eve).get(url).status_code == 404
    duty(28)
    with at(28):
        assert as_(world.eve).get(url).status_code == 200
        assert as_(world.eve).post(url, {"reponse": "peut-être"}).status_code == 400
        assert as_(world.real).get(url).status_code == 404
    with pytest.raises(Missing):
        interest.answer(kept, "non", by=world.real)


# -------------------------------------------------------------------------------- what she keeps


def test_she_keeps_a_sheet_with_or_without_a_script(sheet: Sheet, world: World, as_: As) -> None:
    eve, url = as_(world.eve), f"/pratiques/{sheet.pk}/garder/"
    assert eve.get(url).status_code == 405
    part = eve.post(url, {"wanted": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in part and "<html" not in part
    assert [one.sheet for one in eve.get("/pratiques/gardees/").context["kept"]] == [sheet]
    assert eve.get(sheet.get_absolute_url()).context["kept"] is True
    answer = eve.post(url, {"wanted": "0", "next": "gardees"})
    assert answer["Location"] == "/pratiques/gardees/"
    assert eve.get("/pratiques/gardees/").context["kept"] == []


def test_what_she_keeps_and_may_no_longer_read_is_not_in_her_list(
    sheet: Sheet, world: World, as_: As
) -> None:
    interest.keep(sheet, by=world.eve)
    hide_sheet(sheet, by=world.odile, reason="À revoir")
    page = as_(world.eve).get("/pratiques/gardees/")
    assert sheet.title not in page.content.decode()


def test_nobody_keeps_nor_notes_what_she_does_not_read(world: World, as_: As) -> None:
    draft = make_sheet(world.maude)
    with pytest.raises(Missing):
        interest.keep(draft, by=world.eve)
    assert as_(world.eve).post(f"/pratiques/{draft.pk}/garder/").status_code == 404
    interest.note_download(draft, by=world.eve)
    interest.note_download(make_published(world), by=AnonymousUser())
    assert not Interest.objects.exists()


def test_the_list_costs_the_same_at_three_and_at_ten(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    eve = as_(world.eve)
    for number in range(10):
        interest.keep(make_published(world), by=world.eve)
        if number in (2, 9):
            eve.get("/pratiques/gardees/")
            with django_assert_max_num_queries(6):
                assert len(eve.get("/pratiques/gardees/").context["kept"]) == number + 1
