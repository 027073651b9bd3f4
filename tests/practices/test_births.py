"""A sheet is made from a thread: rules propose, who wrote the words decides, one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core import links
from core.models import ActionLog, OutboxEvent, OutgoingMail
from forums import services as forums
from forums.models import Post, Thread
from notifications.centre import notices
from practices import births as heard
from practices.errors import PassagesWaiting, StillThere
from practices.models import Bearer, Credit, Passage, Sheet
from practices.services import accords, births, life, writing
from practices.services.births import Chosen
from practices.services.common import Missing, working_content
from tests.conftest import World, make_person
from tests.practices.conftest import make_terms, whole

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
Consent = Passage.Consent
FORM = "/pratiques/depuis-un-fil/"
CONSENTS = "/pratiques/consentements/"


@pytest.fixture
def thread(world: World) -> Thread:
    """Maude asks in the common space; Réal and Ève answer, and Réal's answer is retained."""
    make_terms()
    found = forums.create_thread(
        by=world.maude,
        space=world.common,
        title="Un retour après suspension",
        text="Comment accueillir un jeune suspendu sans le perdre?",
    )
    answer = forums.reply(
        found,
        by=world.real,
        text="Voici notre démarche.\n\nOn accueille le jeune à huit heures, sans reproche.",
    )
    forums.reply(found, by=world.eve, text="Attention: ne pas commencer par les devoirs en retard.")
    forums.retain_answer(found, answer, by=world.maude)
    return Thread.objects.get(pk=found.pk)


@pytest.fixture
def secret(world: World) -> Thread:
    """In the confidential space: Odile asks, Naïma answers without her name, then with it."""
    make_terms()
    found = forums.create_thread(
        by=world.odile,
        space=world.psychosocial,
        title="Titre perroquet",
        text="Que dit-il?",
    )
    forums.reply(found, by=world.naima, text="Le toucan dort longtemps au soleil.", unnamed=True)
    forums.reply(found, by=world.naima, text="Le cacatoès se lève tous les matins.")
    return Thread.objects.get(pk=found.pk)


def posts(thread: Thread) -> list[Post]:
    return list(Post.objects.filter(thread=thread).order_by("position"))


def made(thread: Thread, by: User, *, only: set[int] | None = None, **words: Any) -> Sheet:
    """A draft of all the messages, each where the rules propose."""
    from practices import laying

    chosen = [
        Chosen(post.pk, laying.propose(post.text, "question" if post.is_opening else "").target)
        for post in posts(thread)
        if only is None or post.position in only
    ]
    assert by.organisation is not None
    given = {"bearer": by.organisation, "title": "Une pratique"} | words
    sheet = births.begin_from_thread(thread.pk, chosen, by=by, **given)
    return Sheet.objects.get(pk=sheet.pk)


def passage_by(sheet: Sheet, writer: User, **filters: Any) -> Passage:
    return Passage.objects.get(sheet=sheet, writer=writer, **filters)


def say(passage: Passage, by: User, *, yes: bool, named: bool = False) -> Passage:
    words = accords.words_for(passage, by)
    assert words is not None
    return births.answer(passage, by=by, yes=yes, named=named, seen=accords.digest(words))


def said(sheet: Sheet) -> str:
    return json.dumps(working_content(sheet), ensure_ascii=False)


def complete(sheet: Sheet, by: User) -> None:
    """Fill in what the thread did not say."""
    for name, values in whole().items():
        row = sheet.working_sections.filter(name=name).first()
        given = values | (row.values if row else {})
        writing.save_section(sheet, name, given, by=by, revision=row.revision if row else 0)


# ------------------------------------------------------------------------------------ the draft


def test_who_reads_the_thread_makes_a_draft_of_it(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)

    content = working_content(sheet)
    assert content["besoin"]["context"].startswith("Comment accueillir")
    assert content["lecons"]["mistakes"] == [
        "Attention: ne pas commencer par les devoirs en retard."
    ]
    assert len(content["deroulement"]["steps"]) == 2
    assert sheet.born_of == thread.pk
    states = dict(sheet.passages.values_list("writer__first_name", "consent"))
    assert states == {"Maude": "propre", "Réal": "attente", "Ève": "attente"}
    assert links.others(sheet, world.maude) == [thread]


