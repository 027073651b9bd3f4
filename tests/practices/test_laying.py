"""The rules by which words are laid into a sheet: written, shown, and undone word for word."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practices import laying
from practices.content import clean
from practices.errors import FieldTooLong, TooMany
from practices.sections import BY_NAME, Field

STEPS = BY_NAME["deroulement"].field("steps")
MISTAKES = BY_NAME["lecons"].field("mistakes")
CONTEXT = BY_NAME["besoin"].field("context")


@pytest.mark.parametrize(
    ("text", "role", "where"),
    [
        ("Comment faire?", "question", "besoin.context"),
        ("1. Appeler\n2. Attendre\n3. Revenir", "", "deroulement.steps"),
        ("Attention à l’heure.", "", "lecons.mistakes"),
        ("À éviter : deux intervenantes en alternance.", "", "lecons.mistakes"),
        ("Notre erreur a été d’insister.", "", "lecons.mistakes"),
        ("Il ne faut surtout pas sonner.", "", "lecons.mistakes"),
        ("71 jeunes sur 92 sont revenus.", "", "resultats.observed"),
        ("L’absentéisme a diminué de 12 %.", "", "resultats.observed"),
        ("Cela coûte 500 $ par mois.", "", "cout.detail"),
        ("On appelle la veille.", "answer", "deroulement.steps"),
        ("Ce qui marche, c’est la même personne.", "", "lecons.success"),
        ("On passe le mardi.", "", "deroulement.steps"),
        ("1. Une seule ligne", "", "deroulement.steps"),
        ("La question dit attention", "question", "besoin.context"),
    ],
)
def test_each_rule_proposes_a_section(text: str, role: str, where: str) -> None:
    proposal = laying.propose(text, role)
    assert proposal.target == where
    assert str(proposal.because)


def test_every_rule_leads_to_a_field_that_takes_words() -> None:
    for rule in laying.RULES:
        assert laying.target(rule.proposal.target) is not None
    offered = {value for _label, fields in laying.targets() for value, _name in fields}
    assert {rule.proposal.target for rule in laying.RULES} <= offered


@pytest.mark.parametrize(
    "name", ["identite.title", "anglais.title_en", "cout.band", "x.y", "", "."]
)
def test_nothing_is_laid_where_no_words_go(name: str) -> None:
    assert laying.target(name) is None


def test_what_a_message_quotes_of_another_is_not_hers() -> None:
    text = "> Les mots de Réal\n> encore\n\nMes mots.\n\n> et lui\nla suite"
    assert laying.paragraphs(text) == ["Mes mots.", "la suite"]


def test_a_list_makes_steps_with_their_names() -> None:
    text = "1. Avant\u00a0: l’école appelle.\n2. On attend\nun peu."
    assert laying.pieces(STEPS, text) == [
        {"title": "Avant", "text": "l’école appelle."},
        {"title": "", "text": "On attend\nun peu."},
    ]


def test_a_long_paragraph_is_cut_at_its_sentences() -> None:
    sentence = "Une phrase assez longue pour compter dans la ligne. "
    lines = laying.pieces(MISTAKES, sentence * 10)
    assert len(lines) > 1
    assert all(len(line) <= MISTAKES.most for line in lines)
    assert " ".join(lines) == (sentence * 10).strip()


def test_too_much_is_refused_by_name() -> None:
    with pytest.raises(FieldTooLong):
        laying.lay(CONTEXT, {}, "mot " * 2000)
    with pytest.raises(TooMany):
        laying.lay(MISTAKES, {}, "\n".join(f"- piège {n}" for n in range(30)))


def test_what_is_lifted_leaves_the_rest() -> None:
    values = laying.lay(MISTAKES, {"mistakes": ["Sonner trop tôt"]}, "Insister auprès du parent.")
    assert laying.lift(MISTAKES, values, "Insister auprès du parent.") == {
        "mistakes": ["Sonner trop tôt"]
    }
    said = laying.lay(CONTEXT, {"context": "Avant."}, "Ses mots à elle.")
    assert laying.lift(CONTEXT, said, "Ses mots à elle.") == {"context": "Avant."}


@pytest.mark.parametrize(
    ("kept", "there"),
    [
        ("Il a écrit: Attention: ne pas commencer par les devoirs! Bon.", True),
        ("attention : NE PAS commencer par les devoirs!", True),
        ("Laisser les devoirs.", False),
        ("", False),
    ],
)
def test_a_sentence_is_found_wherever_it_went(kept: str, there: bool) -> None:
    text = "Attention: ne pas commencer par les devoirs! Oui."
    content: dict[str, Any] = {"resultats": {"observed": ["Autre", kept]}}
    assert laying.still_there(content, text) is there


def test_a_named_step_is_found_too() -> None:
    content = {"deroulement": {"steps": [{"title": "Avant midi", "text": "l’école appelle."}]}}
    assert laying.still_there(content, "Avant midi : l’école appelle.")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60)
TEXTS = st.lists(WORDS, max_size=5).map("\n\n".join)
FIELDS = st.sampled_from([STEPS, MISTAKES, CONTEXT])


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS, before=TEXTS, field=FIELDS)
def test_what_is_laid_and_lifted_leaves_what_was_there(
    text: str, before: str, field: Field
) -> None:
    text, before = laying.chosen(text, ()), laying.chosen(before, ())
    if not text:
        return
    there = laying.lay(field, {}, before) if before else {}
    laid = laying.lay(field, there, text)
    left = laying.lift(field, laid, text)
    if field is CONTEXT:
        assert left == there
    else:
        ours = left.get(field.name, [])
        assert sorted(map(str, ours)) == sorted(map(str, there.get(field.name, [])))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS)
def test_what_is_laid_is_kept_as_it_is(text: str) -> None:
    """Saving a section changes nothing of the pieces, so that they are found again."""
    text = laying.chosen(text, ())
    for section, field in (("deroulement", STEPS), ("lecons", MISTAKES)):
        laid = laying.lay(field, {}, text) if text else {}
        kept = clean(BY_NAME[section], laid)
        assert kept.get(field.name, []) == [one for one in laid.get(field.name, []) if one]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS, before=TEXTS)
def test_what_is_laid_stands_there_word_for_word(text: str, before: str) -> None:
    """However it was cut, and whatever stands before it."""
    text, before = laying.chosen(text, ()), laying.chosen(before, ())
    for section, field in (("deroulement", STEPS), ("lecons", MISTAKES), ("besoin", CONTEXT)):
        there = laying.lay(field, {}, before) if before else {}
        laid = clean(BY_NAME[section], laying.lay(field, there, text)) if text else there
        assert laying.stand({section: laid}, section, field.name, text).whole


HERS = "On a dix employées : trois autobus. Les parents s’occupent du reste."


@pytest.mark.parametrize(
    ("steps", "whole"),
    [
        ([("On a dix employées", "trois autobus. Les parents s’occupent du reste.")], True),
        ([("Qui", "On a dix employées\u00a0: trois autobus."),
          ("", "Les parents s’occupent du reste.")], True),
        ([("Qui", "On a dix employées : trois autobus. Et les parents s’occupent du "
                  "reste.")], False),
        ([("", "On n’a pas dit on a dix employées : trois autobus. Les parents s’occupent du "
               "reste.")], False),
        ([("On a dix employées", "trois autobus")], False),
        ([("", "On a dix employées : trois autobus, et les parents ne s’occupent de rien")], False),
        ([], False),
    ],
)  # fmt: skip
def test_words_stand_when_each_sentence_is_there(steps: list[tuple[str, str]], whole: bool) -> None:
    content = {"deroulement": {"steps": [{"title": a, "text": b} for a, b in steps]}}
    assert laying.stand(content, "deroulement", "steps", HERS).whole is whole


def test_a_line_without_its_full_stop_does_not_go_on() -> None:
    content: dict[str, Any] = {"lecons": {"mistakes": ["Il part sauf le lundi", "Elle aussi."]}}
    assert not laying.stand(content, "lecons", "mistakes", "Il part").whole
    assert laying.stand(content, "lecons", "mistakes", "- Elle aussi").whole


def test_words_stand_wherever_they_were_moved() -> None:
    content: dict[str, Any] = {"resultats": {"observed": ["Autre", "Elle aussi."]}}
    found = laying.stand(content, "lecons", "mistakes", "Elle aussi.")
    assert found.whole
    assert [(one.section, one.said) for one in found.entries] == [("resultats", "Elle aussi.")]


def test_a_short_sentence_is_shown_beside_the_others_of_its_writer() -> None:
    lines = ["Merci. Ce que dit une autre personne.", "Ce que je dis, moi. Merci."]
    content: dict[str, Any] = {"lecons": {"mistakes": lines}}
    found = laying.stand(content, "lecons", "mistakes", "Merci. Ce que je dis, moi.")
    assert found.whole
    assert [one.said for one in found.entries] == lines[1:]


def test_a_long_sentence_cut_in_two_lines_still_stands() -> None:
    text = "mot " * 100 + "fin."
    laid = laying.lay(MISTAKES, {"mistakes": ["Autre"]}, text)
    found = laying.stand({"lecons": laid}, "lecons", "mistakes", text)
    assert found.whole
    assert [one.said for one in found.entries] == laid["mistakes"][1:]


def test_what_is_partly_hers_has_more_than_half_of_the_words() -> None:
    steps = [
        {"title": "", "text": "On a dix employées, trois autobus, et rien pour les parents."},
        {"title": "Autobus", "text": "Le chauffeur arrive à huit heures."},
        {"title": "", "text": "Autobus"},
    ]
    found = laying.akin({"deroulement": {"steps": steps}}, "deroulement", "steps", HERS)
    assert [one.value for one in found] == steps[:1]


def test_a_sheet_is_read_once_however_much_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"Une ligne ordinaire, numéro {n}." for n in range(10)]
    content: dict[str, Any] = {
        "lecons": {"mistakes": lines},
        "besoin": {"context": "\n\n".join(lines)},
    }
    reading, plain, read = laying.Reading(content), laying._plain, list[str]()

    def counted(text: str) -> list[str]:
        read.append(text)
        return plain(text)

    monkeypatch.setattr(laying, "_plain", counted)
    text = " ".join(f"Une phrase récrite, numéro {n}." for n in range(40))
    assert not reading.stand("besoin", "context", text).whole
    assert read == [text]
