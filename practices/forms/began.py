"""What a form of a section began from, so that two people who change different fields of it both
keep what they did.

The form carries, in one hidden input, a mark of each value it was shown with ("context:3f9a
since:41c0"). A field that was sent with the mark it began from was not touched by its writer; one
that stands with it, by nobody else. A form without marks began from its revision.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from core.errors import Refused
from core.web import number_in
from practices.content import clean
from practices.forms import rows
from practices.preparing import Working
from practices.sections import Field, Kind, Section

BEGAN = "began"
# What the page sent before and had no answer to, one form a line: it may have been saved.
UNANSWERED = "unanswered"
# Of a revision or of the number of a version.
DIGITS = 9
# Letters of a mark: two values of one field are told apart, and the form stays small.
LETTERS = 16


def _mark(section: Section, field: Field, value: Any) -> str:
    """The same for two values that would be stored alike."""
    try:
        said = clean(
            replace(section, fields=(field,)), {field.name: value}, kept={field.name: value}
        )
        value = said.get(field.name)
    except Refused:
        # It will be said beside its field; nothing that stands has this mark.
        pass
    if field.kind is Kind.TERMS:
        value = sorted(value or [])
    said_as = json.dumps(value or None, sort_keys=True)
    return hashlib.sha256(said_as.encode()).hexdigest()[:LETTERS]


def _marks(section: Section, values: Mapping[str, Any]) -> dict[str, str]:
    return {one.name: _mark(section, one, values.get(one.name)) for one in section.fields}


def _sent(section: Section, data: QueryDict) -> dict[str, str]:
    return _marks(section, {one.name: rows.read(data, one) for one in section.fields})


def _written(marks: Mapping[str, str]) -> str:
    return " ".join(f"{name}:{mark}" for name, mark in marks.items())


def shown(section: Section, values: Mapping[str, Any]) -> str:
    """The hidden input of a form that shows these values."""
    return _written(_marks(section, values))


def as_sent(section: Section, data: QueryDict) -> str:
    """The hidden input of a form that goes on once what it sent is saved: where its writer touched
    nothing, it still shows what it began from."""
    return _written(_sent(section, data))


def meet(section: Section, data: QueryDict, now: Working) -> list[str]:
    """Put in the form what others changed where its writer changed nothing; the names of the
    fields that both changed otherwise. What the same page saved before is nobody else's."""
    began = dict(one.split(":", 1) for one in data.get(BEGAN, "").split() if ":" in one)
    last = number_in(data.get("revision"), DIGITS) == now.revision
    sent, stands = _sent(section, data), _marks(section, now.values)
    own = [_sent(section, QueryDict(one)) for one in data.pop(UNANSWERED, [""])[-1].split()]
    clashes = []
    for field in section.fields:
        name = field.name
        base = began.get(name, stands[name] if last else "")
        if stands[name] not in (base, sent[name], *(one[name] for one in own)):
            if sent[name] != base:
                clashes.append(name)
                continue
            rows.put(data, field, now.values.get(name))
        began[name] = stands[name]
    data[BEGAN] = _written(began)
    return clashes


def go_on_from(section: Section, data: QueryDict, now: Working) -> None:
    """What stands is shown beside what is in the form, which goes on from there."""
    data["revision"], data[BEGAN] = str(now.revision), shown(section, now.values)
