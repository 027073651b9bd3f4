"""A text that is kept while it is typed: for its author alone, whatever happens to her session."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.writing import writer_token
from forums import services
from forums.models import Draft, Post, Thread
from tests.conftest import World
from tests.forums.test_budgets import counted
from tests.forums.test_writing import field, form_of

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
KEEP = "/discussions/brouillon/"


def sheet_of(user: User, text: str, **more: Any) -> dict[str, Any]:
    return {
        "writer": writer_token(user), "submission": str(uuid.uuid4()), "text": text
    } | more  # fmt: skip


def test_each_keeping_replaces_the_one_before(world: World, question: Thread, as_: As) -> None:
    maude = as_(world.maude)
    typed = sheet_of(world.maude, "Un début")
    first = maude.post(f"{KEEP}?fil={question.pk}", typed).json()
    typed |= {"brouillon": first["revision"], "text": "Autre chose"}
    second = maude.post(f"{KEEP}?fil={question.pk}", typed).json()
    assert (first["sheet"], first["revision"], second["revision"]) == (typed["submission"], 1, 2)
    assert Draft.objects.get().body == "Autre chose"
    typed |= {"brouillon": 2, "text": " "}
    assert maude.post(f"{KEEP}?fil={question.pk}", typed).json()["said"] == ""
    assert not Draft.objects.exists()


def test_of_two_windows_on_one_sheet_neither_effaces_the_other(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    typed = sheet_of(world.maude, "Le matin")
    maude.post(f"{KEEP}?fil={question.pk}", typed)
    other = maude.post(f"{KEEP}?fil={question.pk}", typed | {"text": "Le soir"}).json()
    assert other["sheet"] != typed["submission"]
    assert set(Draft.objects.values_list("body", flat=True)) == {"Le matin", "Le soir"}
    page = maude.get(other["other"]["url"]).content.decode()
    assert "Le matin" in page and field(page, "submission") == typed["submission"]


def test_an_answer_that_was_lost_on_the_way_makes_no_second_sheet(
    world: World, question: Thread
) -> None:
    sheet = uuid.uuid4()
    for text in ("Un début", "Un début et une suite"):
        services.keep_draft(by=world.maude, thread=question, sheet=sheet, text=text)
    assert Draft.objects.get().body == "Un début et une suite"


def test_it_goes_on_once_the_session_has_ended(world: World, question: Thread, as_: As) -> None:
    answer = as_(None).post(f"{KEEP}?fil={question.pk}", sheet_of(world.maude, "Un pélican"))
    assert "Votre session a pris fin" in answer.json()["ended"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert Draft.objects.get().user == world.maude


def test_only_the_form_of_its_author_keeps_it(world: World, question: Thread, as_: As) -> None:
    bad = sheet_of(world.maude, "Un pélican", writer="faux")
    assert as_(world.maude).post(KEEP, bad).status_code == 403
    assert as_(None).post(KEEP, bad).status_code == 302
    away = sheet_of(world.real, "Un pélican")
    assert as_(world.real).post(f"{KEEP}?fil={question.pk}", away).status_code == 404
    assert as_(world.real).post(f"{KEEP}?fil=abc", away).status_code == 404
    assert as_(world.real).post(f"{KEEP}?fil=98765", away).status_code == 404
    world.maude.is_active = False
    world.maude.save()
    gone = sheet_of(world.maude, "Un pélican")
    assert as_(None).post(f"{KEEP}?fil={question.pk}", gone).status_code == 302
    assert not Draft.objects.exists()


def test_somebody_elses_sheet_is_a_sheet_of_her_own(world: World, as_: As) -> None:
    typed = sheet_of(world.maude, "Un pélican")
    as_(world.maude).post(KEEP, typed)
    as_(world.eve).post(KEEP, typed | {"writer": writer_token(world.eve), "text": "Une loutre"})
    assert dict(Draft.objects.values_list("user__first_name", "body")) == {
        "Maude": "Un pélican",
        "Ève": "Une loutre",
    }


def test_what_is_kept_is_published_once_and_forgotten(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    maude.post(f"{KEEP}?fil={question.pk}", sheet_of(world.maude, "Un début"))
    services.keep_draft(by=world.maude, thread=question, text="Dans une autre fenêtre")
    kept = Draft.objects.get(body="Un début")
    page = maude.get(f"{question.get_absolute_url()}?brouillon={kept.sheet}").content.decode()
    assert "Un début" in page and "dans une autre fenêtre" in page
    maude.post(f"/discussions/{question.pk}/repondre/", form_of(page, text="Un début, fini."))
    assert Post.objects.get(position=2).text == "Un début, fini."
    assert Draft.objects.get().body == "Dans une autre fenêtre"


def test_a_quotation_is_added_to_what_was_begun(world: World, question: Thread, as_: As) -> None:
    services.keep_draft(by=world.odile, thread=question, text="Un début")
    services.keep_draft(by=world.maude, thread=question, html="<p>Un <strong>début</strong></p>")
    opening = question.posts.get()
    address = f"{question.get_absolute_url()}?citer={opening.pk}"
    page = as_(world.odile).get(address)
    text = page.context["form"]["text"].value()
    assert text.startswith("Un début\n\n> Par où") and text.endswith("\n\n")
    assert page.context["form"]["parent"].value() == opening.pk
    rich = as_(world.maude).get(address).context["form"]["text"].value()
    assert rich.startswith("<p>Un <strong>début</strong></p><blockquote>")


def test_a_change_that_was_begun_is_offered_on_its_page(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    opening = question.posts.get()
    maude.post(f"{KEEP}?message={opening.pk}", sheet_of(world.maude, "Ma question, mieux"))
    edit = f"/discussions/messages/{opening.pk}/modifier/"
    assert 'href="?brouillon=1"' in maude.get(edit).content.decode()
    assert "Ma question, mieux" in maude.get(f"{edit}?brouillon=1").content.decode()
    assert "Ma question, mieux" not in maude.get(question.get_absolute_url()).content.decode()


def test_a_page_costs_one_statement_for_each_place_where_something_is_kept(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    costs = []
    for more in (0, 3, 30):
        for number in range(more):
            services.keep_draft(by=world.maude, thread=question, text=f"Début {number}")
        maude.get(question.get_absolute_url())
        with counted() as found:
            maude.get(question.get_absolute_url())
        costs.append(len(found))
    assert costs[1] == costs[2] == costs[0] + 2


def test_keeping_is_limited(world: World, as_: As) -> None:
    maude = as_(world.maude)
    with time_machine.travel(timezone.now(), tick=False):
        answers = [maude.post(KEEP, sheet_of(world.maude, "")).status_code for _ in range(61)]
    assert answers[-2:] == [200, 429]
