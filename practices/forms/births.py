"""The form that makes a sheet of a thread: its own fields, and what was chosen of each message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import warning
from core.web import numbers_in
from practices import laying
from practices.forms.life import BeginForm
from practices.services.accords import passages_of, words_of
from practices.services.births import Chosen

if TYPE_CHECKING:
    from accounts.models import User
    from core.content import Passage
    from core.warning import Part

MOST = 40


class BirthForm(BeginForm):
    """As for a sheet that is begun with nothing."""

    title = forms.CharField(label=gettext_lazy("Title of the practice"), max_length=160)
    submission = forms.UUIDField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class Paragraph:
    number: int
    text: str
    checked: bool


@dataclass(frozen=True)
class Line:
    """One message as the form shows it. `mine` is signed by the person; `silent` by nobody who can
    be asked."""

    passage: Passage
    chosen: bool
    paragraphs: list[Paragraph]
    target: str
    because: Any
    mine: bool
    silent: bool

    @property
    def number(self) -> int:
        return self.passage.object_id


@dataclass
class Selection:
    """What is chosen of the thread: message → its paragraphs, and where it goes."""

    chosen: dict[int, tuple[int, ...]] = field(default_factory=dict)
    targets: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: QueryDict) -> Selection:
        """As the form was sent."""
        numbers = list(dict.fromkeys(numbers_in(data.getlist("m"))))[:MOST]
        chosen = {one: tuple(numbers_in(data.getlist(f"p-{one}"))) for one in numbers}
        targets = {
            number: value
            for key in data
            if key.startswith("s-") and laying.target(value := str(data[key]))
            for number in numbers_in([key.removeprefix("s-")])
        }
        return cls(chosen, targets)

    @classmethod
    def proposed(cls, passages: Iterable[Passage]) -> Selection:
        """The question and the retained answer, to begin with."""
        return cls({one.object_id: () for one in passages if one.role})

    def lines(self, passages: Iterable[Passage], user: User) -> list[Line]:
        return [self._line(one, user) for one in passages]

    def _line(self, passage: Passage, user: User) -> Line:
        number, author = passage.object_id, passage.author
        proposal = laying.propose(passage.text, passage.role)
        wanted = self.chosen.get(number, ())
        return Line(
            passage=passage,
            chosen=number in self.chosen,
            paragraphs=[
                Paragraph(index, text, not wanted or index in wanted)
                for index, text in enumerate(laying.paragraphs(passage.text))
            ],
            target=self.targets.get(number, proposal.target),
            because=proposal.because,
            mine=author is not None and author.pk == user.pk,
            silent=not passage.reachable,
        )

    def elsewhere(self, shown: Iterable[int]) -> list[tuple[str, Any]]:
        """What is chosen on the other pages, as hidden fields carry it."""
        here = set(shown)
        found: list[tuple[str, Any]] = []
        for number, paragraphs in self.chosen.items():
            if number not in here:
                found.append(("m", number))
                found += [(f"p-{number}", one) for one in paragraphs]
                if number in self.targets:
                    found.append((f"s-{number}", self.targets[number]))
        return found

    def resolved(self, user: User) -> tuple[list[Chosen], dict[int, Passage]]:
        """What the service takes, in the order of the thread, and the messages as she reads
        them; one query."""
        read = passages_of(self.chosen, user)
        found = []
        for one in sorted(read.values(), key=lambda one: (one.at, one.object_id)):
            wanted = self.chosen[one.object_id]
            every = tuple(range(len(laying.paragraphs(one.text))))
            target = self.targets.get(one.object_id) or laying.propose(one.text, one.role).target
            if every:
                kept = () if wanted == every else wanted
                found.append(Chosen(one.object_id, target, kept))
        return found, read

    def identifying(self, title: str, user: User) -> list[Part]:
        """What in the whole result could identify a young person."""
        chosen, read = self.resolved(user)
        parts = [warning.part(_("In the title"), "", title)]
        for one in chosen:
            passage = read[one.object_id]
            words = words_of(passage.text, one.paragraphs, mended=False)
            parts.append(warning.part(passage.signature, "", words))
        return [one for one in parts if one is not None]
