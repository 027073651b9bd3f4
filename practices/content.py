"""The content of a sheet: checked on its way in, measured, and read as text.

`Content` is `{section: {field: value}}` as `practices.sections` describes it. A field without a
value is absent, so that two contents that say the same are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core import terms
from core.text import one_line
from practices.errors import FieldMissing, FieldTooLong, TooMany, UnknownChoice
from practices.sections import BY_NAME, SECTIONS, Field, Kind, Section

Values = dict[str, Any]
Content = dict[str, Values]

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# The longest line among the lines of a step.
STEP_TITLE = 120


def clean(section: Section, given: Mapping[str, Any], *, kept: Mapping[str, Any] = {}) -> Values:
    """The values of one section as they are stored: trimmed, checked against its fields.

    What is unknown to the section is ignored. A code that was retired stays where `kept` has it.
    Missing required fields are allowed: a section is saved as one goes. Raises `FieldTooLong`,
    `TooMany`, `UnknownChoice`, each with the name of the field.
    """
    found = {}
    for field in section.fields:
        value = _cleaners[field.kind](field, given.get(field.name), kept.get(field.name))
        if value not in (None, "", [], False):
            found[field.name] = value
    return found


def _text(field: Field, value: Any, kept: Any) -> str:
    text = CONTROLS.sub("", str(value or "").replace("\r\n", "\n").replace("\r", "\n"))
    text = one_line(text) if field.kind is Kind.LINE else text.strip()
    if len(text) > field.most:
        raise FieldTooLong(field.name)
    return text


def _lines(field: Field, value: Any, kept: Any) -> list[str]:
    given = value.splitlines() if isinstance(value, str) else value or []
    lines = [line for one in given if (line := one_line(CONTROLS.sub("", str(one))))]
    if len(lines) > field.many:
        raise TooMany(field.name)
    if any(len(line) > field.most for line in lines):
        raise FieldTooLong(field.name)
    return lines


def _steps(field: Field, value: Any, kept: Any) -> list[dict[str, str]]:
    steps = []
    for one in value or []:
        title = one_line(CONTROLS.sub("", str(one.get("title", ""))))
        text = CONTROLS.sub("", str(one.get("text", "")).replace("\r\n", "\n")).strip()
        if len(title) > STEP_TITLE or len(text) > field.most:
            raise FieldTooLong(field.name)
        if title or text:
            steps.append({"title": title, "text": text})
    if len(steps) > field.many:
        raise TooMany(field.name)
    return steps


def _choice(field: Field, value: Any, kept: Any) -> str:
    value = str(value or "")
    if value and value not in field.choices() and value != kept:
        raise UnknownChoice(field.name)
    return value


def _terms(field: Field, value: Any, kept: Any) -> list[str]:
    """Codes once each, in the order of their taxonomy; the heading of a family is none of them."""
    asked = {str(one) for one in value or []}
    allowed = list(field.choices())
    allowed += [code for code in kept or [] if code not in allowed]
    if not asked <= set(allowed):
        raise UnknownChoice(field.name)
    if len(asked) > field.many:
        raise TooMany(field.name)
    return [code for code in allowed if code in asked]


def _number(field: Field, value: Any, kept: Any) -> int | None:
    text = re.sub(r"\s", "", str(value if value is not None else ""))
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise UnknownChoice(field.name)
    if len(text) > field.most:
        raise FieldTooLong(field.name)
    return int(text)


def _yes(field: Field, value: Any, kept: Any) -> bool:
    return value in (True, "on", "true", "1")


_cleaners = {
    Kind.LINE: _text,
    Kind.TEXT: _text,
    Kind.LINES: _lines,
    Kind.STEPS: _steps,
    Kind.CHOICE: _choice,
    Kind.TERMS: _terms,
    Kind.NUMBER: _number,
    Kind.YES: _yes,
}


# --------------------------------------------------------------------------- what is missing


@dataclass(frozen=True)
class Completeness:
    """How much of a sheet is filled in, in percent of its counted fields; the next section that
    would help most (required ones first, then those with nothing in them); what is required and
    missing, as (section, field)."""

    percent: int
    next: Section | None
    missing: list[tuple[Section, Field]]


def completeness(content: Content) -> Completeness:
    counted = filled = 0
    empty: Section | None = None
    missing: list[tuple[Section, Field]] = []
    for section in SECTIONS:
        values = content.get(section.name, {})
        fields = [field for field in section.fields if field.counted]
        here = sum(field.name in values for field in fields)
        counted, filled = counted + len(fields), filled + here
        missing += [
            (section, one) for one in section.fields if one.required and one.name not in values
        ]
        if fields and not here and empty is None:
            empty = section
    partial = next((one for one in SECTIONS if _has_gap(one, content)), None)
    following = missing[0][0] if missing else empty or partial
    return Completeness(round(100 * filled / counted), following, missing)


def _has_gap(section: Section, content: Content) -> bool:
    values = content.get(section.name, {})
    return any(field.counted and field.name not in values for field in section.fields)


def require_complete(content: Content) -> None:
    """Raises `FieldMissing` for the first required field without a value."""
    missing = completeness(content).missing
    if missing:
        section, field = missing[0]
        raise FieldMissing(field.name, section=section)


# ------------------------------------------------------------------------------ read as text


def lines_of(field: Field, value: Any) -> list[str]:
    """A value in words, one string a line or paragraph, in the reader's language for labels."""
    if value in (None, "", [], False):
        return []
    if field.kind is Kind.STEPS:
        return [" : ".join(filter(None, (one["title"], one["text"]))) for one in value]
    if field.kind is Kind.LINES:
        return list(value)
    if field.kind is Kind.TERMS:
        return terms.labels(field.scheme, list(value))
    if field.kind is Kind.CHOICE:
        return [str(field.choices().get(value, value))]
    if field.kind is Kind.YES:
        return [str(field.label)]
    return str(value).split("\n")


def text_of(section: Section, values: Mapping[str, Any]) -> str:
    """One section as plain text, each field under its label."""
    parts = []
    for field in section.fields:
        if lines := lines_of(field, values.get(field.name)):
            parts.append("\n".join((str(field.label), *lines)))
    return "\n\n".join(parts)


TITLE = ("identite", "title")


def words(content: Content) -> Iterable[str]:
    """All that a sheet says beside its title, a string a section: what the search indexes. Without
    the labels of the fields, which are the same in every sheet and would fill its excerpts."""
    for name, values in content.items():
        if name in BY_NAME:
            said = (lines_of(field, values.get(field.name)) for field in BY_NAME[name].fields
                    if (name, field.name) != TITLE)  # fmt: skip
            yield "\n\n".join("\n".join(lines) for lines in said if lines)
