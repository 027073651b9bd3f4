"""The texts of a form, each at its place: they are looked into before others read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict


@dataclass(frozen=True)
class Typed:
    """One text of a form: `place` names it, also within a list ("steps-text.2")."""

    place: str
    label: str
    text: str


def retype(data: QueryDict, place: str, text: str) -> None:
    """Put another text at a place."""
    name, _dot, number = place.partition(".")
    if not number:
        data[name] = text
        return
    texts = data.getlist(name)
    texts[int(number)] = text
    data.setlist(name, texts)
