"""Titles and excerpts in HTML: escaped, with what was found in <mark>."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search import analysis

LENGTH = 240
# What is shown before the first word found, so that it is read in its sentence.
LEAD = 60
# Longer texts than this are marked in their beginning only.
LONGEST = 30_000


def marked(text: str, stems: Collection[str]) -> SafeString:
    """The whole text, with the words of these stems marked."""
    found = [word for word in analysis.words(text) if word.stem in stems]
    return _marked(text, found, 0, len(text))


def excerpt(text: str, stems: Collection[str], length: int = LENGTH) -> SafeString:
    """The part of a text, of about `length` letters, where most of the stems stand together;
    its beginning when none does."""
    text = " ".join(text[:LONGEST].split())
    found = [word for word in analysis.words(text) if word.stem in stems]
    start, end = _window(text, found, length)
    return _marked(text, found, start, end)


def _window(text: str, found: list[analysis.Word], length: int) -> tuple[int, int]:
    start = 0
    if found and found[0].end > length - LEAD:
        best, first = (0, 0), found[0]
        for at, word in enumerate(found):
            near = [one for one in found[at:] if one.end <= word.start + length - LEAD]
            worth = (len({one.stem for one in near}), len(near))
            if worth > best:
                best, first = worth, word
        start = _sentence(text, first.start)
    end = start + length
    if end >= len(text):
        return start, len(text)
    cut = text.rfind(" ", start, end + 1)
    return start, cut if cut > start else end


def _sentence(text: str, at: int) -> int:
    """Where to begin so that the word at `at` comes soon: its sentence, or a few words before."""
    low = max(0, at - LEAD)
    for end in (". ", "? ", "! ", "… "):
        place = text.rfind(end, low, at)
        if place >= 0:
            return place + 2
    space = text.find(" ", low, at)
    return 0 if low == 0 else (space + 1 if space >= 0 else at)


def _marked(text: str, found: list[analysis.Word], start: int, end: int) -> SafeString:
    parts = ["… "] if start > 0 else []
    at = start
    for word in found:
        if word.start >= at and word.end <= end:
            parts += [escape(text[at : word.start]), "<mark>", escape(word.text), "</mark>"]
            at = word.end
    parts.append(escape(text[at:end]))
    if end < len(text):
        parts.append(" …")
    return mark_safe("".join(parts))  # noqa: S308 (each piece is escaped above)
