"""A citation as one reads it: for pages, printed lists and the note of a ZIP."""

from __future__ import annotations

from core import formats
from library.exchange.citations.types import authors_of
from library.exchange.record import Record


def sentence(record: Record, *, address: bool = True) -> str:
    """`Tremblay, M. et Lavoie, R. (2025, mai). Titre (version 2) [Guide]. Éditeur. https://…`, in
    the reader's language; without its address where this stands beside it."""
    people = authors_of(record)
    who = _together([_initialled(name.family, name.given) or name.literal for name in people])
    title = record.title + (f" (version{formats.NBSP}{record.version})" if record.version else "")
    parts = [f"{who} ({_date(record)})", f"{title} [{record.type_label}]"]
    if [name.literal for name in people] != [record.publisher]:
        parts.append(record.publisher)
    said = [_ended(part) for part in parts]
    return " ".join([*said, record.doi_address or record.url] if address else said)


def _initialled(family: str, given: str) -> str:
    """`Tremblay-Roy, M.-È.` of « Marie-Ève Tremblay-Roy »."""
    if not family:
        return ""
    initials = " ".join(
        "-".join(f"{piece[0]}." for piece in word.split("-") if piece) for word in given.split()
    )
    return f"{family}, {initials}"


def _together(people: list[str]) -> str:
    joint = "and" if formats.active_language() == "en" else "et"
    if len(people) == 1:
        return people[0]
    return f"{', '.join(people[:-1])} {joint} {people[-1]}"


def _date(record: Record) -> str:
    year, *rest = record.date
    if not rest:
        return str(year)
    lang = formats.active_language()
    month = formats.MONTHS[lang][rest[0] - 1]
    if len(rest) == 1:
        return f"{year}, {month}"
    day = "1er" if lang == "fr" and rest[1] == 1 else str(rest[1])
    return f"{year}, {month} {day}" if lang == "en" else f"{year}, {day} {month}"


def _ended(part: str) -> str:
    return part if part.endswith((".", "?", "!", "…")) else f"{part}."
