"""What those whose words are quoted, and whoever quotes them, are told by mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from core.models import ActionLog, OutgoingMail
from forums import services as forums
from forums.models import Thread
from practices import births as heard
from practices.errors import PassagesWaiting
from practices.models import Passage
from practices.sections import BY_NAME
from practices.services import births, life, writing
from tests.clock import noon
from tests.conftest import World
from tests.practices.test_births import complete, made, passage_by, say, secret, thread
from tests.practices.test_births_accord import HERS, OTHERS, agreed, consent_page, quoted, rewrite

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
Work = Callable[[], None]
__all__ = ["secret", "thread"]  # fixtures
REAL = "On accueille le jeune à huit heures, sans reproche."


def letters(to: User) -> list[Any]:
    """What she received of sheets, the parts of each as one text; the box is emptied of them."""
    found = [one for one in outbox.outbox if one.to == [to.email] and "/pratiques/" in one.body]
    for one in found:
        outbox.outbox.remove(one)
    return [f"{one.subject}\n{one.body}\n{one.alternatives}" for one in found]


@pytest.fixture
def a_week_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Goes to the morning of a week later, whose duty is done."""
    weeks = 0

    def go() -> None:
        nonlocal weeks
        weeks += 1
        moment = noon(days=7 * weeks + 1)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        heard.remind_writers()

    return go


# ---------------------------------------------------------------------------------- her own words


def test_her_words_are_in_the_mail_that_asks_for_them(
    world: World, thread: Thread, work: Work
) -> None:
    made(thread, world.maude)
    work()
    (letter,) = letters(world.real)
    assert REAL in letter
    assert "Maude" in letter


def test_words_of_a_space_without_content_in_mails_are_not_in_it(
    world: World, thread: Thread, work: Work
) -> None:
    world.common.content_in_mail = False
    world.common.save()
    made(thread, world.maude)
    work()
    (letter,) = letters(world.real)
    assert "huit heures" not in letter


def test_unnamed_words_are_never_in_it(world: World, thread: Thread, work: Work) -> None:
    world.common.unnamed_posts = True
    world.common.save()
    forums.reply(thread, by=world.naima, text="Le toucan dort au soleil.", unnamed=True)
    made(thread, world.maude)
    work()
    (letter,) = letters(world.naima)
    assert "toucan" not in letter
    assert "Maude" not in letter


