"""Cleans what programs put in their texts, so that a word is found as a person would type it."""

from __future__ import annotations

import re
import unicodedata

LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
# Controls, and halves of pairs, which no database takes; soft hyphens and zero widths, which cut
# words in two without being seen; signs that turn the direction of what follows.
UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\uffff\ud800-\udfff]"
)
# pdfium marks a word cut at the end of a line with one of these in place of its hyphen.
CUT_MARK = re.compile("[\x02\ufffe\u00ad](?=[ \t]*\r?\n)")
HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010][ \t]*\n[ \t]*(?=([^\W\d_]+))")
# After these a hyphen at the end of a line is a real one.
SECOND_HALVES = frozenset(
    {
        *("ci", "là", "il", "ils", "elle", "elles", "on", "je", "tu", "nous", "vous", "moi", "toi"),
        *("lui", "leur", "leurs", "le", "la", "les", "y", "en", "ce", "être", "même", "mêmes"),
        *("delà", "dire", "dessus", "dessous", "midi"),
    }
)


def without_controls(text: str) -> str:
    """The text without the signs that no database takes, and those that are not seen."""
    return UNWANTED.sub("", text)


def clean(raw: str) -> str:
    """Composed letters, no controls nor ligatures, words made whole across lines, few blanks."""
    text = CUT_MARK.sub("-", raw)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")
    text = text.replace("\x0c", "\n").replace("\x85", "\n")
    text = without_controls(text).translate(LIGATURES)
    text = unicodedata.normalize("NFC", text)
    text = HYPHENATED.sub(_joint, text)
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _joint(cut: re.Match[str]) -> str:
    follows = cut.group(1)
    # A capital after the cut is a name of two parts.
    return "-" if follows in SECOND_HALVES or follows[0].isupper() else ""
