"""How the values of a sheet are written on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import terms
from core.formats import active_language
from core.templatetags.ui import worded, written_among
from practices.content import lines_of
from practices.models import Sheet
from practices.reasoning import sentence
from practices.sections import BY_NAME, Field
from practices.shown import level_said

register = template.Library()
# The logic of a practice as one sentence: `{% for part in one.fields|sentence %}`.
register.filter(sentence)


@register.filter
def said(field: Field, value: Any) -> list[str]:
    """A value in words, one string a line: `{% for line in field|said:value %}`."""
    return lines_of(field, value)


@register.filter
def term_label(code: str, scheme: str) -> SafeString:
    """The words of a code: `{{ sheet.evidence|term_label:"niveaux_preuve" }}`."""
    return worded(terms.label(scheme, code) if code else "")


@register.filter("level_said")
def level_worded(code: str, expiry: str) -> SafeString:
    """A level of evidence in words: `{{ sheet.evidence|level_said:sheet.evidence_expiry }}`."""
    label = terms.label("niveaux_preuve", code) if code else ""
    before, _label, after = level_said(code, expiry).partition(label or " ")
    return format_html("{}{}{}", before, worded(label), after)


@register.filter
def titled(sheet: Sheet) -> SafeString:
    """The title of a sheet, inside of an element: `{{ sheet|titled }}`. It is French; what is said
    of a sheet without a title is in the language of the page."""
    return written_among(sheet.title) if sheet.title else escape(_("Sheet without a title"))


@register.filter
def english(sheet: Sheet) -> dict[str, str]:
    """What it says of itself in English (`title_en`, `summary_en`), on an English page, of a sheet
    read with its current version (`home.for_rows`): `{% with said=obj|english %}`."""
    if active_language() != "en" or not Sheet._meta.get_field("current").is_cached(sheet):
        return {}
    return sheet.content.get("anglais", {})


@register.filter
def section_label(name: str) -> str:
    """The name of a section, for people: `{{ proposal.section|section_label }}`."""
    return str(BY_NAME[name].label) if name in BY_NAME else name
