"""When the words of several people were put in one line: what each is shown, and takes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from forums.models import Thread
from practices import whose
from practices.laying import Entry
from practices.models import Passage, Sheet
from practices.sections import BY_NAME, Field
from practices.services import accords, births, writing
from tests.conftest import World
from tests.practices.test_births import made, passage_by, posts, said, say, secret, thread
from tests.practices.test_births_accord import HERS, agreed, consent_page, quoted, rewrite

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
Consent = Passage.Consent
__all__ = ["secret", "thread"]  # fixtures
REAL = "On accueille le jeune à huit heures, sans reproche."
MAUDE = "Cette longue phrase est celle de Maude."
SECRET = "Le cacatoès se lève tous les matins."
MISTAKES = BY_NAME["lecons"].field("mistakes")
CONTEXT = BY_NAME["besoin"].field("context")
STEPS = BY_NAME["deroulement"].field("steps")


def lines(sheet: Sheet) -> list[str]:
    found: list[str] = sheet.working_sections.get(name="lecons").values.get("mistakes", [])
    return found


def answer(passage: Passage, by: User, *, yes: bool) -> Passage:
    """She answers what she is shown."""
    shown = accords.shown_to(passage, by)
    assert shown is not None
    return births.answer(passage, by=by, yes=yes, seen=accords.digest(shown.agreed))


def half_rewritten(sheet: Sheet, world: World) -> Passage:
    """Of two sentences of Ève one is left, in the line of Réal's."""
    passage = passage_by(sheet, world.eve)
    passage.text = f"{HERS} Toujours saluer la personne en premier."
    passage.save()
    rewrite(sheet, f"{REAL} {HERS}", by=world.maude)
    return passage


# --------------------------------------------------------------------------------- what is shown


def test_words_of_another_in_the_line_of_hers_are_not_shown(
    world: World, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.maude)
    rewrite(sheet, f"{HERS} {REAL} {MAUDE}", by=world.maude)

    page = consent_page(passage_by(sheet, world.eve), as_(world.eve))

    assert not page.context["shown"].rewritten
    assert quoted(page) == [HERS]


def test_words_of_a_confidential_space_in_the_line_of_hers_are_not_shown(
    world: World, secret: Thread, thread: Thread, as_: As
) -> None:
    sheet = made(thread, world.naima)
    Passage.objects.create(
        sheet=sheet,
        kind="post",
        object_id=posts(secret)[2].pk,
        thread_id=secret.pk,
        section="lecons",
        field="mistakes",
        text=SECRET,
        writer=world.naima,
        quiet=True,
        consent=Consent.GIVEN,
        answered_at=timezone.now(),
    )
    rewrite(sheet, f"{HERS} {SECRET}", by=world.naima)
    page = consent_page(passage_by(sheet, world.eve), as_(world.eve))
    assert "cacatoès" not in page.content.decode()

    # Nor once it was rewritten: it is nearer to its own words than to hers.
    rewrite(sheet, f"{HERS} Le vieux cacatoès se lève tous les matins tôt.", by=world.naima)
    page = consent_page(passage_by(sheet, world.eve), as_(world.eve))
    assert "cacatoès" not in page.content.decode()


def test_her_yes_to_rewritten_words_is_about_her_sentences(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)
    passage = answer(half_rewritten(sheet, world), world.eve, yes=True)
    assert (passage.text, passage.consent) == (HERS, Consent.GIVEN)
    assert passage not in [one for one, _hold in accords.held(sheet)]


# ----------------------------------------------------------------------------- what her no takes


def test_her_no_leaves_the_sentence_of_another(world: World, thread: Thread) -> None:
    sheet = made(thread, world.maude)
    agreed(sheet, world)
    row = sheet.working_sections.get(name="deroulement")
    values = row.values | {"steps": [{"title": "", "text": "Voici notre démarche."}]}
    writing.save_section(sheet, "deroulement", values, by=world.maude, revision=row.revision)

    passage = answer(half_rewritten(sheet, world), world.eve, yes=False)

    assert passage.consent == Consent.DROPPED
    assert lines(sheet) == [REAL]
    assert accords.held(sheet) == []


def test_her_no_leaves_the_sentence_of_whoever_makes_the_sheet(
    world: World, thread: Thread
) -> None:
    sheet = made(thread, world.maude)
    near = "Attention: ne pas commencer par tous les devoirs en retard."
    rewrite(sheet, f"{near} {MAUDE}", by=world.maude)

    passage = answer(passage_by(sheet, world.eve), world.eve, yes=False)

    assert passage.consent == Consent.DROPPED
    assert lines(sheet) == [MAUDE]


def test_her_words_leave_the_line_where_they_stand_with_others(
    world: World, thread: Thread
) -> None:
    sheet = made(thread, world.maude)
    rewrite(sheet, f"{REAL} {HERS} {MAUDE}", by=world.maude)
    assert say(passage_by(sheet, world.eve), world.eve, yes=False).consent == Consent.DROPPED
    assert lines(sheet) == [f"{REAL} {MAUDE}"]
    assert "devoirs" not in said(sheet)


# -------------------------------------------------------------------------- sentence by sentence


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        (MISTAKES, [f"{MAUDE} {HERS}"], [MAUDE]),
        (MISTAKES, [MAUDE, HERS], [MAUDE]),
        (CONTEXT, f"{MAUDE}\n{HERS} {REAL}\n\n{SECRET}", f"{MAUDE} {REAL}\n\n{SECRET}"),
        (CONTEXT, f"1. {MAUDE}\n2. {HERS}\n3. {REAL}", f"1. {MAUDE}\n3. {REAL}"),
        (
            STEPS,
            [{"title": "Attention", "text": f"ne pas commencer par les devoirs en retard. {REAL}"}],
            [{"title": "", "text": REAL}],
        ),
        (STEPS, [{"title": "Midi", "text": f"{HERS} {REAL}"}], [{"title": "Midi", "text": REAL}]),
        (STEPS, [{"title": "Midi", "text": HERS}], None),
    ],
)
def test_sentences_are_lifted_from_those_of_others(field: Field, value: Any, left: Any) -> None:
    assert whose.lift(field, {field.name: value}, HERS).get(field.name) == left


def test_a_short_line_is_not_lifted_from_anothers() -> None:
    assert whose.lift(MISTAKES, {"mistakes": [f"{REAL} Oui."]}, "Oui.") == {
        "mistakes": [f"{REAL} Oui."]
    }


SENTENCES = st.lists(
    st.sampled_from([HERS, REAL, MAUDE, SECRET, "Oui.", "Attention: les devoirs d’abord!"]),
    max_size=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=SENTENCES, apart=st.booleans())
def test_nobody_is_shown_a_sentence_of_another(said: list[str], apart: bool) -> None:
    entries = [Entry("lecons", "mistakes", " ".join(said))]
    shown = whose.parts_of if apart else whose.beside_others
    found = " ".join(one.text for one in shown(entries, HERS, [REAL, SECRET]))
    assert REAL not in found
    assert SECRET not in found
    assert (HERS in found) is (HERS in said)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=SENTENCES)
def test_what_is_lifted_leaves_every_other_sentence(said: list[str]) -> None:
    left = whose.lift(MISTAKES, {"mistakes": [" ".join(said)]}, HERS).get("mistakes", [])
    kept = list(said)
    if HERS in kept:
        kept.remove(HERS)
    assert " ".join(left) == " ".join(kept)
