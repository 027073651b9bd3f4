"""BibTeX, for every TeX since 1988: ASCII, accents as commands, capitals kept by braces."""

from __future__ import annotations

import re
import unicodedata

from django.utils.text import slugify

from library.exchange.citations.types import authors_of, note_of, of_role, type_of
from library.exchange.names import Name
from library.exchange.record import Record

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "$&#%_"},
    "œ": r"{\oe}",
    "Œ": r"{\OE}",
    "æ": r"{\ae}",
    "Æ": r"{\AE}",
    "ø": r"{\o}",
    "Ø": r"{\O}",
    "ł": r"{\l}",
    "Ł": r"{\L}",
    "ß": r"{\ss}",
    "«": r"{\guillemotleft}",
    "»": r"{\guillemotright}",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "–": "--",
    "—": "---",
    "…": r"{\ldots}",
    "·": r"{\textperiodcentered}",
    "°": r"{\textdegree}",
    "©": r"{\copyright}",
    "\u00a0": "~",
    "\u202f": "~",
    "\u00ad": r"\-",
}
# Combining mark → TeX's accent.
ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
    "\u0328": "k",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LANGUAGES = {"fr": "french", "en": "english", "es": "spanish", "ar": "arabic"}


def write(record: Record) -> str:
    """One entry. Letters that TeX has no command for (syllabics) stay in UTF-8."""
    type_ = type_of(record)
    fields = {
        "author": _people(authors_of(record)),
        "editor": _people(of_role(record, "edt")),
        "translator": _people(of_role(record, "trl")),
        "title": f"{{{escape(record.title)}}}",
        "titleaddon": escape(record.alternative),
        type_.house: f"{{{escape(record.publisher)}}}",
        "year": record.issued[:4],
        "type": escape(record.type_label),
        "version": escape(record.version),
        "pagetotal": str(record.page_count or ""),
        "isbn": escape(record.isbn),
        "doi": record.doi,
        "url": _address(record.url),
        "language": LANGUAGES.get(record.language[:2], ""),
        "keywords": escape(", ".join(record.tags)),
        "abstract": escape(record.abstract),
        "copyright": escape(note_of(record)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if len(record.date) > 1:
        lines.append(f"  month = {MONTHS[record.date[1] - 1]},")
    if len(record.date) > 2:
        lines.append(f"  day = {{{record.date[2]}}},")
    return "\n".join([f"@{type_.bibtex}{{{key(record)},", *lines, "}", ""])


def key(record: Record) -> str:
    """`tremblay2025-12`: who, when, and the document's number, which makes it the only one."""
    first = authors_of(record)[0]
    who = slugify(first.family or first.literal).replace("-", "")[:20] or "document"
    return f"{who}{record.issued[:4]}-{record.number}"


def escape(text: str) -> str:
    """The text as TeX reads it, on one line."""
    text = unicodedata.normalize("NFC", re.sub(r"[ \t\n]+", " ", text)).strip(" ")
    return "".join(SPECIAL.get(char) or _letter(char) for char in text)


def _letter(char: str) -> str:
    """`é` as `{\\'e}`; a letter with two marks, or with one that TeX ignores, as it is."""
    parts = unicodedata.normalize("NFD", char)
    if len(parts) != 2 or parts[1] not in ACCENTS or not parts[0].isascii():
        return char
    base, accent = parts[0], ACCENTS[parts[1]]
    # A dotless i carries its accent by itself in every TeX of this century.
    return f"{{\\{accent}{' ' if accent.isalpha() else ''}{base}}}"


def _people(names: list[Name]) -> str:
    """`Tremblay, Maude and {Équipe de la relance}`: a body is not cut into first and last."""
    return " and ".join(
        f"{{{escape(name.literal)}}}" if name.literal else escape(name.inverted) for name in names
    )


def _address(url: str) -> str:
    return url.replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")
