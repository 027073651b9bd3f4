"""An accord is given to words: what becomes of it, and of her name, when the words are changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils.translation import gettext as _

from accounts.models import User
from forums.models import Thread
from practices.errors import (
    NothingLeft,
    PassageChanged,
    PassagesRewritten,
    WriterLeft,
    WrongStage,
)
from practices.models import Credit, Passage, Sheet
from practices.services import accords, births, life, writing
from practices.services.common import Missing
from tests.conftest import World
from tests.practices.test_births import (
    CONSENTS,
    complete,
    made,
    passage_by,
    said,
    say,
    secret,
    thread,
)

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
Consent = Passage.Consent
__all__ = ["secret", "thread"]  # fixtures
HERS = "Attention: ne pas commencer par les devoirs en retard."
OTHERS = "Attention: toujours commencer par les devoirs en retard"


def rewrite(sheet: Sheet, *lines: str, by: User) -> None:
    """Put these in the field where Ève's words were laid."""
    row = sheet.working_sections.get(name="lecons")
    values = row.values | {"mistakes": list(lines)}
    writing.save_section(sheet, "lecons", values, by=by, revision=row.revision)


def agreed(sheet: Sheet, world: World) -> Passage:
    """Everybody agreed, Ève with her name; nothing else is missing."""
    complete(sheet, world.maude)
    say(passage_by(sheet, world.real), world.real, yes=True)
    return say(passage_by(sheet, world.eve), world.eve, yes=True, named=True)


def consent_page(passage: Passage, client: Client) -> Any:
    return client.get(f"{CONSENTS}{passage.pk}/")


def quoted(page: Any) -> list[str]:
    found = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page.content.decode(), re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in found]


# ------------------------------------------------------------------------------ before she answers


def test_she_is_shown_her_words_as_they_were_cut(world: World, thread: Thread, as_: As) -> None:
    sheet = made(thread, world.maude)
    complete(sheet, world.maude)
    row = sheet.working_sections.get(name="deroulement")
    step = {"title": "À huit heures", "text": "On accueille le jeune à huit heures, sans reproche."}
    steps = [{"title": "Voici", "text": "Voici notre démarche."}, step]
    values = row.values | {"steps": steps}
    writing.save_section(sheet, "deroulement", values, by=world.maude, revision=row.revision)

    page = consent_page(passage_by(sheet, world.real), as_(world.real))

    assert not page.context["shown"].rewritten
    assert quoted(page) == [
        "Voici Voici notre démarche. À huit heures "
        "On accueille le jeune à huit heures, sans reproche."
    ]


def test_rewritten_words_are_shown_beside_hers(world: World, thread: Thread, as_: As) -> None:
    sheet = made(thread, world.maude)
    rewrite(sheet, OTHERS, "Sonner trop tôt", by=world.maude)

    page = consent_page(passage_by(sheet, world.eve), as_(world.eve))

    assert quoted(page) == [OTHERS, HERS]


def test_her_yes_is_about_what_she_was_shown(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)
    passage = passage_by(sheet, world.eve)
    before = accords.digest(HERS)
    rewrite(sheet, OTHERS, by=world.maude)

    with pytest.raises(PassageChanged):
        births.answer(passage, by=world.eve, yes=True, named=True, seen=before)
    seen = accords.digest(OTHERS)
    passage = births.answer(passage, by=world.eve, yes=True, named=True, seen=seen)

    assert (passage.text, passage.consent) == (OTHERS, Consent.GIVEN)
    assert passage not in [one for one, _hold in accords.held(sheet)]


def test_her_no_takes_out_what_she_was_shown(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)
    rewrite(sheet, OTHERS, "Sonner trop tôt", by=world.maude)

    passage = births.answer(
        passage_by(sheet, world.eve), by=world.eve, yes=False, seen=accords.digest(OTHERS)
    )

    assert passage.consent == Consent.DROPPED
    assert "devoirs" not in said(sheet)
    assert "Sonner trop tôt" in said(sheet)


