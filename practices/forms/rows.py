"""The form of a section before it is read: its fields filled in, its steps added, removed, moved.

The steps of a field are two lists of one length, their titles and their texts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import QueryDict

from core.web import number_in
from practices.sections import Field, Kind, Section


def of(data: QueryDict, name: str) -> list[dict[str, str]]:
    """The steps that were sent of one field, the empty ones too."""
    pairs = zip(data.getlist(f"{name}-title"), data.getlist(f"{name}-text"), strict=False)
    return [{"title": title, "text": text} for title, text in pairs]


def read(data: QueryDict, field: Field) -> Any:
    """What was sent of one field, in the shape of a stored value, unchecked."""
    if field.kind is Kind.STEPS:
        steps = [{key: text.strip() for key, text in one.items()} for one in of(data, field.name)]
        return [one for one in steps if any(one.values())]
    if field.kind is Kind.TERMS:
        return data.getlist(field.name)
    text = (data.get(field.name) or "").replace("\r\n", "\n").strip()
    if field.kind is Kind.LINES:
        return [line.strip() for line in text.split("\n") if line.strip()]
    return bool(text) if field.kind is Kind.YES else text


def mine(field: Field) -> Field:
    """The same field under the name that keeps, in the form, what she had written in it before
    she took another text."""
    return replace(field, name=f"mine-{field.name}")


def put(data: QueryDict, field: Field, value: Any) -> None:
    """Fill in one field with a stored value."""
    if field.kind is Kind.STEPS:
        data.setlist(f"{field.name}-title", [one["title"] for one in value or []])
        data.setlist(f"{field.name}-text", [one["text"] for one in value or []])
    elif field.kind is Kind.TERMS:
        data.setlist(field.name, list(value or []))
    elif field.kind is Kind.LINES:
        data[field.name] = "\n".join(value or [])
    elif field.kind is Kind.YES:
        data.setlist(field.name, ["on"] if value else [])
    else:
        data[field.name] = "" if value is None else str(value)


def moved(section: Section, data: QueryDict, asked: str) -> tuple[str, int] | None:
    """Do what a button asks of the steps: "steps:add", "steps:up:2". The field, and the row that
    takes the focus; None when the section has no such steps."""
    name, _colon, rest = asked.partition(":")
    act, _colon, which = rest.partition(":")
    field = next((one for one in section.fields if one.name == name), None)
    if field is None or field.kind is not Kind.STEPS:
        return None
    steps = of(data, name)
    at = number_in(which, digits=4)
    if act == "add":
        steps.append({"title": "", "text": ""})
        at = len(steps) - 1
    elif at < len(steps):
        row = steps.pop(at)
        if act != "remove":
            at = max(0, min(len(steps), at + (1 if act == "down" else -1)))
            steps.insert(at, row)
    put(data, field, steps)
    return name, max(0, min(at, len(steps) - 1))
