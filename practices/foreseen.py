"""What a sheet is to be about before its first word: the filters or the box that it was begun from.

The names of the parameters are those of the filters of the directory.
"""

from __future__ import annotations

from django.http import QueryDict

from practices.content import Content, lines_of
from practices.sections import BY_NAME, Field

# Name in the address → the section and the field that say it.
FORESEEN = {
    "public": ("public", "publics"),
    "ordre": ("public", "levels"),
    "determinant": ("visees", "determinants"),
    "type": ("visees", "types"),
    "region": ("visees", "regions"),
    "milieu": ("visees", "settings"),
}


def _fields() -> list[tuple[str, str, Field]]:
    return [
        (name, section, BY_NAME[section].field(field))
        for name, (section, field) in FORESEEN.items()
    ]


def read(data: QueryDict) -> Content:
    """What an address, or a form, says beforehand; the words that no list offers are ignored."""
    found: Content = {}
    for name, section, field in _fields():
        asked = set(data.getlist(name))
        codes = [code for code in field.choices() if code in asked][: field.many]
        if codes:
            found.setdefault(section, {})[field.name] = codes
    return found


def pairs(content: Content) -> list[tuple[str, str]]:
    """The same, as (parameter, code)."""
    return [
        (name, code)
        for name, section, field in _fields()
        for code in content.get(section, {}).get(field.name, [])
    ]


def labels(content: Content) -> list[str]:
    """The same, in words."""
    return [
        line
        for _name, section, field in _fields()
        for line in lines_of(field, content.get(section, {}).get(field.name))
    ]
