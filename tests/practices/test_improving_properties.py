"""Any sequence of proposals, answers, changes and restorations keeps each published version as it
was and each credit, and the counters equal to a recount."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refused
from practices.models import Proposal, Sheet, Version
from practices.services import improving, writing
from practices.services.common import Missing
from tests.conftest import World, build_world
from tests.practices.conftest import make_published

pytestmark = pytest.mark.django_db

SECTIONS = {
    "besoin": lambda n: {"context": f"Texte {n}"},
    "lecons": lambda n: {"mistakes": [f"Écueil {n}", "Alterner"]},
    "logique": lambda n: {"if_we": f"si {n}"} if n else {},
}
NUMBER = st.integers(0, 3)
ACTS = st.one_of(
    st.tuples(st.just("propose"), st.sampled_from(sorted(SECTIONS)), NUMBER),
    st.tuples(st.just("change"), st.sampled_from(sorted(SECTIONS)), NUMBER),
    st.tuples(st.just("accept"), NUMBER),
    st.tuples(st.just("amend"), NUMBER, NUMBER),
    st.tuples(st.just("refuse"), NUMBER),
    st.tuples(st.just("take_back"), NUMBER),
    st.tuples(st.just("hide"), NUMBER),
    st.tuples(st.just("show"), NUMBER),
    st.tuples(st.just("restore"), NUMBER),
)


@dataclass
class House:
    """A sheet, and what was true of it at each step."""

    world: World
    sheet: Sheet
    versions: dict[int, Any] = field(default_factory=dict)
    credits: set[tuple[Any, ...]] = field(default_factory=set)

    def act(self, name: str, *given: Any) -> None:
        getattr(self, name)(*given)

    def _proposal(self, number: int) -> Proposal:
        rows = list(Proposal.objects.filter(sheet=self.sheet).order_by("pk"))
        return rows[number % len(rows)] if rows else Proposal(sheet=self.sheet, pk=0)

    def propose(self, name: str, number: int) -> None:
        by = self.world.real if number % 2 else self.world.eve
        improving.propose(self.sheet, name, SECTIONS[name](number), why="Vu", by=by)

    def change(self, name: str, number: int) -> None:
        row = self.sheet.working_sections.filter(name=name).first()
        revision = row.revision if row is not None else 0
        given, by = SECTIONS[name](number), self.world.maude
        writing.save_section(self.sheet, name, given, by=by, revision=revision)
        writing.publish_changes(self.sheet, by=by)

    def accept(self, number: int) -> None:
        improving.accept(self._proposal(number), by=self.world.maude)

    def amend(self, number: int, other: int) -> None:
        proposal = self._proposal(number)
        given = SECTIONS[proposal.section](other) if proposal.section else {}
        seen = Sheet.objects.get(pk=self.sheet.pk).current
        assert seen is not None
        improving.amend(proposal, given, by=self.world.odile, seen=seen.number)

    def refuse(self, number: int) -> None:
        improving.refuse(self._proposal(number), by=self.world.maude, reply="Non, merci.")

    def take_back(self, number: int) -> None:
        proposal = self._proposal(number)
        improving.take_back(proposal, by=proposal.owner or self.world.real)

    def hide(self, number: int) -> None:
        proposal = self._proposal(number)
        if proposal.pk:
            improving.hide_proposal(proposal, by=self.world.odile, reason="À voir")

    def show(self, number: int) -> None:
        proposal = self._proposal(number)
        if proposal.pk:
            improving.restore_proposal(proposal, by=self.world.odile)

    def restore(self, number: int) -> None:
        rows = list(self.sheet.versions.order_by("number"))
        writing.restore_version(rows[number % len(rows)], by=self.world.maude)

    def check(self) -> None:
        sheet = Sheet.objects.select_related("current").get(pk=self.sheet.pk)
        now = {one.number: one.content for one in Version.objects.filter(sheet=sheet)}
        assert {number: now[number] for number in self.versions} == self.versions
        assert sorted(now) == list(range(1, len(now) + 1))
        assert sheet.current is not None
        assert sheet.current.number == len(now)
        self.versions = copy.deepcopy(now)

        rows = sheet.credits.values_list("pk", "person", "organisation", "role", "version")
        credits = set(rows)
        assert self.credits <= credits
        self.credits = credits

        proposals = Proposal.objects.filter(sheet=sheet)
        assert sheet.waiting_count == proposals.waiting().count()
        taken = set(proposals.filter(answer__in=("acceptee", "amendee")).values_list("pk", "owner"))
        thanked = sheet.credits.filter(role="bonification")
        assert set(thanked.values_list("proposal", "person")) == taken
        for one in proposals.exclude(version=None).select_related("version"):
            assert one.version is not None
            assert one.version.content.get(one.section, {}) == one.published_values


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, max_size=10))
def test_every_version_and_every_credit_stays(acts: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        world = build_world()
        house = House(world, make_published(world))
        house.check()
        for act in acts:
            try:
                with transaction.atomic():
                    house.act(*act)
            except (Refused, Missing):
                # What was refused changed nothing: the checks below say so too.
                pass
            house.check()
        transaction.set_rollback(True)
