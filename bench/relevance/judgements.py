"""The queries of queries.toml, and the grade of anything that they find."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from bench.relevance.corpus import Made, forms, read, topics
from core.text import fold

RULE = re.compile(
    r"(?P<second>\+)?(?P<topic>\w+)(?:/(?P<aspect>\w+))?(?:@(?P<region>\d\d))?"
    r"(?:#(?P<form>[\w-]+))?(?:~(?P<word>.+))?"
)
#: A generated document's number, or an identifier of the demonstration file.
Thing = int | str


@dataclass(frozen=True)
class Judged:
    """One query: what is typed, where from, and how well each thing answers."""

    text: str
    means: str
    sort: str
    inside: str
    made: Mapping[str, int]
    demo: Mapping[str, int]
    half: str = field(default="A")

    def grade(self, thing: Made | str) -> int:
        """The grade of a generated document or of a thing of the demonstration community."""
        if isinstance(thing, str):
            return self.demo.get(thing, 0)
        return next((grade for rule, grade in self.made.items() if applies(rule, thing)), 0)

    def judged(self, corpus: tuple[Made, ...]) -> list[int]:
        """Every grade above zero that could be found."""
        grades = [*self.demo.values(), *(self.grade(made) for made in corpus)]
        return [grade for grade in grades if grade]


def applies(rule: str, made: Made) -> bool:
    """Whether a rule of `made` is about this document. Raises `ValueError` for an unknown rule."""
    if rule.startswith("!"):
        return made.needle == rule[1:]
    found = RULE.fullmatch(rule)
    if found is None:
        raise ValueError(rule)
    of = made.second if found["second"] else made.topic
    return (
        of == found["topic"]
        and found["aspect"] in (None, made.aspect)
        and found["region"] in (None, made.region)
        and found["form"] in (None, made.form)
        and (found["word"] is None or fold(found["word"]) in made.text)
    )


@cache
def queries() -> tuple[Judged, ...]:
    """The judged set, in two halves by turns: engines are tuned on A, and reported on both."""
    return tuple(
        Judged(
            text=entry["text"],
            means=entry["means"],
            sort=entry["sort"],
            inside=entry.get("inside", ""),
            made=entry["made"],
            demo=entry["demo"],
            half="AB"[number % 2],
        )
        for number, entry in enumerate(read("queries")["query"])
    )


def typos() -> list[tuple[str, str]]:
    """What is typed wrong, and what should be proposed."""
    return [(entry["text"], entry["right"]) for entry in read("queries")["typo"]]


def mistakes(demo: set[str]) -> list[str]:
    """What the judgements name and does not exist, given the demonstration's identifiers."""
    known = set(topics()) | set(read("strays"))
    wrong = []
    for query in queries():
        wrong += [f"{query.text}: {thing}" for thing in query.demo if thing not in demo]
        for rule in query.made:
            found = RULE.fullmatch(rule)
            if rule.startswith("!"):
                right = rule[1:] in read("needles")
            else:
                right = found is not None and found["topic"] in known
                if right and found is not None and found["aspect"]:
                    right = found["aspect"] in topics()[found["topic"]]["aspects"]
                if right and found is not None and found["form"]:
                    right = found["form"] in forms()
            if not right:
                wrong.append(f"{query.text}: {rule}")
    return wrong
