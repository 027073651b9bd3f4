"""A content as it is drawn, section by section: on the page, on paper, in a booklet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from practices.content import Content
from practices.sections import SECTIONS, Field, Kind, Section


@dataclass(frozen=True)
class Shown:
    """One section as it is drawn: its fields that say something, each with its value."""

    section: Section
    fields: list[tuple[Field, Any]]

    @property
    def has_words(self) -> bool:
        return any(field.kind is not Kind.YES for field, _value in self.fields)


def shown(content: Content, *, but: tuple[str, ...] = ()) -> list[Shown]:
    """The sections of `content` that say something, in their order."""
    found = []
    for section in SECTIONS:
        values = content.get(section.name, {})
        fields = [(field, values[field.name]) for field in section.fields if field.name in values]
        if fields and section.name not in but:
            found.append(Shown(section, fields))
    return found
