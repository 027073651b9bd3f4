"""The logic of a practice as one sentence: if we do this, then that should happen, because…"""

from __future__ import annotations

import re
from typing import NamedTuple

from core.formats import active_language
from practices.sections import Field

# Words that begin a part as they would a sentence of its own: they lose their capital inside one.
SMALL = re.compile(
    r"(?:Il|Ils|Elle|Elles|On|Nous|Le|La|Les|Un|Une|Des|Du|De|Ce|Cela|Chaque|Rien)\b|[LDCNSJQ][’']"
)
ELIDED = (
    ("Si", re.compile(r"ils?\b"), "S’"),
    ("parce que", re.compile(r"[aàâeéèêiîoôuûœ]", re.IGNORECASE), "parce qu’"),
)


class Part(NamedTuple):
    """One part: the word that leads to it (with the blank after it, if any), and what it says."""

    word: str
    text: str


def sentence(said: list[tuple[Field, str]]) -> list[Part]:
    """The parts that say something, as `shown_section` gives them, the commas and the full stop in
    their place."""
    parts = []
    for number, (field, text) in enumerate(said, start=1):
        word = str(field.label).rstrip("…")
        parts.append(_part(word, text, last=number == len(said)))
    if parts:
        first = parts[0]
        parts[0] = Part(first.word[:1].upper() + first.word[1:], first.text)
    return parts


def _part(word: str, text: str, *, last: bool) -> Part:
    text = text.strip().rstrip(" ,;.")
    if SMALL.match(text):
        text = text[:1].lower() + text[1:]
    if text and text[-1] not in "!?…":
        text += "." if last else ","
    if active_language() == "fr":
        for full, begins, short in ELIDED:
            if word == full and begins.match(text):
                return Part(short, text)
    return Part(f"{word} ", text)
