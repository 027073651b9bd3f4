"""A sheet as it is drawn: its content section by section, its level of evidence; on the page, on
paper, in a booklet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core import terms
from practices.content import Content, Values
from practices.models import Evidence
from practices.sections import SECTIONS, Field, Section


@dataclass(frozen=True)
class Shown:
    """One section as it is drawn: its fields that say something, each with its value."""

    section: Section
    fields: list[tuple[Field, Any]]


def shown(content: Content, *, but: tuple[str, ...] = ()) -> list[Shown]:
    """The sections of `content` that say something, in their order."""
    named = [one for one in SECTIONS if one.name not in but]
    found = [shown_section(one, content.get(one.name, {})) for one in named]
    return [one for one in found if one is not None]


def shown_section(section: Section, values: Values) -> Shown | None:
    """One section as it is drawn; None when it says nothing."""
    fields = [(field, values[field.name]) for field in section.fields if field.name in values]
    return Shown(section, fields) if fields else None


def level_said(code: str, expiry: str) -> str:
    """A level of evidence in words: what expired never reads as if it still held."""
    label = terms.label("niveaux_preuve", code) if code else ""
    return _("%(level)s (expired)") % {"level": label} if label and expiry else label


def expiry_said(expiry: str) -> str:
    """Why a level of evidence expired, in words; nothing while it holds."""
    return str(Evidence.Expiry(expiry).label) if expiry else ""
