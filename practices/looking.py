"""What, in a section of a sheet, could identify a young person.

As everywhere (`core.composing`): shown, proposed, decided by the person, kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from core import composing, identifiers
from core.composing import LOOKED_INTO, Typed
from practices.content import Content, text_of
from practices.sections import BY_NAME, Kind, Section

if TYPE_CHECKING:
    from core.warning import Part


def typed(section: Section, data: QueryDict) -> Iterator[Typed]:
    """The texts of a form of this section. The place of a step's text is the name of its list and
    its rank: "steps-text.2"."""
    for field in section.fields:
        if field.kind in (Kind.LINE, Kind.TEXT, Kind.LINES):
            yield Typed(field.name, str(field.label), data.get(field.name) or "")
        elif field.kind is Kind.STEPS:
            for name in (f"{field.name}-title", f"{field.name}-text"):
                for rank, text in enumerate(data.getlist(name)):
                    yield Typed(f"{name}.{rank}", _("Step %(n)s") % {"n": rank + 1}, text)


def noticed(section: Section, data: QueryDict, kept: Mapping[str, Any]) -> list[Part]:
    """What in the form could identify somebody, less the texts in which all of it stands in the
    section already: somebody decided of it."""
    text = text_of(section, kept)
    known = {text[one.start : one.end] for one in identifiers.find_identifiers(text)}
    return [
        part
        for part in composing.found_in(typed(section, data))
        if not {one.found for one in part.proposals} <= known
    ]


def in_content(content: Content) -> list[Section]:
    """The sections of a whole content in which something could identify somebody."""
    said = {BY_NAME[name]: values for name, values in content.items() if name in BY_NAME}
    return [
        section
        for section, values in said.items()
        if identifiers.find_identifiers(text_of(section, values)[:LOOKED_INTO])
    ]
