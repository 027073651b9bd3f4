"""What, in the form of a section, could identify a young person, and how to mend it.

As everywhere (`core.warning`): shown, proposed, decided by the person, kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from core import identifiers, warning
from practices.content import Content, text_of
from practices.sections import BY_NAME, Kind, Section

if TYPE_CHECKING:
    from core.warning import Part

# A longer text is looked into as far as this.
MOST = 60_000


def _texts(section: Section, data: QueryDict) -> dict[str, tuple[str, str]]:
    """The texts of a form: place → (what it is called, its words). The place of a step's text is
    the name of its list and its rank: "steps-text.2"."""
    found = {}
    for field in section.fields:
        if field.kind in (Kind.LINE, Kind.TEXT, Kind.LINES):
            found[field.name] = (str(field.label), data.get(field.name) or "")
        elif field.kind is Kind.STEPS:
            for name in (f"{field.name}-title", f"{field.name}-text"):
                for rank, text in enumerate(data.getlist(name)):
                    label = _("Step %(n)s") % {"n": rank + 1}
                    found[f"{name}.{rank}"] = (label, text)
    return found


def noticed(section: Section, data: QueryDict, kept: Mapping[str, Any]) -> list[Part]:
    """What in the form could identify somebody, less the texts in which all of it stands in the
    section already: somebody decided of it."""
    text = text_of(section, kept)
    known = {text[one.start : one.end] for one in identifiers.find_identifiers(text)}
    found = [
        warning.part(label, place, words[:MOST])
        for place, (label, words) in _texts(section, data).items()
    ]
    return [
        part
        for part in found
        if part is not None and not {one.found for one in part.proposals} <= known
    ]


def mend(section: Section, data: QueryDict, replace: str) -> None:
    """Replace in the form what was chosen: one finding ("context:0"), or all of them ("all")."""
    asked, _colon, which = replace.partition(":")
    for place, (_label, words) in _texts(section, data).items():
        if asked not in ("all", place):
            continue
        mended = warning.mended(words[:MOST], which or "all") + words[MOST:]
        name, dot, rank = place.partition(".")
        if rows := data.getlist(name):
            rows[int(rank) if dot else -1] = mended
            data.setlist(name, rows)


def in_content(content: Content) -> list[Section]:
    """The sections of a whole content in which something could identify somebody."""
    return [
        BY_NAME[name]
        for name, values in content.items()
        if name in BY_NAME and identifiers.find_identifiers(text_of(BY_NAME[name], values)[:MOST])
    ]
