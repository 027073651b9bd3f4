"""What a table says of each file of a batch: one line a file, columns named in French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.services.importing import Unreadable, decode, read_rows
from core import terms
from core.audience import Level
from core.text import fold
from library.errors import FieldMissing, FieldTooLong, UnknownChoice
from library.exchange import columns
from library.models import Licence
from library.models.document import LANGUAGES
from library.roles import ROLES
from library.vocabularies import TYPES

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.errors import Refused

# In a cell, between two of several things.
SEVERAL = re.compile(r"\s*[|;]\s*")
CONTRIBUTOR = re.compile(r"(.+?)\s*\(([^()]+)\)")
# Written by the export, of no use to an import.
IGNORED = frozenset({"numero", "version", "pages", "taille", "depose_le", "modifie_le", "adresse"})


@dataclass
class Row:
    """One line: the file that it is about, what it says of it, and what is wrong with that."""

    number: int
    path: str
    words: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


@dataclass
class Sheet:
    """The lines by the path of their file; `stray` are those that no file can be found for."""

    rows: dict[str, Row] = field(default_factory=dict)
    stray: list[Row] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)


def read(raw: bytes, *, spaces: Mapping[str, SubCommunity]) -> Sheet:
    """The table; `spaces` are those that may be named, by their address. Raises `Unreadable`."""
    lines = read_rows(decode(raw))
    header = [_folded(cell) for cell in lines[0][1]] if lines else []
    if columns.FILE not in header:
        raise Unreadable(
            _("The first line must name the columns, and one of them must be “fichier”.")
        )
    reader = _Reader(spaces)
    known = reader.names | IGNORED
    sheet = Sheet(unknown_columns=[name for name in header if name and name not in known])
    for number, cells in lines[1:]:
        row = reader.row(number, header, cells)
        if not row.path or row.path in sheet.rows:
            row.errors.append(
                _("This file is already on line %(number)s.")
                % {"number": sheet.rows[row.path].number}
                if row.path
                else _("This line names no file.")
            )
            sheet.stray.append(row)
        else:
            sheet.rows[row.path] = row
    return sheet


def said(refusal: Refused) -> str:
    """A refusal of the services as a sentence about its column."""
    if isinstance(refusal, FieldMissing | FieldTooLong | UnknownChoice):
        return _("%(column)s: %(error)s") % {
            "column": COLUMN_OF.get(refusal.field, refusal.field),
            "error": refusal,
        }
    return str(refusal)


def tidy(path: str) -> str:
    """The path of a file below the folder, however it was written."""
    parts = unicodedata.normalize("NFC", path).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def _folded(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(cell)).strip("_")


class _Reader:
    """Reads lines, with the lists of words at hand."""

    def __init__(self, spaces: Mapping[str, SubCommunity]) -> None:
        self.spaces = _index({slug: space.name for slug, space in spaces.items()})
        self.by_slug = spaces
        self.choices = {
            "type": _index(terms.scheme(TYPES)),
            "langue": _index(dict(LANGUAGES)),
            "licence": _index(dict(Licence.choices)),
            "visibilite": _index(dict(Level.choices)),
        }
        self.terms = {
            column: {scheme: _index(terms.scheme(scheme)) for scheme in schemes}
            for column, schemes in columns.TERMS.items()
        }
        self.roles = _index(ROLES)
        self.names = {
            columns.FILE, columns.CONTRIBUTORS, columns.TAGS, columns.SPACE, *columns.WORDS,
            *columns.DATES, *columns.CHOICES, *columns.TERMS,
        }  # fmt: skip

    def row(self, number: int, header: list[str], cells: list[str]) -> Row:
        said = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
        row = Row(number, tidy(said.get(columns.FILE, "")))
        if len(cells) > len(header):
            row.errors.append(_("This line has more cells than there are columns."))
            return row
        row.words = {to: said[name] for name, to in columns.WORDS.items() if name in said}
        for name, to in columns.CHOICES.items():
            if name in said:
                row.words[to] = self._one(row, name, said[name], self.choices[name])
        for name, to in columns.DATES.items():
            if name in said:
                row.words[to] = _day(row, name, said[name])
        self._read_several(row, said)
        return row

    def _read_several(self, row: Row, said: Mapping[str, str]) -> None:
        if columns.SPACE in said:
            slug = self._one(row, columns.SPACE, said[columns.SPACE], self.spaces)
            row.words |= {"space": self.by_slug.get(slug), "level": Level.SPACE}
        if columns.TAGS in said:
            row.words["tags"] = re.split(r"\s*[|;,]\s*", said[columns.TAGS])
        if columns.CONTRIBUTORS in said:
            people = SEVERAL.split(said[columns.CONTRIBUTORS])
            row.words["contributors"] = [self._contributor(row, one) for one in people if one]
        found: dict[str, list[str]] = {}
        for name, lists in self.terms.items():
            for word in SEVERAL.split(said.get(name, "")):
                self._term(row, name, word, lists, found)
        if found:
            row.words["terms"] = found

    def _term(
        self,
        row: Row,
        name: str,
        word: str,
        lists: Mapping[str, Mapping[str, str]],
        found: dict[str, list[str]],
    ) -> None:
        if not word:
            return
        for scheme, index in lists.items():
            if (code := index.get(_key(word))) is not None:
                found.setdefault(scheme, []).append(code)
                return
        row.errors.append(_not_in_list(name, word))

    def _contributor(self, row: Row, text: str) -> dict[str, str]:
        """« Réal Lavoie (Illustration) »; without a role, a contribution."""
        match = CONTRIBUTOR.fullmatch(text)
        if match is None:
            return {"name": text, "role": "ctb"}
        return {
            "name": match[1],
            "role": self._one(row, columns.CONTRIBUTORS, match[2], self.roles),
        }

    def _one(self, row: Row, name: str, word: str, index: Mapping[str, str]) -> str:
        code = index.get(_key(word))
        if code is None:
            row.errors.append(_not_in_list(name, word))
        return code or ""


def _index(words: Mapping[str, Any]) -> dict[str, str]:
    """Codes by what may be written for them: the code, the label, in any case and accents. A
    spreadsheet eats the zero of “01”."""
    found = {_key(str(label)): code for code, label in words.items()}
    found |= {_key(code).lstrip("0"): code for code in words}
    return found | {_key(code): code for code in words}


def _key(text: str) -> str:
    return fold(text)


def _not_in_list(name: str, word: str) -> str:
    return _("%(column)s: “%(word)s” is not in the list.") % {"column": name, "word": word}


def _day(row: Row, name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        row.errors.append(_("%(column)s: write the date as 2026-05-31.") % {"column": name})
        return None


def _columns_of_fields() -> Iterable[tuple[str, str]]:
    for names in (columns.WORDS, columns.DATES, columns.CHOICES):
        yield from ((to, name) for name, to in names.items())
    for name, schemes in columns.TERMS.items():
        yield from ((scheme, name) for scheme in schemes)
    yield from (("contributors", columns.CONTRIBUTORS), ("tags", columns.TAGS))
    yield ("space", columns.SPACE)


# Field of a refusal → the column that it is about.
COLUMN_OF = dict(_columns_of_fields())