def test_paragraphs_are_chosen_one_by_one(world: World, thread: Thread) -> None:
    answer = posts(thread)[1]

    sheet = births.begin_from_thread(
        thread.pk,
        [Chosen(answer.pk, "lecons.success", (1,))],
        by=world.maude,
        bearer=world.relais,
        title="Une pratique",
    )

    assert working_content(sheet)["lecons"]["success"] == [
        "On accueille le jeune à huit heures, sans reproche."
    ]


def test_nobody_makes_a_sheet_of_what_she_does_not_read(world: World, secret: Thread) -> None:
    with pytest.raises(Missing):
        made(secret, world.maude)
    assert not Sheet.objects.exists()


def test_a_message_of_another_thread_is_left_out(
    world: World, thread: Thread, secret: Thread
) -> None:
    foreign = posts(secret)[1]

    sheet = births.begin_from_thread(
        thread.pk,
        [Chosen(foreign.pk, "besoin.context"), Chosen(posts(thread)[0].pk, "besoin.context")],
        by=world.odile,
        bearer=world.federation,
        title="Une pratique",
    )

    assert sheet.passages.count() == 1


def test_the_same_sending_twice_makes_one_draft(world: World, thread: Thread) -> None:
    import uuid

    sent = uuid.uuid4()
    first = made(thread, world.maude, submission=sent)
    again = made(thread, world.maude, submission=sent)

    assert first == again
    assert first.passages.count() == 3


# ------------------------------------------------------------------------------------- consent