def test_what_is_somebody_elses_is_not_shown_as_partly_hers(
    world: World, thread: Thread, as_: As
) -> None:
    from forums import services as forums

    near = "Surtout ne pas commencer par les devoirs en retard de la semaine, jamais."
    forums.reply(thread, by=world.real, text=near)
    sheet = made(thread, world.maude)
    rewrite(sheet, near, by=world.maude)

    page = consent_page(passage_by(sheet, world.eve), as_(world.eve))

    assert page.context["shown"].absent
    assert quoted(page) == [HERS]


# ------------------------------------------------------------------------------- after she agreed


def test_words_changed_after_her_accord_hold_the_sheet(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    agreed(sheet, world)
    rewrite(sheet, OTHERS, by=world.maude)

    with pytest.raises(PassagesRewritten):
        life.submit(sheet, by=world.maude)
    page = as_(world.maude).get(sheet.get_absolute_url())
    assert [one.rewritten for one in page.context["passages"]] == [False, False, True]
    rewrite(sheet, HERS, by=world.maude)
    assert life.submit(sheet, by=world.maude).progress == Sheet.Progress.SUBMITTED


def test_words_that_an_animator_changes_are_not_published_as_hers(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    agreed(sheet, world)
    life.submit(sheet, by=world.maude)
    rewrite(sheet, OTHERS, by=world.odile)

    with pytest.raises(PassagesRewritten):
        life.publish(sheet, by=world.odile)
    odile = as_(world.odile)
    page = odile.get(sheet.get_absolute_url())
    assert [one.rewritten for one in page.context["passages"]] == [False, False, True]
    assert len(odile.get(f"/pratiques/{sheet.pk}/vie/publier/").context["held"]) == 1


def test_what_stands_as_she_agreed_is_not_asked_again(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    assert births.ask_again(passage, by=world.maude).consent == Consent.GIVEN

    life.submit(sheet, by=world.maude)
    rewrite(sheet, OTHERS, by=world.odile)
    with pytest.raises(WrongStage):
        births.ask_again(passage, by=world.maude)
    assert births.ask_again(passage, by=world.odile).consent == Consent.WAITING


def test_who_left_is_not_asked_again_and_keeps_her_accord(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    rewrite(sheet, OTHERS, by=world.maude)
    User.objects.filter(pk=world.eve.pk).update(is_active=False)
    address = f"/pratiques/{sheet.pk}/passages/{passage.pk}/retirer/"

    with pytest.raises(WriterLeft):
        births.ask_again(passage, by=world.maude)
    page = as_(world.maude).post(address, {"acte": "redemander"}, follow=True).content.decode()

    passage.refresh_from_db()
    assert (passage.consent, passage.credited) == (Consent.GIVEN, True)
    assert str(WriterLeft.message) in page
    # Of who is unnamed nothing says that she left.
    Passage.objects.filter(pk=passage.pk).update(unnamed=True)
    assert births.ask_again(passage, by=world.maude).consent == Consent.WAITING


def test_the_page_does_not_say_that_words_that_stand_are_asked_again(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    address = f"/pratiques/{sheet.pk}/passages/{passage.pk}/retirer/"
    page = as_(world.maude).post(address, {"acte": "redemander"}, follow=True)
    said = [str(one) for one in page.context["messages"]]
    assert said == [_("Nothing was asked: these words stand as agreed to, or await their answer.")]


def test_rewritten_in_other_words_it_is_credited_to_nobody(
    world: World, thread: Thread, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    rewrite(sheet, "Laisser le travail pour plus tard.", by=world.maude)
    births.drop(passage, by=world.maude)

    life.submit(sheet, by=world.maude)
    life.publish(sheet, by=world.odile)
    work()

    assert not Credit.objects.filter(sheet=sheet, role=Credit.Role.PASSAGE).exists()


# ----------------------------------------------------------------------- what "submit" says of it


def test_the_page_that_submits_says_what_holds_the_sheet(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    address = f"/pratiques/{sheet.pk}/vie/soumettre/"
    page = as_(world.maude).get(address)
    assert page.context["missing"]
    assert len(page.context["held"]) == 2

    complete(sheet, world.maude)
    page = as_(world.maude).get(address)
    assert not page.context["missing"]
    assert f'href="{sheet.get_absolute_url()}#passages"' in page.content.decode()
    assert "<textarea" not in page.content.decode()

    agreed(sheet, world)
    assert "<textarea" in as_(world.maude).get(address).content.decode()


# ------------------------------------------------------------------------- found again afterwards


def test_she_finds_her_refusal_again_and_takes_it_back(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    passage = say(passage_by(sheet, world.eve), world.eve, yes=False)
    eve = as_(world.eve)
    assert f"{CONSENTS}{passage.pk}/" in eve.get(CONSENTS).content.decode()
    page = consent_page(passage, eve)
    assert quoted(page) == [HERS]

    eve.post(f"{CONSENTS}{passage.pk}/", {"reponse": "sans-nom", "vu": page.context["seen"]})

    passage.refresh_from_db()
    assert passage.consent == Consent.GIVEN
    assert HERS in said(sheet)


def test_refused_words_do_not_come_back_into_what_animators_are_reading(
    world: World, thread: Thread
) -> None:
    sheet = made(thread, world.maude)
    complete(sheet, world.maude)
    say(passage_by(sheet, world.real), world.real, yes=True)
    passage = say(passage_by(sheet, world.eve), world.eve, yes=False)
    complete(sheet, world.maude)
    life.submit(sheet, by=world.maude)

    with pytest.raises(WrongStage):
        say(passage, world.eve, yes=True)


def test_what_the_maker_did_without_is_not_hers_to_put_back(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    passage = say(passage_by(sheet, world.eve), world.eve, yes=True)
    births.drop(passage, by=world.maude)

    with pytest.raises(Missing):
        say(passage, world.eve, yes=True)
    eve = as_(world.eve)
    assert consent_page(passage, eve).status_code == 404
    page = eve.get(CONSENTS)
    assert page.context["without"] == [passage]
    assert "la fiche se passe de vos mots" in page.content.decode()


def test_the_maker_reads_what_doing_without_words_does_before_it_is_done(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    maude, address = as_(world.maude), f"/pratiques/{sheet.pk}/passages/{passage.pk}/retirer/"

    page = maude.post(address)

    passage.refresh_from_db()
    assert passage.consent == Consent.GIVEN
    assert quoted(page) == [HERS]
    assert "avait donné son accord" in page.content.decode()
    assert maude.post(address, {"acte": "retirer"}).status_code == 302
    passage.refresh_from_db()
    assert passage.consent == Consent.DROPPED
    assert HERS not in said(sheet)


def test_what_the_maker_did_without_is_put_back_and_asked_again(
    world: World, thread: Thread, as_: As, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    passage = births.drop(agreed(sheet, world), by=world.maude)
    work()
    outbox.outbox.clear()
    maude, address = as_(world.maude), f"/pratiques/{sheet.pk}/passages/{passage.pk}/retirer/"
    assert b'value="remettre"' in maude.get(sheet.get_absolute_url()).content

    for _press in range(2):
        maude.post(address, {"acte": "remettre"})
        work()

    passage.refresh_from_db()
    assert (passage.text, passage.consent, passage.credited) == (HERS, Consent.WAITING, False)
    assert said(sheet).count(HERS) == 1
    (mail,) = [one for one in outbox.outbox if one.to == [world.eve.email]]
    assert "récrits" not in mail.body
    say(passage, world.eve, yes=True)
    assert not accords.held(sheet)


def test_words_refused_are_not_put_back_by_the_maker(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)
    passage = say(passage_by(sheet, world.eve), world.eve, yes=False)

    assert births.put_back(passage, by=world.maude).consent == Consent.DROPPED
    assert HERS not in said(sheet)


def test_confidential_words_put_back_stay_out_until_their_writer_agrees(
    world: World, secret: Thread
) -> None:
    sheet = made(secret, world.odile, bearer=world.federation)
    passage = births.drop(passage_by(sheet, world.naima, unnamed=False), by=world.odile)

    passage = births.put_back(passage, by=world.odile)

    assert (passage.text, passage.consent) == ("", Consent.WAITING)
    assert "cacatoès" not in said(sheet)


def test_who_does_not_read_the_message_does_not_put_it_back(world: World, thread: Thread) -> None:
    from forums import services as forums

    sheet = made(thread, world.maude)
    passage = births.drop(passage_by(sheet, world.eve), by=world.maude)
    post = thread.posts.get(pk=passage.object_id)
    forums.hide_post(post, by=world.odile, reason="Nomme un jeune")

    with pytest.raises(Missing):
        births.put_back(passage, by=world.maude)


def test_words_of_which_nothing_is_left_come_back_as_agreed_and_are_not_asked_again(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    rewrite(sheet, "Laisser le travail pour plus tard.", by=world.maude)
    page = as_(world.maude).get(sheet.get_absolute_url()).content.decode()
    assert 'value="remettre"' in page
    assert 'value="redemander"' not in page

    with pytest.raises(NothingLeft):
        births.ask_again(passage, by=world.maude)
    assert births.put_back(passage, by=world.maude).consent == Consent.GIVEN
    assert not accords.held(sheet)


def test_nothing_left_of_her_words_is_said_once(world: World, thread: Thread, as_: As) -> None:
    sheet = made(thread, world.maude)
    passage = passage_by(sheet, world.eve)
    rewrite(sheet, "Laisser le travail pour plus tard.", by=world.maude)
    thread.posts.filter(pk=passage.object_id).update(text="Autre chose, tout simplement.")

    page = consent_page(passage, as_(world.eve))

    assert page.context["shown"].absent
    assert page.context["changed"]
    assert "Votre message ne dit pas exactement cela" not in page.content.decode()


def test_while_the_animators_have_it_the_maker_takes_it_back_before_changing_what_it_quotes(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    agreed(sheet, world)
    life.submit(sheet, by=world.maude)
    form = f"/pratiques/{sheet.pk}/passages/"

    page = as_(world.maude).get(sheet.get_absolute_url()).content.decode()
    assert form not in page
    assert f'<a href="/pratiques/{sheet.pk}/vie/">reprenez-la</a>' in page
    assert form in as_(world.odile).get(sheet.get_absolute_url()).content.decode()
    life.claim(sheet, by=world.odile)
    page = as_(world.maude).get(sheet.get_absolute_url()).content.decode()
    assert form not in page
    assert "reprenez-la" not in page


def test_the_animators_see_what_was_refused_since_it_was_submitted(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    life.submit(sheet, by=world.maude)
    odile = as_(world.odile)
    assert (
        "depuis que la fiche est soumise"
        not in odile.get(sheet.get_absolute_url()).content.decode()
    )

    say(passage, world.eve, yes=False)

    page = odile.get(sheet.get_absolute_url()).content.decode()
    assert page.count("depuis que la fiche est soumise") == 1


def test_her_words_are_found_again_once_they_are_published(
    world: World, thread: Thread, as_: As, work: Callable[[], None]
) -> None:
    sheet = made(thread, world.maude)
    passage = agreed(sheet, world)
    life.submit(sheet, by=world.maude)
    life.publish(sheet, by=world.odile)
    work()
    eve, url = as_(world.eve), f"{CONSENTS}{passage.pk}/"

    assert url in eve.get(CONSENTS).content.decode()
    page = eve.get(url)
    assert quoted(page) == [HERS]
    assert sheet.get_absolute_url() in page.content.decode()
    assert 'name="reponse"' not in page.content.decode()
    assert eve.post(url, {"reponse": "non", "vu": page.context["seen"]}).status_code == 404
    assert as_(world.naima).get(url).status_code == 404
    life.withdraw(sheet, by=world.odile, reason="Fini")
    assert eve.get(url).status_code == 404
