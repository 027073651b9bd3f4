"""Synonyms: what a community begins with, and who edits them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from community.models import Membership
from core.models import ActionLog
from search.models import SynonymSet
from search.synonyms import split, tidy
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
LIST = "/admin/search/synonymset/"


def test_the_first_synonyms_are_added_once_and_those_of_animators_are_kept() -> None:
    SynonymSet.objects.all().delete()
    SynonymSet.objects.create(words="travail, travaux")
    SynonymSet.objects.create(words="halte, répit")
    first = import_module("search.migrations.0003_first_synonyms")
    first.add(apps, None)
    first.add(apps, None)
    words = list(SynonymSet.objects.values_list("words", flat=True))
    assert sorted(words) == sorted({*first.FIRST, "halte, répit"})
    for line in first.FIRST:
        assert tidy(line) == line


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("PEI, plan d’intervention", ["PEI", "plan d’intervention"]),
        (" PEI ;plan  d’intervention,, ", ["PEI", "plan d’intervention"]),
        ("TDAH, tdah, Tdâh, TDA", ["TDAH", "TDA"]),
    ],
)
def test_a_line_is_read_however_it_is_typed(line: str, words: list[str]) -> None:
    assert split(line) == words
    assert tidy(line) == ", ".join(words)


@pytest.mark.parametrize("line", ["", "seul", "seul, SEUL", f"court, {'long' * 20}"])
def test_a_line_that_says_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        tidy(line)


def test_odile_adds_changes_and_deletes_a_line_and_the_journal_says_so(
    world: World, as_: As
) -> None:
    odile = as_(world.odile)
    assert odile.post(f"{LIST}add/", {"words": "halte;  répit"}).status_code == 302
    line = SynonymSet.objects.get(words="halte, répit")
    odile.post(f"{LIST}{line.pk}/change/", {"words": "halte, répit, relâche"})
    line.refresh_from_db()
    assert line.words == "halte, répit, relâche"
    odile.post(f"{LIST}{line.pk}/delete/", {"post": "yes"})
    assert not SynonymSet.objects.filter(pk=line.pk).exists()
    said = ActionLog.objects.filter(verb__startswith="synonymset.").order_by("pk")
    assert list(said.values_list("verb", "actor")) == [
        (f"synonymset.{act}", world.odile.pk) for act in ("added", "changed", "removed")
    ]


def test_a_line_of_one_word_comes_back_with_a_sentence(world: World, as_: As) -> None:
    answer = as_(world.odile).post(f"{LIST}add/", {"words": "halte"})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["words"]


def test_nobody_but_the_federation_edits_them(world: World, as_: As, settings: object) -> None:
    settings.COANIMATION = True  # type: ignore[attr-defined]
    lead = make_person("Léa", spaces=(world.intervention,))
    Membership.objects.filter(user=lead).update(role=Membership.Role.COANIMATION)
    lead.authenticator_set.create(type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    line = SynonymSet.objects.create(words="halte, répit")
    for path in (LIST, f"{LIST}add/", f"{LIST}{line.pk}/change/", f"{LIST}{line.pk}/delete/"):
        assert as_(world.odile).get(path).status_code == 200
        assert as_(lead).get(path).status_code == 403, path
        assert as_(world.maude).get(path).status_code in (302, 404), path
    as_(lead).post(f"{LIST}{line.pk}/delete/", {"post": "yes"})
    assert SynonymSet.objects.filter(pk=line.pk).exists()


def test_the_administrator_edits_them_too(world: World, as_: As) -> None:
    ada = make_person("Ada", is_superuser=True)
    ada.authenticator_set.create(type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    assert as_(ada).get(LIST).status_code == 200