def test_each_writer_is_asked_by_mail_and_in_her_notices(
    world: World, thread: Thread, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    work()

    letters = {one.to[0]: one for one in outbox.outbox if CONSENTS in one.body}
    assert set(letters) == {world.real.email, world.eve.email}
    letter = letters[world.real.email]
    assert "Une pratique" in letter.body
    assert "On accueille le jeune à huit heures, sans reproche." in letter.body
    assert "devoirs" not in letter.body
    passage = passage_by(sheet, world.real)
    assert any(one.url.endswith(f"/{passage.pk}/") for one in notices(world.real))
    assert not any("consentements" in one.url for one in notices(world.naima))


def test_a_sheet_waits_for_everybody(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)
    complete(sheet, world.maude)
    say(passage_by(sheet, world.real), world.real, yes=True)

    with pytest.raises(PassagesWaiting):
        life.submit(sheet, by=world.maude)
    say(passage_by(sheet, world.eve), world.eve, yes=True)

    assert life.submit(sheet, by=world.maude).progress == Sheet.Progress.SUBMITTED


def test_who_wishes_it_is_credited_once_the_sheet_is_published(
    world: World, thread: Thread, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    complete(sheet, world.maude)
    say(passage_by(sheet, world.real), world.real, yes=True, named=True)
    say(passage_by(sheet, world.eve), world.eve, yes=True)
    credits = Credit.objects.filter(sheet=sheet, role=Credit.Role.PASSAGE)
    assert not credits.exists()

    life.submit(sheet, by=world.maude)
    life.publish(sheet, by=world.odile)
    work()

    assert [(one.person, one.organisation) for one in credits] == [(world.real, world.phare)]


def test_refused_words_leave_the_draft_and_who_makes_it_is_told(
    world: World, thread: Thread, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    passage = say(passage_by(sheet, world.eve), world.eve, yes=False)
    work()

    assert "devoirs" not in said(sheet)
    assert (passage.consent, passage.text) == (Consent.DROPPED, "")
    letter = next(one for one in outbox.outbox if f"/pratiques/{sheet.pk}/" in one.body)
    assert letter.to == [world.maude.email]
    assert "Ève" not in letter.body + letter.subject
    assert "devoirs" not in letter.body


def test_refused_words_that_were_changed_hold_the_sheet_until_they_are_out(
    world: World, thread: Thread
) -> None:
    sheet = made(thread, world.maude)
    complete(sheet, world.maude)
    row = sheet.working_sections.get(name="lecons")
    kept = row.values | {
        "mistakes": ["Sonner trop tôt"],
        "success": "Attention: ne pas commencer par les devoirs en retard. Oui.",
    }
    writing.save_section(sheet, "lecons", kept, by=world.maude, revision=row.revision)
    say(passage_by(sheet, world.real), world.real, yes=True)

    passage = say(passage_by(sheet, world.eve), world.eve, yes=False)
    assert passage.consent == Consent.REFUSED
    with pytest.raises(PassagesWaiting):
        life.submit(sheet, by=world.maude)
    with pytest.raises(StillThere):
        births.drop(passage, by=world.maude)

    row.refresh_from_db()
    mended = row.values | {"success": "Laisser les devoirs pour plus tard."}
    writing.save_section(sheet, "lecons", mended, by=world.maude, revision=row.revision)
    assert births.drop(passage, by=world.maude).consent == Consent.DROPPED
    life.submit(sheet, by=world.maude)


def test_she_may_change_her_mind_until_the_sheet_is_published(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)
    complete(sheet, world.maude)
    for writer in (world.real, world.eve):
        say(passage_by(sheet, writer), writer, yes=True, named=True)

    say(passage_by(sheet, world.eve), world.eve, yes=False)
    assert "devoirs" not in said(sheet)
    complete(sheet, world.maude)
    life.submit(sheet, by=world.maude)
    life.publish(sheet, by=world.odile)

    with pytest.raises(Missing):
        say(passage_by(sheet, world.real), world.real, yes=False)


def test_nobody_answers_for_another(world: World, thread: Thread, as_: As) -> None:
    sheet = made(thread, world.maude)
    passage = passage_by(sheet, world.real)

    for person in (world.maude, world.eve, world.odile):
        with pytest.raises(Missing):
            say(passage, person, yes=True)
        assert as_(person).get(f"/pratiques/consentements/{passage.pk}/").status_code == 404


def test_who_is_asked_sees_her_words_and_nothing_else_of_the_draft(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    passage = passage_by(sheet, world.real)
    real = as_(world.real)

    page = real.get(f"/pratiques/consentements/{passage.pk}/").content.decode()

    assert "huit heures" in page
    assert "Une pratique" in page
    assert "devoirs" not in page
    assert real.get(sheet.get_absolute_url()).status_code == 404


def test_she_answers_on_the_page(world: World, thread: Thread, as_: As) -> None:
    sheet = made(thread, world.maude)
    passage = passage_by(sheet, world.real)
    real, url = as_(world.real), f"/pratiques/consentements/{passage.pk}/"
    seen = re.search(r'name="vu" value="(\w+)"', real.get(url).content.decode())
    assert seen is not None

    assert real.post(url, {"reponse": "nommee", "vu": "autre"}).status_code == 409
    assert real.post(url, {"reponse": "nommee", "vu": seen[1]}).status_code == 302

    passage.refresh_from_db()
    assert (passage.consent, passage.credited) == (Consent.GIVEN, True)


def test_who_does_not_answer_is_asked_once_more_after_a_week(
    world: World, thread: Thread, work: Callable[[], None]
) -> None:
    made(thread, world.maude)
    work()
    mine = OutgoingMail.objects.filter(name="passages_reminded", recipient=world.real)
    heard.remind_writers()
    assert not mine.exists()

    Passage.objects.update(asked_at=timezone.now() - heard.PATIENCE)
    heard.remind_writers()
    heard.remind_writers()

    assert mine.count() == 1


def test_the_words_of_a_closed_account_are_rewritten_or_dropped(
    world: World, thread: Thread, as_: As, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    User.objects.filter(pk=world.eve.pk).update(is_active=False)
    work()
    assert not OutgoingMail.objects.filter(recipient=world.eve, name="passages_asked").exists()
    quoted = as_(world.maude).get(sheet.get_absolute_url()).context["passages"]
    assert [one.silent for one in quoted] == [False, False, True]

    assert births.drop(passage_by(sheet, world.eve), by=world.maude).consent == Consent.DROPPED
    assert "devoirs" not in said(sheet)


def test_a_message_set_aside_before_its_answer_leaves_the_draft(
    world: World, thread: Thread, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    forums.hide_post(posts(thread)[2], by=world.odile, reason="Nomme un jeune")
    work()

    assert "devoirs" not in said(sheet)
    assert passage_by(sheet, world.eve).consent == Consent.DROPPED


def test_a_thread_that_becomes_confidential_takes_its_words_back(
    world: World, thread: Thread, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.odile, bearer=world.federation)
    forums.move_thread(thread, world.psychosocial, by=world.odile)
    work()

    assert "devoirs" not in said(sheet)
    passage = passage_by(sheet, world.eve)
    assert (passage.quiet, passage.text, passage.consent) == (True, "", Consent.WAITING)
    # She does not read that space: nothing is asked of her any more.
    assert not any("consentements" in one.url for one in notices(world.eve))


# --------------------------------------------------------------- unnamed, and confidential


def test_confidential_words_enter_the_draft_with_consent_only(
    world: World, secret: Thread, as_: As
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation)
    assert "toucan" not in said(sheet)
    assert not Passage.objects.filter(text__contains="toucan").exists()
    assert "toucan" not in json.dumps(list(sheet.working_sections.values("values")))

    say(passage_by(sheet, world.naima, unnamed=True), world.naima, yes=True)

    assert "Le toucan dort longtemps au soleil." in said(sheet)
    assert "cacatoès" not in said(sheet)


def test_a_changed_message_is_read_again(world: World, secret: Thread) -> None:
    sheet = made(secret, world.odile, bearer=world.federation)
    passage = passage_by(sheet, world.naima, unnamed=False)
    before = accords.digest(accords.words_for(passage, world.naima) or "")
    post = posts(secret)[2]
    forums.edit_post(post, by=world.naima, text="La perruche se lève tous les matins.")

    from practices.errors import PassageChanged

    with pytest.raises(PassageChanged):
        births.answer(passage, by=world.naima, yes=True, seen=before)
    say(passage, world.naima, yes=True)

    assert "perruche" in said(sheet)
    assert "cacatoès" not in said(sheet)


def test_who_left_the_confidential_space_is_not_asked_there_any_more(
    world: World, secret: Thread, as_: As, work: Callable[[], None]
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation)
    world.naima.memberships.update(ended_at=timezone.now())
    work()

    passage = passage_by(sheet, world.naima, unnamed=True)
    assert as_(world.naima).get(f"/pratiques/consentements/{passage.pk}/").status_code == 404
    assert not any(one.to == [world.naima.email] and "toucan" in one.body for one in outbox.outbox)
    assert accords.words_for(passage, world.naima) is None


def test_her_own_unnamed_words_are_asked_as_anybody_elses(world: World, secret: Thread) -> None:
    sheet = made(secret, world.naima)

    states = dict(sheet.passages.values_list("unnamed", "consent").filter(writer=world.naima))
    assert states == {True: Consent.WAITING, False: Consent.OWN}


def everything_about(sheet: Sheet) -> str:
    """The journal, the outbox of events and that of mails, as they are stored."""
    rows: list[Any] = [
        list(ActionLog.objects.exclude(kind="post").filter(verb__startswith="passage").values()),
        list(OutboxEvent.objects.filter(name__startswith="passage").values("name", "payload")),
        [(one.subject, one.body, str(one.alternatives)) for one in outbox.outbox],
    ]
    return repr(rows)


def test_nothing_says_who_wrote_without_her_name(
    world: World, secret: Thread, as_: As, work: Callable[[], None], caplog: Any
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation, only={1, 2})
    odile = as_(world.odile)
    pages = [odile.get(sheet.get_absolute_url()).content.decode()]
    pages.append(odile.get(f"{FORM}?fil={secret.pk}").content.decode())
    work()
    say(passage_by(sheet, world.naima), world.naima, yes=True)
    work()
    pages.append(odile.get(sheet.get_absolute_url()).content.decode())

    assert "toucan" not in pages[0]
    assert "toucan" in pages[1]
    assert "toucan" in pages[2]
    assert not any(re.search(rf"/membres/{world.naima.pk}\b", page) for page in pages)
    assert "Naïma" not in pages[0] + pages[2]
    assert "Belkacem" not in pages[0] + pages[2]
    told = everything_about(sheet) + caplog.text
    assert "Belkacem" not in told.replace(world.naima.email, "")
    assert not ActionLog.objects.filter(verb="passage.answered", actor=world.naima).exists()
    assert not Credit.objects.filter(sheet=sheet, person=world.naima).exists()
    assert not sheet.working_sections.filter(changed_by=world.naima).exists()


def test_mails_about_a_confidential_passage_say_nothing(
    world: World, secret: Thread, work: Callable[[], None]
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation, title="Une perruche")
    work()
    say(passage_by(sheet, world.naima, unnamed=True), world.naima, yes=False)
    work()

    sent = [one for one in outbox.outbox if "/pratiques/" in one.body]
    assert {one.to[0] for one in sent} == {world.naima.email, world.odile.email}
    for one in sent:
        whole_mail = one.subject + one.body + str(one.alternatives)
        for word in ("perruche", "perroquet", "toucan", "cacatoès", "psychosociaux"):
            assert word not in whole_mail


def test_a_colleague_who_makes_it_too_sees_neither_the_source_nor_the_words(
    world: World, secret: Thread, as_: As
) -> None:
    """Mathilde works for the federation, and is not a member of the confidential space."""
    mathilde = make_person("Mathilde", organisation=world.federation, spaces=(world.common,))
    sheet = made(secret, world.odile, bearer=world.federation)
    Bearer.objects.create(sheet=sheet, user=mathilde)

    page = as_(mathilde).get(sheet.get_absolute_url())

    assert page.status_code == 200
    body = page.content.decode()
    for word in ("toucan", "cacatoès", "perroquet", "Naïma", f"/discussions/{secret.pk}"):
        assert word not in body
    assert "passages" in body


# ------------------------------------------------------------------------------ both ways


def test_the_thread_says_that_it_gave_a_sheet_while_one_is_there(
    world: World, thread: Thread, work: Callable[[], None], as_: As
) -> None:
    sheet = made(thread, world.maude)
    complete(sheet, world.maude)
    for writer in (world.real, world.eve):
        say(passage_by(sheet, writer), writer, yes=True)
    life.submit(sheet, by=world.maude)
    work()

    def marked() -> bool:
        thread.refresh_from_db()
        return thread.gave_sheet

    assert not marked()
    life.publish(sheet, by=world.odile)
    work()
    assert marked()
    page = as_(world.real).get(thread.get_absolute_url()).content.decode()
    assert sheet.get_absolute_url().split("-")[0] in page
    life.hide_sheet(sheet, by=world.odile, reason="À revoir")
    work()
    assert not marked()
    life.restore_sheet(sheet, by=world.odile)
    work()
    assert marked()
    life.withdraw(sheet, by=world.odile, reason="Fini")
    work()
    assert not marked()


def test_the_sheet_names_its_thread_to_who_reads_it(
    world: World, secret: Thread, as_: As, work: Callable[[], None]
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation, only={1})
    complete(sheet, world.odile)
    life.submit(sheet, by=world.odile)
    life.publish(sheet, by=world.odile)
    life.give_consent(sheet, by=world.odile, words="La directrice, par courriel")
    life.open_to_public(sheet, by=world.odile)
    work()
    url = sheet.get_absolute_url()

    assert "Titre perroquet" in as_(world.naima).get(url).content.decode()
    for person in (world.maude, world.real, None):
        body = as_(person).get(url).content.decode()
        assert "Titre perroquet" not in body
        assert f"/discussions/{secret.pk}" not in body


def test_the_draft_follows_a_thread_that_is_merged(
    world: World, thread: Thread, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    other = forums.create_thread(by=world.maude, space=world.common, text="Une autre question?")

    forums.merge(thread, other, by=world.odile, reason="Doublon")

    sheet.refresh_from_db()
    assert sheet.born_of == other.pk
    assert set(sheet.passages.values_list("thread_id", flat=True)) == {other.pk}
