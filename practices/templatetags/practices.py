"""How the values of a sheet are written on a page."""

from __future__ import annotations

from typing import Any

from django import template

from core import terms
from practices.content import lines_of
from practices.sections import BY_NAME, Field
from practices.shown import level_said

register = template.Library()
# A level of evidence in words: `{{ sheet.evidence|level_said:sheet.evidence_expiry }}`.
register.filter(level_said)


@register.filter
def said(field: Field, value: Any) -> list[str]:
    """A value in words, one string a line: `{% for line in field|said:value %}`."""
    return lines_of(field, value)


@register.filter
def term_label(code: str, scheme: str) -> str:
    """The words of a code: `{{ code|term_label:"milieux" }}`."""
    return terms.label(scheme, code) if code else ""


@register.filter
def section_label(name: str) -> str:
    """The name of a section, for people: `{{ proposal.section|section_label }}`."""
    return str(BY_NAME[name].label) if name in BY_NAME else name
