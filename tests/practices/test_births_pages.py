"""The pages from a thread to its sheet, and what goes with a sheet."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core import links
from forums import services as forums
from forums.models import Thread
from practices.models import Passage, Sheet
from practices.services.common import working_content
from tests.conftest import World, make_person
from tests.library.conftest import make_document
from tests.library.conftest import make_terms as library_terms
from tests.practices.conftest import make_published, make_terms
from tests.practices.test_births import FORM, made, posts, secret, thread

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
__all__ = ["secret", "thread"]  # fixtures


def sent(thread: Thread, **more: Any) -> dict[str, Any]:
    """What the form sends for all the messages of the thread."""
    numbers = [post.pk for post in posts(thread)]
    words = {"fil": thread.pk, "title": "Un retour", "m": numbers, "act": "creer"}
    return words | {"submission": str(uuid.uuid4())} | more


# ------------------------------------------------------------------------------ from a thread


def test_the_thread_offers_it_to_who_may_begin_a_sheet(
    world: World, thread: Thread, as_: As
) -> None:
    address = f"{FORM}?fil={thread.pk}"
    guest = make_person(
        "Gaëlle", role=User.Role.GUEST, spaces=(world.common,),
        access_until=timezone.now() + timedelta(days=30),
    )  # fmt: skip
    assert address in as_(world.eve).get(thread.get_absolute_url()).content.decode()
    assert address not in as_(guest).get(thread.get_absolute_url()).content.decode()
    assert as_(guest).get(address).status_code == 403


def test_the_form_of_a_thread_that_she_does_not_read_is_not_there(
    world: World, secret: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    for number in (secret.pk, 999_999, "x", ""):
        assert maude.get(f"{FORM}?fil={number}").status_code == 404
    assert maude.post(FORM, sent(secret)).status_code == 404
    assert as_(None).get(f"{FORM}?fil={secret.pk}").status_code == 302


def test_it_proposes_each_section_and_says_why(world: World, thread: Thread, as_: As) -> None:
    page = as_(world.maude).get(f"{FORM}?fil={thread.pk}")

    lines = page.context["lines"]
    assert [one.target for one in lines] == [
        "besoin.context",
        "deroulement.steps",
        "lecons.mistakes",
    ]
    assert [one.chosen for one in lines] == [True, True, False]
    body = page.content.decode()
    assert all(str(one.because) in body for one in lines)


def test_she_changes_what_she_wishes(world: World, thread: Thread, as_: As) -> None:
    first, answer, third = (post.pk for post in posts(thread))
    data = sent(thread, m=[answer, third])
    data |= {f"s-{answer}": "lecons.success", f"p-{answer}": ["1"], f"s-{third}": "faux.champ"}

    made_at = as_(world.maude).post(FORM, data)

    sheet = Sheet.objects.get()
    assert made_at["Location"] == sheet.get_absolute_url()
    content = working_content(sheet)
    assert content["lecons"]["success"] == ["On accueille le jeune à huit heures, sans reproche."]
    assert "besoin" not in content
    assert sheet.bearer == world.relais
    assert not sheet.passages.filter(object_id=first).exists()


def test_what_could_identify_a_young_person_is_shown_before_the_draft_is_made(
    world: World, thread: Thread, as_: As
) -> None:
    forums.reply(thread, by=world.real, text="Appelez sa mère au 418-722-3344 en cas de besoin.")
    maude, data = as_(world.maude), sent(thread)

    warned = maude.post(FORM, data)
    assert warned.status_code == 200
    assert [one.label for one in warned.context["parts"]] == ["Réal L."]
    assert not Sheet.objects.exists()

    maude.post(FORM, data | {"act": "corriger"})
    sheet = Sheet.objects.get()
    assert "722-3344" not in str(working_content(sheet))
    assert not Passage.objects.filter(text__contains="722-3344").exists()


def test_she_may_go_on_as_it_is(world: World, thread: Thread, as_: As) -> None:
    forums.reply(thread, by=world.real, text="Appelez sa mère au 418-722-3344 en cas de besoin.")

    as_(world.maude).post(FORM, sent(thread, act="tel-quel"))

    assert "722-3344" in str(working_content(Sheet.objects.get()))


def test_what_does_not_fit_is_said_and_nothing_is_made(
    world: World, thread: Thread, as_: As
) -> None:
    long = "\n".join(f"{n}. Une étape de plus" for n in range(1, 40))
    forums.reply(thread, by=world.real, text=long)

    answer = as_(world.maude).post(FORM, sent(thread))

    assert answer.status_code == 400
    assert answer.context["form"].non_field_errors()
    assert not Sheet.objects.exists()
    assert not Passage.objects.exists()


def test_nothing_chosen_and_no_title_are_said(world: World, thread: Thread, as_: As) -> None:
    maude = as_(world.maude)
    assert maude.post(FORM, sent(thread, m=[])).status_code == 400
    assert maude.post(FORM, sent(thread, title="")).status_code == 400
    assert not Sheet.objects.exists()


def test_what_she_chose_on_one_page_is_kept_on_the_other(
    world: World, thread: Thread, as_: As
) -> None:
    for number in range(25):
        forums.reply(thread, by=world.real, text=f"Réponse numéro {number}, avec ses mots.")
    maude, first = as_(world.maude), posts(thread)[0].pk
    data = sent(thread, m=[first], act="page:2") | {f"s-{first}": "besoin.context"}

    second = maude.post(FORM, data)
    assert (second.context["page"], second.context["pages"]) == (2, 2)
    hidden = dict(second.context["elsewhere"])
    assert hidden == {"m": first, f"s-{first}": "besoin.context"}
    assert 'value="Un retour"' in second.content.decode()
    last = posts(thread)[-1].pk
    maude.post(FORM, sent(thread, m=[first, last]) | {f"s-{first}": "besoin.context"})

    assert set(Sheet.objects.get().passages.values_list("object_id", flat=True)) == {first, last}


def test_an_animator_says_which_organisation_bears_it(
    world: World, thread: Thread, as_: As
) -> None:
    odile = as_(world.odile)
    assert odile.post(FORM, sent(thread)).status_code == 400

    odile.post(FORM, sent(thread, bearer=world.phare.pk))

    assert Sheet.objects.get().bearer == world.phare


def test_of_a_confidential_space_no_title_is_proposed(
    world: World, secret: Thread, as_: As
) -> None:
    page = as_(world.naima).get(f"{FORM}?fil={secret.pk}")

    assert page.context["form"].initial["title"] == ""
    assert page.headers["Cache-Control"].startswith("no-store")
    body = page.content.decode()
    assert not re.search(r'name="title"[^>]*perroquet', body)


def test_the_form_costs_the_same_for_three_messages_and_for_twenty(
    world: World, thread: Thread, as_: As, django_assert_max_num_queries: Any
) -> None:
    maude = as_(world.maude)
    maude.get(f"{FORM}?fil={thread.pk}")
    for _round in range(2):
        # The shell, the thread, its space, its messages.
        with django_assert_max_num_queries(8):
            maude.get(f"{FORM}?fil={thread.pk}")
        for number in range(15):
            forums.reply(thread, by=world.eve, text=f"Réponse {number}.")


def test_who_does_not_make_the_sheet_drops_nothing(world: World, thread: Thread, as_: As) -> None:
    sheet = made(thread, world.maude)
    passage = sheet.passages.get(writer=world.eve)
    address = f"/pratiques/{sheet.pk}/passages/{passage.pk}/retirer/"

    assert as_(world.eve).post(address).status_code == 404
    assert as_(world.maude).post(f"/pratiques/{sheet.pk}/passages/99/retirer/").status_code == 404
    assert as_(world.maude).post(address, {"acte": "retirer"}).status_code == 302
    assert sheet.passages.get(pk=passage.pk).consent == Passage.Consent.DROPPED


# --------------------------------------------------------------------------- what goes with it


@pytest.fixture
def sheet(world: World) -> Sheet:
    return make_published(world, public=True)


def test_who_bears_it_ties_what_goes_with_it(world: World, sheet: Sheet, as_: As) -> None:
    library_terms()
    document = make_document(world.real, title="Un guide du retour")
    maude, here = as_(world.maude), f"/pratiques/{sheet.pk}/lier/"

    for text in ("guide", f"https://exemple.test{document.get_absolute_url()}"):
        found = maude.get(here, {"q": text}).context["found"]
        assert [group.rows[0][0] for group in found] == [f"document-{document.pk}"]
    maude.post(here, {"quoi": f"document-{document.pk}", "acte": "lier"})
    assert links.others(sheet, world.maude) == [document]
    assert maude.get(here, {"q": "guide"}).context["found"] == []

    maude.post(here, {"quoi": f"document-{document.pk}", "acte": "delier"})
    assert links.others(sheet, world.maude) == []


def test_each_reader_finds_only_what_she_reads(
    world: World, sheet: Sheet, secret: Thread, as_: As
) -> None:
    other = make_published(world, identite={"title": "Une autre pratique"})
    links.link(sheet, other, by=world.odile)
    links.link(sheet, secret, by=world.odile)
    here = f"/pratiques/{sheet.pk}/lies/"

    assert "Titre perroquet" in as_(world.naima).get(here).content.decode()
    seen = as_(world.real).get(here).content.decode()
    assert "Une autre pratique" in seen
    assert "perroquet" not in seen
    part = as_(world.real).get(here, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert as_(None).get(here).status_code == 302
    assert "/lies/" not in as_(None).get(sheet.get_absolute_url()).content.decode()


def test_nobody_ties_to_a_sheet_that_she_does_not_bear(
    world: World, sheet: Sheet, secret: Thread, as_: As
) -> None:
    here = f"/pratiques/{sheet.pk}/lier/"
    assert as_(world.eve).get(here).status_code == 403
    assert as_(world.eve).post(here, {"quoi": "sheet-1", "acte": "lier"}).status_code == 403
    # Nor what she does not read.
    maude = as_(world.maude)
    for value in (f"thread-{secret.pk}", "thread-999999", "user-1", "x"):
        assert maude.post(here, {"quoi": value, "acte": "lier"}).status_code == 404


def test_a_thread_discusses_the_practice_and_each_leads_to_the_other(
    world: World, sheet: Sheet, as_: As
) -> None:
    real = as_(world.real)
    address = f"/discussions/nouveau/?a-propos=sheet-{sheet.pk}"
    assert address in real.get(f"/pratiques/{sheet.pk}/lies/").content.decode()
    page = real.get(f"{address}&communaute=place-commune")
    assert sheet.title in page.content.decode()

    thread = forums.create_thread(
        by=world.real, space=world.common, text="Qui l’a essayée?", about=sheet
    )

    assert sheet.title in real.get(thread.get_absolute_url()).content.decode()
    assert "Qui l’a essayée" in real.get(f"/pratiques/{sheet.pk}/lies/").content.decode()


def test_what_goes_with_a_sheet_costs_the_same_for_one_and_for_thirty(
    world: World, sheet: Sheet, as_: As, django_assert_max_num_queries: Any
) -> None:
    make_terms()
    library_terms()
    real, here = as_(world.real), f"/pratiques/{sheet.pk}/lies/"
    real.get(here)
    for number in (1, 15):
        for n in range(number):
            links.link(sheet, make_document(world.maude, title=f"Guide {n}"), by=world.maude)
            about = forums.create_thread(by=world.maude, space=world.common, text=f"Fil {n}")
            links.link(about, sheet, by=world.maude)
        # The shell, the sheet, the ties, the documents and the threads.
        with django_assert_max_num_queries(9):
            real.get(here, headers={"HX-Request": "true"})


def test_a_sheet_born_of_a_thread_costs_one_query_more(
    world: World, sheet: Sheet, thread: Thread, as_: As, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    real = as_(world.real)
    real.get(sheet.get_absolute_url())
    with CaptureQueriesContext(
        connection,
    ) as before:
        real.get(sheet.get_absolute_url())
    Sheet.objects.filter(pk=sheet.pk).update(born_of=thread.pk)

    with django_assert_num_queries(len(before) + 1):
        page = real.get(sheet.get_absolute_url())
    assert thread.title in page.content.decode()
    with CaptureQueriesContext(connection) as visitors:
        assert thread.title not in as_(None).get(sheet.get_absolute_url()).content.decode()
    assert len(visitors) <= 6