def test_rewritten_words_are_said_to_be_so_and_read_on_the_site(
    world: World, thread: Thread, work: Work
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    work()
    letters(world.eve)
    rewrite(sheet, OTHERS, by=world.maude)
    births.ask_again(passage, by=world.maude)
    work()
    (letter,) = letters(world.eve)
    assert "récrits" in letter.split("\n")[0]
    assert "devoirs" not in letter


def test_she_is_asked_again_of_what_stands_there_now(
    world: World, thread: Thread, as_: As, work: Work
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    rewrite(sheet, OTHERS, by=world.maude)
    work()
    letters(world.eve)
    address = f"/pratiques/{sheet.pk}/passages/{passage.pk}/retirer/"

    for _twice in range(2):
        assert as_(world.maude).post(address, {"acte": "redemander"}).status_code == 302
        work()

    passage.refresh_from_db()
    assert (passage.consent, passage.credited) == (Passage.Consent.WAITING, False)
    assert len(letters(world.eve)) == 1
    with pytest.raises(PassagesWaiting):
        life.submit(sheet, by=world.maude)
    assert quoted(consent_page(passage, as_(world.eve))) == [OTHERS, HERS]


# ------------------------------------------------------------------------------- without an answer


def test_two_sheets_are_reminded_of_in_one_mail_that_says_so(
    world: World, secret: Thread, work: Work, a_week_later: Work
) -> None:
    made(secret, world.odile, bearer=world.federation)
    made(secret, world.odile, bearer=world.federation)
    work()
    letters(world.naima)

    a_week_later()
    work()

    (letter,) = letters(world.naima)
    assert letter.startswith("Rappel\u00a0:")
    assert "2 fiches-pratiques" in letter
    for word in ("toucan", "cacatoès", "Odile"):
        assert word not in letter


def test_what_was_asked_since_is_reminded_of_at_the_same_time(
    world: World, thread: Thread, work: Work
) -> None:
    made(thread, world.maude)
    Passage.objects.update(asked_at=timezone.now() - heard.PATIENCE)
    since = made(thread, world.maude)
    since.passages.update(asked_at=timezone.now() - 2 * heard.DAY)
    heard.remind_writers()
    assert not Passage.objects.waiting().filter(reminded_at=None).exists()


def test_what_was_asked_this_morning_is_in_the_mail_and_keeps_its_own_week(
    world: World, thread: Thread, work: Work
) -> None:
    made(thread, world.maude)
    Passage.objects.update(asked_at=timezone.now() - heard.PATIENCE)
    fresh = made(thread, world.maude)
    work()
    letters(world.real)

    heard.remind_writers()
    work()

    (letter,) = letters(world.real)
    assert "2 fiches-pratiques" in letter
    assert not fresh.passages.waiting().exclude(reminded_at=None).exists()


def test_whoever_makes_the_sheet_is_told_once_that_nobody_answers(
    world: World, thread: Thread, work: Work, a_week_later: Work
) -> None:
    made(thread, world.maude)
    a_week_later()
    work()
    assert letters(world.maude) == []

    a_week_later()
    heard.remind_writers()
    work()
    (letter,) = letters(world.maude)
    assert "Une pratique" in letter
    assert "Réal" not in letter and "Ève" not in letter
    for _week in range(3):
        a_week_later()
    work()
    assert letters(world.maude) == []


# -------------------------------------------------------------------------------- who has left


def test_whoever_makes_the_sheet_is_told_once_that_a_writer_left(
    world: World, thread: Thread, as_: As, work: Work, a_week_later: Work
) -> None:
    sheet = made(thread, world.maude)
    User.objects.filter(pk=world.eve.pk).update(is_active=False)
    heard.remind_writers()
    heard.remind_writers()
    work()

    (letter,) = letters(world.maude)
    assert "Ève" not in letter
    page = as_(world.maude).get(sheet.get_absolute_url()).content.decode()
    assert "La personne est partie" in page
    assert "récrivez ces mots" in page
    for _week in range(5):
        a_week_later()
    work()
    # Réal, who is there, does not answer; of Ève nothing more.
    assert len(letters(world.maude)) == 1
    assert OutgoingMail.objects.filter(name="passages_stuck", data__gone=1).count() == 1


def test_who_left_after_the_reminder_is_told_of_too(
    world: World, thread: Thread, work: Work, a_week_later: Work
) -> None:
    made(thread, world.maude)
    a_week_later()
    User.objects.filter(pk=world.eve.pk).update(is_active=False)
    heard.remind_writers()
    assert OutgoingMail.objects.filter(name="passages_stuck").count() == 1


def test_who_left_weeks_after_the_reminder_is_told_of_once(
    world: World, thread: Thread, work: Work, a_week_later: Work
) -> None:
    made(thread, world.maude)
    for _week in range(5):
        a_week_later()
    gone = OutgoingMail.objects.filter(name="passages_stuck", data__gone=1)
    assert not gone.exists()
    User.objects.filter(pk=world.eve.pk).update(is_active=False)
    a_week_later()
    assert gone.count() == 1
    # Once its mail is forgotten too.
    gone.delete()
    a_week_later()
    assert not gone.exists()


def test_confidential_words_whose_writer_left_are_not_said_to_be_in_the_draft(
    world: World, secret: Thread, as_: As
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation)
    User.objects.filter(pk=world.naima.pk).update(is_active=False)
    page = as_(world.odile).get(sheet.get_absolute_url())
    silent = [one.silent for one in page.context["passages"]]
    # Who wrote without her name never left.
    assert silent == [False, False, True]
    assert "ne sont pas dans le brouillon" in page.content.decode()
    assert "récrivez ces mots" not in page.content.decode()


def test_nothing_says_that_who_wrote_without_her_name_left(
    world: World, thread: Thread, work: Work, a_week_later: Work
) -> None:
    world.common.unnamed_posts = True
    world.common.save()
    forums.reply(thread, by=world.naima, text="Le toucan dort au soleil.", unnamed=True)
    made(thread, world.maude, only={1, 4})
    User.objects.filter(pk=world.naima.pk).update(is_active=False)
    heard.remind_writers()
    assert not OutgoingMail.objects.filter(name="passages_stuck").exists()
    # As of anybody who does not answer.
    for _week in range(2):
        a_week_later()
    (mail,) = OutgoingMail.objects.filter(name="passages_stuck")
    assert mail.data == {"gone": 0}


# ------------------------------------------------------------------------- answered, and published


def test_confidential_words_have_just_entered_the_draft(
    world: World, secret: Thread, work: Work
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation)
    work()
    letters(world.odile)
    say(passage_by(sheet, world.naima, unnamed=False), world.naima, yes=True)
    work()
    (letter,) = letters(world.odile)
    assert "viennent d’entrer dans le brouillon" in letter
    assert "peuvent y rester" not in letter


def test_words_without_room_are_said_to_be_beside_the_draft(
    world: World, secret: Thread, work: Work
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation)
    passage = passage_by(sheet, world.naima, unnamed=False)
    complete(sheet, world.odile)
    row = sheet.working_sections.get(name="deroulement")
    steps = [{"title": "", "text": f"Étape {n}"} for n in range(30)]
    most = BY_NAME["deroulement"].field("steps").many
    writing.save_section(
        sheet, "deroulement", {"steps": steps[:most]}, by=world.odile, revision=row.revision
    )
    work()
    letters(world.odile)
    assert passage.section == "deroulement"
    say(passage, world.naima, yes=True)
    work()
    (letter,) = letters(world.odile)
    assert "faute de place" in letter


def test_an_answer_that_she_took_back_before_its_mail_left_is_not_told(
    world: World, thread: Thread, work: Work
) -> None:
    sheet = made(thread, world.maude)
    work()
    letters(world.maude)
    say(passage_by(sheet, world.eve), world.eve, yes=True)
    say(passage_by(sheet, world.eve), world.eve, yes=False)
    work()
    (letter,) = letters(world.maude)
    assert "peuvent y rester" not in letter


def test_words_of_a_thread_that_became_confidential_are_answered_without_a_name(
    world: World, thread: Thread, work: Work
) -> None:
    sheet = made(thread, world.odile, bearer=world.federation)
    passage = say(passage_by(sheet, world.eve), world.eve, yes=False)
    work()
    Membership.objects.get_or_create(user=world.eve, space=world.psychosocial)
    forums.move_thread(thread, world.psychosocial, by=world.odile)
    work()
    letters(world.odile)

    passage = say(passage, world.eve, yes=True)
    work()

    assert passage.quiet
    row = ActionLog.objects.filter(verb="passage.answered").latest("pk")
    assert row.actor is None
    (letter,) = letters(world.odile)
    assert "Une pratique" not in letter


def test_the_mail_that_asks_is_about_its_sheet_however_many_wait_before_it(
    world: World, thread: Thread, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("practices.centre.births.MOST", 1)
    made(thread, world.maude)
    work()
    letters(world.real)
    made(thread, world.maude, title="Une autre pratique")
    work()
    (letter,) = letters(world.real)
    assert "Une autre pratique" in letter


def test_each_refusal_is_told_and_to_the_animator_who_reviews_it_too(
    world: World, thread: Thread, work: Work
) -> None:
    sheet = made(thread, world.maude)
    passage = passage_by(sheet, world.eve)
    say(passage, world.eve, yes=False)
    work()
    agreed(sheet, world)
    life.submit(sheet, by=world.maude)
    life.claim(sheet, by=world.odile)
    work()
    letters(world.maude), letters(world.odile)

    for _press in range(2):
        say(passage, world.eve, yes=False)
        work()

    (letter,) = letters(world.maude)
    assert "refuse d’être citée dans votre fiche" in letter
    assert "retirés de la fiche soumise" in letter
    (letter,) = letters(world.odile)
    assert "refuse d’être citée dans une fiche que vous révisez" in letter
    assert world.eve.first_name not in letter


def test_words_that_were_not_in_the_draft_are_not_said_to_be_taken_out_of_it(
    world: World, secret: Thread, work: Work
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation)
    work()
    letters(world.odile)
    say(passage_by(sheet, world.naima, unnamed=False), world.naima, yes=False)
    work()
    (letter,) = letters(world.odile)
    assert "retirés du brouillon" not in letter
    assert "n’étaient pas dans le brouillon" in letter


def test_those_who_agreed_are_told_that_the_sheet_is_published(
    world: World, thread: Thread, work: Work
) -> None:
    sheet = made(thread, world.maude)
    agreed(sheet, world)
    life.submit(sheet, by=world.maude)
    work()
    letters(world.eve), letters(world.real)
    life.publish(sheet, by=world.odile)
    work()

    for writer in (world.eve, world.real):
        (letter,) = letters(writer)
        assert "Une pratique" in letter
        assert "/pratiques/consentements/" in letter
    assert letters(world.naima) == []


def test_the_mail_of_a_published_sheet_says_nothing_of_confidential_words(
    world: World, secret: Thread, work: Work
) -> None:
    title = "Une perruche"
    sheet = made(secret, world.odile, bearer=world.federation, title=title, only={1, 3})
    complete(sheet, world.odile)
    say(passage_by(sheet, world.naima), world.naima, yes=True)
    life.submit(sheet, by=world.odile)
    work()
    letters(world.naima)
    life.publish(sheet, by=world.odile)
    work()
    (letter,) = letters(world.naima)
    for word in ("perruche", "perroquet", "cacatoès"):
        assert word not in letter
